"""Errors that follow from a read of a reply: of a value that may be None, or of a key that it lacks.

Most errors are not, as one word shows; the modules that find the reads are loaded for the first other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mypy.errorcodes import INDEX, TYPEDDICT_ITEM
from mypy.errors import ErrorInfo

from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.explainer import Problem
from typed_openai_mypy.syntax.tree import Site

_WORDS: Final = ("None", "iterable", "object")
"""mypy's texts about such reads have one of these words, unless they are about a key."""


def may_blame(info: ErrorInfo) -> bool:
    """Return whether a kind of read may be the reason of an error, by its code and text alone."""
    is_about_key = info.code is INDEX or info.code is TYPEDDICT_ITEM
    if not is_about_key and not any(one in info.message for one in _WORDS):
        return False
    from typed_openai_mypy.reading import empty_defaults, null_reads, null_targets, unknown_results  # noqa: PLC0415  few

    kinds = (null_reads, null_targets, unknown_results, empty_defaults)
    return any(one.may_explain(info) for one in kinds)


def blamed(program: Program, checker: Checker, site: Site, info: ErrorInfo) -> Sequence[Problem]:
    """The reads that an error follows from; empty if it has another reason."""
    from typed_openai_mypy.reading import empty_defaults, null_reads, null_targets, unknown_results  # noqa: PLC0415  few

    return (
        null_reads.explain(checker, site, info)
        or null_targets.explain(checker, site, info)
        or unknown_results.explain(program, checker, site, info)
        or empty_defaults.explain(program, checker, site, info)
    )
