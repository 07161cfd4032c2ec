"""A test whether every value of one schema is also a value of another, possibly of another description.

True is certain; False may also mean "unknown".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.validation.validator import Validator

_DEEPEST: Final = 40
"""Limit of nested references. Deeper schemas count as unknown."""


class Containment:
    """Tests whether schemas of the components ``inner`` are contained in schemas of ``outer``.

    ``strict`` means that objects with declared fields refuse undeclared ones, as in requests.
    """

    def __init__(
        self, inner: Mapping[str, Component], outer: Mapping[str, Component], *, strict: bool
    ) -> None:
        self._inner = inner
        self._outer = outer
        self._strict = strict
        self._judge = Validator(outer, strict=strict)
        self._depth = 0
        # The known results per pair of nodes. The nodes are kept alive so that their ids stay unique.
        self._known: dict[tuple[str | int, str | int], tuple[bool, Schema, Schema]] = {}

    def holds(self, left: Schema, right: Schema) -> bool:
        """Return True if every value of ``left`` is a value of ``right``."""
        if isinstance(right, Anything):
            return True
        if isinstance(left, Ref) or isinstance(right, Ref):
            return self._references(left, right)
        if isinstance(left, Union):
            return all(self.holds(one, right) for one in left.members)
        if isinstance(left, Literals):
            return all(self._judge.fits(one, right) for one in left.values)
        if isinstance(right, Union):
            return any(self.holds(left, one) for one in right.members)
        return self._alike(left, right)

    def _references(self, left: Schema, right: Schema) -> bool:
        """Return the remembered or computed result for two schemas of which one is a reference.

        A pair under comparison is assumed to hold, which ends recursion. If it turns out not to hold, all
        results that were derived from the assumption are forgotten.
        """
        pair = _key(left), _key(right)
        if pair in self._known:
            return self._known[pair][0]
        if self._depth == _DEEPEST:
            return False
        before = len(self._known)
        self._known[pair] = True, left, right
        self._depth += 1
        holds = self._followed(left, right)
        self._depth -= 1
        if not holds:
            for concluded in list(self._known)[before:]:
                if self._known[concluded][0]:
                    del self._known[concluded]
            self._known[pair] = False, left, right
        return holds

    def _followed(self, left: Schema, right: Schema) -> bool:
        if isinstance(left, Ref) and isinstance(right, Union) and left in right.members:
            same = next(one for one in right.members if one == left)
            if self.holds(left, same):  # most likely
                return True
        if isinstance(left, Ref):
            return self.holds(self._inner[left.name].schema, _target(right, self._outer))
        return self.holds(left, _target(right, self._outer))

    def _alike(self, left: Schema, right: Schema) -> bool:
        match left, right:
            case Scalar(), Scalar():
                return scalar_within(left, right)
            case Array(), Array():
                return self._array(left, right)
            case Object(), Object():
                return self._object(left, right)
            case _:
                return isinstance(left, Null) and isinstance(right, Null)

    def _array(self, left: Array, right: Array) -> bool:
        counts = as_many(left.min_items, right.min_items) and at_most(left.max_items, right.max_items)
        places = range(max(len(left.places), len(right.places)))
        fits = all(self.holds(left.at(one), right.at(one)) for one in (*places, len(places)))
        return counts and left.unique >= right.unique and fits

    def _object(self, left: Object, right: Object) -> bool:
        bounds = (
            as_many(left.min_properties, right.min_properties)
            and at_most(left.max_properties, right.max_properties)
            and (right.key_schema is None or right.key_schema == left.key_schema)
        )
        return (
            bounds
            and _asks_no_more(left, right)
            and all(self._fields(left, right))
            and self._undeclared(left, right)
        )

    def _fields(self, left: Object, right: Object) -> Iterator[bool]:
        names = dict.fromkeys(one.name for one in (*left.fields, *right.fields))
        for name in names:
            here, there = left.field(name), right.field(name)
            if there is None:
                yield here is not None and self._takes(right, here.schema)
            elif here is None:
                # An undeclared value on the left may end up in this field, unless the left refuses it.
                loose = left.extra or (Anything() if self._is_open(left) else None)
                yield not there.required and (loose is None or self.holds(loose, there.schema))
            else:
                yield here.required >= there.required and self.holds(here.schema, there.schema)

    def _undeclared(self, left: Object, right: Object) -> bool:
        if left.extra is not None:
            return self._takes(right, left.extra)
        return not self._is_open(left) or self._takes(right, Anything())

    def _takes(self, node: Object, schema: Schema) -> bool:
        """Return True if the object accepts an undeclared field with a value of ``schema``."""
        return self.holds(schema, node.extra) if node.extra is not None else self._is_open(node)

    def _is_open(self, node: Object) -> bool:
        """Return True if the object accepts any undeclared field."""
        return not node.closed and node.extra is None and not (self._strict and node.fields)


def _key(schema: Schema) -> str | int:
    return schema.name if isinstance(schema, Ref) else id(schema)


def _target(schema: Schema, components: Mapping[str, Component]) -> Schema:
    return components[schema.name].schema if isinstance(schema, Ref) else schema


def _asks_no_more(left: Object, right: Object) -> bool:
    """Return True if every object that obeys the rules on the left obeys those on the right."""
    sets = not right.required_sets or (
        right.required_sets == left.required_sets and left.exclusive >= right.exclusive
    )
    return (
        sets
        and set(right.rules) <= set(left.rules)
        and set(right.pairings) <= set(left.pairings)
        and set(right.strict_schemas) <= set(left.strict_schemas)
        and set(right.model_rules) <= set(left.model_rules)
        and set(right.tool_choices) <= set(left.tool_choices)
    )


def scalar_within(left: Scalar, right: Scalar) -> bool:
    """Return True if every value of ``left`` is a value of ``right``."""
    kinds = left.kind == right.kind or (left.kind == "integer" and right.kind == "number")
    # ``exclusive_minimum: 0`` is within ``minimum: 0``, but not vice versa.
    low = right.minimum is None or any(
        one is not None and one >= right.minimum for one in (left.minimum, left.exclusive_minimum)
    )
    high = right.maximum is None or any(
        one is not None and one <= right.maximum for one in (left.maximum, left.exclusive_maximum)
    )
    above = at_least(left.exclusive_minimum, right.exclusive_minimum) or _beyond(
        left.minimum, right.exclusive_minimum, 1
    )
    below = at_most(left.exclusive_maximum, right.exclusive_maximum) or _beyond(
        left.maximum, right.exclusive_maximum, -1
    )
    return (
        kinds
        and (low and high and above and below)
        and as_many(left.min_length, right.min_length)
        and at_most(left.max_length, right.max_length)
        and is_multiple(left.multiple_of, right.multiple_of)
        and right.pattern in (None, left.pattern)
        and right.format in (None, left.format)
    )


def at_least(left: float | None, right: float | None) -> bool:
    """Return True if the lower bound ``left`` is at least as tight as ``right``."""
    return right is None or (left is not None and left >= right)


def as_many(left: float | None, right: float | None) -> bool:
    """Return True if the minimum length ``left`` is at least as tight as ``right``; None means zero."""
    return (left or 0) >= (right or 0)


def at_most(left: float | None, right: float | None) -> bool:
    """Return True if the upper bound ``left`` is at least as tight as ``right``."""
    return right is None or (left is not None and left <= right)


def is_multiple(left: float | None, right: float | None) -> bool:
    """Return True if every multiple of ``left`` is a multiple of ``right``."""
    return right is None or (left is not None and left % right == 0)


def _beyond(bound: float | None, excluded: float | None, sign: int) -> bool:
    return bound is not None and excluded is not None and sign * bound > sign * excluded
