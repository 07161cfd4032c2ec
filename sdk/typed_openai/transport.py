"""Carries requests with the ``requests`` library; the only module that imports it.

Each process and thread has a session of its own, made when it first sends: sessions are not safe to
share between threads, and a connection must not be shared with a forked child.
"""

from __future__ import annotations

import os
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import requests
import urllib3.exceptions
from requests.auth import AuthBase

from typed_openai.config import Secret
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


class _BearerAuth(AuthBase):
    """Puts the key on the request. Without any auth object requests would take one from ``~/.netrc``."""

    def __init__(self, key: Secret | None) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key is not None:
            request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return request


class _Session(requests.Session):
    """A session that never takes credentials from ``~/.netrc``, not even on a redirect."""

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Keep the key on the same host only; requests alone would ask ``~/.netrc`` here as well."""
        before, after = response.request.url, prepared_request.url
        if self.should_strip_auth(before, after):  # type: ignore[no-untyped-call]
            prepared_request.headers.pop("Authorization", None)


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
        options: dict[str, Any] = {
            "auth": _BearerAuth(request.key),
            "timeout": request.timeout,
            **self._options,
            "headers": request.headers,
            "data": request.body,
            "stream": True,
        }
        try:
            response = self._session().request(request.method, request.url, **options)
        except _LIBRARY_ERRORS as error:
            raise _our_error(error, request, "no connection to {place}") from error
        return RequestsReply(response, request)

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


class RequestsReply:
    """A reply of requests, read as the bytes arrive and with our errors."""

    def __init__(self, response: requests.Response, request: HttpRequest) -> None:
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
        raw = self._response.raw
        try:
            if not hasattr(raw, "read1"):
                # An older urllib3, or a stand-in of the user's: its own idea of pieces.
                yield from self._response.iter_content(None)
                return
            while chunk := raw.read1(_READ_SIZE, decode_content=True):
                yield chunk
        except Exception as error:
            # Whatever a connection does that was closed under a reader, it is no error then.
            if self.aborted:
                return
            if isinstance(error, _LIBRARY_ERRORS):
                raise _our_error(error, self._request, "the connection to {place} broke") from error
            raise

    def read(self) -> bytes:
        """The rest of the decoded body."""
        try:
            return self._response.content
        except _LIBRARY_ERRORS as error:
            raise _our_error(error, self._request, "the connection to {place} broke") from error

    def close(self) -> None:
        """Close the connection unless everything was read."""
        self._response.close()

    def abort(self) -> None:
        """End a read that blocks in another thread, and the connection with it."""
        self.aborted = True
        _end_reading(self._response.raw)
        self._response.close()


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


def _our_error(error: Exception, request: HttpRequest, what: str) -> OpenAIError:
    """What requests, urllib3 or the operating system raised, as an error of ours."""
    chain = list(_chain(error))
    cause = str(getattr(chain[-1], "strerror", None) or chain[-1] or type(chain[-1]).__name__)
    place = request.url.partition("?")[0]
    if isinstance(error, _MALFORMED):
        return CallError(f"{request.operation}: {cause}")
    was_sent = not any(isinstance(one, _UNSENT) for one in chain)
    if any(isinstance(one, _TIMEOUTS) for one in chain):
        limit = f" within {request.timeout:g} seconds" if request.timeout else " in time"
        return APITimeoutError(
            f"{request.operation}: no answer from {place}{limit}",
            operation=request.operation,
            was_sent=was_sent,
        )
    return APIConnectionError(
        f"{request.operation}: {what.format(place=place)}: {cause}",
        operation=request.operation,
        was_sent=was_sent,
        retryable=not isinstance(error, _HOPELESS),
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those that the layers below wrapped in it, the root cause last."""
    seen: set[int] = set()
    inner: BaseException | None = error
    while inner is not None and id(inner) not in seen:
        seen.add(id(inner))
        yield inner
        around = (getattr(inner, "reason", None), *reversed(inner.args), inner.__cause__)
        inner = next((one for one in around if isinstance(one, BaseException)), None)
