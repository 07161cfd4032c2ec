"""Send the request of a call, retry it if that may help, and read the reply.

:mod:`typed_openai._calls.retry` and :mod:`typed_openai._calls.results` decide; the I/O is done here.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from typed_openai._calls import body_reading, retry
from typed_openai._calls.described import Described
from typed_openai._calls.error_pages import on_one_line
from typed_openai._calls.facts import ExchangeFacts, observed, request_info
from typed_openai._calls.limiter_turns import NO_TURN, note_reply, turn_of
from typed_openai._calls.option_values import Options
from typed_openai._calls.request_keys import RequestKeys
from typed_openai._calls.usage_reports import report_usage
from typed_openai._encoding.counting import Stopped
from typed_openai._pacing.family_queues import Turn
from typed_openai._security.credentials import revealed_options
from typed_openai._security.tracebacks import without_locals
from typed_openai._settings.settings import Settings
from typed_openai._transport.baton import others_run
from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import Cancellation, Limits
from typed_openai._transport.first_use import requests_transport
from typed_openai._transport.interception import active, pace
from typed_openai._transport.seam import HttpReply, HttpRequest, Transport
from typed_openai.errors import APIError, APITimeoutError, CallError
from typed_openai.observing import RetryInfo
from typed_openai.omission import Omit
from typed_openai_spec.model import Result

_log = logging.getLogger("typed_openai")


def pause(seconds: float, cancelled: Cancellation | None) -> bool:
    """Wait before another try; return True if that was cancelled, which ends the wait at once."""
    return (cancelled or Cancellation()).wait(pace(seconds))


@dataclass(frozen=True, slots=True)
class _Call:
    """A request with the information for reading its reply; ``begun`` is on the monotonic clock."""

    request: HttpRequest
    result: Result
    described: Described
    limits: Limits
    begun: float


class SendingFactory(Protocol):
    """Makes the sending of a client: :class:`Sending`, or a kind of it that observes calls."""

    def __call__(self, settings: Settings, http_client: Any = None, shared: int | None = None) -> Sending: ...


class Sending:
    """Sends the requests of one client over a transport that is created on first use."""

    def __init__(self, settings: Settings, http_client: Any = None, shared: int | None = None) -> None:
        """With ``shared``, all threads share connections, of which at most that many are kept idle."""
        self._settings = settings
        self._http_client = http_client
        self._shared = shared
        self._owner: Sending | None = None
        """The one whose transport is used, if it is not this one."""

    def share(self, other: Sending) -> None:
        """Send over the transport of ``other``, which has the same ``http_options`` and ``http_client``."""
        self._owner = other._owner or other

    def send(
        self,
        request: HttpRequest,
        result: Result,
        options: Options,
        described: Described,
        cancelled: Cancellation | None = None,
        *,
        begun: float | None = None,
    ) -> Any:
        """Return the value of the reply to a request. No try is made after ``cancelled``.

        ``begun`` is the time of the call, by the transport's clock, if it has waited since.
        """
        retries = options.max_retries
        settings = self._settings
        allowed = settings.max_retries if isinstance(retries, Omit) else retries
        begun = now() if begun is None else begun
        limits = Limits(request.timeout, cancelled, begun)
        call = _Call(request, result, described, limits, begun)
        try:
            value = self._tried(call, retry.Policy(allowed, settings.retry_timeouts))
            if (on_usage := settings.hooks.on_usage) is not None:
                report_usage(value, request, described, on_usage)
            return value
        except BaseException as error:
            without_locals(error)
            raise

    def close(self) -> None:
        """Close the idle connections."""
        made: Transport | None = (self._owner or self).__dict__.get("_transport")
        if made is not None:
            made.close()

    def drop(self) -> None:
        """Close the idle connections unless they belong to another one."""
        if self._owner is None:
            self.close()

    def _tried(self, call: _Call, policy: retry.Policy) -> Any:
        """Return the value of the first successful reply within the tries that the policy allows."""
        tries = retry.Tries(call.request.method, policy, replayable=call.request.replayable)
        keys = RequestKeys(call.request, call.limits)
        while True:
            try:
                with self._turn(call, tries) as turn:
                    value = self._try(call, keys.authorized(), tries.begin(), turn)
            except CallError as mistake:
                if (error := tries.unsendable(mistake)) is None:
                    raise
                raise error from None
            if not isinstance(value, APIError):
                return value
            limits, cancelled = call.limits, False
            if limits.cancellation is not None:
                limits.cancellation.settle(is_lost=getattr(value, "was_sent", False) is not False)
                cancelled = limits.cancellation.is_set()
            refreshed = not cancelled and keys.refresh(value)
            next_step = tries.failed(
                value,
                retry.Clock(limits.remaining, limits.timeout.total),
                cancelled=cancelled,
                refreshed=refreshed,
            )
            if isinstance(next_step, retry.GiveUp):
                retry.annotate(value, next_step.note)
                raise value
            self._tell_of_retry(RetryInfo(call.request.operation, tries.count, next_step.seconds, value))
            if pause(next_step.seconds, limits.cancellation):
                raise value

    def _turn(self, call: _Call, tries: retry.Tries) -> AbstractContextManager[Turn | None]:
        """Wait until the rate limits allow a request, if the client has a limiter."""
        limiter = self._settings.rate_limiter
        if limiter is None:
            return NO_TURN
        try:
            return turn_of(limiter, call.request, call.limits)
        except APITimeoutError as late:
            if (error := tries.unsendable(late)) is None:
                raise
        raise error

    def _try(self, call: _Call, request: HttpRequest, tries: int, turn: Turn | None) -> Any:
        """Return the result of one try, or its error."""
        self._tell_of_request(request, tries)
        try:
            reply = self._sent(request, call.limits)
        except APIError as error:
            return error
        if turn is not None:
            note_reply(turn, reply)
        self._tell_of_reply(request, reply, tries, call.begun)
        try:
            if reply.status >= 300:
                return body_reading.failure(reply, request)
            value = body_reading.read(reply, request, call.result, call.described)
        except APIError as error:
            reply.close()
            # The frames that read the reply hold the server's data, which may repeat the key.
            error.__context__ = error.__cause__
            return error.with_traceback(None)
        except BaseException:
            reply.close()
            raise
        return observed(value, ExchangeFacts(request, reply, tries, now() - call.begun))

    def _tell_of_request(self, request: HttpRequest, tries: int) -> None:
        if _log.isEnabledFor(logging.DEBUG):
            place = request.url.partition("?")[0]
            _log.debug("%s: %s %s (try %d)", request.operation, request.method, place, tries)
        if (on_request := self._settings.hooks.on_request) is not None:
            with others_run():
                on_request(request_info(request, tries))

    def _tell_of_retry(self, info: RetryInfo) -> None:
        _log.info("%s: try %d failed, next in %.2f s: %s", info.operation, info.tries, info.delay, info.error)
        if (on_retry := self._settings.hooks.on_retry) is not None:
            with others_run():
                on_retry(info)

    def _tell_of_reply(self, request: HttpRequest, reply: HttpReply, tries: int, begun: float) -> None:
        on_response = self._settings.hooks.on_response
        if on_response is None and not _log.isEnabledFor(logging.DEBUG):
            return
        info = ExchangeFacts(request, reply, tries, now() - begun).info()
        _log.debug(
            "%s: status %d in %.3f s (try %d, request id %s)",
            info.operation,
            info.status,
            info.elapsed,
            tries,
            info.request_id and on_one_line(info.request_id),
        )
        try:
            if on_response is not None:
                with others_run():
                    on_response(info)
        except BaseException:
            reply.close()
            raise

    def _sent(self, request: HttpRequest, limits: Limits) -> HttpReply:
        interceptor = active()
        try:
            if interceptor is not None:
                options = self._settings.http_options
                with others_run():
                    return interceptor.send(request, limits, self._sent_onward, options)
            return self._sent_onward(request, limits)
        except Stopped as stopped:
            failure = stopped.error
        # Outside of the handler, so that the exception is unchanged: without another one as its context.
        raise failure

    def _sent_onward(self, request: HttpRequest, limits: Limits) -> HttpReply:
        return self._ready_transport().send(request, limits)

    def _ready_transport(self) -> Transport:
        if self._owner is not None:
            return self._owner._ready_transport()
        made: Transport | None = self.__dict__.get("_transport")
        if made is None:
            options = revealed_options(self._settings.http_options)
            transport = requests_transport()(options, self._http_client, self._shared)
            # No lock, which another thread could hold while the process forks: the first transport is kept.
            made = self.__dict__.setdefault("_transport", transport)
        return made
