"""Equality of JSON values as JSON Schema defines it, for ``uniqueItems``.

Numbers are equal if their mathematical values are, so ``1`` and ``1.0`` are the same item. A boolean is
no number, an array equals one with equal items in the same order, and the order of an object's keys is
of no importance.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable


def all_differ(values: Iterable[object]) -> bool:
    """Return True if no two of the JSON values are equal, in time that grows linearly with their size."""
    seen = set()
    for value in values:
        key = equality_key(value)
        if key in seen:
            return False
        seen.add(key)
    return True


def equality_key(value: object) -> Hashable:
    """A key that two JSON values share exactly if they are equal.

    Numbers become text because integers chosen to collide would make a set of them slow. Anything
    that is no JSON value, such as a file, equals itself alone.
    """
    match value:
        case None | bool():
            return ("constant", value)
        case str():
            return ("string", value)
        case int():
            return ("number", hex(value))
        case float():
            return ("number", hex(int(value)) if value.is_integer() else value.hex())
        case list():
            return ("array", tuple(map(equality_key, value)))
        case dict():
            return ("object", frozenset((key, equality_key(one)) for key, one in value.items()))
    return ("other", id(value))
