"""The sending of a client whose calls have spans."""

from __future__ import annotations

from typing import Any, Final

from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import Tracer, TracerProvider, get_tracer

from typed_openai import __version__
from typed_openai._calls.described import Described
from typed_openai._calls.followed_replies import follow
from typed_openai._calls.option_values import Options
from typed_openai._calls.send import Sending
from typed_openai._security.tracebacks import without_locals
from typed_openai._settings.settings import OPENAI_VARIABLES, Settings
from typed_openai._telemetry.call_spans import CallSpan, current_call, harmless
from typed_openai._telemetry.instruments import Instruments
from typed_openai._telemetry.observed_calls import observed_call
from typed_openai._transport.deadlines import Cancellation
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.observing import RetryInfo
from typed_openai_spec.model import Result

_SCOPE: Final = "typed_openai"


class Telemetry:
    """The destination of a client's spans and metrics; it makes the client's ``Sending``."""

    def __init__(self, tracer: Tracer, instruments: Instruments, *, capture_content: bool) -> None:
        self._tracer = tracer
        self._instruments = instruments
        self._capture_content = capture_content

    def __call__(self, settings: Settings, http_client: Any = None, shared: int | None = None) -> Sending:
        """Return the sending of a client."""
        return ObservedSending(self, settings, http_client, shared)

    @harmless
    def begin(
        self, request: HttpRequest, result: Result, described: Described, *, is_openai: bool
    ) -> CallSpan:
        """Start the span of a call, and make it the current one."""
        call = observed_call(request, result, described, is_openai=is_openai)
        captured = request if self._capture_content else None
        span = CallSpan(call, self._tracer, self._instruments, captured)
        span.enter()
        return span


def telemetry_for(
    tracer_provider: TracerProvider | None, meter_provider: MeterProvider | None, *, capture_content: bool
) -> Telemetry:
    """Return the telemetry that goes to the providers, by default the global ones."""
    return Telemetry(
        get_tracer(_SCOPE, __version__, tracer_provider),
        Instruments(get_meter(_SCOPE, __version__, meter_provider)),
        capture_content=capture_content,
    )


class ObservedSending(Sending):
    """Sends each call within a span."""

    def __init__(
        self, telemetry: Telemetry, settings: Settings, http_client: Any, shared: int | None
    ) -> None:
        super().__init__(settings, http_client, shared)
        self._telemetry = telemetry
        # OpenAI's environment applies to its own API alone.
        self._is_openai = settings.variables is OPENAI_VARIABLES

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
        """Return the value of the reply to a request; a stream or a file ends the span when it is read."""
        span = self._telemetry.begin(request, result, described, is_openai=self._is_openai)
        if span is None:
            return super().send(request, result, options, described, cancelled, begun=begun)
        try:
            value = super().send(request, result, options, described, cancelled, begun=begun)
        except BaseException as error:
            span.failed(error, is_cancelled=cancelled is not None and cancelled.is_set())
            without_locals(error)
            raise
        finally:
            span.leave()
        follow(value, span)
        return value

    def _tell_of_retry(self, info: RetryInfo) -> None:
        if (span := current_call()) is not None:
            span.retried(info)
        super()._tell_of_retry(info)

    def _tell_of_reply(self, request: HttpRequest, reply: HttpReply, tries: int, begun: float) -> None:
        if (span := current_call()) is not None:
            span.answered(reply)
        super()._tell_of_reply(request, reply, tries, begun)
