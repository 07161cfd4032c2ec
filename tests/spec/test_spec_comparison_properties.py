"""Properties of every comparison of two descriptions: no change is missed, and the verdicts are right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.spec.mutations import OTHER_TEXTS, mutations
from tests.spec.some_values import Values

from typed_openai_spec.comparison import Change, compare
from typed_openai_spec.comparison.component_changes import schemas_of
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api, Component, Operation, Ref, Scalar
from typed_openai_spec.model.encoding import decode, encode
from typed_openai_spec.model.walking import references
from typed_openai_spec.validation.validator import Validator

API = packaged().api()
OPERATIONS = st.sampled_from(API.operations)
COMPONENTS = st.sampled_from(sorted(API.components))
MIRRORED = {"added": "removed", "removed": "added"}


def _reached(names: Iterator[str]) -> dict[str, Component]:
    """Return the components that these names lead to, and the one that mutations refer to."""
    found: dict[str, Component] = {}
    waiting = [*names, OTHER_TEXTS["name"]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = API.components[name]
            waiting.extend(references(found[name].schema))
    return dict(sorted(found.items()))


def _small(operations: tuple[Operation, ...], *names: str) -> Api:
    """Return a self-contained part of the API, which is quick to compare."""
    held = [name for one in operations for schema in schemas_of(one) for name in references(schema)]
    return replace(API, operations=operations, components=_reached(iter([*names, *held])), webhooks=())


def _with(api: Api, component: Component) -> Api:
    return replace(api, components={**api.components, component.name: component})


def _mutated(data: st.DataObject, record: Any) -> Any:
    mutant = data.draw(st.sampled_from(list(mutations(record))))
    assume(encode(mutant) != encode(record))
    return mutant


def _kinds(changes: tuple[Change, ...]) -> list[str]:
    """Return the kinds of changes, without a changed order of arguments: it breaks one direction only."""
    return sorted(one.kind for one in changes if one.subject != "order")


def _assert_told(old: Api, new: Api) -> None:
    there, back = compare(old, new), compare(new, old)
    assert there
    assert back
    assert _kinds(there) == sorted(MIRRORED.get(one, one) for one in _kinds(back))


def test_the_api_is_what_it_is() -> None:
    assert compare(API, packaged().api()) == ()


@settings(deadline=None)
@given(OPERATIONS, st.data())
def test_no_change_of_an_operation_is_passed_over(operation: Operation, data: st.DataObject) -> None:
    mutant = _mutated(data, operation)
    old = _small((operation,))
    _assert_told(old, replace(old, operations=(mutant,)))


@settings(deadline=None)
@given(COMPONENTS, st.data())
def test_no_change_of_a_component_is_passed_over(name: str, data: st.DataObject) -> None:
    old = _small((), name)
    _assert_told(old, _with(old, _mutated(data, API.components[name])))


@settings(deadline=None)
@given(OPERATIONS)
def test_what_comes_and_goes_is_told(operation: Operation) -> None:
    whole = _small((operation,))
    less = replace(whole, operations=())
    assert [(one.severity, one.kind) for one in compare(whole, less)] == [("breaking", "removed")]
    assert [(one.severity, one.kind) for one in compare(less, whole)] == [("compatible", "added")]


@pytest.mark.slow(seconds=1)
@settings(deadline=None)
@given(COMPONENTS, st.data(), st.integers())
def test_what_is_called_compatible_takes_every_request_that_was_taken(
    name: str, data: st.DataObject, seed: int
) -> None:
    component = replace(API.components[name], input=True, output=False)
    old = _with(_small((), name), component)
    new = _with(old, _mutated(data, component))
    assume({one.severity for one in compare(old, new)} <= {"compatible", "deprecating"})
    values = Values(old.components, Random(seed))
    before, after = (Validator(one.components, strict=True) for one in (old, new))
    for _ in range(20):
        value = values.value(Ref(name))
        if before.fits(value, Ref(name)):
            assert after.violations(value, Ref(name)) == []


@pytest.mark.slow(seconds=1)
@settings(deadline=None)
@given(COMPONENTS, st.data(), st.integers())
def test_what_is_called_compatible_gives_no_reply_that_was_not_possible(
    name: str, data: st.DataObject, seed: int
) -> None:
    component = replace(API.components[name], input=False, output=True)
    old = _with(_small((), name), component)
    new = _with(old, _mutated(data, component))
    assume({one.severity for one in compare(old, new)} <= {"compatible", "deprecating"})
    values = Values(new.components, Random(seed))
    before, after = (Validator(one.components) for one in (old, new))
    for _ in range(20):
        value = values.value(Ref(name))
        if after.fits(value, Ref(name)):
            wrong = [one for one in before.violations(value, Ref(name)) if one.beyond != "dependent"]
            assert wrong == []


NUMBERS = [step / 2 for step in range(-12, 13)]
STRINGS = ["a" * length for length in range(7)]
BOUNDS: Mapping[str, tuple[str, ...]] = {
    "number": ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum"),
    "string": ("min_length", "max_length"),
}


@settings(deadline=None)
@given(st.sampled_from(sorted(BOUNDS)), st.data())
def test_where_a_bound_breaks_there_is_a_request_that_it_refuses(kind: Any, data: st.DataObject) -> None:
    bound = data.draw(st.sampled_from(BOUNDS[kind]))
    limits = st.none() | st.integers(0 if kind == "string" else -5, 5)
    given_bounds: list[dict[str, Any]] = [{bound: data.draw(limits)} for _ in range(2)]
    old, new = (Scalar(kind, **one) for one in given_bounds)
    apis = [
        replace(API, operations=(), components={"Value": Component("Value", one, input=True)})
        for one in (old, new)
    ]
    validators = [Validator(one.components, strict=True) for one in apis]
    candidates: list[Any] = [*NUMBERS] if kind == "number" else [*STRINGS]
    refused = [one for one in candidates if validators[0].fits(one, old) and not validators[1].fits(one, new)]
    assert any(one.severity == "breaking" for one in compare(*apis)) is bool(refused)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return encoded records with other names."""
    if isinstance(value, dict):
        return {key: _renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("operation_id", ["createResponse", "createEval", "Getinputtokencounts"])
def test_recursive_components_end_where_nothing_has_its_name(operation_id: str) -> None:
    """Rename everything: references are followed to the end, and found to be equal."""
    (operation,) = [one for one in API.operations if one.id.lower() == operation_id.lower()]
    old = _small((operation,))
    names = {one: f"{one}New" for one in old.components}
    components = {
        names[key]: decode(Component, _renamed(encode(one), names)) for key, one in old.components.items()
    }
    other = decode(Operation, _renamed(encode(operation), names))
    changes = compare(old, replace(old, operations=(other,), components=components))
    assert [one for one in changes if one.severity == "breaking" and one.subject != "component"] == []
