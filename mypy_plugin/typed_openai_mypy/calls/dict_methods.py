"""The methods of API TypedDicts that take keys and values: ``update``, ``setdefault``, ``pop``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from mypy.nodes import CallExpr, DictExpr, MemberExpr
from mypy.types import TypedDictType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.compat.further_keys import type_of_key
from typed_openai_mypy.explain.explainer import Explainer, Problem
from typed_openai_mypy.messages import key_messages, replies
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.syntax.tree import display_of
from typed_openai_mypy.values.entries import entries_of, literal_key
from typed_openai_mypy.values.members import explain_items
from typed_openai_spec import spelling

Method: TypeAlias = Callable[[Explainer, CallExpr, TypedDictType], list[Problem] | None]


def explain_method(explainer: Explainer, call: CallExpr) -> list[Problem] | None:
    """The mistakes in a call of such a method; None for any other call."""
    if not isinstance(call.callee, MemberExpr) or call.callee.name not in _METHODS or not call.args:
        return None
    is_update = call.callee.name == "update"
    if (any(call.arg_names) and not is_update) or any(kind.is_star() for kind in call.arg_kinds):
        return None
    receiver = get_proper_type(explainer.checker.known_type(call.callee.expr))
    if not isinstance(receiver, TypedDictType) or not is_ours(receiver.fallback.type.fullname):
        return None
    return _METHODS[call.callee.name](explainer, call, receiver)


def partial(whole: TypedDictType) -> TypedDictType:
    """A copy of a TypedDict in which every key is optional."""
    return whole.copy_modified(required_keys=set())


def _update(explainer: Explainer, call: CallExpr, receiver: TypedDictType) -> list[Problem] | None:
    """``update`` takes any of the keys."""
    keywords = [one for one in call.arg_names if one is not None]
    if keywords:
        first = call.args[len(call.args) - len(keywords)]
        return [Problem(first, replies.update_by_keywords(keywords[0]), is_arity=True)]
    display = display_of(call.args[0])
    if not isinstance(display, DictExpr):
        return None
    given = entries_of(explainer, display, "")
    return explain_items(explainer, given, partial(receiver), shapes.name_of(receiver))


def _key(explainer: Explainer, call: CallExpr, receiver: TypedDictType) -> list[Problem] | None:
    """``pop`` takes a key."""
    key = literal_key(explainer, call.args[0])
    if key is None or type_of_key(receiver, key) is not None:
        return None
    near = spelling.nearest(key, receiver.items)
    return [Problem(call.args[0], key_messages.unknown_key("", key, shapes.name_of(receiver), near, None))]


def _default(explainer: Explainer, call: CallExpr, receiver: TypedDictType) -> list[Problem] | None:
    """``setdefault`` takes a key and a value for it."""
    key = literal_key(explainer, call.args[0])
    wanted = None if key is None else type_of_key(receiver, key)
    if key is None or wanted is None or len(call.args) != 2:
        return _key(explainer, call, receiver)
    return explainer.check(call.args[1], wanted, key_path("", key))


_METHODS: Final[Mapping[str, Method]] = {"update": _update, "setdefault": _default, "pop": _key}
