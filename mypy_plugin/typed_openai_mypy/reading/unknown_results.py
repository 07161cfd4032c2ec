"""Errors about the result of ``get`` with a key that does not exist: the key is the mistake.

The result has the type ``object``, so that mypy reports its uses::

    for item in message.get("tool_cals", []): ...
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import CallExpr, Expression

from typed_openai_mypy import codes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Problem
from typed_openai_mypy.reading import unknown_keys
from typed_openai_mypy.reading.empty_defaults import alternatives
from typed_openai_mypy.syntax.origins import origin_of
from typed_openai_mypy.syntax.tree import Site

_ABOUT_OBJECT: Final = re.compile(
    r'"object" (?:has no attribute|is not)|Value of type "object"|"object"; expected'
)


def may_explain(info: ErrorInfo) -> bool:
    """Return whether the text of an error is about a value of the type ``object``."""
    return _ABOUT_OBJECT.search(info.message) is not None


def explain(program: Program, checker: Checker, site: Site, info: ErrorInfo) -> Sequence[Problem]:
    """The wrong key that an error about a result comes from; empty if it has another reason."""
    if not may_explain(info) or program.is_disabled(codes.KEY):
        return ()
    if not checker.is_enabled(codes.KEY) or not isinstance(site.node, Expression):
        return ()
    node, types = site.node, checker.stored_types
    around = (node, getattr(node, "base", None), getattr(node, "expr", None))
    for used in (one for one in around if one is not None):
        origin = origin_of(checker.tree, site, used)
        for call in () if origin is None else alternatives(origin.expression):
            for one in unknown_keys.in_call(call, types) if isinstance(call, CallExpr) else ():
                return [Problem(one.node, one.text, code=one.code)]
    return ()
