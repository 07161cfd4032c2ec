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
from queue import Empty, SimpleQueue
from typing import TypeAlias

from typed_openai.errors import APIConnectionError

Work: TypeAlias = Callable[[], object]

_IDLE = 5.0
"""Seconds after which an idle thread ends."""

_Inbox: TypeAlias = "SimpleQueue[Work | None]"


class Workers:
    """At most ``most`` threads at a time. Work that finds no free thread waits for one, in order."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
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

    def submit(self, work: Work) -> None:
        """Run ``work``, which raises nothing, in one of the threads.

        Raises ``APIConnectionError`` if no thread can be started.
        """
        with self._lock:
            if self._idle:
                self._idle.pop().put(work)
                return
            if self._count >= self._most:
                self._waiting.append(work)
                return
            self._count += 1
        try:
            # A daemon, because work may be impossible to interrupt.
            threading.Thread(target=self._run, args=(work,), name=self._name, daemon=True).start()
        except BaseException as error:
            with self._lock:
                self._count -= 1
            if isinstance(error, RuntimeError):
                # At the interpreter's exit, or if the system has no more threads.
                raise APIConnectionError(f"no thread can run the call: {error}", was_sent=False) from error
            raise

    def close(self) -> None:
        """End the threads that have nothing to do, and each of the others once it has."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for inbox in idle:
            inbox.put(None)

    def _run(self, first: Work) -> None:
        inbox: _Inbox = SimpleQueue()
        work: Work | None = first
        while work is not None:
            work()
            work = self._next(inbox)
        with self._lock:
            self._count -= 1

    def _next(self, inbox: _Inbox) -> Work | None:
        """Return the next work of a thread; None if it should end."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._is_closed:
                return None
            self._idle.append(inbox)
        try:
            return inbox.get(timeout=_IDLE)
        except Empty:
            with self._lock:
                if inbox in self._idle:
                    self._idle.remove(inbox)
                    return None
        # Another thread has taken the inbox to put work into it.
        return inbox.get()


_all_workers: weakref.WeakSet[Workers] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    for workers in list(_all_workers):
        workers._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
