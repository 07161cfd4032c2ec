"""``message["rol"]``: a key that a TypedDict of ours, or some member of a union, does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mypy.nodes import IndexExpr, Node
from mypy.types import Instance, ProperType, TypedDictType, UnionType

from typed_openai_mypy import messages, shapes
from typed_openai_mypy.explain import Anchor, Explainer, Problem
from typed_openai_mypy.features.entries import literal_key
from typed_openai_mypy.fullnames import is_ours
from typed_openai_mypy.tree import Site


def explain_index(explainer: Explainer, site: Site) -> list[Problem] | None:
    """The mistake of an index with a literal key."""
    expression = site.node
    assert isinstance(expression, IndexExpr)
    owners = shapes.members(explainer.checker.known_type(expression.base))
    key = literal_key(explainer, expression.index)
    if key is None:
        return None
    text = _list_text(owners, key) or _text([one for one in owners if isinstance(one, TypedDictType)], key)
    return [Problem(expression.index, text)] if text is not None else None


def _text(owners: Sequence[TypedDictType], key: str) -> str | None:
    """What is wrong with a key of one of several TypedDicts."""
    lacking = [one for one in owners if key not in one.items]
    if not lacking or not all(is_ours(one.fallback.type.fullname) for one in lacking):
        return None
    if len(lacking) < len(owners):
        return messages.key_of_some(key, [shapes.name_of(one) for one in lacking], len(owners))
    near = messages.nearest(key, {name for one in owners for name in one.items})
    owner = messages.type_text(UnionType.make_union(list(owners)))
    return messages.unknown_key("", key, owner, near, None)


def _list_text(owners: Sequence[ProperType], key: str) -> str | None:
    """The items of a list of ours have the key, not the list."""
    if len(owners) != 1 or not isinstance(owners[0], Instance) or owners[0].type.fullname != "builtins.list":
        return None
    items = shapes.typed_dicts(owners[0].args[0])
    ours = any(key in one.items and is_ours(one.fallback.type.fullname) for one in items)
    return messages.list_by_key(key) if ours else None


ANCHORS: Final[Mapping[type[Node], Anchor]] = {IndexExpr: explain_index}
