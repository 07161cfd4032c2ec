"""A baton for the threads of async calls: the one that holds it runs, and the others wait for it.

The interpreter runs one thread at a time anyway. Without a baton, each thread whose reply has arrived wakes
up every few milliseconds to ask for the interpreter, and takes it at each system call of the thread that has
it. With hundreds of threads, that is a large part of the cost of a call.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from typed_openai._transport.clock import now

_LONGEST: Final = 0.05
"""Seconds after which a thread that still holds the baton is assumed to wait for something."""

_FREE: Final = 1.0
"""Seconds for which threads then run without a baton, because this may happen again."""


class Baton:
    """Held by one thread at a time, for as long as it does not wait.

    It saves work and protects nothing: if its holder waits without passing it on, all threads run.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        """Start without a holder, also in a forked child, which has none of its parent's threads."""
        self._lock = threading.Lock()
        self._holder: Runner | None = None
        self._held_since = 0.0
        self._free_until = 0.0
        self._returning: deque[Runner] = deque()
        """The threads that go on with something; they come before those that begin."""
        self._beginning: deque[Runner] = deque()

    def take(self, runner: Runner, *, begins: bool = False) -> None:
        """Wait until ``runner`` may run."""
        with self._lock:
            if self._holder is None:
                self._hand_to(runner)
                return
            if now() < self._free_until:
                return
            (self._beginning if begins else self._returning).append(runner)
        while not runner.called.acquire(timeout=_LONGEST):
            self._let_all_run_if_stuck()

    def leave(self, runner: Runner) -> None:
        """Pass the baton on if ``runner`` holds it."""
        with self._lock:
            if self._holder is not runner:
                return
            queue = self._returning or self._beginning
            if queue:
                self._hand_to(following := queue.popleft())
                following.called.release()
            else:
                self._holder = None

    def _hand_to(self, runner: Runner) -> None:
        self._holder, self._held_since = runner, now()

    def _let_all_run_if_stuck(self) -> None:
        with self._lock:
            time = now()
            if time - self._held_since < _LONGEST:
                return
            self._free_until = time + _FREE
            self._holder = None
            for queue in (self._returning, self._beginning):
                while queue:
                    queue.popleft().called.release()


class Runner(AbstractContextManager[None]):
    """A thread that runs only while it holds the baton. As a context manager, it lets others run."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._waits = 0
        self.called = threading.Lock()
        """Released by the thread that hands over the baton."""
        self.called.acquire()

    def begin(self) -> None:
        """Wait for the baton before new work."""
        self._baton.take(self, begins=True)

    def end(self) -> None:
        """Pass the baton on."""
        self._baton.leave(self)

    def __enter__(self) -> None:
        self._waits += 1
        if self._waits == 1:
            self._baton.leave(self)

    def __exit__(self, *_: object) -> None:
        self._waits -= 1
        if not self._waits:
            self._baton.take(self)


class _Thread(threading.local):
    """The current thread: most threads need no baton."""

    runner: AbstractContextManager[Any] = nullcontext()


_thread: Final = _Thread()
_baton: Final = Baton()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_baton._begin)


def new_runner() -> Runner | None:
    """Make the current thread one that needs the baton; return None if threads run at the same time."""
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    _thread.runner = runner = Runner(_baton)
    return runner


def others_run() -> AbstractContextManager[Any]:
    """Return a context for a step that may wait, or that runs code of the user, while other threads run."""
    return _thread.runner
