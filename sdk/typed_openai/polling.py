"""Waiting for work on the server, such as batches, responses in the background and runs, until it is over."""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable, Coroutine, Mapping
from inspect import isawaitable, iscoroutinefunction
from typing import Any, NamedTuple, ParamSpec, TypeVar, overload

from typed_openai._calls.endpoints import Endpoint
from typed_openai._dynamic.methods import ENDPOINT, call_of
from typed_openai._dynamic.watching import Pace, Watch, path_values, watched
from typed_openai._settings.settings import Settings
from typed_openai._transport.interception import pace
from typed_openai.errors import APITimeoutError, CallError, OpenAIError, PollTimeoutError

__all__ = ["poll", "poller"]

Given = ParamSpec("Given")
Reply = TypeVar("Reply")


def poll(method: Callable[Given, Reply], /, *args: Given.args, **kwargs: Given.kwargs) -> Reply:
    """Call a method until the work is over, and return the last reply.

    ``method`` is a method of a client's group that retrieves the state of some work, and the rest are its
    own arguments. The work is over when its status is none of those in which it goes on, and it may have
    failed: look at ``status``. A run that requires an action is over, too, because it waits for its caller.
    The method of an async client is awaited: ``await poll(...)``.

    Between calls there is a pause of a second, which grows to half a minute, with jitter; the server's
    header ``openai-poll-after-ms`` takes precedence. There is no deadline: see :func:`poller`.

    Raises ``CallError`` if ``method`` is no such method, and the method's own errors.

    >>> client = Client()
    >>> batch = poll(client.batches.retrieve_batch, "batch_abc123")
    >>> batch["status"] in ("completed", "failed", "expired", "cancelled")
    True
    """
    _check_options(method, kwargs)
    wait = _waiting(method, Pace())
    _warn(method)
    reply: Reply = wait(*args, **kwargs)
    return reply


@overload
def poller(
    method: Callable[Given, Coroutine[Any, Any, Reply]],
    /,
    *,
    deadline: float | None = None,
    first_interval: float = 1.0,
    longest_interval: float = 30.0,
    until: Callable[[Reply], bool] | None = None,
    on_progress: Callable[[Reply], object] | None = None,
    cancel: bool = False,
) -> Callable[Given, Coroutine[Any, Any, Reply]]: ...


@overload
def poller(
    method: Callable[Given, Reply],
    /,
    *,
    deadline: float | None = None,
    first_interval: float = 1.0,
    longest_interval: float = 30.0,
    until: Callable[[Reply], bool] | None = None,
    on_progress: Callable[[Reply], object] | None = None,
    cancel: bool = False,
) -> Callable[Given, Reply]: ...


def poller(
    method: Any,
    /,
    *,
    deadline: float | None = None,
    first_interval: float = 1.0,
    longest_interval: float = 30.0,
    until: Callable[[Any], bool] | None = None,
    on_progress: Callable[[Any], object] | None = None,
    cancel: bool = False,
) -> Any:
    """Return a function with the arguments of ``method`` that waits as :func:`poll` does, with options.

    ``deadline`` is the number of seconds for the whole wait, including the calls. ``first_interval`` and
    ``longest_interval`` are the seconds between calls. ``until`` returns True for a reply that ends the
    wait, in place of the status. ``on_progress`` is called with every reply; for an async client, it may be
    a coroutine function. With ``cancel``, the work is cancelled on the server if the wait ends early: at
    the deadline, if it is interrupted or its task is cancelled, or if ``on_progress`` raises an error.

    Raises ``CallError`` for wrong options, for a method that ``poll`` does not take, and for ``cancel`` if
    the API cannot cancel the work. The function raises ``PollTimeoutError`` at the deadline, and the
    method's own errors.

    >>> client = Client()
    >>> def show(batch: types.Batch) -> None:
    ...     print(batch["status"])
    >>> wait = poller(client.batches.retrieve_batch, deadline=3600, on_progress=show)
    >>> batch = wait("batch_abc123")
    completed
    """
    for name, one in (("until", until), ("on_progress", on_progress)):
        if one is not None and not callable(one):
            raise CallError(f'poller: {name}: expected a callable or None, got "{type(one).__name__}"')
    pace = Pace(deadline, first_interval, longest_interval)
    wait = _waiting(method, pace, until, on_progress, cancel=cancel)
    _warn(method)
    return wait


def _waiting(
    method: Any,
    pace: Pace,
    until: Callable[[Any], bool] | None = None,
    on_progress: Callable[[Any], object] | None = None,
    *,
    cancel: bool = False,
) -> Callable[..., Any]:
    endpoint, states = watched(method, has_end=until is not None)
    canceller = _canceller(method, endpoint) if cancel else None
    wait = _Wait(endpoint, method, lambda: Watch(endpoint.name, states, pace, until), on_progress, canceller)

    @functools.wraps(method)
    async def for_tasks(*args: Any, **kwargs: Any) -> Any:
        return await _waited_async(wait, args, kwargs)

    @functools.wraps(method)
    def for_threads(*args: Any, **kwargs: Any) -> Any:
        return _waited(wait, args, kwargs)

    return for_tasks if iscoroutinefunction(method) else for_threads


_OPTIONS = ("deadline", "first_interval", "longest_interval", "until", "on_progress", "cancel")


def _check_options(method: Any, kwargs: Mapping[str, Any]) -> None:
    """Raise ``CallError`` for an option of ``poller`` among the arguments of a method."""
    endpoint, _ = watched(method, has_end=True)
    if found := [one for one in kwargs if one in _OPTIONS and one not in endpoint.keywords]:
        raise CallError(f"poll: {found[0]} is an option of poller: poller(method, {found[0]}=...)(...)")


class _Wait(NamedTuple):
    """The method that is called, and the options of the wait."""

    endpoint: Endpoint
    method: Any
    watch: Callable[[], Watch]
    on_progress: Callable[[Any], object] | None
    canceller: Endpoint | None

    @property
    def settings(self) -> Settings:
        """The settings of the method's client."""
        client = self.method.__self__._client
        settings: Settings = getattr(client, "_client", client)._settings
        return settings

    def is_cancelled_by(self, error: BaseException) -> bool:
        """Return True if the work is to be cancelled: for other errors than those of a call."""
        ends = not isinstance(error, OpenAIError) or isinstance(error, PollTimeoutError)
        return ends and self.canceller is not None

    def cancelling(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], Any]:
        """Return the call that cancels the work."""
        assert self.canceller is not None
        arguments = path_values(self.endpoint, args, kwargs)
        return functools.partial(self.method.__self__._client._call, self.canceller, (), arguments)


def _canceller(method: Any, endpoint: Endpoint) -> Endpoint:
    waiting = endpoint.operation.waiting
    if waiting is None or not waiting.cancel:
        raise CallError(f"poller: cancel: the API cannot cancel the work of {endpoint.name}")
    client = method.__self__._client
    found: Endpoint = getattr(client, "_client", client)._endpoints.by_id(waiting.cancel)
    return found


def _warn(method: Any) -> None:
    """Warn the caller's caller once, and not for each call."""
    endpoint: Endpoint = getattr(method, ENDPOINT)
    if deprecation := endpoint.operation.deprecation:
        warnings.warn(deprecation, DeprecationWarning, stacklevel=3)


def _waited(wait: _Wait, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    watch, call, usual = wait.watch(), call_of(wait.method), wait.settings.timeout
    try:
        while True:
            try:
                reply = call(*args, **watch.limited(kwargs, usual))
            except APITimeoutError as error:
                if not watch.is_late:
                    raise
                raise watch.too_late() from error
            if wait.on_progress is not None:
                wait.on_progress(reply)
            if (seconds := watch.pause(reply)) is None:
                return reply
            time.sleep(pace(seconds))
    except BaseException as error:
        if wait.is_cancelled_by(error):
            try:
                wait.cancelling(args, kwargs)()
            except Exception as failure:
                error.add_note(_not_cancelled(failure))
        raise


async def _waited_async(wait: _Wait, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    from typed_openai._aio.event_loops import current_loop  # noqa: PLC0415  only async clients need it

    watch, call, usual = wait.watch(), call_of(wait.method), wait.settings.timeout
    loop = current_loop()
    try:
        while True:
            try:
                reply = await call(*args, **watch.limited(kwargs, usual))
            except APITimeoutError as error:
                if not watch.is_late:
                    raise
                raise watch.too_late() from error
            if wait.on_progress is not None and isawaitable(told := wait.on_progress(reply)):
                await told
            if (seconds := watch.pause(reply)) is None:
                return reply
            await loop.sleep(pace(seconds))
    except BaseException as error:
        if wait.is_cancelled_by(error):
            try:
                await loop.finish(wait.cancelling(args, kwargs))
            except Exception as failure:
                error.add_note(_not_cancelled(failure))
        raise


def _not_cancelled(failure: Exception) -> str:
    return f"The work could not be cancelled: {failure}"
