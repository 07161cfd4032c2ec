"""Compare all operations: their names, arguments, bodies and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from typed_openai_spec.comparison.changes import GIVEN, NARROWS, NEITHER, Change, Severity, Sides
from typed_openai_spec.comparison.component_changes import PUBLICATION, former_names
from typed_openai_spec.comparison.context import Context, Spot, identical
from typed_openai_spec.comparison.naming import paired_operations
from typed_openai_spec.comparison.phrases import Place, moved, type_text
from typed_openai_spec.comparison.request_changes import moved_placeholders, request_text, requests
from typed_openai_spec.comparison.result_changes import results
from typed_openai_spec.comparison.schema_changes import schemas
from typed_openai_spec.model import Argument, Body, Operation
from typed_openai_spec.validation.validator import Validator


def operations(context: Context) -> Iterator[Change]:
    """Yield the changes of all operations."""
    pairs, gone, come = paired_operations(context.old, context.new, context.names)
    for one in gone:
        text, why = f"{request_text(one)} removed", "calls fail"
        yield _spot(context, one).plain("breaking", "removed", "operation", text, why)
    for one in come:
        yield _spot(context, one).plain("compatible", "added", "operation", f"{request_text(one)} added")
    for old, new in pairs:
        if not identical(old, new):
            yield from _names(_spot(context, old), old, new)
            yield from requests(_spot(context, old), old, new)
            yield from _arguments(context, old, new)
            yield from _bodies(context, old, new)
            yield from results(context, old, new)
            yield from _spot(context, old).rest(old, new, _OF_OPERATIONS)


def _former_ids(spot: Spot, old: Operation, new: Operation) -> Iterator[Change]:
    """Yield the former operationIds that come and go."""
    for one in sorted({*old.former_ids} - {new.id, *new.former_ids}):
        yield spot.plain("breaking", "removed", "name", f"former operationId {one}", "calls by it fail")
    for one in sorted({*new.former_ids} - {old.id, *old.former_ids}):
        yield spot.plain("compatible", "added", "name", f"former operationId {one}")
    if {*old.former_ids} == {*new.former_ids}:
        yield spot.plain("compatible", "changed", "order", "former operationIds are in a different order")


# fmt: off
_OF_OPERATIONS: Final = frozenset((
    "id", "name", "group", "aliases", "deprecated", "replacement", "beta", "doc", "doc_url", "text",
    "method", "path", "query", "headers", "base_url", "security", "optional_security",
    "arguments", "bodies", "result", "variants", "replies", "paging", "gen_ai", "added", "corrected",
    "added_arguments", "former_ids",
))
_OF_ARGUMENTS: Final = frozenset((
    "name", "wire", "location", "style", "schema", "required", "positional", "default",
    "deprecated", "replacement", "doc", "text",
))
# fmt: on
_OF_BODIES: Final = frozenset(("media_type", "schema", "fields", "required", "files", "styles"))


def _spot(context: Context, operation: Operation) -> Spot:
    return Spot(context, Place(operation.qualified_name), Sides())


def _names(spot: Spot, old: Operation, new: Operation) -> Iterator[Change]:
    if old.qualified_name != new.qualified_name:
        text = f"renamed to {new.qualified_name}"
        if old.group == new.group and old.name in new.aliases:
            yield spot.plain("deprecating", "renamed", "operation", f"{text}; the former name still works")
        else:
            why = f'add "{old.name}" as an alias in the overrides to keep it'
            yield spot.plain("breaking", "renamed", "operation", text, why)
    yield from former_names(spot, (old.name, *old.aliases), (new.name, *new.aliases))
    if old.id != new.id:
        text = f"operationId {moved(old.id, new.id)}"
        if old.id in new.former_ids:
            yield spot.plain("deprecating", "changed", "name", f"{text}; the former one still works")
        else:
            yield spot.plain("breaking", "changed", "name", text, "calls by its former id fail")
    if old.former_ids != new.former_ids:
        yield from _former_ids(spot, old, new)
    yield from spot.deprecated((old.deprecated, old.replacement), (new.deprecated, new.replacement))
    if old.beta != new.beta:
        yield spot.plain("compatible", "changed", "beta", "beta now" if new.beta else "no longer beta")
    was, is_now = ((one.added, one.corrected, one.added_arguments) for one in (old, new))
    if was != is_now:
        yield spot.plain("compatible", "changed", "publication", PUBLICATION[any(is_now)])
    if old.gen_ai != new.gen_ai:
        text = f"the name in telemetry {moved(old.gen_ai or 'none', new.gen_ai or 'none')}"
        yield spot.plain("compatible", "changed", "name", text)
    yield from spot.documented((old.doc, old.doc_url, old.text), (new.doc, new.doc_url, new.text))


def _arguments(context: Context, old: Operation, new: Operation) -> Iterator[Change]:
    places = moved_placeholders(old, new)
    names = _renamed(old, new, places)
    for one in old.arguments:
        spot = _at(context, old, one.name)
        other = new.argument(names.get(one.name, one.name))
        if other is not None and _is_in_place(one, other, places):
            other = replace(other, wire=one.wire)  # reported with the path or with the argument's name
        if other is None:
            removed = spot.told("removed", "field", f"{type_text(one.schema)} removed", NARROWS)
            yield replace(removed, subject="argument")
        else:
            yield from _argument(spot, one, other)
    for one in new.arguments:
        if old.argument(one.name) is None and one.name not in names.values():
            text = f"{'required' if one.required else 'optional'} {type_text(one.schema)} added"
            spot = _at(context, old, one.name)
            if one.required:
                added = spot.told("added", "required", text, NARROWS)
            else:
                added = spot.told("added", "field", text, NEITHER)
            yield replace(added, subject="argument")
    yield from _order(_spot(context, old), old, new, names)


def _at(context: Context, operation: Operation, argument: str) -> Spot:
    return Spot(context, Place(f"{operation.qualified_name}({argument}", ")"), GIVEN)


def _renamed(old: Operation, new: Operation, places: Mapping[str, str]) -> dict[str, str]:
    """Return the new names of arguments that were renamed but are sent as before."""
    gone = [one for one in old.arguments if new.argument(one.name) is None]
    come = [one for one in new.arguments if old.argument(one.name) is None]
    return {
        one.name: other.name
        for one in gone
        for other in come
        if (one.wire, one.location) == (other.wire, other.location) or _is_in_place(one, other, places)
    }


def _is_in_place(old: Argument, new: Argument, places: Mapping[str, str]) -> bool:
    """Return True if both arguments fill the same placeholder of the path, under two names."""
    return old.location == new.location == "path" and places.get(old.wire) == new.wire


def _argument(spot: Spot, old: Argument, new: Argument) -> Iterator[Change]:
    if identical(old, new):
        return
    if old.name != new.name:
        text = f"renamed to {new.name}"
        yield spot.plain("breaking", "renamed", "argument", text, "calls that pass it by name fail")
    yield from spot.required(old.required, new.required)
    if old.positional and not new.positional:
        why = "calls that pass it by position fail"
        yield spot.plain("breaking", "changed", "order", "keyword-only now", why)
    elif new.positional and not old.positional and not (new.required and not old.required):
        yield spot.plain("compatible", "changed", "order", "positional now")
    yield from schemas(spot, old.schema, new.schema)
    yield from spot.defaults(old.default, new.default)
    yield from spot.deprecated((old.deprecated, old.replacement), (new.deprecated, new.replacement))
    yield from spot.documented((old.doc, old.text), (new.doc, new.text))
    yield from spot.rest(old, new, _OF_ARGUMENTS)
    yield from _request_of(spot, old, new)


def _request_of(spot: Spot, old: Argument, new: Argument) -> Iterator[Change]:
    """Yield the change of an argument's location and style; the style only affects arrays and objects."""
    sent = [f"{one.location} {one.wire}" for one in (old, new)]
    if sent[0] != sent[1]:
        why = "requests by method and path send it elsewhere"
        yield spot.plain("breaking", "changed", "request", f"sent as {moved(*sent)}", why)
    elif old.style != new.style:
        sent = [f"{one.location} {one.wire} ({one.style})" for one in (old, new)]
        kinds = Validator(spot.context.old.components).kinds(old.schema)
        severity: Severity = "risky" if not kinds.isdisjoint({"array", "object"}) else "compatible"
        why = "the same call sends something different" if severity == "risky" else ""
        yield spot.plain(severity, "changed", "request", f"sent as {moved(*sent)}", why)


def _order(spot: Spot, old: Operation, new: Operation, names: dict[str, str]) -> Iterator[Change]:
    """Yield the change of the positional order.

    Positional calls keep their meaning if the remaining positional arguments come first, in the same order.
    """
    before = [names.get(one.name, one.name) for one in old.arguments if one.positional]
    after = [one.name for one in new.arguments if one.positional]
    left = [one for one in before if one in after]
    if after[: len(left)] != left:
        text = f"positional arguments ({moved(', '.join(before), ', '.join(after))})"
        yield replace(spot, sides=GIVEN).told("changed", "order", text, NARROWS)
    elif _places(old) != _places(new) and sorted(_places(old)) == sorted(_places(new)):
        yield spot.plain("compatible", "changed", "order", "the arguments are in a different order")


def _places(operation: Operation) -> list[tuple[str, bool]]:
    return [(one.name, one.positional) for one in operation.arguments]


def _bodies(context: Context, old: Operation, new: Operation) -> Iterator[Change]:
    """Yield the changes of the media types, files and fields of request bodies."""
    spot = _spot(context, old)
    before, after = ({one.media_type: one for one in op.bodies} for op in (old, new))
    for name, one in before.items():
        if name not in after:
            is_sent = name == next(iter(before)) or bool(one.files)
            why = "the same call sends something different" if is_sent else ""
            yield spot.plain("risky" if is_sent else "compatible", "removed", "body", f"{name} removed", why)
        else:
            yield from _body(replace(spot, sides=GIVEN), one, after[name])
            kept = [
                [field for field in body.fields if old.argument(field) and new.argument(field)]
                for body in (one, after[name])
            ]
            if kept[0] != kept[1]:
                text = f"the fields of {name} changed"
                yield spot.plain("compatible", "changed", "body", text)
    for name in after:
        if name not in before:
            # If the body that was sent before is gone, its removal is already reported.
            is_sent = name == next(iter(after)) and (not before or next(iter(before)) in after)
            why = "the same call sends something different" if is_sent else ""
            yield spot.plain("risky" if is_sent else "compatible", "added", "body", f"{name} added", why)
    if set(before) == set(after) and list(before) != list(after):
        yield spot.plain(
            "risky", "changed", "order", "the media types are in a different order", "the first one is sent"
        )


def _body(spot: Spot, old: Body, new: Body) -> Iterator[Change]:
    """Yield the changes of one body; its arguments are compared separately."""
    for name in old.files:
        if name not in new.files:
            why = "files are rejected"
            yield spot.plain("breaking", "removed", "body", f"{name} is no longer a file", why)
    for name in new.files:
        if name not in old.files:
            yield spot.plain("risky", "added", "body", f"{name} is a file now", "text is no longer accepted")
    if set(old.files) == set(new.files) and old.files != new.files:
        yield spot.plain("compatible", "changed", "order", "the files are in a different order")
    if old.required != new.required:
        text = "a body is required now" if new.required else "a body is no longer required"
        why = "requests without one may be rejected" if new.required else ""
        yield spot.plain("risky" if new.required else "compatible", "changed", "body", text, why)
    if old.styles != new.styles:
        yield spot.plain(
            "risky",
            "changed",
            "body",
            "the styles of its fields changed",
            "the same call sends something different",
        )
    yield from spot.rest(old, new, _OF_BODIES)
    yield from schemas(spot, old.schema, new.schema)
