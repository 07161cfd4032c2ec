"""``client.request``: a method and a path, sent as the operation that they match, or directly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from typed_openai._calls.authorize import authorization, authorization_of_path
from typed_openai._calls.bind import selected_result
from typed_openai._calls.body import Payload, form_payload, form_style, is_urlencoded, urlencoded
from typed_openai._calls.build import assemble
from typed_openai._calls.described import UNDESCRIBED, Described
from typed_openai._calls.endpoints import Endpoint, Endpoints
from typed_openai._calls.option_values import Options, bound_options
from typed_openai._encoding import json_text
from typed_openai._encoding.dumping import dumped
from typed_openai._encoding.form_data import multipart_body
from typed_openai._encoding.plain_text import encoded_text
from typed_openai._encoding.styles import BRACKETS, FormStyle, styled_pairs
from typed_openai._encoding.uploads import is_file
from typed_openai._encoding.urls import bracketed
from typed_openai._security.credentials import hide_unexpected
from typed_openai._settings.settings import Settings, mapping_of
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import CallError
from typed_openai.omission import without_omitted
from typed_openai_spec import spelling
from typed_openai_spec.model import Location, Result
from typed_openai_spec.model.media import FORM

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Raw:
    """The arguments of ``client.request``."""

    method: str
    path: str
    json: object = None
    params: Mapping[str, object] | None = None
    data: Mapping[str, object] | bytes | str | None = None
    files: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    stream: bool = False


def given(method: str, path: str, **arguments: Any) -> Raw:
    """Return the arguments of a request without those that are ``OMIT``, themselves or in a mapping."""
    kept: dict[str, Any] = {
        name: without_omitted(one) if isinstance(one, Mapping) else one
        for name, one in without_omitted(arguments).items()
    }
    return Raw(method, path, **kept)


@dataclass(frozen=True)
class Prepared:
    """The request, and the information for reading its reply."""

    request: HttpRequest
    result: Result
    options: Options
    described: Described

    @property
    def sending(self) -> tuple[HttpRequest, Result, Options, Described]:
        """The arguments of ``Sending.send``."""
        return self.request, self.result, self.options, self.described


def prepare(raw: Raw, given: Mapping[str, object], endpoints: Endpoints, settings: Settings) -> Prepared:
    """Return the request for ``raw``. Raises :class:`CallError` if it is invalid."""
    names = endpoints.options.every
    known = {*names, *endpoints.options.former}
    if unknown := [name for name in given if name not in known]:
        hide_unexpected(given, known)
        hint = spelling.hint(unknown[0], names)
        raise CallError(f'unexpected keyword "{unknown[0]}" for request{hint}')
    method = raw.method.upper() if isinstance(raw.method, str) else ""
    if method not in _METHODS:
        raise CallError(f"request: expected an HTTP method, got {raw.method!r}")
    options = bound_options(given)
    if method == "HEAD" and (raw.stream or options.stream_to is not None):
        raise CallError("request: a reply to HEAD has no content, so it cannot be streamed")
    path, fixed = _path(raw.path)
    params = mapping_of(raw.params, "params")
    given_headers = mapping_of(raw.headers, "headers")
    endpoint = endpoints.match(method, path, [*fixed, *_pairs(params, endpoints.query_style)])
    query_style = (endpoint or endpoints).query_style
    pairs = [*fixed, *_pairs(params, query_style)]
    streams = raw.stream or options.stream_to is not None
    for name, value in _streaming_field(endpoint, streams, "query").items():
        pairs += [] if name in params else styled_pairs(name, value, "plain")
    payload = _payload(raw, options, endpoint, streams)
    result = _result(raw, endpoint, streams, options)
    operation = endpoint.name if endpoint else f"{method} {path}"
    if endpoint is not None and endpoint.operation.base_url:
        settings = settings.elsewhere
    client_headers = settings.all_headers
    all_headers = {**client_headers, **given_headers, **options.extra_headers}
    if endpoint is not None:
        key = authorization(endpoint, options.openai_api_key, all_headers, settings)
    else:
        key = authorization_of_path(endpoints, options.openai_api_key, all_headers, settings, operation)
    request = assemble(
        operation=operation,
        method=method,
        path=path,
        pairs=pairs,
        headers=[dict(endpoint.operation.headers) if endpoint else {}, given_headers],
        payload=payload,
        result=result,
        key=key,
        client_headers=client_headers,
        options=options,
        settings=settings,
        default_url=endpoints.index.base_url,
        own_url=endpoint.operation.base_url if endpoint else "",
        query_style=query_style,
    )
    return Prepared(request, result, options, endpoint or UNDESCRIBED)


def _pairs(params: Mapping[str, object], query_style: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return the query, with each parameter in its style."""
    return [pair for name, one in params.items() for pair in styled_pairs(name, one, query_style(name))]


def _path(path: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the path, quoted as the caller gave it, and its query."""
    usable = isinstance(path, str) and path.startswith("/") and not path.startswith("//")
    if not usable:
        raise CallError(f'request: expected a path such as "/chat/completions", got {path!r}')
    parts = urlsplit(path)
    segments = parts.path.split("/")
    if (
        parts.fragment
        or not path.isascii()
        or any(char <= " " for char in path)
        or {".", ".."} & set(segments)
    ):
        raise CallError(f"request: the path {path!r} cannot be sent as it is; quote its parts")
    return parts.path, parse_qsl(parts.query, keep_blank_values=True)


def _payload(raw: Raw, options: Options, endpoint: Endpoint | None, streams: bool) -> Payload:
    if raw.json is not None and (raw.data is not None or raw.files is not None):
        raise CallError("request: json and data or files cannot be sent together")
    if raw.files is not None or isinstance(raw.data, Mapping):
        return _form(raw, options, endpoint)
    if raw.data is not None:
        content = encoded_text(raw.data, "data") if isinstance(raw.data, str) else raw.data
        if not isinstance(content, (bytes, bytearray, memoryview)):
            found = type(content).__name__
            raise CallError(f'data: expected bytes, a string or the fields of a form, got "{found}"')
        return Payload(content, _raw_type(raw, endpoint))
    if raw.json is None and not options.extra_body:
        return Payload()
    body = dumped(raw.json)
    if isinstance(body, Mapping) or (body is None and options.extra_body):
        body = _streaming_field(endpoint, streams, "body") | dict(body or {}) | dict(options.extra_body)
    elif options.extra_body:
        raise CallError("request: extra_body can only be merged over an object")
    fields = body if isinstance(body, dict) else None
    return Payload(json_text.encoded(body), "application/json", fields=fields)


def _streaming_field(endpoint: Endpoint | None, streams: bool, location: Location) -> dict[str, object]:
    """Return the field that requests a stream, in the body or query, if the operation has one."""
    if not streams or endpoint is None or endpoint.stream is None:
        return {}
    argument = endpoint.arguments.get(endpoint.stream.argument)
    if argument is None or argument.location != location:
        return {}
    return {argument.wire: endpoint.stream.values[0]}


def _form(raw: Raw, options: Options, endpoint: Endpoint | None) -> Payload:
    fields = dict(raw.data) if isinstance(raw.data, Mapping) else {}
    fields |= options.extra_body
    if raw.files is None:
        pairs = [pair for name, value in fields.items() for pair in bracketed(name, value)]
        if any(is_file(value) for _, value in pairs):
            raise CallError("request: pass files as files=..., not in data")
        return Payload(urlencoded(fields, _form_style(endpoint, is_urlencoded)), FORM, fields=fields)
    style = _form_style(endpoint, lambda media_type: media_type.startswith("multipart/"))
    form = multipart_body({**fields, **raw.files}, frozenset(raw.files), style)
    return form_payload(form, fields)


def _form_style(endpoint: Endpoint | None, is_meant: Callable[[str], bool]) -> FormStyle:
    """Return the style of the operation's form."""
    bodies = endpoint.operation.bodies if endpoint else ()
    found = next((one for one in bodies if is_meant(one.media_type)), None)
    return BRACKETS if endpoint is None or found is None else form_style(endpoint, found)


def _raw_type(raw: Raw, endpoint: Endpoint | None) -> str:
    bodies = endpoint.operation.bodies if endpoint else ()
    return next((one.media_type for one in bodies if one.raw), "application/octet-stream")


def _result(raw: Raw, endpoint: Endpoint | None, streams: bool, options: Options) -> Result:
    """Return the expected result: a stream if one is requested in any way, else the operation's result."""
    if streams:
        known = endpoint.operation if endpoint else None
        results = [known.result, *(one.result for one in known.variants)] if known else []
        return next((one for one in results if one.kind == "stream"), Result("stream"))
    if endpoint is None:
        return Result("json")
    layers = (raw.params, raw.data, raw.json, options.extra_query, options.extra_body)
    return selected_result(endpoint, *(one for one in layers if isinstance(one, Mapping)))
