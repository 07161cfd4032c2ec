"""The program of the proof for replies: each component of a reply, right and changed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Final

from tests.proof.judge import Judge
from tests.proof.mutations import KINDS, UNKNOWN, Mutator, places
from tests.proof.programs import Program, Statement
from tests.proof.requests import RIGHT, SEED
from tests.proof.values import Coverage, Value, Values

from typed_openai_spec.model import Api, Component

WHOLE: Final = "whole"
DEPTH: Final = 2
"""The number of levels of a complete reply that have all their fields."""


def reply_components(api: Api) -> list[Component]:
    """Return the description's own components in replies; the schemas inside them are judged with them."""
    return [one for one in api.components.values() if one.output and one.source]


def drawn(api: Api) -> Mapping[str, list[Value]]:
    """Return, for each of those components, the smallest value, a complete one, and one for each variant.

    The variants of a component are drawn in values of its own, not inside those that contain it. Each
    of its constants is in a value of it.
    """
    values = Values(api)
    components = reply_components(api)
    names = {one.name for one in components}
    coverage, constants = Coverage(values, {*names}), Coverage(values, {*names})
    found: dict[str, list[Value]] = {}
    for one in components:
        whole = [values.least(one.schema), values.filled(one.schema, DEPTH)]
        inside = coverage.of(one.schema, lambda value: value)
        found[one.name] = [*whole, *inside]
    for one in components:
        values.begin_constants()
        found[one.name] += constants.constants(one.schema)
    return {name: list({repr(one): one for one in several}.values()) for name, several in found.items()}


def statements(api: Api, judge: Judge) -> Iterator[Statement]:
    """Yield assignments to variables of each component: the generated values, and one change of each kind."""
    chance = random.Random(SEED)
    every = drawn(api)
    objects = [found for several in every.values() for one in several for _, found in places(one)]
    mutator = Mutator(chance, [one for one in objects if isinstance(one, dict) and "type" in one])
    for name, several in every.items():
        judged = judge.component(api.components[name].source)
        made: list[tuple[str, Value]] = [(RIGHT, one) for one in several]
        # The value is the only field of an object, so that it can be replaced as a whole.
        changes = ((kind, mutator.mutated({WHOLE: chance.choice(several)}, kind)) for kind in KINDS)
        made += [("unknown key", one | {UNKNOWN: 1}) for one in several[1:2] if isinstance(one, dict)]
        made += [(kind, one[WHOLE]) for kind, one in changes if one is not None and one.keys() == {WHOLE}]
        for position, (kind, value) in enumerate(made):
            text = f"_{name}_{position}: types.{name} = {value!r}"
            yield Statement(text, name, kind, judged.is_valid(value), value)


def program(api: Api) -> Program:
    """Return the assignments, judged as written-out values."""
    return Program("replies.py", tuple(statements(api, Judge(closed=True))))
