"""Tasks that wait for threads, under asyncio (with any event loop) and trio. anyio runs on either.

Nothing here belongs to an event loop for longer than one wait.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import weakref
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextvars import Context
from typing import Any, Protocol


class Waker(Protocol):
    """Lets a task wait until a thread wakes it."""

    def wake(self) -> bool:
        """Wake the task, from any thread; return False if its event loop has ended."""

    async def wait(self) -> None:
        """Wait until :meth:`wake` was called."""


class EventLoop(Protocol):
    """The event loop of the task that runs now."""

    def waker(self) -> Waker:
        """Return a waker for one wait of the current task."""

    def run(self, work: Callable[[], Awaitable[Any]], context: Context) -> Any:
        """Run ``work`` in the loop, from another thread; return its result, or raise its exception.

        Raises :class:`LoopEnded` if the loop has ended.
        """

    def is_open(self) -> bool:
        """Return False if the loop has ended; for other threads."""

    async def give_way(self) -> None:
        """Let other tasks run, and let this one be cancelled."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""

    async def finish(self, work: Callable[[], Awaitable[object]]) -> None:
        """Run ``work`` in a task that is being cancelled."""


class LoopEnded(RuntimeError):
    """Raised in a thread that needs an event loop that no longer runs."""

    def __init__(self) -> None:
        super().__init__("the event loop of the call has ended, or the task in it was cancelled")


def current_loop() -> EventLoop:
    """Return the running event loop. Raises ``RuntimeError`` if there is none."""
    trio = running_trio()
    return _Asyncio() if trio is None else _Trio(trio)


def running_trio() -> Any:
    """Return the module ``trio`` if its event loop runs now, and None otherwise."""
    trio = sys.modules.get("trio")
    try:
        return trio if trio is not None and trio.lowlevel.current_task() else None
    except RuntimeError:
        return None


class _Asyncio:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def waker(self) -> Waker:
        return _AsyncioWaker(_ended_waits_of(self._loop), self._loop.create_future())

    def run(self, work: Callable[[], Awaitable[Any]], context: Context) -> Any:
        done: Future[Any] = Future()

        async def perform() -> None:
            await _settle(done, work)

        def start() -> None:
            # The loop itself keeps only weak references to tasks.
            done.task = self._loop.create_task(perform())  # type: ignore[attr-defined]

        try:
            self._loop.call_soon_threadsafe(start, context=context)
        except RuntimeError:
            raise LoopEnded() from None
        return _result(done, self.is_open)

    def is_open(self) -> bool:
        return not self._loop.is_closed()

    async def give_way(self) -> None:
        await asyncio.sleep(0)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def finish(self, work: Callable[[], Awaitable[object]]) -> None:
        # A task of asyncio is cancelled once; it may wait for something else then.
        await work()


class _AsyncioWaker:
    def __init__(self, ended: _EndedWaits, future: asyncio.Future[None]) -> None:
        self._ended = ended
        self._future = future

    def wake(self) -> bool:
        return self._ended.add(self._future)

    async def wait(self) -> None:
        await self._future


class _EndedWaits:
    """The waits in one event loop that threads have ended. A busy loop is woken once for many of them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._futures: deque[asyncio.Future[None]] = deque()
        self._is_noticed = False
        """True while the loop is about to look at the futures."""

    def add(self, future: asyncio.Future[None]) -> bool:
        """End a wait, from any thread; return False if the loop is closed."""
        self._futures.append(future)
        # Read after the append: the loop resets it before it looks.
        if self._is_noticed and not self.loop.is_closed():
            return True
        self._is_noticed = True
        try:
            self.loop.call_soon_threadsafe(self._finish)
        except RuntimeError:
            return False
        return True

    def _finish(self) -> None:
        self._is_noticed = False
        while self._futures:
            future = self._futures.popleft()
            if not future.done():
                future.set_result(None)


class _Thread(threading.local):
    """The current thread, and the ended waits of the loop that it ran last, as long as one is awaited."""

    ended: Callable[[], _EndedWaits | None] = staticmethod(lambda: None)


_thread = _Thread()


def _ended_waits_of(loop: asyncio.AbstractEventLoop) -> _EndedWaits:
    ended = _thread.ended()
    if ended is None or ended.loop is not loop:
        ended = _EndedWaits(loop)
        _thread.ended = weakref.ref(ended)
    return ended


class _Trio:
    def __init__(self, trio: Any) -> None:
        self._trio = trio
        self._token = trio.lowlevel.current_trio_token()

    def waker(self) -> Waker:
        return _TrioWaker(self._trio, self._token)

    def run(self, work: Callable[[], Awaitable[Any]], context: Context) -> Any:
        done: Future[Any] = Future()
        lowlevel = self._trio.lowlevel

        def start() -> None:
            lowlevel.spawn_system_task(_settle, done, work, context=context)

        try:
            self._token.run_sync_soon(start)
        except self._trio.RunFinishedError:
            raise LoopEnded() from None
        return _result(done, self.is_open)

    def is_open(self) -> bool:
        try:
            self._token.run_sync_soon(bool)
        except self._trio.RunFinishedError:
            return False
        return True

    async def give_way(self) -> None:
        await self._trio.lowlevel.checkpoint()

    async def sleep(self, seconds: float) -> None:
        await self._trio.sleep(seconds)

    async def finish(self, work: Callable[[], Awaitable[object]]) -> None:
        with self._trio.CancelScope(shield=True):
            await work()


class _TrioWaker:
    def __init__(self, trio: Any, token: Any) -> None:
        self._trio = trio
        self._token = token
        self._event = trio.Event()

    def wake(self) -> bool:
        try:
            self._token.run_sync_soon(self._event.set)
        except self._trio.RunFinishedError:
            return False
        return True

    async def wait(self) -> None:
        await self._event.wait()


async def _settle(done: Future[Any], work: Callable[[], Awaitable[Any]]) -> None:
    """Run ``work`` and set its result. A cancelled task means that its loop ends."""
    try:
        done.set_result(await work())
    except Exception as error:
        done.set_exception(error)
    except BaseException:
        done.set_exception(LoopEnded())
        raise


def _result(done: Future[Any], is_running: Callable[[], bool]) -> Any:
    while True:
        try:
            return done.result(timeout=GLANCE)
        except TimeoutError:
            # Also the type of an error of the work itself.
            if done.done():
                raise
            # A loop that was closed halfway never runs the work.
            if not is_running():
                raise LoopEnded() from None


GLANCE = 1.0
"""Seconds after which a thread that waits for an event loop looks whether it still exists."""
