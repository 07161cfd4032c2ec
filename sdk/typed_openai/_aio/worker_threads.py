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

from typed_openai._transport.baton import new_runner
from typed_openai.errors import APIConnectionError

Work: TypeAlias = Callable[[], object]

_IDLE = 5.0
"""Seconds after which an idle thread ends."""

_Inbox: TypeAlias = "SimpleQueue[bool]"


class Workers:
    """At most ``most`` threads at a time. Work that finds no free thread waits for one, in order.

    With ``take_turns``, a thread begins work only while the others wait for something. ``at_end`` is called
    after the last work of a closed group.
    """

    def __init__(
        self, most: int, name: str, at_end: Callable[[], object] = bool, *, take_turns: bool = False
    ) -> None:
        self._most = most
        self._at_end = at_end
        self._take_turns = take_turns
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
        self._is_summoned = False
        """True while a thread is on its way to the work that waits. It summons the next one."""

    def submit(self, work: Work) -> None:
        """Run ``work``, which raises nothing, in one of the threads.

        Raises ``APIConnectionError`` if no thread can be started.
        """
        with self._lock:
            self._waiting.append(work)
            starts = self._summon()
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
            inbox.put(False)

    def _summon(self) -> bool:
        """Summon a thread if work waits and none is on its way; return True if it has to be started.

        The lock is held.
        """
        if self._is_summoned or not self._waiting:
            return False
        if self._idle:
            self._is_summoned = True
            self._idle.pop().put(True)
        elif self._count < self._most:
            self._is_summoned = True
            self._count += 1
            return True
        return False

    def _start(self) -> None:
        try:
            # A daemon, because work may be impossible to interrupt.
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
        except BaseException:
            with self._lock:
                self._count -= 1
                self._is_summoned = False
            raise

    def _run(self) -> None:
        runner = new_runner() if self._take_turns else None
        inbox: _Inbox = SimpleQueue()
        is_summoned = True
        while is_summoned:
            if runner is not None:
                runner.begin()
            self._work()
            if runner is not None:
                runner.end()
            is_summoned = self._is_summoned_again(inbox)
        if self._is_closed and not self._count:
            self._at_end()

    def _work(self) -> None:
        """Do the work that waits, after having another thread summoned for the rest of it."""
        with self._lock:
            self._is_summoned = False
            work = self._waiting.popleft() if self._waiting else None
            starts = self._summon()
        if starts:
            with suppress(RuntimeError):
                self._start()
        while work is not None:
            work()
            del work  # what follows must not keep it
            with self._lock:
                work = self._waiting.popleft() if self._waiting else None

    def _is_summoned_again(self, inbox: _Inbox) -> bool:
        """Wait for more work; return False if the thread ends, and is not counted any more."""
        with self._lock:
            if self._waiting and not self._is_summoned:
                self._is_summoned = True
                return True
            if self._is_closed:
                self._count -= 1
                return False
            self._idle.append(inbox)
        try:
            return inbox.get(timeout=_IDLE) or self._ended()
        except Empty:
            with self._lock:
                if inbox in self._idle:
                    self._idle.remove(inbox)
                    self._count -= 1
                    return False
            # Another thread has taken the inbox to put something into it.
            return inbox.get() or self._ended()

    def _ended(self) -> bool:
        """Stop counting a thread; return False."""
        with self._lock:
            self._count -= 1
        return False


_all_workers: weakref.WeakSet[Workers] = weakref.WeakSet()


def _leave_to_the_parent() -> None:
    for workers in list(_all_workers):
        workers._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
