"""The programs of the proof for requests: calls of every operation, right ones and ones with one change."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from tests.proof.judge import Judge
from tests.proof.mutations import KINDS, Mutator, places
from tests.proof.programs import Program, Statement
from tests.proof.values import Arguments, Calls, Value

from typed_openai_spec.model import Api, Array, Operation, Ref, Schema, Union

SEED: Final = int(os.environ.get("PROOF_SEED", "7"))
MUTATIONS: Final = int(os.environ.get("PROOF_MUTATIONS", "1000"))
"""The number of calls with random changes.

Half as many again have the rarer changes, and each operation has one call with each kind of change.
"""

LISTS: Final = 20
"""The number of calls of one operation in which an item is written inside its list."""

RIGHT: Final = "right"
RARE: Final = ("wrong literal", "wrong member")


def programs(api: Api) -> tuple[Program, Program]:
    """Return the program of correct calls, and that of changed ones."""
    judge = Judge(closed=True)
    drawer = Calls(api)
    drawn = [(operation, drawer.of(operation)) for operation in api.operations]
    changed = (statement(judge, *one) for one in _changed(drawn))
    return Program("right.py", _once(_right(api, judge, drawn))), Program("changed.py", _once(changed))


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


def _right(api: Api, judge: Judge, drawn: list[tuple[Operation, list[Arguments]]]) -> Iterator[Statement]:
    """Yield correct calls; after ``LISTS`` calls with a list, its further items are assigned to variables.

    mypy takes 20 times as long for an object in a list, because it infers the type of the list.
    """
    lists: Counter[str] = Counter()
    for operation, several in drawn:
        for arguments in several:
            item = _item(api, operation, arguments)
            lists[operation.id] += item is not None
            text = call(operation, arguments)
            if item is not None and lists[operation.id] > LISTS:
                text = f"_item_{lists.total()}: types.{item[0]} = {item[1]!r}"
            yield Statement(text, operation.id, RIGHT, judge.takes(operation, arguments))


def _item(api: Api, operation: Operation, arguments: Arguments) -> tuple[str, Value] | None:
    """The only item of a list among the arguments, after the name of its component."""
    for one in operation.arguments:
        given, component = arguments.get(one.name), _item_component(api, one.schema)
        if isinstance(given, list) and len(given) == 1 and component is not None:
            return component, given[0]
    return None


def _item_component(api: Api, schema: Schema) -> str | None:
    """The component of the items, if an argument takes a list of a component's values."""
    for member in schema.members if isinstance(schema, Union) else (schema,):
        found = api.resolve(member)
        if isinstance(found, Array) and isinstance(found.items, Ref):
            return found.items.name
    return None


def statement(judge: Judge, operation: Operation, kind: str, arguments: Arguments) -> Statement:
    """Return a call with its verdict."""
    return Statement(call(operation, arguments), operation.id, kind, judge.takes(operation, arguments))


def _once(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple({one.text: one for one in statements}.values())
