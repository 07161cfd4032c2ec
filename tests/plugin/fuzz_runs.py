"""Runs of mypy over examples, with and without the plugin."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.plugin.blocks import Block, Message, Module, Place, read, sections
from tests.plugin.fuzz_comments import Plain
from tests.plugin.fuzz_examples import EXAMPLE_HEAD, PLACES, Example, ExampleSource

from typed_openai_mypy import codes
from typed_openai_spec.index.reader import packaged

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

PLUGIN: Final = "typed_openai_mypy.plugin"
SEED: Final = int(os.environ.get("FUZZ_SEED", "20"))
EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", str(len(PLACES))))
TYPES_ALONE: Final = (
    f"[typed_openai_mypy]\ndisable = {', '.join(one.code for one in (*codes.BEYOND, *codes.READING))}"
)
"""Options that disable the findings without a counterpart in mypy."""

_IN_A_MODULE: Final = 300


@dataclass(frozen=True)
class Both:
    """The messages of mypy without the plugin and with it."""

    native: Mapping[Place, Sequence[Message]]
    plugin: Mapping[Place, Sequence[Message]]

    def at(self, place: Place) -> tuple[Sequence[Message], Sequence[Message]]:
        """Return the messages about one block."""
        return self.native.get(place, ()), self.plugin.get(place, ())


def both(
    run_mypy: RunMypy,
    folder: Path,
    modules: Sequence[Module],
    options: str = TYPES_ALONE,
    native: Sequence[Module] | None = None,
) -> Both:
    """Check modules without and with the plugin; without it, ``native`` are checked instead."""
    printed = []
    for plugin in (None, PLUGIN):
        inner = folder / ("with" if plugin else "without")
        inner.mkdir(parents=True)
        chosen = modules if plugin or native is None else native
        for one in chosen:
            one.write(inner)
        run = run_mypy(
            [f"{one.name}.py" for one in chosen],
            folder=inner,
            plugin=plugin,
            options=options if plugin else "",
            sections=sections(chosen),
        )
        printed.append(read(run, chosen))
        heads = [message for (_, block), messages in printed[-1].items() if block < 0 for message in messages]
        assert heads == []
    return Both(*printed)


def modules_of(name: str, blocks: Sequence[Block], head: str = EXAMPLE_HEAD) -> list[Module]:
    """Modules that hold the blocks in their order."""
    starts = range(0, len(blocks), _IN_A_MODULE)
    return [
        Module(f"{name}_{at // _IN_A_MODULE}", head, tuple(blocks[at : at + _IN_A_MODULE])) for at in starts
    ]


def places_of(modules: Iterable[Module]) -> list[Place]:
    """The place of each block, in the order of the blocks."""
    return [(one.name, number) for one in modules for number in range(len(one.blocks))]


@cache
def judged_examples(run_mypy: RunMypy) -> tuple[Plain, ...]:
    """The examples whose mistake mypy reports."""
    examples = [*ExampleSource(packaged().api(), SEED).examples(EXAMPLES)]
    plain = plain_examples(run_mypy, run_mypy.shared / "examples", examples)
    return tuple(one for one in plain if one.is_judged)


def plain_examples(
    run_mypy: RunMypy, folder: Path, examples: Sequence[Example], head: str = EXAMPLE_HEAD
) -> list[Plain]:
    """Return mypy's output for both forms of each example."""
    right = modules_of(f"right_{folder.name}", [one.right for one in examples], head)
    wrong = modules_of(f"wrong_{folder.name}", [one.wrong for one in examples], head)
    found = both(run_mypy, folder, [*right, *wrong])
    pairs = zip(examples, places_of(right), places_of(wrong), strict=True)
    return [Plain(one, *found.at(first), *found.at(second)) for one, first, second in pairs]
