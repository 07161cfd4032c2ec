"""Carries requests with the ``requests`` library; the only module that imports it.

Each process and thread has a session of its own, made when it first sends: sessions are not safe to
share between threads, and a connection must not be shared with a forked child.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3.exceptions
from requests.auth import AuthBase

from typed_openai.credentials import Secret, is_secret_header
from typed_openai.errors import APIConnectionError, APITimeoutError, CallError, OpenAIError
from typed_openai.wire import HttpRequest

_READ_SIZE = 1 << 16

# The request never left, whatever else went wrong.
_UNSENT = (
    requests.exceptions.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    requests.exceptions.ProxyError,
    requests.exceptions.SSLError,
    ConnectionRefusedError,
    socket.gaierror,
)
_HOPELESS = (requests.exceptions.SSLError, requests.exceptions.TooManyRedirects)
_MALFORMED = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
)
_LIBRARY_ERRORS = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError)
_TIMEOUTS = (
    requests.exceptions.Timeout,
    urllib3.exceptions.ReadTimeoutError,
    TimeoutError,
)

# What to say of an error, or of one inside it, and how to say it of all others.
_WHAT: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (requests.exceptions.TooManyRedirects, "{place} redirects without end"),
    (_UNSENT, "no connection to {place}"),
    (http.client.RemoteDisconnected, "{place} closed the connection"),
    (http.client.BadStatusLine, "{place} does not answer in HTTP"),
)
_BROKE = "the connection to {place} broke"
_LONGEST_CAUSE = 300

# Methods whose repetition at another address changes nothing.
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class _BearerAuth(AuthBase):
    """Puts the key on the request. Without any auth object requests would take one from ``~/.netrc``."""

    def __init__(self, key: Secret | None) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key is not None:
            request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return request


class _Session(requests.Session):
    """A session that redirects neither keys nor contents to strangers, and takes none from ``~/.netrc``."""

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Keep the key on the same host only; requests alone would ask ``~/.netrc`` here as well."""
        before, after = response.request.url, prepared_request.url
        if self.should_strip_auth(before, after):  # type: ignore[no-untyped-call]
            _strip_credentials(prepared_request)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where to go on, or None where the reply itself is what the caller must see.

        A request that changes something is only repeated as it was (307, 308), at the same host.
        """
        target: str | None = super().get_redirect_target(resp)
        request = resp.request
        if target is None or request.method in _SAFE_METHODS:
            return target
        after = urljoin(resp.url, target)
        stays = not self.should_strip_auth(resp.url, after)  # type: ignore[no-untyped-call]
        again = resp.status_code in (307, 308) and getattr(request.body, "replayable", True)
        return target if again and stays else None


def _strip_credentials(request: Any) -> None:
    headers = getattr(request, "headers", None) or {}
    for name in [one for one in headers if is_secret_header(one)]:
        del headers[name]


class RequestsTransport:
    """Sends with sessions of its own, or with ``http_client``, which may be any ``requests.Session``.

    ``http_options`` are keyword arguments of every ``Session.request``: ``proxies``, ``verify``, ``cert``...
    """

    def __init__(self, http_options: Mapping[str, Any], http_client: Any = None) -> None:
        self._options = dict(http_options)
        self._client = http_client
        self._begin()

    def _begin(self) -> None:
        """Be without any session: at first, and in a forked child, where they belong to the parent."""
        self._process = os.getpid()
        self._local = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()
        self._lock = threading.Lock()

    def send(self, request: HttpRequest) -> RequestsReply:
        """Send and wait for the reply's headers."""
        try:
            response = self._session().request(request.method, request.url, **self._sending(request))
        except _LIBRARY_ERRORS as error:
            raise _our_error(error, request) from error
        return RequestsReply(_unchanged(response, request), request)

    def _sending(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "auth": _BearerAuth(request.key),
            "timeout": request.timeout,
            **self._options,
            "headers": request.headers,
            "data": request.body,
            "stream": True,
        }

    def close(self) -> None:
        """Close the idle connections of all threads. A client given by the user is the user's to close."""
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.close()

    def _session(self) -> Any:
        if self._client is not None:
            return self._client
        if self._process != os.getpid():
            self._begin()
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = _Session()
            with self._lock:
                self._sessions.add(session)
        return session


def _unchanged(response: Any, request: HttpRequest) -> Any:
    """The response, or the first redirection where the user's own session made another request of ours."""
    history = getattr(response, "history", None)
    last = getattr(getattr(response, "request", None), "method", None)
    # A stand-in of the user's may have anything as its history.
    if not isinstance(history, list) or not history or last == request.method:
        return response
    response.close()
    return history[0]


class RequestsReply:
    """A reply of requests, read as the bytes arrive and with our errors."""

    def __init__(self, response: Any, request: HttpRequest) -> None:
        self._response = response
        self._request = request
        self.status: int = response.status_code
        self.aborted = False

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""
        return {name.lower(): value for name, value in self._response.headers.items()}

    def chunks(self) -> Iterator[bytes]:
        """The decoded body in pieces, each as soon as it arrives."""
        raw = self._raw
        try:
            if isinstance(raw, urllib3.HTTPResponse) and hasattr(raw, "read1"):
                while chunk := raw.read1(_READ_SIZE, decode_content=True):
                    yield chunk
            else:
                yield from self._pieces()
        except Exception as error:
            # Whatever a connection does that was closed under a reader, it is no error then.
            if self.aborted:
                return
            if isinstance(error, _LIBRARY_ERRORS):
                raise self._error(error) from error
            raise

    def read(self) -> bytes:
        """The rest of the decoded body."""
        try:
            content = getattr(self._response, "content", None)
        except _LIBRARY_ERRORS as error:
            raise self._error(error) from error
        return content if isinstance(content, bytes) else b"".join(self.chunks())

    def close(self) -> None:
        """Close the connection unless everything was read."""
        close = getattr(self._response, "close", None)
        if close is not None and not self._is_made_by_hand:
            close()

    def abort(self) -> None:
        """End a read that blocks in another thread, and the connection with it."""
        self.aborted = True
        _end_reading(self._raw)
        self.close()

    @property
    def _raw(self) -> Any:
        return getattr(self._response, "raw", None)

    @property
    def _is_made_by_hand(self) -> bool:
        """Whether this is a response with its content set: there is nothing to read from or to close."""
        return isinstance(self._response, requests.Response) and self._raw is None

    def _pieces(self) -> Iterator[bytes]:
        """The pieces of an older urllib3, or of a stand-in of the user's."""
        if self._is_made_by_hand:
            yield self._response.content or b""
        else:
            yield from self._response.iter_content(None if hasattr(self._raw, "stream") else _READ_SIZE)

    def _error(self, error: Exception) -> OpenAIError:
        return _our_error(error, self._request, self.headers.get("x-request-id"))


def _end_reading(raw: Any) -> None:
    """Wake a thread that waits for the reply's bytes; closing alone does not, and would wait for it."""
    if hasattr(raw, "shutdown"):
        # Each of these says that there is nothing left to end.
        with suppress(OSError, RuntimeError, ValueError):
            raw.shutdown()
        return
    # An older urllib3: the socket is below http.client's file object.
    below: Any = raw
    for name in ("_fp", "fp", "raw", "_sock"):
        below = getattr(below, name, None)
    if isinstance(below, socket.socket):
        with suppress(OSError):
            below.shutdown(socket.SHUT_RDWR)


def _our_error(error: Exception, request: HttpRequest, request_id: str | None = None) -> OpenAIError:
    """What requests, urllib3 or the operating system raised, as an error of ours."""
    chain = list(_chain(error))
    cause = str(getattr(chain[-1], "strerror", None) or chain[-1] or type(chain[-1]).__name__)
    # Some quote what the server sent.
    cause = request.redacted(" ".join(cause.split())[:_LONGEST_CAUSE])
    place = request.url.partition("?")[0]
    _forget_credentials(error, request)
    if isinstance(error, _MALFORMED):
        return CallError(f"{request.operation}: {cause}")
    was_sent = not any(isinstance(one, _UNSENT) for one in chain)
    if any(isinstance(one, _TIMEOUTS) for one in chain):
        limit = f" within {request.timeout:g} seconds" if request.timeout else " in time"
        return APITimeoutError(
            f"{request.operation}: no answer from {place}{limit}",
            operation=request.operation,
            was_sent=was_sent,
            request_id=request_id,
        )
    what = next((text for kind, text in _WHAT if any(isinstance(one, kind) for one in chain)), _BROKE)
    return APIConnectionError(
        f"{request.operation}: {what.format(place=place)}: {cause}",
        operation=request.operation,
        was_sent=was_sent,
        retryable=not isinstance(error, _HOPELESS),
        request_id=request_id,
    )


def _forget_credentials(error: BaseException, request: HttpRequest) -> None:
    """Take the key out of what a library's errors keep: requests, and the frames of their tracebacks."""
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
            _strip_credentials(getattr(answer, "request", None))
        _strip_credentials(getattr(one, "request", None))
        pending += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those that the layers below wrapped in it, the root cause last."""
    seen: set[int] = set()
    inner: BaseException | None = error
    while inner is not None and id(inner) not in seen:
        seen.add(id(inner))
        yield inner
        around = (getattr(inner, "reason", None), *reversed(inner.args), inner.__cause__)
        inner = next((one for one in around if isinstance(one, BaseException)), None)
