"""``allOf``: the merge of several schemas into the one that satisfies them all.

Objects merge field by field, an object and a union distribute, bounds take the narrower value.
What cannot hold together is a :class:`Conflict`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

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
from typed_openai_spec.unions import flat_union

Resolve = Callable[[Schema], Schema]


class Conflict(Exception):
    """Two parts that no value can satisfy, or whose merge is not understood."""


def merge(parts: Sequence[Schema], required: frozenset[str], resolve: Resolve) -> Schema:
    """The schema of values that fit all ``parts``; the fields in ``required`` become required.

    Raises :class:`Conflict`.
    """
    merged: Schema = Anything()
    for part in parts:
        merged = _both(merged, part, resolve)
    return _with_required(merged, required, resolve) if required else merged


def _with_required(schema: Schema, required: frozenset[str], resolve: Resolve) -> Schema:
    schema = resolve(schema)
    if isinstance(schema, Union):
        return flat_union(_with_required(one, required, resolve) for one in schema.members)
    if not isinstance(schema, Object):
        raise Conflict(f"required {', '.join(sorted(required))} beside what is no object")
    declared = {one.name for one in schema.fields}
    fields = [replace(one, required=one.required or one.name in required) for one in schema.fields]
    fields += [Field(name, Anything(), required=True) for name in sorted(required - declared)]
    return replace(schema, fields=_sorted(fields))


def _both(left: Schema, right: Schema, resolve: Resolve) -> Schema:
    if left == right or isinstance(right, Anything):
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
    members = []
    for member in union.members:
        try:
            members.append(_both(member, other, resolve) if union_first else _both(other, member, resolve))
        except Conflict:
            continue  # an alternative that the other part rules out
    if not members:
        raise Conflict("no alternative fits the other parts")
    return flat_union(members)


def _objects(left: Object, right: Object, resolve: Resolve) -> Object:
    fields = {one.name: one for one in left.fields}
    for one in right.fields:
        fields[one.name] = _fields(fields[one.name], one, resolve) if one.name in fields else one
    return Object(
        fields=_sorted(fields.values()),
        extra=_extra(left, right, resolve),
        closed=left.closed and right.closed,
        min_properties=_limit(max, left.min_properties, right.min_properties),
        max_properties=_limit(min, left.max_properties, right.max_properties),
        key_schema=left.key_schema or right.key_schema,
        required_sets=left.required_sets + right.required_sets,
        exclusive=left.exclusive or right.exclusive,
    )


def _extra(left: Object, right: Object, resolve: Resolve) -> Schema | None:
    """What undeclared fields may be. A plain map merged with declared fields stays open."""
    if left.extra is None or right.extra is None:
        part = left if left.extra is not None else right
        return part.extra if part.fields else None
    return _both(left.extra, right.extra, resolve)


def _fields(left: Field, right: Field, resolve: Resolve) -> Field:
    return Field(
        left.name,
        _field_schema(left, right, resolve),
        left.required or right.required,
        right.default if right.default is not MISSING else left.default,
        left.deprecated or right.deprecated,
        right.doc or left.doc,
    )


def _field_schema(left: Field, right: Field, resolve: Resolve) -> Schema:
    """Both schemas of a field in one. Parts that restate a field say the last one's way what they mean."""
    merged = _both(left.schema, right.schema, resolve)
    inline = (one for one in (merged, *(merged.members if isinstance(merged, Union) else ())))
    if any(isinstance(one, Object) and one.fields for one in inline):
        if resolve(left.schema) == resolve(right.schema):
            return right.schema
        raise Conflict(f'two different objects for "{left.name}"')
    return merged


def _narrower(left: Schema, right: Schema, resolve: Resolve) -> Schema:
    match left, right:
        case Literals(values=mine), Literals(values=theirs):
            if common := tuple(one for one in mine if one in theirs):
                return Literals(common)
        case (Literals() as literals, Scalar(kind=kind)) | (Scalar(kind=kind), Literals() as literals):
            if values := tuple(one for one in literals.values if _is_kind(one, kind)):
                return Literals(values)
        case Scalar(), Scalar():
            return _scalars(left, right)
        case Array(), Array():
            items = _both(left.items, right.items, resolve)
            shortest, longest = (
                _limit(max, left.min_items, right.min_items),
                _limit(min, left.max_items, right.max_items),
            )
            return Array(items, shortest, longest, left.unique or right.unique)
        case Null(), Null():
            return left
    raise Conflict(f"nothing is both {type(left).__name__.lower()} and {type(right).__name__.lower()}")


def _is_kind(value: str | float, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return {"string": isinstance(value, str), "integer": isinstance(value, int), "boolean": False}.get(
        kind, isinstance(value, (int, float))
    )


def _scalars(left: Scalar, right: Scalar) -> Scalar:
    kinds = {left.kind, right.kind}
    if len(kinds) > 1 and kinds != {"integer", "number"}:
        raise Conflict(f"nothing is both {left.kind} and {right.kind}")
    larger = ("minimum", "exclusive_minimum", "min_length")
    values: dict[str, Any] = {}
    for attribute in dataclass_fields(Scalar):
        mine, theirs = getattr(left, attribute.name), getattr(right, attribute.name)
        if attribute.name in larger:
            values[attribute.name] = _limit(max, mine, theirs)
        elif attribute.name in ("maximum", "exclusive_maximum", "max_length"):
            values[attribute.name] = _limit(min, mine, theirs)
        else:
            values[attribute.name] = theirs if theirs is not None else mine
    values["kind"] = "integer" if len(kinds) > 1 else left.kind
    return Scalar(**values)


def _limit(choose: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if left is None or right is None:
        return right if left is None else left
    return choose(left, right)


def _sorted(fields: Any) -> tuple[Field, ...]:
    return tuple(sorted(fields, key=lambda one: str(one.name)))
