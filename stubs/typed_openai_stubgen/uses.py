"""The places that use each component, in one line for editors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from typed_openai_spec.model import Api, Object, Operation, ResultKind
from typed_openai_spec.model.walking import references

# The relation of a place to the component, in the order of interest.
_KINDS: Final = ("Reply of", "Event of", "Sent to your server as", "Body of", "Argument of", "One of", "In")
_RESULTS: Final[dict[ResultKind, str]] = {"json": "Reply of", "stream": "Event of"}

_KINDS_SHOWN = 2
_PLACES_SHOWN = 3

_Use: TypeAlias = tuple[str, str, str]
"""The component used, a kind, and a place."""


def uses(api: Api) -> dict[str, str]:
    """Return a line for each component about the places that its values go to or come from.

    Places that are not deprecated come first. Unused components have a line, too.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for name, kind, place in _all(api):
        found.setdefault(name, {}).setdefault(kind, []).append(f"``{place}``")
    return {name: _line(found.get(name, {})) for name in api.components}


def _line(kinds: dict[str, list[str]]) -> str:
    told = [f"{kind} {_listed(kinds[kind])}." for kind in _KINDS if kind in kinds]
    return " ".join(told[:_KINDS_SHOWN]) or "No operation uses it."


def _listed(places: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(places))
    more = len(distinct) - _PLACES_SHOWN
    shown = ", ".join(distinct[:_PLACES_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def _all(api: Api) -> Iterator[_Use]:
    for operation in sorted(api.operations, key=lambda one: (one.deprecated, one.beta)):
        yield from _of_operation(operation)
    for webhook in api.webhooks:
        yield from ((name, "Sent to your server as", webhook.name) for name in references(webhook.schema))
    for component in api.components.values():
        if isinstance(component.schema, Object):
            for field in component.schema.fields:
                place = f"{component.name}.{field.name}"
                yield from ((name, "In", place) for name in references(field.schema))
        else:
            yield from ((name, "One of", component.name) for name in references(component.schema))


def _of_operation(operation: Operation) -> Iterator[_Use]:
    call = f"client.{operation.qualified_name}"
    for result in (operation.result, *(one.result for one in operation.variants)):
        if result.schema is not None and result.kind in _RESULTS:
            yield from ((name, _RESULTS[result.kind], call) for name in references(result.schema))
    for body in operation.bodies:
        yield from ((name, "Body of", call) for name in references(body.schema))
    for argument in operation.arguments:
        place = f"{call}({argument.name}=...)"
        yield from ((name, "Argument of", place) for name in references(argument.schema))
