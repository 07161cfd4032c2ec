"""Convert exceptions of requests, urllib3 and the operating system to this package's errors."""

from __future__ import annotations

import http.client
import socket
import ssl
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Final

import requests
import urllib3.exceptions

from typed_openai._security.credentials import is_secret_name
from typed_openai._transport.deadlines import LimitPassed, Limits, PhaseName
from typed_openai._transport.heads import BadFraming
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import (
    APIConnectionError,
    APITimeoutError,
    CallError,
    InvalidReplyError,
    OpenAIError,
)

LIBRARY_ERRORS: Final = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)

# The request was never sent, whatever else went wrong.
_UNSENT = (
    requests.exceptions.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    requests.exceptions.ProxyError,
    requests.exceptions.SSLError,
    ConnectionRefusedError,
    socket.gaierror,
)

_PROXY_ERRORS = (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError)

# Errors that another try cannot fix.
_HOPELESS = (
    urllib3.exceptions.LocationParseError,
    requests.exceptions.TooManyRedirects,
    http.client.LineTooLong,
    http.client.UnknownProtocol,
    BadFraming,
)
_MALFORMED = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
    urllib3.exceptions.LocationParseError,
)
_TIMEOUTS = (
    requests.exceptions.Timeout,
    urllib3.exceptions.ReadTimeoutError,
    TimeoutError,
)

# Errors for a connection that the server has closed.
_HUNG_UP = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)

_NO_CONNECTION = "no connection to {place}"
_BROKE = "the connection to {place} broke"

# The text for an error, or for one nested in it, and the text for all others.
_WHAT: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (requests.exceptions.TooManyRedirects, "too many redirects from {place}"),
    (http.client.RemoteDisconnected, "{place} closed the connection"),
    (http.client.LineTooLong, "the headers from {place} are too long"),
    ((http.client.BadStatusLine, http.client.UnknownProtocol), "{place} did not answer with HTTP"),
)
_LONGEST_CAUSE = 300

_REFUSED_CERTIFICATE: Final = "the server does not accept the client certificate"

# What a server's TLS alert (RFC 8446, section 6.2) means for the certificate that a client presents.
_ALERTS: Final[Mapping[str, str]] = {
    "CERTIFICATE_REQUIRED": 'the server requires a client certificate, http_options={"cert": ...}',
    "HANDSHAKE_FAILURE": 'the server may require a client certificate, http_options={"cert": ...}',
    "ACCESS_DENIED": _REFUSED_CERTIFICATE,
    "BAD_CERTIFICATE": _REFUSED_CERTIFICATE,
    "CERTIFICATE_EXPIRED": f"{_REFUSED_CERTIFICATE}, which has expired",
    "CERTIFICATE_REVOKED": f"{_REFUSED_CERTIFICATE}, which is revoked",
    "CERTIFICATE_UNKNOWN": _REFUSED_CERTIFICATE,
    "UNKNOWN_CA": f"{_REFUSED_CERTIFICATE}, because it does not know its issuer",
    "UNSUPPORTED_CERTIFICATE": _REFUSED_CERTIFICATE,
}

# The event that did not happen in time, by phase.
_MISSED: Final[Mapping[PhaseName, str]] = {
    "connect": "no connection to {place}",
    "sending": "{place} stopped reading the request",
    "source": "the body to be sent was not ready",
    "first_byte": "no answer from {place}",
    "idle": "no more data from {place}",
}


def is_hang_up(error: BaseException) -> bool:
    """Return True if the server closed the connection, now or before."""
    return any(isinstance(one, _HUNG_UP) for one in _chain(error))


def our_error(
    error: Exception,
    request: HttpRequest,
    limits: Limits,
    request_id: str | None = None,
    *,
    answered: bool = False,
    was_sent: bool | None = None,
    proxy: str | None = None,
    reused: bool = False,
) -> OpenAIError:
    """Return the error for ``error``; ``answered`` means that the reply's headers had arrived.

    A request that was answered may have done its work. Repeating it is only worthwhile if it changes
    nothing. ``was_sent`` is None if only the error shows it. ``proxy`` is the proxy that the connection has
    not passed. ``reused`` means that the server closed a connection that was kept from an earlier request.
    """
    chain = list(_chain(error))
    cause = str(getattr(chain[-1], "strerror", None) or chain[-1] or type(chain[-1]).__name__)
    # Some quote what the server sent.
    cause = request.redacted(" ".join(cause.split()))[:_LONGEST_CAUSE]
    if not answered and (alert := _alert(chain)):
        cause = f"{cause} ({alert})"
        # In TLS 1.3 the request is sent already, but no server reads it before it accepts the certificate.
        was_sent = False
    place = request.redacted(request.url.partition("?")[0])
    forget_credentials(error, request)
    if isinstance(error, _MALFORMED):
        return CallError(f"{request.operation}: {cause}")
    if was_sent is None:
        was_sent = not any(isinstance(one, _UNSENT) for one in chain)
    if not was_sent and (proxy or any(isinstance(one, _PROXY_ERRORS) for one in chain)):
        place = f"the proxy {proxy}, on the way to {place}" if proxy else f"the proxy on the way to {place}"
    details: dict[str, Any] = {
        "operation": request.operation,
        "was_sent": was_sent,
        "retryable": request.is_safe if answered else not _is_hopeless(chain),
        "request_id": request_id and request.redacted(request_id),
        "reused": reused,
    }
    if any(isinstance(one, _TIMEOUTS) for one in chain):
        passed = next((one for one in chain if isinstance(one, LimitPassed)), None)
        # A user's session does not say, and may have a limit of its own.
        phase = passed.phase if passed else "idle" if answered else "first_byte" if was_sent else "connect"
        limit = passed or limits.passed(phase)
        missed = _MISSED[phase].format(place=place) + (f" within {limit}" if limit else " in time")
        return APITimeoutError(f"{request.operation}: {missed}", **details)
    what = next((text for kind, text in _WHAT if any(isinstance(one, kind) for one in chain)), _BROKE)
    if not was_sent:
        what = _NO_CONNECTION
    return APIConnectionError(f"{request.operation}: {what.format(place=place)}: {cause}", **details)


def _alert(chain: list[BaseException]) -> str:
    """Return the explanation of an alert about the client's certificate; empty for any other error."""
    reasons = (str(one.reason) for one in chain if isinstance(one, ssl.SSLError))
    alerts = (reason.partition("_ALERT_")[2] for reason in reasons)
    return next((_ALERTS[alert] for alert in alerts if alert in _ALERTS), "")


# Functions of requests that raise a plain ``ValueError``, and the error for it.
_PLAIN: Final[Mapping[str, tuple[type[OpenAIError], str]]] = {
    "get_redirect_target": (InvalidReplyError, "the target of a redirect is not a URL"),
    "resolve_redirects": (InvalidReplyError, "the target of a redirect is not a URL"),
    "proxy_manager_for": (CallError, "the URL of a proxy is not valid"),
}


def error_of_requests(error: ValueError, request: HttpRequest) -> OpenAIError | None:
    """Return the error for a ``ValueError`` of requests itself; None for one of the user's own code."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        kind, what = _PLAIN.get(frame.f_code.co_name, (None, ""))
        if kind is not None and str(frame.f_globals.get("__name__")).startswith("requests."):
            forget_credentials(error, request)
            return kind(f"{request.operation}: {what}")
    return None


def _is_hopeless(chain: list[BaseException]) -> bool:
    """Return True if another try would fail in the same way. A server that only hung up may do better."""
    if any(isinstance(one, http.client.RemoteDisconnected) for one in chain):
        return False
    if any(isinstance(one, ssl.SSLError) and not isinstance(one, _HUNG_UP) for one in chain):
        return True
    return any(isinstance(one, (*_HOPELESS, http.client.BadStatusLine)) for one in chain)


def _strip_credentials(request: Any, ours: HttpRequest) -> None:
    """Remove everything that contains credentials from a request of the library."""
    headers = getattr(request, "headers", None) or {}
    places = {ours.key_place.name.lower(), *(place.name.lower() for _, place in ours.keys)}
    for name in [one for one in headers if is_secret_name(one) or one.lower() in places]:
        del headers[name]
    in_query = any(place.location == "query" for _, place in ours.keys)
    if in_query and isinstance(getattr(request, "url", None), str):
        request.url = ours.redacted(request.url)


def forget_credentials(error: BaseException, request: HttpRequest) -> None:
    """Remove the key from a library's errors: from their requests, and the frames of their tracebacks."""
    seen: set[int] = set()
    pending: list[object] = [error]
    while pending:
        one = pending.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = None
        one.args = tuple(request.redacted(part) if isinstance(part, str) else part for part in one.args)
        vars(one).update(
            {name: request.redacted(text) for name, text in vars(one).items() if type(text) is str}
        )
        response = getattr(one, "response", None)
        for answer in (response, *getattr(response, "history", ())):
            _strip_credentials(getattr(answer, "request", None), request)
        _strip_credentials(getattr(one, "request", None), request)
        pending += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those that the layers below wrapped in it, the root cause last."""
    seen: set[int] = set()
    inner: BaseException | None = error
    while inner is not None and id(inner) not in seen:
        seen.add(id(inner))
        yield inner
        around = (getattr(inner, "reason", None), *reversed(inner.args), inner.__cause__)
        inner = next((one for one in around if isinstance(one, BaseException)), None)
