"""The program of the proof for required keys: each object of each component, without one of its keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.proof.judge import Judge
from tests.proof.programs import Program, Statement
from tests.proof.values import Coverage, Value, Values, Wrap

from typed_openai_spec.model import Api, Component, Object, Ref

MISSING: Final = "missing key"


def described(api: Api) -> list[Component]:
    """Return the description's own components, also those that no operation uses."""
    return [one for one in api.components.values() if one.source]


def _parts(component: Component, values: Values, names: set[str]) -> Iterator[tuple[Component, Wrap]]:
    """Yield the component and those inlined in it, each with a function that wraps it in the whole."""
    components = values.api.components
    for node, around in Coverage(values, {*names}).walk(component.schema, lambda value: value):
        if node is component.schema:
            yield component, around
        elif isinstance(node, Ref) and node.name not in names:
            yield components[node.name], around


def _shortened(component: Component, values: Values) -> Iterator[Value]:
    """Yield the smallest value of an object without one of its keys, for each of them."""
    if isinstance(component.schema, Object):
        least = values.least(component.schema)
        for key in least:
            yield {name: value for name, value in least.items() if name != key}


def statements(api: Api, judge: Judge) -> Iterator[Statement]:
    """Yield the assignments of these values to variables of exactly their types.

    The verdict is that about the whole component of the description. Its type would be a union at times,
    of which checkers are slow to tell what is wrong.
    """
    values, components = Values(api), described(api)
    names = {one.name for one in components}
    for whole in components:
        judged = judge.component(whole.source)
        for part, around in _parts(whole, values, names):
            for position, value in enumerate(_shortened(part, values)):
                text = f"_{part.name}_{position}: types.{part.name} = {value!r}"
                yield Statement(text, part.name, MISSING, judged.is_valid(around(value)), value)


def program(api: Api) -> Program:
    """Return the assignments, judged as written-out values."""
    found = statements(api, Judge(closed=True))
    return Program("keys.py", tuple({one.text: one for one in found}.values()))
