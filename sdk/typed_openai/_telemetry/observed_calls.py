"""Decisions about a call: the name of its span, its attributes, and how its reply is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from typed_openai._calls.described import Described
from typed_openai._calls.endpoints import Endpoint
from typed_openai._telemetry.semantic_attributes import (
    ADDRESS,
    METHOD,
    MODEL,
    OPERATION,
    PORT,
    PROVIDER,
    STORED,
    STREAM,
    TEMPLATE,
    Value,
    provider_of,
    request_attributes,
)
from typed_openai._transport.seam import HttpRequest
from typed_openai_spec.model import Operation, Result

_PORTS: Final = {"http": 80, "https": 443}
_MEASURED: Final = (OPERATION, PROVIDER, MODEL, ADDRESS, PORT)
_CONVERSING: Final = frozenset({"chat", "text_completion"})


class ObservedCall(NamedTuple):
    """The description of a call for its span and its metrics.

    ``measured`` are the attributes of its metrics, None if it has none. ``is_generated`` says that a model
    does the work, so that the reply is read; ``counts_tokens`` that the tokens were used by this call, and
    ``converses`` that request and reply are messages.
    """

    name: str
    attributes: dict[str, Value]
    measured: dict[str, Value] | None = None
    is_generated: bool = False
    counts_tokens: bool = False
    converses: bool = False


def observed_call(
    request: HttpRequest, result: Result, described: Described, *, is_openai: bool
) -> ObservedCall:
    """Return the description of a call; ``is_openai`` says that the API is OpenAI's."""
    operation = described.operation if isinstance(described, Endpoint) else None
    server = _server(request.url)
    known = operation is not None and (operation.gen_ai or (is_openai and operation.qualified_name))
    if not known or operation is None:
        return ObservedCall(
            operation.qualified_name if operation else request.method,
            {
                METHOD: request.method,
                **({TEMPLATE: operation.path} if operation else {}),
                **server,
            },
        )
    return _generating(known, operation, request, server, streams=result.kind == "stream")


def _generating(
    name: str, operation: Operation, request: HttpRequest, server: Mapping[str, Value], *, streams: bool
) -> ObservedCall:
    attributes: dict[str, Value] = {
        OPERATION: name,
        PROVIDER: provider_of(str(server.get(ADDRESS, ""))),
        **server,
        **request_attributes(request.fields or {}),
    }
    if streams:
        attributes[STREAM] = True
    return ObservedCall(
        name=f"{name} {model}" if (model := attributes.get(MODEL)) else name,
        attributes=attributes,
        measured={one: attributes[one] for one in _MEASURED if one in attributes},
        is_generated=bool(operation.gen_ai),
        counts_tokens=operation.gen_ai not in ("", STORED),
        converses=operation.gen_ai in _CONVERSING,
    )


def _server(url: str) -> dict[str, Value]:
    parts = urlsplit(url)
    if not parts.hostname:
        return {}
    port = parts.port or _PORTS.get(parts.scheme)
    return {ADDRESS: parts.hostname, **({PORT: port} if port else {})}
