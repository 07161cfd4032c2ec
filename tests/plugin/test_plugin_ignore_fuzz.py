"""An ignore comment on any line of a statement silences the same mistakes as without the plugin.

:mod:`tests.plugin.fuzz_comments` defines the equalities. ``FUZZ_SEED`` and ``FUZZ_EXAMPLES`` select another
or a longer run; a failed test shows the code.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest
from tests.plugin.blocks import Block, Message, shown
from tests.plugin.fuzz_comments import (
    BARE,
    COMPANION,
    INVENTED,
    LOST,
    OURS,
    UNUSED_DIFFERS,
    Plain,
    commented,
    comments,
    differences,
    differences_of_ours,
)
from tests.plugin.fuzz_examples import PLACES
from tests.plugin.fuzz_runs import SEED, both, judged_examples, modules_of, places_of

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = [pytest.mark.slow(seconds=15), pytest.mark.explored]

VARIANTS: Final = int(os.environ.get("FUZZ_VARIANTS", "3"))
"""The number of commented forms in which each example is checked."""

SHOWN: Final = 5


@dataclass(frozen=True)
class Variant:
    """The wrong form of an example with a comment on a line."""

    number: int
    plain: Plain
    line: int
    comment: str

    @property
    def block(self) -> Block:
        """The code."""
        return commented(self.plain.example.wrong, self.line, self.comment)

    @property
    def is_ours(self) -> bool:
        """True if the comment has the plugin's code, which mypy alone does not know."""
        return self.comment == f"{BARE}[{OURS}]"


@dataclass(frozen=True)
class Judged:
    """A variant, the messages about it, and the differences from the expected ones.

    ``native`` is the output under the same comment, or under a bare one if the comment has the plugin's
    code.
    """

    variant: Variant
    native: Sequence[Message]
    plugin: Sequence[Message]

    @property
    def differences(self) -> list[str]:
        """The differences from the expected messages."""
        plain, block = self.variant.plain, self.variant.block
        if not self.variant.is_ours:
            return differences(plain, block, self.native, self.plugin)
        return differences_of_ours(plain, block, self.native, self.plugin) if plain.is_ours() else []

    def shown(self) -> str:
        """Return the code and the messages about it."""
        plain, printed = self.variant.plain, {"native": self.native, "plugin": self.plugin}
        title = f"{plain.example.place}, {plain.example.kind}: {', '.join(self.differences)}"
        return f"{title}\n{shown(self.variant.block, **printed, uncommented=plain.wrong_with_plugin)}"


@pytest.fixture(scope="module")
def examples(run_mypy: RunMypy) -> Sequence[Plain]:
    return judged_examples(run_mypy)


@pytest.fixture(scope="module")
def judged(
    run_mypy: RunMypy, examples: Sequence[Plain], tmp_path_factory: pytest.TempPathFactory
) -> list[Judged]:
    variants = _sampled(examples)
    modules = modules_of("commented", [one.block for one in variants])
    found = both(run_mypy, tmp_path_factory.mktemp("commented"), modules)
    printed = {
        (one.number, one.line, one.comment): found.at(place)
        for one, place in zip(variants, places_of(modules), strict=True)
    }
    return [
        Judged(
            one,
            printed[one.number, one.line, BARE if one.is_ours else one.comment][0],
            printed[one.number, one.line, one.comment][1],
        )
        for one in variants
    ]


def _variants(number: int, plain: Plain) -> Iterator[Variant]:
    for line in range(len(plain.example.wrong)):
        yield from (Variant(number, plain, line, comment) for comment in comments(plain))


def _sampled(examples: Sequence[Plain]) -> list[Variant]:
    """Some variants of each example, with the bare comment for each that has the plugin's code."""
    chance = random.Random(SEED)
    chosen: list[Variant] = []
    for number, plain in enumerate(examples):
        every = list(_variants(number, plain))
        chosen += chance.sample(every, min(VARIANTS, len(every)))
    bare = [replace(one, comment=BARE) for one in chosen if one.is_ours]
    return list({(one.number, one.line, one.comment): one for one in [*chosen, *bare]}.values())


def test_most_places_and_many_codes_are_judged(examples: Sequence[Plain], judged: list[Judged]) -> None:
    assert len({one.example.place for one in examples}) > 0.6 * len(PLACES)
    assert len({code for one in examples for code in one.native_codes()}) > 8
    silenced = [one for one in judged if not any(each.is_error for each in one.native)]
    assert len(silenced) > 0.05 * len(judged)


@pytest.mark.parametrize("difference", [LOST, INVENTED, COMPANION, UNUSED_DIFFERS])
def test_a_comment_does_what_it_does_without_the_plugin(judged: list[Judged], difference: str) -> None:
    wrong = [one for one in judged if difference in one.differences]
    assert not wrong, "\n\n".join([f"{len(wrong)} of {len(judged)}", *(one.shown() for one in wrong[:SHOWN])])
