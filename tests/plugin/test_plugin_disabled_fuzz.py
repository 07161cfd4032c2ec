"""A disabled error code changes only the output.

Without the plugin, errors of a disabled code are not printed. With it, a statement has an error exactly if
it has one without; a mistake that has no error of the disabled code is printed as before; companions stay
(:mod:`tests.plugin.fuzz_comments`). If the plugin's own code is disabled, mypy's errors are printed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest
from mypy.errorcodes import error_codes
from tests.plugin.blocks import Message, Module, shown
from tests.plugin.fuzz_comments import (
    COMPANION,
    INVENTED,
    LOST,
    OURS,
    UNRELATED,
    Plain,
    differences,
    of_statements,
)
from tests.plugin.fuzz_examples import CARRIERS, EXAMPLE_HEAD
from tests.plugin.fuzz_runs import SEED, both, judged_examples, places_of

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = [pytest.mark.slow(seconds=15), pytest.mark.explored]

CONCERNED: Final = int(os.environ.get("FUZZ_CONCERNED", "3"))
UNCONCERNED: Final = CONCERNED // 2 + 1
"""The number of examples for each code without an error of that code; twice as many have one."""

COMMENTED: Final = 3
"""One in this number of examples is checked with a comment, too."""

_PARENTS: Final = {
    name: one.sub_code_of.code for name, one in error_codes.items() if one.sub_code_of is not None
}
"""The codes that disable another code, too."""

PLAIN_UNION: Final = "big union: {}"
"""Examples whose native errors may have other codes with the plugin, as it narrows unions."""

PLAIN_HEAD: Final = f"# Nothing disabled.\n{EXAMPLE_HEAD}"
"""The head for mypy without the plugin, which stops at an unknown code."""

SHOWN: Final = 5
CHANGED: Final = "other mistake printed in another way"
REWORDED: Final = "mypy's own errors do not stand"


@dataclass(frozen=True)
class Disabled:
    """An example with a disabled code, in the configuration or in a comment of its file."""

    code: str
    plain: Plain
    native: Sequence[Message]
    plugin: Sequence[Message]

    @property
    def differences(self) -> list[str]:
        """The differences from the expected output."""
        return [*self._found()]

    def _found(self) -> Iterator[str]:
        plain, block = self.plain, self.plain.example.wrong
        if self.code == OURS:
            yield from of_statements(block, self.native, self.plugin)
            if _codes(self.native) != _codes(self.plugin) and plain.example.place not in CARRIERS:
                yield REWORDED
            return
        yield from differences(plain, block, self.native, self.plugin)
        concerned = {one for code in plain.native_codes() for one in (code, _PARENTS.get(code))}
        if self.code not in concerned and self.plugin != plain.wrong_with_plugin and not self._is_mypys:
            yield CHANGED

    @property
    def _is_mypys(self) -> bool:
        """True if all errors but the plugin's are mypy's own, as the type of a wrong call is then, too."""
        return all(one in self.native for one in self.plugin if one.code != OURS)

    def shown(self) -> str:
        """Return the code and the messages about it."""
        printed = {"native": self.native, "plugin": self.plugin, "enabled": self.plain.wrong_with_plugin}
        title = f"without {self.code}, {self.plain.example.place}: {', '.join(self.differences)}"
        return f"{title}\n{shown(self.plain.example.wrong, **printed)}"


def _codes(messages: Sequence[Message]) -> set[tuple[int, str]]:
    return {(one.line, one.code) for one in messages if one.is_error}


@pytest.fixture(scope="module")
def examples(run_mypy: RunMypy) -> Sequence[Plain]:
    return judged_examples(run_mypy)


@pytest.fixture(scope="module")
def chosen(examples: Sequence[Plain]) -> Mapping[str, Sequence[Plain]]:
    """The examples for each code."""
    every = {code for one in examples for code in one.native_codes()}
    return {code: [*_chosen(code, examples)] for code in sorted({*every, *UNRELATED, OURS})}


def _chosen(code: str, examples: Sequence[Plain]) -> Iterator[Plain]:
    chance = random.Random(f"{SEED} {code}")
    concerned = [one for one in examples if code in one.native_codes() or code == OURS]
    others = [one for one in examples if code not in one.native_codes() and code != OURS]
    yield from chance.sample(concerned, min(len(concerned), CONCERNED))
    unions = [one for one in others if one.example.place == PLAIN_UNION]
    yield from chance.sample(unions, min(len(unions), CONCERNED))
    yield from chance.sample(others, min(len(others), UNCONCERNED))


@pytest.fixture(scope="module", params=["configuration", "comment"])
def disabled(
    request: pytest.FixtureRequest,
    run_mypy: RunMypy,
    chosen: Mapping[str, Sequence[Plain]],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Disabled]:
    step = 1 if request.param == "configuration" else COMMENTED
    every = [(code, one) for code, examples in chosen.items() for one in examples[::step]]
    modules = [_module(code, examples[::step], request.param) for code, examples in chosen.items()]
    native = [
        one if one.name != _name(OURS) else replace(one, head=PLAIN_HEAD, options="") for one in modules
    ]
    found = both(run_mypy, tmp_path_factory.mktemp("disabled"), modules, native=native)
    return [
        Disabled(code, one, *found.at(place))
        for (code, one), place in zip(every, places_of(modules), strict=True)
    ]


def _name(code: str) -> str:
    return f"without_{code.replace('-', '_')}"


def _module(code: str, examples: Sequence[Plain], where: str) -> Module:
    blocks = tuple(one.example.wrong for one in examples)
    if where == "comment":
        return Module(_name(code), f'# mypy: disable-error-code="{code}"\n{EXAMPLE_HEAD}', blocks)
    return Module(_name(code), PLAIN_HEAD, blocks, options=f"disable_error_code = {code}")


def test_most_codes_are_judged(chosen: Mapping[str, Sequence[Plain]]) -> None:
    concerned = {code for code, examples in chosen.items() for one in examples if code in one.native_codes()}
    assert len(concerned) > 10


@pytest.mark.parametrize("difference", [LOST, INVENTED, COMPANION, CHANGED, REWORDED])
def test_a_disabled_code_changes_only_what_is_printed(disabled: list[Disabled], difference: str) -> None:
    wrong = [one for one in disabled if difference in one.differences]
    assert not wrong, "\n\n".join(
        [f"{len(wrong)} of {len(disabled)}", *(one.shown() for one in wrong[:SHOWN])]
    )
