"""A token that is kept until it expires, and replaced ahead of time by one thread for all."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Final, NamedTuple

from typed_openai._security.credentials import Secret
from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import KEY_LIMITS
from typed_openai.errors import CallError, OpenAIError, TokenError

_log = logging.getLogger("typed_openai")

_PAUSE: Final = 30.0
"""Seconds after which a refresh that failed is tried again, while the token is still valid."""


class Issued(NamedTuple):
    """A token with the number of seconds for which it is valid."""

    token: Secret
    lifetime: float


class _Kept(NamedTuple):
    """A token with the times at which it is replaced and at which it expires."""

    token: Secret
    refreshed_at: float
    expires_at: float


class KeptToken:
    """A token that ``fetch`` returns, fetched when it is first needed, and again before it expires.

    One thread fetches it. In the meantime the others use the previous token, or wait if it has expired. If
    fetching fails they share the error, unless it is the end of the call that needed the token. A token that
    is still valid is used until it expires.
    """

    def __init__(
        self, fetch: Callable[[], Issued], ahead: float, late: Callable[[float], TokenError]
    ) -> None:
        """Replace a token ``ahead`` seconds before it expires, but not in the first half of its lifetime.

        ``late`` returns the error of a call whose time ends while another one fetches the token.
        """
        self._fetch = fetch
        self._ahead = ahead
        self._late = late
        self._kept: _Kept | None = None
        self._begin()
        _tokens.add(self)

    def _begin(self) -> None:
        """Start without a running refresh, also in a forked child, where the thread for it is missing."""
        self._lock = threading.Lock()
        self._refresh: Future[Secret] | None = None
        self._refresher: int | None = None
        """The thread of the refresh."""

    def current(self) -> Secret:
        """Return a valid token."""
        while True:
            kept = self._kept
            if kept is not None and now() < kept.refreshed_at:
                return kept.token
            own: Future[Secret] = Future()
            try:
                found = self._token_or_refresh(own)
                token = self._fetched() if found is own else None
            except BaseException as error:
                self._end(own)
                own.set_exception(_CallEnded() if _call_has_ended() else error)
                raise
            if token is not None:
                self._end(own)
                own.set_result(token)
                return token
            if isinstance(found, Secret):
                return found
            self._await(found)
            failure = found.exception()
            if failure is None:
                return found.result()
            if isinstance(failure, Exception):
                raise failure
            # The other thread was interrupted, which does not concern this one.

    def _await(self, refresh: Future[Secret]) -> None:
        """Wait for another thread. Raises ``TokenError`` if the call ends before it has the token."""
        limits = KEY_LIMITS.get()
        if limits is None:
            wait([refresh])
            return
        over = threading.Event()
        refresh.add_done_callback(lambda _: over.set())
        if limits.cancellation is not None:
            limits.cancellation.watch(over.set)
        over.wait(limits.remaining)
        if not refresh.done():
            # A cancelled call has no limit to name, and its error is dropped.
            raise self._late(limits.timeout.total or 0.0)

    def discard(self, token: str) -> None:
        """Forget ``token``, which a server refused, unless another one has replaced it already."""
        with self._lock:
            if self._kept is not None and self._kept.token.reveal() == token:
                self._kept = None

    def _token_or_refresh(self, own: Future[Secret]) -> Secret | Future[Secret]:
        """Return the token if it can be used, else the running refresh: ``own`` if there was none."""
        with self._lock:
            kept, running, time = self._kept, self._refresh, now()
            if kept is not None and time < (kept.expires_at if running else kept.refreshed_at):
                return kept.token
            if running is None:
                running, self._refresher = own, threading.get_ident()
                self._refresh = own
            elif self._refresher == threading.get_ident():
                # It would wait for itself.
                raise CallError("the token is needed by the callable that it is exchanged for")
            return running

    def _end(self, own: Future[Secret]) -> None:
        with self._lock:
            if self._refresh is own:
                self._refresh = None

    def _fetched(self) -> Secret:
        begun = now()  # the lifetime begins before the reply arrives
        try:
            token, lifetime = self._fetch()
        except Exception as error:
            with self._lock:
                kept = self._kept
                if kept is None or now() >= kept.expires_at:
                    raise
                self._kept = kept._replace(refreshed_at=min(kept.expires_at, now() + _PAUSE))
            reason = error if isinstance(error, OpenAIError) else type(error).__name__
            _log.warning("a token was not refreshed, and is used until it expires: %s", reason)
            return kept.token
        ends = begun + lifetime
        with self._lock:
            self._kept = _Kept(token, ends - min(self._ahead, lifetime / 2), ends)
        return token


class _CallEnded(BaseException):
    """The call that fetched a token ended by its own limit, or was cancelled."""


def _call_has_ended() -> bool:
    limits = KEY_LIMITS.get()
    if limits is None:
        return False
    return limits.remaining == 0 or (limits.cancellation is not None and limits.cancellation.is_set())


_tokens: weakref.WeakSet[KeptToken] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    """Give up the parent's locks and refreshes in a forked child."""
    for token in list(_tokens):
        token._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
