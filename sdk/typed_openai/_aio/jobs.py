"""One piece of blocking work in a thread, and the task that awaits its result and may be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar, copy_context
from typing import Any, Generic, TypeVar

from typed_openai._aio.event_loops import GLANCE, EventLoop, LoopEnded, current_loop
from typed_openai._transport.baton import others_run
from typed_openai._transport.deadlines import Aborted, Cancellation

Value = TypeVar("Value")

RUNNING: ContextVar[Job[Any] | None] = ContextVar("typed_openai_job", default=None)
"""The job that the current thread performs."""


class Job(Generic[Value]):
    """Blocking work for the current task, whose context variables it sees.

    ``perform`` is called in a thread with the cancellation of the work. ``note`` is added to the exception
    that cancels the task if a request of the work was sent by then.
    """

    def __init__(self, perform: Callable[[Cancellation], Value], note: str = "") -> None:
        self._perform: Callable[[Cancellation], Value] | None = perform
        self._note = note
        self._cancellation = Cancellation()
        self._lock = threading.Lock()
        self._context = copy_context()
        self._loop: EventLoop = current_loop()
        self._waker = self._loop.waker()
        self._demand: _Demand | None = None
        """The work that the task has to begin."""
        self._pending: _Demand | None = None
        """The work that the thread waits for, or waited for last."""
        self._result: Value | None = None
        self._error: BaseException | None = None

    def run(self) -> Value | None:
        """Perform the work; the thread's part. Returns the result if the task still waits for it."""
        return self._context.run(self._run)

    def _run(self) -> Value | None:
        RUNNING.set(self)
        perform, self._perform = self._perform, None
        result: Value | None = None
        error: BaseException | None = None
        if perform is not None and not self._cancellation.is_set():
            try:
                result = perform(self._cancellation)
            except BaseException as raised:
                error = raised
        with self._lock:
            abandoned = self._cancellation.is_set()
            if not abandoned:
                self._result, self._error = result, error
        # The context would refer to the job, and the job to the context.
        RUNNING.set(None)
        del error, perform
        if not abandoned and self._waker.wake():
            return result
        _discard(result)
        return None

    async def result(self) -> Value:
        """Return the result of the work; the task's part. A cancelled task cancels the work."""
        try:
            await self._waker.wait()
            while (demand := self._demand) is not None:
                self._demand, self._waker = None, self._loop.waker()
                await demand.meet()
                await self._waker.wait()
        except BaseException as cancelled:
            self._cancel()
            if self._note and self._cancellation.was_sent:
                cancelled.add_note(self._note)
            raise
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # its traceback refers to this frame
        result, self._result = self._result, None
        return result  # type: ignore[return-value]  # set, as there is no error

    def ask(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Have the task run ``work``; the thread waits for its result, or its exception."""
        demand = _Demand(work)
        with self._lock:
            if self._cancellation.is_set():
                raise Aborted("given up")
            self._demand = self._pending = demand
        if not self._waker.wake():
            raise LoopEnded
        return demand.wait(self._loop)

    def _cancel(self) -> None:
        with self._lock:
            self._cancellation.set()
            result, self._result, self._perform = self._result, None, None
        if self._pending is not None:
            self._pending.refuse()
        _discard(result)


class _Demand:
    """Work that a thread wants its task to do."""

    def __init__(self, work: Callable[[], Awaitable[Any]]) -> None:
        self._work = work
        self._done = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None

    async def meet(self) -> None:
        try:
            self._value = await self._work()
        except Exception as error:
            self._error = error
        self._done.set()

    def refuse(self) -> None:
        self._error = Aborted("given up")
        self._done.set()

    def wait(self, loop: EventLoop) -> Any:
        with others_run():
            while not self._done.wait(GLANCE):
                if not loop.is_open():
                    raise LoopEnded
        if self._error is not None:
            raise self._error
        return self._value


def _discard(result: Any) -> None:
    """Close a result that is not received: a stream or a file holds a connection."""
    close = getattr(result, "close", None)
    if close is not None:
        close()
