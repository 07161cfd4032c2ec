"""The program of the proof for values that a caller has: parts of replies, tuples, plain strings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from tests.proof.items import Items
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


def places(api: Api) -> Iterator[Place]:
    """Yield every place in the arguments of every operation; those inside a component only once."""
    calls = Calls(api)
    walker = Coverage(calls.values)
    for operation in api.operations:
        for schema, wrap in calls.arguments(operation):
            for node, around in walker.walk(schema, wrap):
                yield operation, node, around


def returned(items: Items, found: Iterator[Place]) -> Iterator[Statement]:
    """Yield, for each component in replies and arguments, a variable of its type as an argument."""
    components = items.api.components
    done = set()
    for operation, node, around in found:
        if isinstance(node, Ref) and components[node.name].output and node.name not in done:
            done.add(node.name)
            head = f"def back_{len(done)}(value: types.{node.name}) -> None: "
            arguments = around(Code("value"))
            item = items.apart(operation, arguments, fits=True)
            text = call(operation, arguments) if item is None else items.assigned(item)
            yield Statement(head + text, node.name, RETURNED, fits=True)


def texts(items: Items, found: Iterator[Place]) -> Iterator[Statement]:
    """Yield a plain string for every array of strings: valid only if the API accepts a string too."""
    for operation, node, around in found:
        if isinstance(node, Array) and items.judge.takes(operation, around(["text"])):
            yield statement(items, operation, BARE, around("text"))


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
    items = Items(api, Judge(closed=True))
    made = [*returned(items, places(api)), *texts(items, places(api)), *tuples(api)]
    return Program("round_trips.py", tuple({one.text: one for one in made}.values()))
