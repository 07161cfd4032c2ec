"""Realistic programs have errors in the same statements with and without the plugin.

Each program has a right form, and one with a mistake (:mod:`tests.plugin.fuzz_realistic`):

- the same statements have errors with the plugin as without it;
- none of them has more errors, as there is one mistake at most;
- messages that mypy prints in both forms about a statement without the mistake are unchanged, notes included.

``FUZZ_SEED`` and ``FUZZ_REALISTIC`` select another or a longer run; a failed test shows the code.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from tests.plugin.blocks import Block, Message, Span, shown, statement_at, wrong_statements
from tests.plugin.fuzz_examples import Example
from tests.plugin.fuzz_realistic import SITES, RealisticSource
from tests.plugin.fuzz_runs import SEED, plain_examples
from tests.plugin.fuzz_sites import SITE_HEAD

from typed_openai_spec.index.reader import packaged

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = [pytest.mark.slow(seconds=6), pytest.mark.explored]

PROGRAMS: Final = int(os.environ.get("FUZZ_REALISTIC", str(5 * len(SITES))))
SHOWN: Final = 5


@dataclass(frozen=True)
class Form:
    """One form of a program, with the messages about it."""

    example: Example
    block: Block
    native: Sequence[Message]
    plugin: Sequence[Message]
    noise: Sequence[Message]
    """mypy's messages about statements without the mistake."""

    def shown(self) -> str:
        """The code with its messages."""
        title = f"{self.example.place}, {self.example.kind}"
        return f"{title}\n{shown(self.block, native=self.native, plugin=self.plugin)}"

    @property
    def lost(self) -> bool:
        """True if a statement has errors only without the plugin."""
        return bool(wrong_statements(self.block, self.native) - wrong_statements(self.block, self.plugin))

    @property
    def invented(self) -> bool:
        """True if a statement has errors only with the plugin."""
        return bool(wrong_statements(self.block, self.plugin) - wrong_statements(self.block, self.native))

    @property
    def multiplied(self) -> bool:
        """True if a statement has more errors with the plugin."""
        counts = (self._counted(self.plugin) - self._counted(self.native)).items()
        known = wrong_statements(self.block, self.native)
        return any(span in known for span, _ in counts)

    def _counted(self, messages: Sequence[Message]) -> Counter[Span]:
        return Counter(statement_at(self.block, one.line) for one in messages if one.is_error)

    @property
    def disturbed(self) -> bool:
        """True if the plugin changes messages about other statements than the wrong one."""
        return not set(self.noise) <= set(self.plugin)


@pytest.fixture(scope="module")
def forms(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> list[Form]:
    examples = [*RealisticSource(packaged().api(), SEED).programs(PROGRAMS)]
    plain = plain_examples(run_mypy, tmp_path_factory.mktemp("realistic"), examples, head=SITE_HEAD)
    return [
        Form(one.example, block, native, plugin, [*_noise(one.example, block, native, others)])
        for one in plain
        for block, native, plugin, others in (
            (one.example.right, one.right, one.right_with_plugin, one.wrong),
            (one.example.wrong, one.wrong, one.wrong_with_plugin, one.right),
        )
    ]


def _noise(
    example: Example, block: Block, messages: Sequence[Message], others: Sequence[Message]
) -> Iterator[Message]:
    """Yield messages of both forms about statements without the mistake; the forms have as many lines."""
    pairs = zip(example.right, example.wrong, strict=True)
    changed = {statement_at(block, line) for line, (one, two) in enumerate(pairs) if one != two}
    for message in messages:
        if statement_at(block, message.line) not in changed and message in others:
            yield message


def test_most_mistakes_are_errors_and_most_right_forms_are_none(forms: list[Form]) -> None:
    right, wrong = forms[::2], forms[1::2]
    silent = [one for one in right if not one.native]
    found = [one for one in wrong if wrong_statements(one.block, one.native)]
    assert len(silent) > 0.25 * PROGRAMS
    assert len(found) > 0.6 * PROGRAMS


def test_no_statement_loses_its_errors(forms: list[Form]) -> None:
    _check([one for one in forms if one.lost])


def test_no_right_statement_gets_errors(forms: list[Form]) -> None:
    _check([one for one in forms if one.invented])


def test_no_statement_gets_more_errors(forms: list[Form]) -> None:
    _check([one for one in forms if one.multiplied])


def test_errors_about_other_statements_stay_as_they_are(forms: list[Form]) -> None:
    _check([one for one in forms if one.disturbed])


def _check(wrong: Sequence[Form]) -> None:
    assert not wrong, "\n\n".join([f"{len(wrong)} forms", *(one.shown() for one in wrong[:SHOWN])])
