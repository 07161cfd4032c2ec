"""The error codes that the plugin adds to mypy's, and the ones whose text it may replace."""

from __future__ import annotations

from typing import Final

from mypy.errorcodes import ErrorCode

ARGUMENT: Final = ErrorCode("openai-arg", "Wrong argument or value for the API", "OpenAI")

LIMIT: Final = ErrorCode("openai-limit", "Value outside the API's limits", "OpenAI")
DEPRECATED: Final = ErrorCode("openai-deprecated", "Use of what the API is about to drop", "OpenAI")
DEPENDENT: Final = ErrorCode("openai-dependent", "Argument without what it depends on", "OpenAI")
SCHEMA: Final = ErrorCode("openai-schema", "JSON Schema that the API does not take as strict", "OpenAI")

BEYOND: Final = (LIMIT, DEPRECATED, DEPENDENT, SCHEMA)
"""What the plugin finds by itself: mistakes that no type can express."""

ALL: Final = (ARGUMENT, *BEYOND)
