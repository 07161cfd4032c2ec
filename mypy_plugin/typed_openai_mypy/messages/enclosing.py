"""Hints about the shape of a value: put it in a list, take it out of one, or put it under a key.

mypy checks each guess first: only a change that it accepts is suggested.
"""

from __future__ import annotations

from typing import Final

from mypy.nodes import DictExpr, Expression, ListExpr, StrExpr
from mypy.types import Instance, Type, TypedDictType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.containers import item_types, mapping_types
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.messages.fragments import literal
from typed_openai_mypy.syntax.tree import PLAIN

_MOST_TRIED: Final = 80
"""The number of members that are tried for a plain value."""

_LONGEST_VALUE: Final = 40


def for_shape(checker: Checker, expression: Expression, expected: Type, found: Type) -> str:
    """The hint about the shape of an expression; empty if no change of shape helps."""
    if _listed(checker, expression, expected, found):
        return "; put it in a list"
    if isinstance(expression, ListExpr):
        return _unlisted(checker, expression, expected)
    if made := _keyed(checker, expression, shapes.typed_dicts(expected), found):
        return f"; write {made}"
    items = [
        member for one in item_types(checker, expected, "builtins.list") for member in shapes.members(one)
    ]
    if made := _keyed(checker, expression, [one for one in items if isinstance(one, TypedDictType)], found):
        return f"; write [{made}]"
    return _gathered(checker, expected, found)


def is_for_a_list(checker: Checker, display: DictExpr, expected: Type) -> bool:
    """Return whether a dict display is used where a list of objects is expected."""
    if shapes.typed_dicts(expected) or mapping_types(checker, expected):
        return False
    return any(map(shapes.typed_dicts, item_types(checker, expected, "builtins.list")))


def _listed(checker: Checker, expression: Expression, expected: Type, found: Type) -> bool:
    """Return whether a value fits as the item of a list, or is an object that has other mistakes."""
    proper = get_proper_type(found)
    in_list = checker.instance("builtins.list", [proper])
    if checker.fits(in_list, expected):
        return True
    wanted = item_types(checker, expected, "builtins.list")
    may_fit = not isinstance(expression, PLAIN) or any(checker.fits(found, one) for one in wanted)
    if may_fit and _fits(checker, _placed(ListExpr([expression]), expression), expected):
        return True
    return isinstance(expression, DictExpr) and is_for_a_list(checker, expression, expected)


def _unlisted(checker: Checker, display: ListExpr, expected: Type) -> str:
    if len(display.items) == 1 and _fits(checker, display.items[0], expected):
        return "; use the item itself, not a list"
    return ""


def _keyed(checker: Checker, expression: Expression, members: list[TypedDictType], found: Type) -> str:
    """A display such as ``{"type": "text"}``, if an expression fits as the only required key of an object.

    If it fits several keys, none of them is suggested.
    """
    fitting: dict[str, None] = {}
    for member in members[:_MOST_TRIED]:
        for key in _keys(member, expression):
            if isinstance(expression, PLAIN) and not checker.fits(found, member.items[key]):
                continue
            made = _placed(DictExpr([(_placed(StrExpr(key), expression), expression)]), expression)
            if _fits(checker, made, member):
                fitting[key] = None
    if len(fitting) != 1:
        return ""
    shown = expression.value if isinstance(expression, StrExpr) else None
    text = "..." if shown is None or len(shown) > _LONGEST_VALUE else literal(shown)
    return f"{{{literal(next(iter(fitting)))}: {text}}}"


def _keys(member: TypedDictType, expression: Expression) -> list[str]:
    """The only required key of a member; if it requires none, the keys that accept the literal."""
    if member.required_keys:
        return sorted(member.required_keys) if len(member.required_keys) == 1 else []
    if not isinstance(expression, StrExpr):
        return []
    return [
        key for key in sorted(member.items) if expression.value in (shapes.literals(member.items[key]) or ())
    ]


def _gathered(checker: Checker, expected: Type, found: Type) -> str:
    """The hint for a set, an iterator or a view that is used as a list."""
    proper = get_proper_type(found)
    if not isinstance(proper, Instance) or proper.type.fullname == "builtins.list":
        return ""
    items = [one.args[0] for one in (proper,) if len(one.args) == 1]
    if proper.type.has_base("typing.Iterable") and items:
        fits = checker.fits(checker.instance("builtins.list", items), expected)
        return "; make it a list: list(...)" if fits else ""
    return ""


def _fits(checker: Checker, expression: Expression, expected: Type) -> bool:
    return checker.attempt(expression, expected).good


def _placed(made: Expression, around: Expression) -> Expression:
    made.set_line(around)
    return made
