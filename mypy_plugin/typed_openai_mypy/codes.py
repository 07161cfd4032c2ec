"""The error codes that the plugin adds to mypy's."""

from __future__ import annotations

from typing import Final

from mypy.errorcodes import ErrorCode

ARGUMENT: Final = ErrorCode("openai-arg", "Wrong argument or value for the API", "OpenAI")

LIMIT: Final = ErrorCode("openai-limit", "Value outside the API's limits", "OpenAI")
DEPRECATED: Final = ErrorCode("openai-deprecated", "Use of what the API is about to drop", "OpenAI")
DEPENDENT: Final = ErrorCode("openai-dependent", "Argument without what it depends on", "OpenAI")
SCHEMA: Final = ErrorCode("openai-schema", "JSON Schema that the API does not take as strict", "OpenAI")
MODEL: Final = ErrorCode("openai-model", "Parameter or value that the model does not support", "OpenAI")
TOOLS: Final = ErrorCode("openai-tools", "Choice of a missing tool, or tools with one name", "OpenAI")
JSON: Final = ErrorCode("openai-json", "String that should hold JSON and does not", "OpenAI")

SCRIPT: Final = ErrorCode("openai-script", "Scripted reply that does not fit the operation", "OpenAI")

ABSENT: Final = ErrorCode("openai-absent", "Key that may be absent", "OpenAI")
KEY: Final = ErrorCode("openai-key", "Key that the value never has", "OpenAI")
VALUE: Final = ErrorCode("openai-value", "Comparison with a value that is impossible", "OpenAI")

ASYNC: Final = ErrorCode(
    "openai-async", "Asynchronous use of the synchronous client, or the reverse", "OpenAI"
)
BLOCKING: Final = ErrorCode("openai-blocking", "Blocking call in a coroutine function", "OpenAI")

BEYOND: Final = (LIMIT, DEPRECATED, DEPENDENT, SCHEMA, MODEL, TOOLS, JSON, BLOCKING, SCRIPT)
"""The codes of the plugin's own findings: mistakes that no type can express."""

READING: Final = (ABSENT, KEY, VALUE)
"""The codes of findings about how values are read, which are made after a module has been checked."""

ALL: Final = (ARGUMENT, *BEYOND, *READING, ASYNC)
"""``openai-arg`` and ``openai-async`` replace the text of mypy's own errors."""
