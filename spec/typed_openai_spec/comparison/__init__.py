"""Compare two descriptions of an API from the caller's point of view.

Data flows one way::

    changes            a change, and the table that assigns its severity
    containment        tests whether every value of one schema is valid for another
    phrases            schemas and values in words
    scalar_changes     two scalars: bounds, formats
    schema_changes     two schemas in the same place
    object_changes     two objects: fields, undeclared fields, rules
    equal_components   components with equal content and different names
    resemblance        components with similar content
    moved_operations   operations with another path and operationId
    naming             components and operations that were renamed
    component_changes  all components, each once, with the operations that use it
    request_changes    methods, paths, headers and keys of requests
    result_changes     results, variants, paging and responses
    operation_changes  all operations: arguments, bodies, requests

:func:`compare` is pure: the same two descriptions give the same changes in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from typed_openai_spec.comparison.changes import GOT, SEVERITIES, Change, Kind, Severity, Sides, Subject
from typed_openai_spec.comparison.component_changes import components, whole_bodies
from typed_openai_spec.comparison.context import Context, Spot
from typed_openai_spec.comparison.naming import renamed_components
from typed_openai_spec.comparison.operation_changes import operations
from typed_openai_spec.comparison.phrases import Place, moved
from typed_openai_spec.comparison.schema_changes import schemas
from typed_openai_spec.model import Api, Ref
from typed_openai_spec.validation.value_places import join

__all__ = ["SEVERITIES", "Change", "Kind", "Severity", "Subject", "compare"]


def compare(old: Api, new: Api) -> tuple[Change, ...]:
    """Return all changes, the most severe first.

    Changes of equal severity are ordered as operations, components and webhooks, each sorted by place.
    Equal descriptions give no changes.
    """
    context = Context(old, new, renamed_components(old, new))
    calls = list(operations(context))
    repeated = _repeated((old, new), calls)
    parts = (one for one in components(context) if _key(one) not in repeated)
    groups = ([*_heads(context), *calls], parts, _webhooks(context))
    found = [one for group in groups for one in sorted(group, key=lambda one: one.rank)]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: SEVERITIES.index(one.severity)))


def _key(change: Change) -> tuple[str, str, str, str]:
    subject = "field" if change.subject == "argument" else change.subject
    return change.kind, subject, change.place, change.text


def _repeated(apis: Iterable[Api], calls: Iterable[Change]) -> set[tuple[str, str, str, str]]:
    """Return the keys of component changes that repeat a change of an operation's argument.

    They concern components that are used only as request bodies.
    """
    starts = {start: twin for api in apis for start, twin in _bodies(api)}
    found = set()
    for one in calls:
        start, bracket, rest = one.place.partition("(")
        name = re.match(r"\w*", rest)
        twin = starts.get(f"{start}({name.group()}") if bracket and name else None
        if twin and name:
            kind, subject, _, text = _key(one)
            found.add((kind, subject, f"{twin}{rest[name.end() :].removesuffix(')')}", text))
    return found


def _bodies(api: Api) -> Iterator[tuple[str, str]]:
    """Yield the start of each argument's place, and the place of the same field in its body component.

    Only components that are used only as request bodies are considered.
    """
    only_bodies = whole_bodies(api)
    for operation in api.operations:
        for body in operation.bodies:
            if isinstance(body.schema, Ref) and body.schema.name in only_bodies:
                for argument in operation.arguments:
                    if argument.name in body.fields:
                        start = f"{operation.qualified_name}({argument.name}"
                        yield start, join(body.schema.name, argument.wire)


def _heads(context: Context) -> Iterator[Change]:
    """Yield the changes of API-wide facts: title, version, base URL, query style, security schemes."""
    old, new = context.old, context.new
    spot = Spot(context, Place("API"), Sides())
    for name in ("title", "version"):
        if getattr(old, name) != getattr(new, name):
            text = f"{name} {moved(getattr(old, name), getattr(new, name))}"
            yield spot.plain("compatible", "changed", "api", text)
    if old.base_url != new.base_url:
        text = f"base URL {moved(old.base_url, new.base_url)}"
        yield spot.plain("risky", "changed", "api", text, "calls go to another server")
    if old.query_style != new.query_style:
        text = f"arrays in queries {moved(old.query_style, new.query_style)}"
        yield spot.plain(
            "risky", "changed", "api", text, "requests by method and path serialize them differently"
        )
    before, after = old.security_schemes, new.security_schemes
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            text = f"the security scheme {name} was removed"
            yield spot.plain("risky", "removed", "security", text, "its keys may be rejected")
        elif name not in before:
            yield spot.plain("compatible", "added", "security", f"the security scheme {name} was added")
        elif before[name] != after[name]:
            text = f"the security scheme {name} changed"
            yield spot.plain("risky", "changed", "security", text, "the same key is sent differently")


def _webhooks(context: Context) -> Iterator[Change]:
    """Yield the changes of webhook events."""
    before, after = ({one.name: one for one in api.webhooks} for api in (context.old, context.new))
    for name in dict.fromkeys([*before, *after]):
        spot = Spot(context, Place(f"webhook {name}"), GOT)
        if name not in after:
            yield spot.plain(
                "breaking", "removed", "webhook", "removed", "code that waits for it never receives it"
            )
        elif name not in before:
            yield spot.plain("compatible", "added", "webhook", "added")
        else:
            yield from schemas(spot, before[name].schema, after[name].schema)
            yield from spot.deprecated((before[name].deprecated, ""), (after[name].deprecated, ""))
    if set(before) == set(after) and list(before) != list(after):
        spot = Spot(context, Place("API"), Sides())
        yield spot.plain("compatible", "changed", "order", "the webhooks are in a different order")
