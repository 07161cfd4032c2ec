"""Build the request of a bound call: URL, headers, body."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from typed_openai import __version__
from typed_openai._calls.authorize import Authorization, authorization
from typed_openai._calls.bind import Call
from typed_openai._calls.body import Payload, payload_of
from typed_openai._calls.option_values import Options
from typed_openai._encoding.counting import reported
from typed_openai._encoding.headers import merged_headers, present
from typed_openai._encoding.styles import cookies, header_text, styled_pairs, styled_segment
from typed_openai._encoding.urls import AsIs, encoded_query
from typed_openai._security.credentials import unsealed
from typed_openai._settings.base_urls import base_url_of_environment, split_base
from typed_openai._settings.settings import Settings, name_of_environment
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import CallError
from typed_openai.omission import Omit
from typed_openai_spec.model import PLACEHOLDER, Argument, Result
from typed_openai_spec.model.media import is_json_lines

# The Accept header for each kind of result, if the description has no media type.
_ACCEPT = {"json": "application/json", "stream": "text/event-stream", "text": "*/*"}

# Methods whose repetition changes something: their requests carry an idempotency key.
_CREATING = frozenset({"POST"})


def build(call: Call, settings: Settings, default_url: str) -> HttpRequest:
    """Return the request of a call. Raises :class:`CallError` or ``MissingKeyError`` if it is invalid."""
    operation = call.endpoint.operation
    if operation.base_url:
        settings = settings.elsewhere
    pairs = list(operation.query)
    headers: dict[str, object] = {}
    jar: list[tuple[str, str]] = []
    fields: dict[str, object] = {}
    for given, value in call.values.items():
        argument = call.endpoint.arguments[given]
        if argument.location == "query":
            styled = styled_pairs(argument.wire, value, argument.style)
            pairs += [(name, AsIs(text)) for name, text in styled] if argument.reserved else styled
        elif argument.location == "header":
            headers[argument.wire] = header_text(argument.wire, value, argument.style)
        elif argument.location == "cookie":
            jar += styled_pairs(argument.wire, value, argument.style)
        elif argument.location == "body":
            fields[given] = value
    if jar:
        headers["Cookie"] = cookies(jar)
    client_headers, extra = settings.all_headers, call.options.extra_headers
    path = _path(operation.path.partition("?")[0], call.endpoint.path_arguments, call.values)
    return assemble(
        operation=call.endpoint.name,
        method=operation.method.upper(),
        path=path,
        pairs=pairs,
        headers=[dict(operation.headers), present(headers)],
        payload=payload_of(call, fields),
        result=call.result,
        key=authorization(call.endpoint, call.options.openai_api_key, {**client_headers, **extra}, settings),
        client_headers=client_headers,
        options=call.options,
        settings=settings,
        default_url=default_url,
        own_url=operation.base_url,
        query_style=call.endpoint.query_style,
    )


def assemble(
    *,
    operation: str,
    method: str,
    path: str,
    pairs: list[tuple[str, str]],
    headers: list[Mapping[str, object]],
    payload: Payload,
    result: Result,
    key: Authorization,
    client_headers: Mapping[str, object],
    options: Options,
    settings: Settings,
    default_url: str,
    own_url: str = "",
    query_style: Callable[[str], str],
) -> HttpRequest:
    """Assemble a request from its parts, the client's settings and the call's options."""
    own: dict[str, object] = {
        "User-Agent": user_agent(),
        "Accept": _accept(result),
        "Content-Type": payload.content_type,
        "OpenAI-Organization": options.openai_organization_key
        or settings.organization
        or name_of_environment(settings.variables.organization),
        "OpenAI-Project": settings.project or name_of_environment(settings.variables.project),
        "Idempotency-Key": f"typed-openai-{secrets.token_hex(16)}" if method in _CREATING else None,
    }
    # Headers of an operation or a call override those that the user sets for all requests.
    known = {name: one for name, one in own.items() if one is not None}
    merged = merged_headers(known, client_headers, *headers, options.extra_headers)
    base_url = _base_url(options, settings, default_url, own_url)
    for name, value in options.extra_query.items():
        pairs = [pair for pair in pairs if pair[0].partition("[")[0] != name]
        pairs += styled_pairs(name, unsealed(value), query_style(name))
    return HttpRequest(
        operation=operation,
        method=method,
        url=_url(base_url, path, pairs),
        headers=merged,
        body=_body(payload, options),
        key=key.key,
        key_place=key.place,
        key_supply=key.supply,
        more_keys=key.together,
        timeout=settings.timeout if isinstance(options.timeout, Omit) else options.timeout,
        replayable=payload.replayable,
        fields=payload.fields,
    )


def _body(payload: Payload, options: Options) -> bytes | Iterable[bytes] | None:
    if options.on_progress is None:
        return payload.content
    return reported(payload.content, options.on_progress)


def _base_url(options: Options, settings: Settings, default_url: str, own_url: str) -> str:
    """Return the base URL of a call; ``own_url`` is the server of the operation itself.

    A base URL given by the caller applies to every operation. If it is the API's default, however, an
    operation with a server of its own keeps that server.
    """
    given = options.base_url or settings.base_url or base_url_of_environment(settings.variables.base_url)
    if given and not (own_url and given.rstrip("/") == default_url):
        return given
    url = own_url or default_url
    if not url.startswith(("http://", "https://")):
        found = f'its first server is "{url}"' if url else "it lists none"
        raise CallError(
            f"base_url: the description has no server URL ({found}); give the address, with its "
            f'path: Client(..., base_url="https://...{url}")'
        )
    return url


def _path(template: str, arguments: tuple[Argument, ...], values: Mapping[str, object]) -> str:
    if "{" not in template:
        return template
    segments = {
        one.wire: styled_segment(values.get(one.name), one.wire, one.style, one.name) for one in arguments
    }
    return PLACEHOLDER.sub(lambda found: segments[found[1]], template)


def _url(base_url: str, path: str, pairs: list[tuple[str, str]]) -> str:
    base, fixed = split_base(base_url)
    query = encoded_query([*fixed, *pairs])
    return f"{base}{path}?{query}" if query else base + path


def _accept(result: Result) -> str:
    lines = result.kind == "stream" and is_json_lines(result.media_type)
    if lines or (result.kind == "json" and result.media_type.endswith("+json")):
        return result.media_type
    return _ACCEPT.get(result.kind) or "*/*"


@cache
def user_agent() -> str:
    return f"typed-openai/{__version__} python/{'.'.join(map(str, sys.version_info[:3]))}"
