"""Requests as they are written to a cassette, and in the form in which two of them are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from typed_openai._security.credentials import is_secret_name, unsealed, without_user
from typed_openai._security.redaction import MARK
from typed_openai._transport.seam import HttpRequest
from typed_openai.testing.cassettes.stored_bodies import FORMS, stored_body, without_boundary

_LEFT_OUT: Final = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "host", "idempotency-key", "user-agent"),
        *("openai-organization", "openai-project"),
    }
)
"""Headers that differ from call to call or from machine to machine, and those that name an account."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def content_of(request: HttpRequest) -> bytes:
    """Return the body of a request; one that is produced while it is sent is read to its end.

    Raises the same errors as sending it.
    """
    body = request.body
    if body is None or isinstance(body, bytes):
        return body or b""
    return b"".join(body)


def stored_request(request: HttpRequest, content: bytes) -> dict[str, Any]:
    """Return a request as it is written, except that its texts are not scrubbed yet."""
    headers = {
        name.lower(): str(unsealed(value))
        for name, value in request.headers.items()
        if value is not None and name.lower() not in _LEFT_OUT and not is_secret_name(name)
    }
    sent_type = headers.get("content-type", "")
    if sent_type:
        headers["content-type"] = without_boundary(sent_type)
    return {
        "operation": request.operation,
        "method": request.method,
        "url": _url(request.url),
        "headers": dict(sorted(headers.items())),
        **stored_body(content, sent_type),
    }


def _url(url: str) -> str:
    """Return a URL without the credentials before its host and in its query."""
    before, mark, query = without_user(url).partition("?")
    pairs = []
    for pair in query.split("&") if mark else ():
        name, equals, _ = pair.partition("=")
        pairs.append(f"{name}{equals}{MARK}" if is_secret_name(unquote_plus(name)) else pair)
    return f"{before}?{'&'.join(pairs)}" if pairs else before


def comparable(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a written request that are compared, by the names that differences have.

    The order of parameters, of the fields of a form and of the keys of an object does not matter. On
    loopback, the port does not, either.
    """
    parts = urlsplit(request["url"])
    origin = "loopback" if parts.hostname in _LOOPBACK else f"{parts.scheme}://{parts.netloc}"
    head = {"method": request["method"], "origin": origin, "path": parts.path}
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return {"head": head, "query": _by_name(pairs), "body": _body(request)}


def _body(request: Mapping[str, Any]) -> Any:
    form = next((one for one in FORMS if one in request), None)
    if form is None:
        return None
    value = request[form]
    if form == "form":
        return _by_name(value)
    if form == "parts":
        return _by_name(
            (one["name"], {key: part for key, part in one.items() if key != "name"}) for one in value
        )
    return value


def _by_name(pairs: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Return the values of pairs by name: a list for a name that is repeated."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
