"""Merge the schemas of an ``allOf`` into one that satisfies all of them.

Objects merge field by field, an object and a union distribute, and the narrower bound wins. Schemas that
contradict each other raise :class:`Conflict`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from math import lcm
from typing import Any, Final

from typed_openai_spec.model import (
    MISSING,
    Anything,
    Array,
    Field,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.openapi.schemas.unions import flat_union, same, same_constant

Resolve = Callable[[Schema], Schema]


class Conflict(Exception):
    """Raised for parts that no value can satisfy, or whose merge is not supported."""


class _TooMany(Conflict):
    """Raised for an excessive number of combinations; this is not the fault of a single alternative."""


MAX_COMBINATIONS: Final = 1_000
"""Maximum number of alternatives of a merged union; a vendor's full description needs sixty."""


def merge(parts: Sequence[Schema], required: frozenset[str], resolve: Resolve) -> Schema:
    """Return the schema of values that fit all ``parts``; the fields in ``required`` become required.

    Raises :class:`Conflict`.
    """
    merged: Schema = Anything()
    for part in parts:
        merged = _both(merged, part, resolve)
    return _with_required(merged, required, resolve) if required else merged


def _with_required(schema: Schema, required: frozenset[str], resolve: Resolve) -> Schema:
    schema = resolve(schema)
    if isinstance(schema, Union):
        members = [resolve(one) for one in schema.members]
        if any(isinstance(one, (Object, Union)) for one in members):
            # Members that are not objects (null, for example) have no fields that could be missing.
            return flat_union(
                _with_required(one, required, resolve) if isinstance(one, (Object, Union)) else one
                for one in members
            )
    if isinstance(schema, Anything):
        schema = Object()
    if not isinstance(schema, Object):
        raise Conflict(f"required {', '.join(sorted(required))}, but the schema is not an object")
    declared = {one.name for one in schema.fields}
    fields = [replace(one, required=one.required or one.name in required) for one in schema.fields]
    fields += [Field(name, Anything(), required=True) for name in sorted(required - declared)]
    return replace(schema, fields=_sorted(fields))


def _both(left: Schema, right: Schema, resolve: Resolve) -> Schema:
    if same(left, right) or isinstance(right, Anything):
        return left
    if isinstance(left, Anything):
        return right
    left, right = resolve(left), resolve(right)
    if isinstance(left, Ref) or isinstance(right, Ref):
        raise Conflict("a part refers to the schema that it is a part of")
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Union):
            return _distribute(one, other, one is left, resolve)
    if isinstance(left, Object) and isinstance(right, Object):
        return _objects(left, right, resolve)
    return _narrower(left, right, resolve)


def _distribute(union: Union, other: Schema, union_first: bool, resolve: Resolve) -> Schema:
    members: list[Schema] = []
    made = 0
    for member in union.members:
        try:
            merged = _both(member, other, resolve) if union_first else _both(other, member, resolve)
        except _TooMany:
            raise
        except Conflict:
            continue  # the other part rules this alternative out
        members.append(merged)
        made += len(merged.members) if isinstance(merged, Union) else 1
        if made > MAX_COMBINATIONS:
            raise _TooMany(f"more than {MAX_COMBINATIONS} combinations of alternatives")
    if not members:
        raise Conflict("no alternative fits the other parts")
    deprecated = [one for one in union.deprecated if Ref(one) in members]
    return flat_union(members, union.discriminator, deprecated)


def _objects(left: Object, right: Object, resolve: Resolve) -> Object:
    fields = {one.name: one for one in left.fields}
    for one in right.fields:
        fields[one.name] = _fields(fields[one.name], one, resolve) if one.name in fields else one
    keys = [one.key_schema for one in (left, right) if one.key_schema is not None]
    sets, exclusive = _required_sets(left, right)
    return Object(
        fields=_sorted(fields.values()),
        extra=_extra(left, right, resolve),
        closed=left.closed and right.closed,
        min_properties=_limit(max, left.min_properties, right.min_properties),
        max_properties=_limit(min, left.max_properties, right.max_properties),
        key_schema=merge(keys, frozenset(), resolve) if keys else None,
        required_sets=sets,
        exclusive=exclusive,
        rules=tuple(dict.fromkeys((*left.rules, *right.rules))),
        pairings=tuple(dict.fromkeys((*left.pairings, *right.pairings))),
        strict_schemas=tuple(dict.fromkeys((*left.strict_schemas, *right.strict_schemas))),
        model_rules=tuple(dict.fromkeys((*left.model_rules, *right.model_rules))),
        tool_choices=tuple(dict.fromkeys((*left.tool_choices, *right.tool_choices))),
    )


def _required_sets(left: Object, right: Object) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Combine the required sets: each set of one part together with each set of the other."""
    if not (left.required_sets and right.required_sets):
        return left.required_sets or right.required_sets, left.exclusive or right.exclusive
    sets = [
        tuple(dict.fromkeys((*mine, *theirs)))
        for mine in left.required_sets
        for theirs in right.required_sets
    ]
    return tuple(dict.fromkeys(sets)), left.exclusive and right.exclusive


def _extra(left: Object, right: Object, resolve: Resolve) -> Schema | None:
    """Return the schema of undeclared fields. A plain map of anything adds nothing to declared fields."""
    if left.extra is None or right.extra is None:
        part = left if left.extra is not None else right
        return None if part.extra == Anything() and not part.fields else part.extra
    return _both(left.extra, right.extra, resolve)


def _fields(left: Field, right: Field, resolve: Resolve) -> Field:
    return Field(
        left.name,
        _field_schema(left, right, resolve),
        left.required or right.required,
        right.default if right.default is not MISSING else left.default,
        left.deprecated or right.deprecated,
        right.doc or left.doc,
        right.replacement or left.replacement,
        right.text or left.text,
        left.read_only or right.read_only,
        left.write_only or right.write_only,
        left.unsent or right.unsent,
        tuple(dict.fromkeys((*left.mistaken, *right.mistaken))),
        right.json or left.json,
    )


def _field_schema(left: Field, right: Field, resolve: Resolve) -> Schema:
    """Merge the schemas of a field. If they are equivalent, the form of the last part is kept."""
    if not same(left.schema, right.schema) and same(resolve(left.schema), resolve(right.schema)):
        return right.schema
    try:
        return _both(left.schema, right.schema, resolve)
    except Conflict as conflict:
        raise type(conflict)(f'"{left.name}": {conflict}') from conflict


def _narrower(left: Schema, right: Schema, resolve: Resolve) -> Schema:
    match left, right:
        case Literals(values=mine), Literals(values=theirs):
            if common := tuple(one for one in mine if any(same_constant(one, other) for other in theirs)):
                return _of_literals(common, left, right)
        case (Literals() as literals, Scalar(kind=kind)) | (Scalar(kind=kind), Literals() as literals):
            if values := tuple(one for one in literals.values if _is_kind(one, kind)):
                return _of_literals(values, literals)
        case Scalar(), Scalar():
            return _scalars(left, right)
        case Array(), Array():
            items = _both(left.items, right.items, resolve)
            shortest, longest = (
                _limit(max, left.min_items, right.min_items),
                _limit(min, left.max_items, right.max_items),
            )
            places, rest = _places(left, right, resolve)
            return Array(items, shortest, longest, left.unique or right.unique, places, rest)
        case Null(), Null():
            return left
    raise Conflict(f"no value is both {type(left).__name__.lower()} and {type(right).__name__.lower()}")


def _places(left: Array, right: Array, resolve: Resolve) -> tuple[tuple[Schema, ...], Schema | None]:
    """Return the schemas by place of what fits both arrays, and that of the other items."""
    count = max(len(left.places), len(right.places))
    if not count:
        return (), None
    places = tuple(_both(left.at(one), right.at(one), resolve) for one in range(count))
    if any(one.places and one.rest is None for one in (left, right)):
        return places, None
    return places, _both(left.at(count), right.at(count), resolve)


def _of_literals(values: tuple[str | int | float | bool, ...], *parts: Literals) -> Literals:
    """Return literals with these constants; deprecations of the parts are kept."""
    dropped = {value: instead for part in parts for value, instead in part.deprecated if value in values}
    return Literals(values, tuple(dropped.items()))


def _is_kind(value: str | float, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return {"string": isinstance(value, str), "integer": isinstance(value, int), "boolean": False}.get(
        kind, isinstance(value, (int, float))
    )


def _scalars(left: Scalar, right: Scalar) -> Scalar:
    kinds = {left.kind, right.kind}
    if len(kinds) > 1 and kinds != {"integer", "number"}:
        raise Conflict(f"no value is both {left.kind} and {right.kind}")
    values: dict[str, Any] = {}
    for attribute in dataclass_fields(Scalar):
        mine, theirs = getattr(left, attribute.name), getattr(right, attribute.name)
        values[attribute.name] = _limit(_NARROWER.get(attribute.name, _last), mine, theirs)
    values["kind"] = "integer" if len(kinds) > 1 else left.kind
    return Scalar(**values)


def _last(left: Any, right: Any) -> Any:
    return right


def _both_patterns(left: str, right: str) -> str:
    """Return a pattern that matches where both patterns match."""
    return left if left == right else rf"^(?=[\s\S]*?(?:{left}))(?=[\s\S]*?(?:{right}))"


def _common_multiple(left: float, right: float) -> float:
    if left == right:
        return left
    if isinstance(left, int) and isinstance(right, int) and left > 0 and right > 0:
        return lcm(left, right)
    raise Conflict(f"multiples of both {left} and {right}")


# Functions that combine two values of a scalar's attribute.
_NARROWER: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "minimum": max,
    "exclusive_minimum": max,
    "min_length": max,
    "maximum": min,
    "exclusive_maximum": min,
    "max_length": min,
    "multiple_of": _common_multiple,
    "pattern": _both_patterns,
}


def _limit(choose: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if left is None or right is None:
        return right if left is None else left
    return choose(left, right)


def _sorted(fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(sorted(fields, key=lambda one: one.name))
