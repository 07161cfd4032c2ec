"""The sending of work that makes several calls for a task: all of them end when the task is cancelled."""

from __future__ import annotations

from threading import Lock, get_ident
from typing import Any

from typed_openai._calls.described import Described
from typed_openai._calls.option_values import Options
from typed_openai._calls.send import Sending
from typed_openai._settings.settings import Settings
from typed_openai._transport.deadlines import Cancellation
from typed_openai._transport.seam import HttpRequest
from typed_openai_spec.model import Result


class CancelledSending(Sending):
    """Sends over the connections of ``sending`` until ``cancelled``. Each thread makes one call at a time."""

    def __init__(self, settings: Settings, sending: Sending, cancelled: Cancellation) -> None:
        super().__init__(settings)
        self._sending = sending
        self._cancelled = cancelled
        self._lock = Lock()
        self._calls: dict[int, Cancellation] = {}
        """The last call of each thread, whose reply may still be read."""
        cancelled.watch(self._cancel_calls)

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
        """Return the value of the reply to a request."""
        call = cancelled or self._new_call()
        return self._sending.send(request, result, options, described, call, begun=begun)

    def close(self) -> None:
        """Do nothing: the connections belong to the client."""

    def _new_call(self) -> Cancellation:
        call = Cancellation()
        with self._lock:
            self._calls[get_ident()] = call
        if self._cancelled.is_set():
            call.set()
        return call

    def _cancel_calls(self) -> None:
        with self._lock:
            calls = list(self._calls.values())
        for one in calls:
            one.set()
