"""The program of the proof for what a caller has in hand: what a reply gave, tuples, bare texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.proof.judge import Judge
from tests.proof.programs import Code, Program, Statement
from tests.proof.requests import call, statement
from tests.proof.values import Calls, Coverage, Wrap

from typed_openai_spec.model import Api, Array, Operation, Ref, Schema

RETURNED: Final = "returned"
TUPLE: Final = "tuple"
BARE: Final = "bare str"

Place: TypeAlias = tuple[Operation, Schema, Wrap]
"""A schema inside an operation's arguments, and the way to the least arguments with a value there."""


@dataclass
class Places(Coverage):
    """Walks an operation's arguments; what was met in an operation before is met, but not entered again."""

    def walk(self, schema: Schema, wrap: Wrap) -> Iterator[tuple[Schema, Wrap]]:
        """Every schema inside ``schema``, itself included."""
        pending = [(schema, wrap)]
        while pending:
            node, around = pending.pop(0)
            yield node, around
            if isinstance(node, Ref):
                if node.name not in self.seen:
                    self.seen.add(node.name)
                    pending.append((self.values.api.components[node.name].schema, around))
            else:
                pending += self.inside(node, around)


def places(api: Api) -> Iterator[Place]:
    """Every place in the arguments of every operation; those inside a component once for all."""
    calls = Calls(api)
    walker = Places(calls.values)
    for operation in api.operations:
        for schema, wrap in calls.arguments(operation):
            for node, around in walker.walk(schema, wrap):
                yield operation, node, around


def returned(api: Api, found: Iterator[Place]) -> Iterator[Statement]:
    """For each component that is in replies and in arguments: a variable of its type, passed in its place."""
    done = set()
    for operation, node, around in found:
        if isinstance(node, Ref) and api.components[node.name].output and node.name not in done:
            done.add(node.name)
            head = f"def back_{len(done)}(value: types.{node.name}) -> None: "
            yield Statement(head + call(operation, around(Code("value"))), node.name, RETURNED, fits=True)


def texts(judge: Judge, found: Iterator[Place]) -> Iterator[Statement]:
    """A bare text in the place of every array of texts: right only where the API takes a text too."""
    for operation, node, around in found:
        if isinstance(node, Array) and judge.takes(operation, around(["text"])):
            yield statement(judge, operation, BARE, around("text"))


def tuples(api: Api) -> Iterator[Statement]:
    """A tuple for each argument that is an array."""
    calls = Calls(api)
    for operation in api.operations:
        for schema, around in calls.arguments(operation):
            if isinstance(array := api.resolve(schema), Array):
                given = Code(f"({calls.values.least(array.items)!r},)")
                yield Statement(call(operation, around(given)), operation.id, TUPLE, fits=True)


def program(api: Api) -> Program:
    """All of them."""
    judge = Judge(closed=True)
    made = [*returned(api, places(api)), *texts(judge, places(api)), *tuples(api)]
    return Program("round_trips.py", tuple({one.text: one for one in made}.values()))
