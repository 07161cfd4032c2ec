"""The error codes that the plugin adds to mypy's, and the ones whose text it may replace."""

from __future__ import annotations

from typing import Final

from mypy.errorcodes import ErrorCode

ARGUMENT: Final = ErrorCode("openai-arg", "Wrong argument or value for the API", "OpenAI")

ALL: Final = (ARGUMENT,)

REWRITABLE: Final = frozenset(
    {
        "arg-type",
        "assignment",
        "call-arg",
        "call-overload",
        "dict-item",
        "list-item",
        "misc",
        "operator",
        "return-value",
        "type-var",
        "typeddict-item",
        "typeddict-unknown-key",
    }
)
"""mypy's codes for a value that does not fit; ``misc`` holds ambiguous TypedDicts, comprehensions
and yields. Errors with any other code are never touched."""
