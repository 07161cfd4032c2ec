"""Generated programs, right ones and ones with a mistake or two, in all places that take API types.

mypy alone is the oracle: with the plugin the same lines are wrong, and each mistake is one line of the
plugin. ``FUZZ_SEED`` and ``FUZZ_PROGRAMS`` select another or a longer run; a failed test shows the
programs.
"""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest
from mypy.version import __version__
from tests.plugin.fuzz_mutations import BROKEN, KINDS, is_about_broken
from tests.plugin.fuzz_places import CALLS, VALUES
from tests.plugin.fuzz_programs import Program, Source

from typed_openai_mypy import codes
from typed_openai_spec.index.reader import packaged

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

pytestmark = [pytest.mark.slow(seconds=15), pytest.mark.explored]

SEED: Final = int(os.environ.get("FUZZ_SEED", "20"))
PROGRAMS: Final = int(os.environ.get("FUZZ_PROGRAMS", "1200"))
PLUGIN: Final = "typed_openai_mypy.plugin"
OPTIONS: Final = "warn_return_any = False"
"""mypy may infer ``Any`` for a wrong expression; returning it is not the mistake."""

BEYOND: Final = frozenset(one.code for one in (*codes.BEYOND, *codes.READING))
PRINTED: Final = re.compile(r"(\w+\.py):(\d+):(\d+): (error|note): (.*?)(?:  \[([\w-]+)\])?")

LEFT_TO_MYPY: Final = frozenset({("data class", BROKEN)})
"""Places and kinds of mistakes whose errors may keep mypy's text, besides those of broken expressions.

For a broken lambda in ``field(...)``, mypy first reports a consequence: its type does not fit the field.
"""

LEFT_TO_MYPY_1: Final = frozenset({"unpacked displays", "unpacked displays in a call"})
"""Places that mypy 1 gets wrong: it finds no member of a union in ``{**{...}}``, and reports each."""

IS_MYPY_1: Final = __version__.startswith("1.")

Place: TypeAlias = tuple[str, int]
"""A file and a line."""


@dataclass(frozen=True)
class Message:
    """One line of mypy's output."""

    column: int
    text: str
    code: str
    is_error: bool

    @property
    def is_ours(self) -> bool:
        """True if the message is the plugin's."""
        return self.code == codes.ARGUMENT.code


Told: TypeAlias = Mapping[Place, list[Message]]


@dataclass(frozen=True)
class Found:
    """The programs, and mypy's messages about each line with and without the plugin."""

    programs: tuple[Program, ...]
    at: Mapping[Place, Program]
    ours: Told
    native: Told
    failures: str

    def lines(self) -> Iterator[tuple[Program, list[Message]]]:
        """Each line that has errors with the plugin: its program and the errors."""
        yield from ((self.at[place], said) for place, said in self.ours.items())

    def shown(self, places: Iterable[Place]) -> list[str]:
        """Return programs with their messages, for the report of a failed test."""
        return [
            "\n".join(
                [
                    one.place,
                    *one.kinds,
                    *one.lines,
                    *map(str, [*self.native.get(place, ()), *self.ours.get(place, ())]),
                ]
            )
            for place in places
            for one in [self.at[place]]
        ]


@pytest.fixture(scope="module")
def found(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> Found:
    modules = Source(packaged().api(), SEED).modules(PROGRAMS)

    def run(plugin: str | None) -> Run:
        folder = tmp_path_factory.mktemp("with" if plugin else "without")
        for one in modules:
            one.write(folder, judged=plugin is None)
        names = [one.name for one in modules]
        debug = {"TYPED_OPENAI_DEBUG": "1"}
        return run_mypy(names, folder=folder, plugin=plugin, options=OPTIONS, environment=debug)

    with ThreadPoolExecutor(2) as both:
        ours, native = both.map(run, (PLUGIN, None))
    return Found(
        tuple(one for module in modules for one in module.programs),
        {(module.name, line): one for module in modules for line, one in module.at.items()},
        _told(ours),
        {
            place: errors
            for place, said in _told(native).items()
            if (errors := [one for one in said if one.is_error])
        },
        ours.stderr,
    )


def _told(run: Run) -> Told:
    """Return the errors of types, by line."""
    told: dict[Place, list[Message]] = {}
    for found in filter(None, map(PRINTED.fullmatch, run.diagnostics)):
        name, number, column, severity, text, code = found.groups()
        if code not in BEYOND:
            message = Message(int(column), text, code or "", severity == "error")
            told.setdefault((name, int(number)), []).append(message)
    return told


def test_every_operation_place_and_kind_of_mistake_is_there(found: Found) -> None:
    right = {one.operation for one in found.programs if one.is_right and one.place in CALLS}
    wrong = {found.at[place] for place in found.native}
    assert len(found.programs) == PROGRAMS
    assert {one.id for one in packaged().operations()} == right
    assert {one.place for one in wrong} == {*CALLS, *VALUES}
    assert {kind for one in wrong for kind in one.kinds} == KINDS.keys()
    assert len([one for one in wrong if one.mistakes]) > 0.7 * len(
        [one for one in found.programs if one.mistakes]
    )


def test_the_same_lines_are_wrong_as_without_the_plugin(found: Found) -> None:
    assert found.shown(found.ours.keys() ^ found.native.keys()) == []


def test_right_programs_are_silent(found: Found) -> None:
    assert found.shown(place for place in found.ours if found.at[place].is_right) == []


def test_each_mistake_is_one_line(found: Found) -> None:
    many = [
        place
        for place, said in found.ours.items()
        if len(said) > found.at[place].most_errors and not _is_left(found.at[place])
    ]
    assert found.shown(many) == []


def test_two_mistakes_stand_in_two_places(found: Found) -> None:
    ours = {place: [one.column for one in said if one.is_ours] for place, said in found.ours.items()}
    assert found.shown(place for place, columns in ours.items() if len({*columns}) < len(columns)) == []


def test_nothing_is_left_in_mypys_words_but_what_is_wrong_in_itself(found: Found) -> None:
    raw = [
        place
        for place, said in found.ours.items()
        for one in said
        if not one.is_ours and not is_about_broken(one.text) and not _is_left(found.at[place])
    ]
    assert found.shown(raw) == []


def test_the_lines_are_short(found: Found) -> None:
    lengths = [len(one.text) for said in found.ours.values() for one in said if one.is_ours]
    assert statistics.median(lengths) < 160
    assert max(lengths) < 400


def test_no_explanation_fails(found: Found) -> None:
    assert found.failures == ""


def _is_left(program: Program) -> bool:
    known = any((program.place, kind) in LEFT_TO_MYPY for kind in program.kinds)
    return known or (IS_MYPY_1 and program.place in LEFT_TO_MYPY_1)
