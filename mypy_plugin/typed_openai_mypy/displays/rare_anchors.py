"""The syntax besides calls that sets an expected type; loaded for the first error that belongs to some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import Node

from typed_openai_mypy.displays import (
    asynchronous,
    comparisons,
    indexing,
    operator_methods,
    operators,
    overrides,
    statements,
)
from typed_openai_mypy.explain.explainer import Anchor

ANCHORS: Final[Mapping[type[Node], Anchor]] = {
    **statements.ANCHORS,
    **indexing.ANCHORS,
    **comparisons.ANCHORS,
    **operators.ANCHORS,
    **operator_methods.ANCHORS,
    **asynchronous.ANCHORS,
    **overrides.ANCHORS,
}
