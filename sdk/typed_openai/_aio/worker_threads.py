"""Threads for the calls of an async client: started when they are needed, and ended when they are idle.

They are not those of :mod:`concurrent.futures`, for which the interpreter waits when it exits: a name lookup
cannot be interrupted, and must not keep a program alive.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeAlias

from typed_openai.errors import APIConnectionError

Work: TypeAlias = Callable[[], object]

_IDLE = 5.0
"""Seconds after which an idle thread ends."""

_Inbox: TypeAlias = "SimpleQueue[Work | None]"


class Workers:
    """At most ``most`` threads at a time. Work that finds no free thread waits for one, in order.

    ``at_end`` is called after the last work of a closed group.
    """

    def __init__(self, most: int, name: str, at_end: Callable[[], object] = bool) -> None:
        self._most = most
        self._at_end = at_end
        self._is_closed = False
        self._name = name
        self._begin()
        _all_workers.add(self)

    def _begin(self) -> None:
        """Start without threads, also in a forked child, which has none of its parent's."""
        self._lock = threading.Lock()
        self._waiting: deque[Work] = deque()
        self._idle: list[_Inbox] = []
        """The inboxes of the idle threads; the one that was used last is used first."""
        self._count = 0
        self._is_starting = False
        """True while a thread is started, which starts the next one if more work waits."""

    def submit(self, work: Work) -> None:
        """Run ``work``, which raises nothing, in one of the threads.

        Raises ``APIConnectionError`` if no thread can be started.
        """
        with self._lock:
            if self._idle:
                self._idle.pop().put(work)
                return
            self._waiting.append(work)
            starts = self._may_start()
        if not starts:
            return
        try:
            self._start()
        except RuntimeError as error:
            with self._lock:
                if self._count or work not in self._waiting:
                    return  # a thread that runs will do the work
                self._waiting.remove(work)
            # At the interpreter's exit, or if the system has no more threads.
            raise APIConnectionError(f"no thread can run the call: {error}", was_sent=False) from error

    def close(self) -> None:
        """End the threads that have nothing to do, and each of the others once it has."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for inbox in idle:
            inbox.put(None)

    def _may_start(self) -> bool:
        """Reserve another thread if one is needed and none is being started; the lock is held."""
        if self._is_starting or self._count >= self._most or not self._waiting:
            return False
        self._count += 1
        self._is_starting = True
        return True

    def _start(self) -> None:
        try:
            # A daemon, because work may be impossible to interrupt.
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
        except BaseException:
            with self._lock:
                self._count -= 1
                self._is_starting = False
            raise

    def _run(self) -> None:
        # Threads start one another: an event loop that submits a thousand calls waits for one start only.
        with self._lock:
            self._is_starting = False
            starts = len(self._waiting) > 1 and self._may_start()
        if starts:
            with suppress(RuntimeError):
                self._start()
        inbox: _Inbox = SimpleQueue()
        while (work := self._next(inbox)) is not None:
            work()
            del work  # an idle thread must not keep it
        if self._is_closed and not self._count:
            self._at_end()

    def _next(self, inbox: _Inbox) -> Work | None:
        """Return the next work of a thread; None if it ends, and is not counted any more."""
        with self._lock:
            if self._waiting or self._is_closed:
                return self._last_work()
            self._idle.append(inbox)
        try:
            work = inbox.get(timeout=_IDLE)
        except Empty:
            with self._lock:
                if inbox in self._idle:
                    self._idle.remove(inbox)
                    return self._last_work()
            # Another thread has taken the inbox to put work into it.
            work = inbox.get()
        if work is not None:
            return work
        with self._lock:
            return self._last_work()

    def _last_work(self) -> Work | None:
        """Return work that waits, or stop counting the thread; the lock is held."""
        if self._waiting:
            return self._waiting.popleft()
        self._count -= 1
        return None


_all_workers: weakref.WeakSet[Workers] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    for workers in list(_all_workers):
        workers._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
