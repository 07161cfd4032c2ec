"""The doing of steps: in this thread and in others, or in tasks of an event loop."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import closing
from queue import SimpleQueue
from typing import Any, Protocol

from typed_openai._aio.event_loops import running_trio
from typed_openai._toolkit.steps import Await, Doing, Outcome, Result, Start, Step
from typed_openai.errors import CallError
from typed_openai.tool_errors import ToolError


def do(steps: Doing[Result]) -> Result:
    """Do all steps, and return the result. Tools that are started run in threads of their own."""
    with closing(steps):
        return _done(steps)


def _done(steps: Doing[Result]) -> Result:
    done: SimpleQueue[Outcome] = SimpleQueue()
    sent: Any = None
    while True:
        try:
            step = steps.send(sent)
        except StopIteration as end:
            result: Result = end.value
            return result
        sent = None
        if isinstance(step, Start):
            # Daemons: a program that was interrupted does not wait for its tools.
            work = contextvars.copy_context().run
            threading.Thread(target=work, args=(_work, step, done), name="tool", daemon=True).start()
        else:
            sent = done.get() if isinstance(step, Await) else _now(step.result())


def _work(start: Start, done: SimpleQueue[Outcome]) -> None:
    try:
        done.put(Outcome(start.number, _now(start.step.result())))
    except BaseException as error:
        done.put(Outcome(start.number, error=error))


def _now(result: Any) -> Any:
    """Return a result that does not have to be awaited."""
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise CallError("run: a tool is a coroutine function; use a method of an async client")
    return result


async def do_async(steps: Doing[Result]) -> Result:
    """Do all steps, and return the result. Tools that are started run in tasks, or in threads of them."""
    trio = running_trio()
    with closing(steps):
        return await (_in_asyncio(steps) if trio is None else _in_trio(trio, steps))


async def _in_asyncio(steps: Doing[Result]) -> Result:
    tasks: set[asyncio.Task[None]] = set()
    try:
        return await _driven(steps, _AsyncioTasks(tasks))
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Tasks(Protocol):
    """The tasks of the started tools."""

    def start(self, work: Callable[[], Awaitable[None]]) -> None: ...
    async def in_thread(self, step: Step) -> Any: ...
    def wake(self) -> None: ...
    async def woken(self) -> None: ...


async def _driven(steps: Doing[Result], tasks: _Tasks) -> Result:
    done: deque[Outcome] = deque()

    async def work(start: Start) -> None:
        try:
            step = start.step
            result = step.result() if start.is_async else await tasks.in_thread(step)
            done.append(Outcome(start.number, await _awaited(result)))
        except Exception as error:
            done.append(Outcome(start.number, error=error))
        except BaseException as error:
            done.append(Outcome(start.number, error=error))
            raise
        finally:
            tasks.wake()

    sent: Any = None
    while True:
        try:
            step = steps.send(sent)
        except StopIteration as end:
            result: Result = end.value
            return result
        sent = None
        if isinstance(step, Start):
            tasks.start(functools.partial(work, step))
        elif isinstance(step, Await):
            while not done:
                await tasks.woken()
            sent = done.popleft()
        else:
            sent = await _awaited(step.result())


async def _awaited(result: Any) -> Any:
    try:
        return await result if inspect.isawaitable(result) else result
    except ToolError as error:
        return error


class _AsyncioTasks:
    def __init__(self, tasks: set[asyncio.Task[None]]) -> None:
        self._tasks = tasks
        self._event = asyncio.Event()

    def start(self, work: Callable[[], Any]) -> None:
        task = asyncio.get_running_loop().create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def in_thread(self, step: Step) -> Any:
        return await asyncio.to_thread(step.result)

    def wake(self) -> None:
        self._event.set()

    async def woken(self) -> None:
        await self._event.wait()
        self._event.clear()


class _TrioTasks:
    def __init__(self, trio: Any, nursery: Any) -> None:
        self._trio = trio
        self._nursery = nursery
        self._event = trio.Event()

    def start(self, work: Callable[[], Any]) -> None:
        self._nursery.start_soon(work)

    async def in_thread(self, step: Step) -> Any:
        return await self._trio.to_thread.run_sync(step.result)

    def wake(self) -> None:
        self._event.set()

    async def woken(self) -> None:
        await self._event.wait()
        self._event = self._trio.Event()


async def _in_trio(trio: Any, steps: Doing[Result]) -> Result:
    error: Exception | None = None
    async with trio.open_nursery() as nursery:
        try:
            result = await _driven(steps, _TrioTasks(trio, nursery))
        except Exception as raised:
            # A nursery would raise it in a group.
            error = raised
        nursery.cancel_scope.cancel()
    if error is not None:
        raise error
    return result
