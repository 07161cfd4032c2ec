"""A bounded queue from a thread to a task, so that a slow task slows the server down."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from time import monotonic
from typing import Generic, TypeVar

from typed_openai._aio.event_loops import Waker, current_loop
from typed_openai._security.tracebacks import without_locals

_log = logging.getLogger("typed_openai")

_MOST_AHEAD = 32
"""The number of items that a thread reads ahead of its task."""

_LONGEST_TURN = 0.005
"""Seconds after which a task that never waits for an item lets others run."""

Item = TypeVar("Item")


class Handover(Generic[Item]):
    """The items that one thread reads for one task. ``end`` ends a blocked read; any thread may call it."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._process = os.getpid()
        self._turn_began = 0.0
        self._changed = threading.Condition()
        self._items: deque[Item] = deque()
        self._error: BaseException | None = None
        self._waker: Waker | None = None
        self._is_finished = False
        """True if the thread has read everything."""
        self._is_ended = False
        self._is_closed = False
        self._is_abandoned = False
        """True if the task was cancelled while it waited."""

    @property
    def is_closed(self) -> bool:
        """True if the reading was ended before its end was received."""
        return self._is_closed and not self._is_ended

    @property
    def is_over(self) -> bool:
        """True if the task has received the end, or the reading was ended early."""
        return self._is_closed or self._is_ended

    def pump(self, items: Iterable[Item]) -> None:
        """Read all items; the thread's part. Raises nothing."""
        error: BaseException | None = None
        try:
            for item in items:
                if not self._put(item):
                    break
        except BaseException as raised:
            # This frame holds an item of the server, which may quote the key.
            error = without_locals(raised)
        with self._changed:
            self._is_finished, self._error = True, error
            waker = self._waker
        del error
        self._end()
        if waker is not None:
            waker.wake()

    async def get(self) -> Item:
        """Return the next item; the task's part. Raises ``StopAsyncIteration`` or the reader's error.

        A cancelled task ends the reading. Raises ``ValueError`` after that, and in a forked process.
        """
        if self._is_abandoned:
            raise ValueError("the connection was closed when the task that read from it was cancelled")
        if os.getpid() != self._process:
            raise ValueError("the thread that reads the connection belongs to the parent process")
        if self._items and monotonic() - self._turn_began > _LONGEST_TURN:
            await self._wait(current_loop().give_way)
        while True:
            with self._changed:
                if self._items:
                    item = self._items.popleft()
                    self._changed.notify()
                    return item
                if self._is_closed or self._is_finished:
                    error, self._error, self._is_ended = self._error, None, True
                    raise StopAsyncIteration if error is None else error
                if self._waker is not None:
                    raise RuntimeError(
                        "another task is reading this; pass each item to the task that needs it"
                    )
                self._waker = waker = current_loop().waker()
            try:
                await self._wait(waker.wait)
            finally:
                self._waker = None

    async def _wait(self, wait: Callable[[], Awaitable[None]]) -> None:
        try:
            await wait()
        except BaseException:
            # Not left to the garbage collector: the exception's traceback refers to the reader.
            self._is_abandoned = True
            self.close()
            raise
        self._turn_began = monotonic()

    def close(self) -> None:
        """End the reading. May be called repeatedly, and from any thread. Later items are dropped."""
        with self._changed:
            was_over, self._is_closed = self._is_closed or self._is_finished, True
            self._items.clear()
            self._error = None
            waker = self._waker
            self._changed.notify()
        if not was_over:
            self._end()
        if waker is not None:
            waker.wake()

    def _put(self, item: Item) -> bool:
        """Hand over an item as soon as there is space for it; return False if no more are wanted."""
        with self._changed:
            while len(self._items) >= _MOST_AHEAD and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                return False
            self._items.append(item)
            waker = self._waker if len(self._items) == 1 else None
        if waker is not None and not waker.wake():
            _log.warning("the event loop ended while a task waited for a stream; its connection is closed")
            self.close()
            return False
        return True
