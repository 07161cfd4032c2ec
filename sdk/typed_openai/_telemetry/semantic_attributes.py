"""Attributes of OpenTelemetry's GenAI conventions, and the fields of requests and replies that hold them.

The tables follow release 0.1.0 of https://github.com/open-telemetry/semantic-conventions-genai.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from typed_openai.token_usage import token_counts

Value: TypeAlias = str | bool | int | float | tuple[str, ...]
"""The value of an attribute."""

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
MODEL: Final = "gen_ai.request.model"
STREAM: Final = "gen_ai.request.stream"
RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105  # no password
ADDRESS: Final = "server.address"
PORT: Final = "server.port"
METHOD: Final = "http.request.method"
STATUS: Final = "http.response.status_code"
REQUEST_ID: Final = "http.response.header.x-request-id"
RESENT: Final = "http.request.resend_count"
TEMPLATE: Final = "url.template"
ERROR: Final = "error.type"

STORED: Final = "fetch_response"
"""The name of operations that return what was generated before: its tokens are not counted again."""

_OPENAI: Final = "openai"

_PROVIDERS: Final[Mapping[str, str]] = {
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral_ai",
    "api.moonshot.ai": "moonshot_ai",
    "api.perplexity.ai": "perplexity",
    "api.x.ai": "x_ai",
    "generativelanguage.googleapis.com": "gcp.gemini",
    "openai.azure.com": "azure.ai.openai",
    "services.ai.azure.com": "azure.ai.openai",
}
"""The providers whose servers accept the same requests, by the end of the server's name."""


_OUTPUT_TYPES: Final = {"text": "text", "json_object": "json", "json_schema": "json"}


class _Field(NamedTuple):
    """An attribute, and the paths to its value, of which the first one that exists counts."""

    attribute: str
    paths: tuple[str, ...]
    convert: Callable[[Any], Value | None]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None


def _several(value: Any) -> int | None:
    return None if _count(value) == 1 else _count(value)


def _texts(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    is_list = isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
    return tuple(value) if is_list else None


def _tier(value: Any) -> str | None:
    return None if _text(value) == "auto" else _text(value)


def _output_type(value: Any) -> str | None:
    return _OUTPUT_TYPES.get(_text(value) or "")


_REQUEST: Final = (
    _Field(MODEL, ("model",), _text),
    _Field("gen_ai.conversation.id", ("conversation.id", "conversation"), _text),
    _Field("gen_ai.embeddings.dimension.count", ("dimensions",), _count),
    _Field("gen_ai.output.type", ("response_format.type", "text.format.type"), _output_type),
    _Field("gen_ai.request.choice.count", ("n",), _several),
    _Field("gen_ai.request.encoding_formats", ("encoding_format",), _texts),
    _Field("gen_ai.request.frequency_penalty", ("frequency_penalty",), _number),
    _Field("gen_ai.request.max_tokens", ("max_completion_tokens", "max_output_tokens", "max_tokens"), _count),
    _Field("gen_ai.request.presence_penalty", ("presence_penalty",), _number),
    _Field("gen_ai.request.previous_response.id", ("previous_response_id",), _text),
    _Field("gen_ai.request.reasoning.level", ("reasoning_effort", "reasoning.effort"), _text),
    _Field("gen_ai.request.seed", ("seed",), _count),
    _Field("gen_ai.request.stop_sequences", ("stop",), _texts),
    _Field("gen_ai.request.temperature", ("temperature",), _number),
    _Field("gen_ai.request.top_k", ("top_k",), _count),
    _Field("gen_ai.request.top_p", ("top_p",), _number),
    _Field("openai.request.service_tier", ("service_tier",), _tier),
)

_RESPONSE: Final = (
    _Field("gen_ai.response.id", ("id",), _text),
    _Field(RESPONSE_MODEL, ("model",), _text),
    _Field("openai.response.service_tier", ("service_tier",), _text),
    _Field("openai.response.system_fingerprint", ("system_fingerprint",), _text),
)


_USAGE: Final[Mapping[str, str]] = {
    "input_tokens": INPUT_TOKENS,
    "output_tokens": OUTPUT_TOKENS,
    "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_tokens": "gen_ai.usage.cache_write.input_tokens",
    "text_input_tokens": "gen_ai.usage.text.input_tokens",
    "audio_input_tokens": "gen_ai.usage.audio.input_tokens",
    "image_input_tokens": "gen_ai.usage.image.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
    "text_output_tokens": "gen_ai.usage.text.output_tokens",
    "audio_output_tokens": "gen_ai.usage.audio.output_tokens",
    "image_output_tokens": "gen_ai.usage.image.output_tokens",
}
"""The attributes of the counts of tokens."""


def request_attributes(fields: Mapping[str, Any]) -> dict[str, Value]:
    """Return the attributes of a request with these fields."""
    return _read(_REQUEST, fields)


def response_attributes(reply: Mapping[str, Any]) -> dict[str, Value]:
    """Return the attributes of a reply, or of an event that has the whole of one."""
    return _read(_RESPONSE, reply)


def usage_attributes(reply: Mapping[str, Any]) -> dict[str, Value]:
    """Return the numbers of tokens that a reply or an event states."""
    return {_USAGE[name]: count for name, count in token_counts(reply).items()}


def provider_of(host: str) -> str:
    """Return the provider by the name of its server; OpenAI for an unknown one, whose API it implements."""
    return next((one for end, one in _PROVIDERS.items() if f".{host}".endswith(f".{end}")), _OPENAI)


def _read(table: tuple[_Field, ...], source: Mapping[str, Any]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for attribute, paths, convert in table:
        for path in paths:
            if (value := convert(_at(source, path))) is not None:
                found[attribute] = value
                break
    return found


def _at(source: Any, path: str) -> Any:
    """Return the value at a path, or None."""
    for name in path.split("."):
        if not isinstance(source, Mapping):
            return None
        source = source.get(name)
    return source
