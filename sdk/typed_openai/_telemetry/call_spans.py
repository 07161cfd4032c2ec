"""The span of one call: started before the first try, ended with the reply, the stream or the error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextvars import Token
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from opentelemetry.context import Context, attach, create_key, detach, get_value, set_value
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context

from typed_openai._telemetry.instruments import Instruments
from typed_openai._telemetry.message_content import OutputContent, input_content
from typed_openai._telemetry.observed_calls import ObservedCall
from typed_openai._telemetry.reply_reading import ReplyReading
from typed_openai._telemetry.semantic_attributes import (
    ERROR,
    FIRST_CHUNK,
    REQUEST_ID,
    RESENT,
    RESPONSE_MODEL,
    STATUS,
    Value,
)
from typed_openai._transport.clock import now
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.errors import APIStatusError
from typed_openai.observing import RetryInfo

_log = logging.getLogger("typed_openai")

_CALL: Final = create_key("typed-openai-call")

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def harmless(function: Callable[Arguments, Result]) -> Callable[Arguments, Result | None]:
    """Return a function that logs an exception and returns None: telemetry never breaks a call."""

    @wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result | None:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            # Without its traceback and its text, which may quote the content of the call.
            _log.warning("telemetry of a call failed: %s in %s", type(error).__name__, function.__name__)
            return None

    return call


class CallSpan:
    """The span and the metrics of one call. Any thread may end it; only the first end counts."""

    def __init__(
        self, call: ObservedCall, tracer: Tracer, instruments: Instruments, request: HttpRequest | None
    ) -> None:
        """Start the span, as a child of the current one. With ``request``, content is captured."""
        self._call = call
        self._instruments = instruments
        self._begun = self._last = now()
        self._span: Span = tracer.start_span(
            call.name, kind=SpanKind.CLIENT, attributes={**call.attributes, **(_content(call, request) or {})}
        )
        self._context: Context = set_span_in_context(self._span)
        self._token: Token[Context] | None = None
        self._reading = ReplyReading(counts_tokens=call.counts_tokens) if call.is_generated else None
        self._output = OutputContent() if call.converses and request is not None else None
        self._chunk_attributes: dict[str, Value] | None = None
        # An atomic flag: a lock could be held by the thread that the garbage collector interrupts.
        self._open = [True]

    # While requests are sent

    def enter(self) -> None:
        """Make the span the current one."""
        self._token = attach(set_value(_CALL, self, self._context))

    def leave(self) -> None:
        """Make the former span the current one."""
        if self._token is not None:
            detach(self._token)

    @harmless
    def retried(self, info: RetryInfo) -> None:
        """Add an event for a try that failed."""
        attributes: dict[str, Value] = {ERROR: type(info.error).__qualname__, RESENT: info.tries}
        if isinstance(info.error, APIStatusError):
            attributes[STATUS] = info.error.status
        self._span.add_event("retry", {**attributes, "retry.delay": info.delay})

    @harmless
    def answered(self, reply: HttpReply) -> None:
        """Record the status and the request id of a reply."""
        self._span.set_attribute(STATUS, reply.status)
        if request_id := reply.headers.get("x-request-id"):
            self._span.set_attribute(REQUEST_ID, (request_id,))

    # When the reply is read

    @harmless
    def read(self, value: object) -> None:
        """Read a whole reply."""
        if self._reading is not None:
            self._reading.add(value)
        if self._output is not None:
            self._output.add(value)

    def arrived(self, event: Any) -> Any:
        """Read an event of a stream, and return it."""
        if self._open and self._call.measured is not None:
            self._measure(event)
        return event

    @harmless
    def _measure(self, event: object) -> None:
        moment = now()
        self.read(event)
        if (attributes := self._chunk_attributes) is None:
            attributes = self._chunk_attributes = self._measured()
            instrument = self._instruments.first_chunk
            self._span.set_attribute(FIRST_CHUNK, moment - self._begun)
        else:
            instrument = self._instruments.next_chunk
        instrument.record(moment - self._last, attributes, self._context)
        self._last = moment

    # The end

    def ended(self) -> None:
        """End the span of a call that succeeded."""
        self._end()

    def closed(self) -> None:
        """End the span of a reply that the caller did not read to its end."""
        self._end(is_cut=True)

    def failed(self, error: BaseException, *, is_cancelled: bool = False) -> None:
        """End the span of a call that failed."""
        kind = "cancelled" if is_cancelled else type(error).__qualname__
        message = str(error) if self._output is not None else None
        self._end(kind, message, is_cut=True)

    @harmless
    def _end(self, error: str = "", message: str | None = None, *, is_cut: bool = False) -> None:
        try:
            self._open.pop()
        except IndexError:
            return
        try:
            self._conclude(error, message, is_cut=is_cut)
        finally:
            self._span.end()

    def _conclude(self, error: str, message: str | None, *, is_cut: bool) -> None:
        seconds = now() - self._begun
        found = {} if self._reading is None else self._reading.attributes(is_cut=is_cut)
        self._span.set_attributes(found)
        if self._output is not None:
            self._span.set_attributes(self._output.attributes())
        if error:
            self._span.set_attribute(ERROR, error)
            self._span.set_status(Status(StatusCode.ERROR, message))
        if self._call.measured is not None:
            attributes = self._measured()
            self._instruments.count_tokens(found, attributes, self._context)
            self._instruments.duration.record(
                seconds, {**attributes, **({ERROR: error} if error else {})}, self._context
            )

    def _measured(self) -> dict[str, Value]:
        """Return the attributes of a metric."""
        found = {} if self._reading is None else self._reading.attributes()
        model = {RESPONSE_MODEL: found[RESPONSE_MODEL]} if RESPONSE_MODEL in found else {}
        return {**(self._call.measured or {}), **model}


def current_call() -> CallSpan | None:
    """Return the span of the call that the thread is sending."""
    found = get_value(_CALL)
    return found if isinstance(found, CallSpan) else None


@harmless
def _content(call: ObservedCall, request: HttpRequest | None) -> Mapping[str, Value]:
    if request is None or not call.converses or not isinstance(request.body, bytes):
        return {}
    return input_content(request.body)
