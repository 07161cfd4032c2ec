"""Send requests with the ``requests`` library.

Each process and thread has its own session: sessions of requests are not safe to share between threads, and a
connection must not be shared with a forked child. A call in the background has a thread of its own, which
ends with it: its session is kept for the next one. The threads of an async client share a session that is
safe. The other modules of the package::

    session        a thread's session              connections      sockets that respect time limits
    shared_session one session for many threads    adapter          pools of connections
    no_proxy       addresses without a proxy       socks_handshake  the way through a SOCKS proxy
    tls_ends       TLS that was cut                tunnelled_tls    TLS inside of TLS
    early_replies  replies during an upload        http1            HTTP/1.1 replies
    reply          replies, read as they arrive    chunked          their chunks
    heads          their status lines and headers  other_codings    bodies that urllib3 decompresses
    decompression  compressed bodies               failures         the library's exceptions as errors
    redirects      rules for redirects             clock            the clock of time limits
    deadlines      time limits of a call           first_use        the import of this module
    seam           the protocol of transports       interception     tools that answer in its place
    baton          turns of threads
    library_parts  undocumented names of libraries that the package uses
    urllib3_classes  the connections of urllib3, and replacements of them by test tools
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import requests
from requests.auth import AuthBase

from typed_openai._encoding.form_data import joined_if_small
from typed_openai._security.credentials import Secret, is_secret_name
from typed_openai._security.key_places import KeyPlace, address_with, put
from typed_openai._transport.baton import others_run
from typed_openai._transport.connections import CURRENT
from typed_openai._transport.deadlines import Aborted, Exchange, Limits
from typed_openai._transport.failures import LIBRARY_ERRORS, error_of_requests, is_hang_up, our_error
from typed_openai._transport.http1 import Reply
from typed_openai._transport.library_parts import check, used_parts
from typed_openai._transport.redirects import MOST_REDIRECTIONS, Hop, target
from typed_openai._transport.reply import RequestsReply, TimedReply
from typed_openai._transport.seam import HttpRequest
from typed_openai._transport.session import Session
from typed_openai.errors import CallError, OpenAIError

check(used_parts())

_MOST_SPARE = 8
"""The number of sessions that are kept for the next calls in the background."""


class _KeyAuth(AuthBase):
    """Adds the keys to the request, or nothing. Without any auth, a session would use ``~/.netrc``."""

    def __init__(self, keys: Iterable[tuple[Secret, KeyPlace]]) -> None:
        self._keys = tuple(keys)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        for key, place in self._keys:
            put(key, place, request.headers)
            request.url = address_with(key, place, request.url or "")
        return request


class RequestsTransport:
    """Sends with its own sessions, or with ``http_client``, which may be any ``requests.Session``.

    ``http_options`` are keyword arguments of every ``Session.request``: ``proxies``, ``verify``,
    ``cert``... With ``shared``, all threads have one session, which keeps at most that many idle connections.
    """

    def __init__(
        self, http_options: Mapping[str, Any], http_client: Any = None, shared: int | None = None
    ) -> None:
        self._options = dict(http_options)
        self._client = http_client
        self._shared = shared
        self._follows = bool(self._options.get("allow_redirects", True))
        self._begin()
        _transports.add(self)

    def _begin(self) -> None:
        """Start without sessions, also in a forked child, where they belong to the parent."""
        self._local: Any = threading.local() if self._shared is None else SimpleNamespace()
        # The oldest one is closed if there are too many.
        self._spare: deque[Session] = deque(maxlen=_MOST_SPARE)
        self._sessions: weakref.WeakSet[Session] = weakref.WeakSet()
        self._lock = threading.Lock()

    def send(self, request: HttpRequest, limits: Limits) -> RequestsReply:
        """Send, follow redirects and wait for the reply's headers."""
        carry = self._over_ours if self._client is None else self._over_theirs
        if (body := joined_if_small(request.body)) is not request.body:
            request = replace(request, body=body)
        hop = Hop(request.url, request.headers)
        for _ in range(MOST_REDIRECTIONS):
            reply = carry(request, hop, limits)
            onward = target(reply.status, reply.headers, request, hop) if self._follows else None
            if onward is None:
                return reply
            # Servers tend to close the connection after a redirection: the next request has a new one.
            reply.abort()
            hop = hop.to(onward)
            # Errors from here on refer to the URL where they occur.
            request = replace(request, url=onward)
        error = requests.exceptions.TooManyRedirects(f"Exceeded {MOST_REDIRECTIONS} redirections")
        raise our_error(error, request, limits)

    def close(self) -> None:
        """Close the idle connections of all threads. A client given by the user is not closed."""
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.close()

    def _over_ours(self, request: HttpRequest, hop: Hop, limits: Limits) -> RequestsReply:
        """Send with this thread's session; in the background, with one that was used there before."""
        in_background = self._shared is None and limits.cancellation is not None
        session = self._spare_session() if in_background else self._session()
        try:
            return self._over(session, request, hop, limits)
        finally:
            if in_background:
                self._spare.append(session)

    def _over(self, session: Session, request: HttpRequest, hop: Hop, limits: Limits) -> RequestsReply:
        exchange = Exchange(limits, hides_query=request.hides_query)
        try:
            return _exchanged(session, request, hop, exchange)
        except LIBRARY_ERRORS as error:
            was_kept = exchange.carried and not (exchange.connected or exchange.received or exchange.aborted)
            reused = was_kept and is_hang_up(error)
            if reused:
                # Others that were kept as long are most likely closed, too.
                session.close()
            raise _error_of(exchange, error, request, reused=reused) from error

    def _over_theirs(self, request: HttpRequest, hop: Hop, limits: Limits) -> RequestsReply:
        """Send with the user's session, and apply the limits as far as its interface allows."""
        options = dict(self._options)
        headers: dict[str, Any] = hop.headers.revealed
        if not hop.trusted:
            for name in ("auth", "cookies", "cert"):
                options.pop(name, None)
            # None removes a session's own header from a request.
            headers |= {name: None for name in getattr(self._client, "headers", ()) if is_secret_name(name)}
        options = {
            "auth": _KeyAuth(request.keys if hop.trusted else ()),
            **options,
            "timeout": (limits.least("connect"), limits.least("first_byte")),
            "headers": headers,
            "data": request.body,
            "stream": True,
            "allow_redirects": False,
        }
        try:
            limits.check("connect")
            if limits.cancellation is not None:
                if limits.cancellation.is_set():
                    raise Aborted("given up")
                limits.cancellation.send_unseen()
            with others_run():
                response = self._client.request(request.method, hop.url, **options)
        except LIBRARY_ERRORS as error:
            raise our_error(error, request, limits) from error
        except ValueError as error:
            ours = error_of_requests(error, request)
            if ours is None:
                raise
            raise ours from None
        found = type(response).__name__
        if not isinstance(getattr(response, "status_code", None), int) or not hasattr(response, "headers"):
            raise CallError(f'http_client: expected "request" to return a requests.Response, got "{found}"')
        return RequestsReply(response, request, limits)

    def _session(self) -> Session:
        session: Session | None = getattr(self._local, "session", None)
        return session or self._first_session()

    def _first_session(self) -> Session:
        with self._lock:
            # Another thread may have created the shared one in the meantime.
            session: Session | None = getattr(self._local, "session", None)
            if session is None:
                session = self._local.session = self._new_session()
        return session

    def _spare_session(self) -> Session:
        try:
            return self._spare.pop()
        except IndexError:
            with self._lock:
                return self._new_session()

    def _new_session(self) -> Session:
        """Return a new session, which is closed with the transport. The caller holds the lock."""
        session = Session(self._options) if self._shared is None else self._for_all(self._shared)
        self._sessions.add(session)
        return session

    def _for_all(self, connections: int) -> Session:
        # Imported here because only async clients need it.
        from typed_openai._transport.shared_session import SharedSession  # noqa: PLC0415

        return SharedSession(self._options, connections)


def _exchanged(session: Session, request: HttpRequest, hop: Hop, exchange: Exchange) -> RequestsReply:
    limits = exchange.limits
    if limits.cancellation is not None:
        limits.cancellation.follow(exchange)
    before = CURRENT.set(exchange)
    try:
        limits.check("connect")
        response = session.carry(request, hop)
    except CallError as error:
        # A file in the body cannot be read. The library's frames would show the content of the request.
        raise error.with_traceback(None) from error.__cause__
    finally:
        CURRENT.reset(before)
    wire = getattr(response.raw, "_original_response", None)
    if isinstance(wire, Reply):
        return TimedReply(response, request, exchange, wire)
    # A test library in place of urllib3's connections.
    return RequestsReply(response, request, limits)


def _error_of(exchange: Exchange, error: Exception, request: HttpRequest, *, reused: bool) -> OpenAIError:
    limits, sent, proxy = exchange.limits, exchange.sent, exchange.proxy
    return our_error(error, request, limits, was_sent=sent, proxy=proxy, reused=reused)


_transports: weakref.WeakSet[RequestsTransport] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    """Give up the parent's connections and locks in a forked child."""
    for transport in list(_transports):
        transport._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
