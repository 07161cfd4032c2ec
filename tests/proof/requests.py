"""The programs of the proof for requests: calls of every operation, right ones and ones with one change."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from typing import Final

from tests.proof.items import Items
from tests.proof.judge import Judge
from tests.proof.mutations import KINDS, Mutator, places
from tests.proof.programs import Program, Statement
from tests.proof.values import Arguments, Calls

from typed_openai_spec.model import Api, Operation

SEED: Final = int(os.environ.get("PROOF_SEED", "7"))
MUTATIONS: Final = int(os.environ.get("PROOF_MUTATIONS", "700"))
"""The number of calls with random changes.

Half as many again have the rarer changes, and each operation has one call with each kind of change.
"""

RIGHT: Final = "right"
RARE: Final = ("wrong literal", "wrong member")


def programs(api: Api) -> tuple[Program, Program]:
    """Return the program of correct calls, and that of changed ones."""
    items = Items(api, Judge(closed=True))
    drawer = Calls(api)
    drawn = [(operation, drawer.of(operation)) for operation in api.operations]
    changed = (statement(items, *one) for one in _changed(drawn))
    return Program("right.py", _once(_right(items, drawn))), Program("changed.py", _once(changed))


def _changed(drawn: list[tuple[Operation, list[Arguments]]]) -> Iterator[tuple[Operation, str, Arguments]]:
    chance = random.Random(SEED)
    everything = [(operation, one) for operation, several in drawn for one in several]
    objects = [found for _, one in everything for path, found in places(one) if path]
    mutator = Mutator(chance, [one for one in objects if isinstance(one, dict) and "type" in one])
    wanted = [(operation, chance.choice(several), kind) for operation, several in drawn for kind in KINDS]
    # Most calls use the few operations with the largest unions, which take a checker longest.
    for _ in range(MUTATIONS):
        operation, several = chance.choice(drawn)
        wanted.append((operation, chance.choice(several), chance.choice([*KINDS])))
    # The changes that only some calls allow are tried on all calls.
    wanted += [(*chance.choice(everything), chance.choice(RARE)) for _ in range(MUTATIONS // 2)]
    for operation, several in drawn:
        least = several[0]
        for name in least:
            yield operation, "missing key", {key: one for key, one in least.items() if key != name}
    for operation, base, kind in wanted:
        if (made := mutator.mutated(base, kind)) is not None:
            yield operation, kind, made


def call(operation: Operation, arguments: Arguments) -> str:
    """The text of a call."""
    given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    return f"client.{operation.qualified_name}({given})"


def _right(items: Items, drawn: list[tuple[Operation, list[Arguments]]]) -> Iterator[Statement]:
    for operation, several in drawn:
        for arguments in several:
            yield statement(items, operation, RIGHT, arguments)


def statement(items: Items, operation: Operation, kind: str, arguments: Arguments) -> Statement:
    """Return a call with its verdict; instead of many calls with a list, assignments of its item."""
    fits = items.judge.takes(operation, arguments)
    item = items.apart(operation, arguments, fits=fits)
    text = call(operation, arguments) if item is None else items.assigned(item)
    return Statement(text, operation.id, kind, fits)


def _once(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple({one.text: one for one in statements}.values())
