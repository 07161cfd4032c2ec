"""The program of the proof for values that a caller has: parts of replies, tuples, plain strings."""

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
"""A schema inside an operation's arguments, and a function that wraps a value in minimal arguments."""


@dataclass
class Places(Coverage):
    """Walks an operation's arguments; a component of an earlier operation is not entered again."""

    def walk(self, schema: Schema, wrap: Wrap) -> Iterator[tuple[Schema, Wrap]]:
        """Yield every schema inside ``schema``, including itself."""
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
    """Yield every place in the arguments of every operation; those inside a component only once."""
    calls = Calls(api)
    walker = Places(calls.values)
    for operation in api.operations:
        for schema, wrap in calls.arguments(operation):
            for node, around in walker.walk(schema, wrap):
                yield operation, node, around


def returned(api: Api, found: Iterator[Place]) -> Iterator[Statement]:
    """Yield, for each component in replies and arguments, a variable of its type as an argument."""
    done = set()
    for operation, node, around in found:
        if isinstance(node, Ref) and api.components[node.name].output and node.name not in done:
            done.add(node.name)
            head = f"def back_{len(done)}(value: types.{node.name}) -> None: "
            yield Statement(head + call(operation, around(Code("value"))), node.name, RETURNED, fits=True)


def texts(judge: Judge, found: Iterator[Place]) -> Iterator[Statement]:
    """Yield a plain string for every array of strings: valid only if the API accepts a string too."""
    for operation, node, around in found:
        if isinstance(node, Array) and judge.takes(operation, around(["text"])):
            yield statement(judge, operation, BARE, around("text"))


def tuples(api: Api) -> Iterator[Statement]:
    """Yield a tuple for each argument that is an array."""
    calls = Calls(api)
    for operation in api.operations:
        for schema, around in calls.arguments(operation):
            if isinstance(array := api.resolve(schema), Array):
                given = Code(f"({calls.values.least(array.items)!r},)")
                yield Statement(call(operation, around(given)), operation.id, TUPLE, fits=True)


def program(api: Api) -> Program:
    """Return all of them."""
    judge = Judge(closed=True)
    made = [*returned(api, places(api)), *texts(judge, places(api)), *tuples(api)]
    return Program("round_trips.py", tuple({one.text: one for one in made}.values()))
