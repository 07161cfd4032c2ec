"""``message["rol"]``: a key that an API TypedDict, or some member of a union, does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mypy.nodes import AwaitExpr, CallExpr, Expression, IndexExpr, MemberExpr, NameExpr, Node
from mypy.types import (
    AnyType,
    FunctionLike,
    Instance,
    NoneType,
    ProperType,
    TypedDictType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import STREAMS, is_ours
from typed_openai_mypy.compat.further_keys import type_of_key
from typed_openai_mypy.displays import json_fields, newcomers
from typed_openai_mypy.displays.asynchronous import may_stream, missing_await
from typed_openai_mypy.displays.operator_methods import explain_operands
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Further, Problem
from typed_openai_mypy.messages import key_messages, replies
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.syntax.origins import origin_of
from typed_openai_mypy.syntax.tree import Site
from typed_openai_mypy.values.entries import literal_key
from typed_openai_mypy.values.meaning import key_meant
from typed_openai_spec import spelling


def explain_index(explainer: Explainer, site: Site) -> list[Problem] | None:
    """The mistake of an index with a literal key, or of the argument of the user's ``__getitem__``."""
    expression = site.node
    assert isinstance(expression, IndexExpr)
    if problems := explain_operands(explainer, site):
        return problems
    if (missing := missing_await(explainer, expression.base)) is not None:
        return [missing]
    every = shapes.members(explainer.checker.known_type(expression.base))
    owners = [one for one in every if not isinstance(one, AnyType)]  # Any is left by another mistake
    explainer.skip(expression.base)
    explainer.skip(expression.index)
    key = literal_key(explainer, expression.index)
    dicts = [one for one in owners if isinstance(one, TypedDictType)]
    for one in [key] if key is not None else shapes.texts(explainer.checker.known_type(expression.index)):
        explainer.further += further_reads(expression.index, dicts, one)
    if key is None:
        return _explain_position(explainer, expression, owners)
    text = (
        json_fields.index_text(explainer, site, expression.base, key)
        or _reply_text(explainer, site, key, owners)
        or _list_text(owners, key)
        or _other_text(explainer, expression, owners, key)
    )
    # Members without keys are one mistake; a key that none of the others has is another.
    is_unknown = not any(type_of_key(one, key) is not None for one in dicts)
    texts = [text, _text(explainer, dicts, key) if text is None or is_unknown else None]
    return [Problem(expression.index, one) for one in texts if one is not None] or None


def further_reads(index: Expression, owners: Sequence[TypedDictType], key: str) -> Iterator[Further]:
    """The owners of which a key is a further one."""
    for one in owners:
        further = None if key in one.items else type_of_key(one, key)
        if further is not None:
            yield Further(index, one, key, None, further)


def explain_attribute(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``reply.choices``: a dict has keys, not attributes."""
    expression = site.node
    assert isinstance(expression, MemberExpr)
    owners = shapes.members(explainer.checker.known_type(expression.expr))
    explainer.skip(expression.expr)
    name, place = expression.name, _name_in(expression)
    if (missing := missing_await(explainer, expression.expr)) is not None:
        return [missing]
    if text := newcomers.attribute_text(explainer, site):
        return [Problem(place, text)]
    if text := _list_text(owners, name) or json_fields.attribute_text(explainer, site, expression.expr, name):
        return [Problem(place, text)]
    dicts = [one for one in owners if isinstance(one, TypedDictType)]
    if not dicts and (text := _container_text(explainer, expression, owners)):
        return [Problem(place, text)]
    if not dicts or not all(map(_is_ours, dicts)) or any(one.fallback.type.get(name) for one in dicts):
        return None
    keys = {one for member in dicts for one in member.items}
    near = name if name in keys else spelling.nearest(name, keys)
    owners_names = list(dict.fromkeys(map(shapes.name_of, dicts)))
    return [Problem(place, replies.attribute_of_dict(owners_names, name, near))]


def _container_text(explainer: Explainer, expression: MemberExpr, owners: Sequence[ProperType]) -> str | None:
    """The message about a missing attribute of a value that contains, or is part of, an API type.

    A ``Sequence``, for example, has no ``append``.
    """
    instances = [one for one in owners if isinstance(one, (Instance, NoneType))]
    ours = any(map(shapes.mentions_ours, owners)) or is_part_of_ours(explainer, expression.expr)
    if not ours or len(instances) < len(owners):
        return None
    name, found = expression.name, type_text(UnionType.make_union(list(owners)))
    lacking = [one for one in instances if isinstance(one, NoneType) or one.type.get(name) is None]
    if len(owners) > 1:
        return _lacking_text(found, name, lacking)
    only = owners[0]
    if (
        not lacking
        or not isinstance(only, Instance)
        or not only.args
        or not only.type.has_base("typing.Sequence")
    ):
        return None
    in_list = explainer.checker.instance("builtins.list").type.get(name) is not None
    return replies.attribute_of_container(found, name, in_list=in_list)


def _lacking_text(found: str, name: str, lacking: Sequence[Instance | NoneType]) -> str | None:
    if not lacking:
        return None
    if all(isinstance(one, NoneType) for one in lacking):
        return replies.none_by_key(found)
    return replies.attribute_of_some(found, name, list(dict.fromkeys(map(type_text, lacking))))


def _name_in(expression: MemberExpr) -> Node:
    """The place of an attribute's name, at the end of the expression."""
    made = NameExpr(expression.name)
    made.set_line(expression)
    if expression.end_line is not None and expression.end_column is not None:
        made.line, made.column = expression.end_line, expression.end_column - len(expression.name)
    return made


def _explain_position(
    explainer: Explainer, expression: IndexExpr, owners: Sequence[ProperType]
) -> list[Problem] | None:
    """``items[0]``, if the value may be None."""
    if not any(isinstance(one, NoneType) for one in owners) or not _is_of_ours(explainer, expression, owners):
        return None
    found = type_text(UnionType.make_union(list(owners)))
    return [Problem(expression.index, replies.none_by_key(found))]


def _text(explainer: Explainer, owners: Sequence[TypedDictType], key: str) -> str | None:
    """The mistake in a key of one of several TypedDicts."""
    lacking = [one for one in owners if type_of_key(one, key) is None]
    if not lacking or not all(map(_is_ours, lacking)):
        return None
    if len(lacking) < len(owners):
        having = [shapes.name_of(one) for one in owners if one not in lacking]
        return replies.key_of_some(key, having, [shapes.name_of(one) for one in lacking], _tag(owners))
    near = key_meant(
        explainer.program.descriptions, key, owners, {name for one in owners for name in one.items}
    )
    owner = type_text(UnionType.make_union(list(owners)))
    return key_messages.unknown_key("", key, owner, near, None)


def _tag(owners: Sequence[TypedDictType]) -> str:
    """The key that distinguishes all members; empty if there is none."""
    counts = shapes.shared_keys(owners)
    common = [key for key, count in counts.items() if count == len(owners)]
    values = {key: {shapes.literals(one.items[key]) for one in owners} for key in common}
    return max(sorted(common), key=lambda key: len(values[key]), default="")


def _list_text(owners: Sequence[ProperType], key: str) -> str | None:
    """The message about a key of a list's items that is used on the list."""
    if len(owners) != 1 or not isinstance(owners[0], Instance) or owners[0].type.fullname != "builtins.list":
        return None
    items = shapes.typed_dicts(owners[0].args[0])
    ours = any(key in one.items and _is_ours(one) for one in items)
    return replies.list_by_key(key) if ours else None


def _other_text(
    explainer: Explainer, expression: IndexExpr, owners: Sequence[ProperType], key: str
) -> str | None:
    """The message about members without keys: None, a stream, a string."""
    without = [one for one in owners if isinstance(one, (NoneType, Instance)) and not _has_keys(one)]
    if not without or not _is_of_ours(explainer, expression, owners):
        return None
    found = type_text(UnionType.make_union(list(owners)))
    if any(isinstance(one, Instance) and one.type.fullname in STREAMS for one in without):
        return replies.stream_by_key(found, key, is_only=len(without) == len(owners))
    if len(without) < len(owners) and any(isinstance(one, NoneType) for one in without):
        return replies.none_by_key(found)
    return replies.text_by_key(found, type_text(without[0]), key, is_only=len(without) == len(owners))


def _reply_text(explainer: Explainer, site: Site, key: str, owners: Sequence[ProperType]) -> str | None:
    """The message about a string that is indexed: an item of an iterated reply, or a reply itself."""
    assert isinstance(site.node, IndexExpr)
    if not all(isinstance(one, Instance) and one.type.fullname == "builtins.str" for one in owners):
        return None
    origin = origin_of(explainer.checker.tree, site, site.node.base)
    if origin is None:
        return None
    made = origin.expression.expr if isinstance(origin.expression, AwaitExpr) else origin.expression
    call = made if isinstance(made, CallExpr) else None
    given = get_proper_type(explainer.checker.known_type(origin.expression))
    if isinstance(given, TypedDictType) and origin.is_iterated and _is_ours(given):
        streams = call is not None and may_stream(explainer.checker, call)
        lists = [name for name, one in given.items.items() if _list_text(shapes.members(one), key)]
        return replies.keys_of_reply(shapes.name_of(given), key, lists[:1], streams=streams)
    method = explainer.checker.callee_type(call) if call is not None and not origin.is_iterated else None
    definition = method.items[0].definition if isinstance(method, FunctionLike) else None
    operation_called = explainer.program.descriptions.operation_called
    is_reply = definition is not None and operation_called(definition.fullname) is not None
    return replies.text_reply(key) if is_reply else None


def _has_keys(member: Instance | NoneType) -> bool:
    return (
        isinstance(member, Instance)
        and (member.type.has_base("typing.Mapping") or member.type.get("__getitem__") is None)
        and member.type.fullname not in STREAMS
    )


def _is_of_ours(explainer: Explainer, expression: IndexExpr, owners: Sequence[ProperType]) -> bool:
    """Return whether an indexed value has an API type, or is part of one that has."""
    return any(map(shapes.mentions_ours, owners)) or is_part_of_ours(explainer, expression.base)


def is_part_of_ours(explainer: Explainer, part: Expression) -> bool:
    """Return whether an expression takes a part of a value of an API type, key by key."""
    while (part_of := taken_from(part)) is not None:
        part = part_of
        if shapes.mentions_ours(explainer.checker.known_type(part)):
            return True
    return False


def taken_from(part: Expression) -> Expression | None:
    """The expression that an index or ``get`` takes a part of, or None."""
    if isinstance(part, IndexExpr):
        return part.base
    callee = part.callee if isinstance(part, CallExpr) else None
    return callee.expr if isinstance(callee, MemberExpr) and callee.name == "get" else None


def _is_ours(one: TypedDictType) -> bool:
    return is_ours(one.fallback.type.fullname)


ANCHORS: Final[Mapping[type[Node], Anchor]] = {IndexExpr: explain_index, MemberExpr: explain_attribute}
