"""``message["rol"]``: a key that a TypedDict of ours does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import IndexExpr, Node
from mypy.types import TypedDictType, get_proper_type

from typed_openai_mypy import messages, shapes
from typed_openai_mypy.explain import Anchor, Explainer, Problem
from typed_openai_mypy.features.entries import literal_key
from typed_openai_mypy.fullnames import is_ours
from typed_openai_mypy.tree import Site


def explain_index(explainer: Explainer, site: Site) -> list[Problem] | None:
    """The mistake of an index with a literal key."""
    expression = site.node
    assert isinstance(expression, IndexExpr)
    owner = get_proper_type(explainer.checker.known_type(expression.base))
    if not isinstance(owner, TypedDictType) or not is_ours(owner.fallback.type.fullname):
        return None
    key = literal_key(explainer, expression.index)
    if key is None or key in owner.items:
        return None
    near = messages.nearest(key, owner.items)
    text = messages.unknown_key("", key, shapes.name_of(owner), near, None)
    return [Problem(expression.index, text)]


ANCHORS: Final[Mapping[type[Node], Anchor]] = {IndexExpr: explain_index}
