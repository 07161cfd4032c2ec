"""Functions as tools of a model: their schemas, the calls in a reply, and the loop that answers them.

>>> @tool(description="Add two numbers.")
... def add(first: int, second: int) -> int:
...     return first + second
>>> kit = Tools(add)
>>> kit.responses[0]["name"], kit.responses[0]["description"]
('add', 'Add two numbers.')
>>> add(1, 2)
3
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar, overload

from typed_openai._answers.format_places import endpoint_of
from typed_openai._calls.endpoints import Endpoint
from typed_openai._dynamic.methods import AsyncResource, call_of
from typed_openai._toolkit.conversations import calls_in, conversation, is_chat
from typed_openai._toolkit.known_tools import Known, Limits, read_call
from typed_openai._toolkit.ledgers import Ledger
from typed_openai._toolkit.running import do, do_async
from typed_openai._toolkit.steps import Doing
from typed_openai._toolkit.tool_loop import run_steps
from typed_openai.errors import CallError
from typed_openai.run_stores import RunStore
from typed_openai.tool_errors import ToolError
from typed_openai.tool_functions import Tool
from typed_openai.tool_runs import Run, ToolCall

__all__ = ["Tools"]

Given = ParamSpec("Given")
Reply = TypeVar("Reply")
Result = TypeVar("Result")

MAX_TURNS: Final = 8
MAX_PARALLEL: Final = 8

_SETTINGS: Final = ("max_turns", "max_tokens", "max_parallel", "approve", "save", "settle")
"""The settings of a run."""

_PARTIAL: Final = ("stream", "stream_to", "background")
"""The arguments with which a call returns before its reply is whole."""

# The stubs have the description's own types.
_ResponseTools: TypeAlias = list[Any]
_ChatTools: TypeAlias = list[Any]


class Tools:
    """Tools that belong together: data for a request, the calls in its reply, and the loop that answers them.

    ``inject`` has the values of the parameters of the type ``Injected[...]``, by name. The others are
    settings of :meth:`run`: ``max_turns`` is the greatest number of requests. Once the replies have used
    ``max_tokens`` tokens, no other request is sent. ``max_parallel`` is the greatest number of calls that run
    at the same time: functions in threads, and coroutine functions in tasks. With 1, they are called one
    after another, in the thread of the run. ``approve`` is called with each :class:`ToolCall` of a reply, in
    order, before the first of them begins. If it returns True, the tool is called. If it returns a string,
    the model gets that in place of the output, and otherwise that the call was not approved.

    ``save`` is the path of a file, or an object with the methods ``load`` and ``save``, that keeps the state
    of a run: if the program crashes, the same call of :meth:`run` goes on where it stopped. A call that was
    begun and not finished is not repeated: :meth:`run` raises ``RunError``, unless its tool is ``repeatable``
    or ``settle`` returns its output, or None to call the tool again. One run at a time can use a file.

    Raises ``CallError`` for tools of the same name, and for an injected parameter without a value.

    >>> @tool
    ... def add(first: int, second: int) -> int:
    ...     return first + second
    >>> Tools(add).chat[0]["function"]["name"]
    'add'
    """

    def __init__(
        self,
        *tools: Tool[..., object],
        inject: Mapping[str, object] | None = None,
        max_turns: int = MAX_TURNS,
        max_tokens: int | None = None,
        max_parallel: int = MAX_PARALLEL,
        approve: Callable[[ToolCall], object] | None = None,
        save: str | PathLike[str] | RunStore | None = None,
        settle: Callable[[ToolCall], object] | None = None,
    ) -> None:
        self._tools: dict[str, Tool[..., object]] = {}
        self._inject = dict(inject or {})
        hooks = self._shown_to(approve), self._shown_to(settle)
        self._limits = Limits(max_turns, max_tokens, max_parallel, *hooks)
        self._save = save
        settings = (max_turns, max_tokens, max_parallel, approve, save, settle)
        self._settings = dict(zip(_SETTINGS, settings, strict=True))
        if max_parallel < 1:
            raise CallError(f"Tools: max_parallel: expected at least 1, got {max_parallel}")
        for one in tools:
            if not isinstance(one, Tool):
                raise CallError(f'Tools: expected a tool, got "{type(one).__name__}"; decorate it with @tool')
            if one.name in self._tools:
                raise CallError(f'Tools: two tools have the name "{one.name}"')
            missing = [name for name in one._needed if name not in self._inject]
            if missing:
                raise CallError(f'Tools: {one.name}.{missing[0]}: expected a value in "inject"')
            self._tools[one.name] = one

    @property
    def responses(self) -> _ResponseTools:
        """The tools as data for a response: ``tools=kit.responses``.

        >>> Tools().responses
        []
        """
        return [
            {
                "type": "function",
                "name": one.name,
                **({"description": one.description} if one.description else {}),
                "parameters": one._shape.schema(),
                "strict": True,
            }
            for one in self._tools.values()
        ]

    @property
    def chat(self) -> _ChatTools:
        """The tools as data for a chat completion: ``tools=kit.chat``.

        >>> Tools().chat
        []
        """
        return [{"type": one.pop("type"), "function": one} for one in self.responses]

    @overload
    def calls(self, reply: Mapping[str, object], /) -> list[ToolCall]: ...
    @overload
    def calls(
        self, reply: Mapping[str, object], tool: Tool[Given, Result], /
    ) -> list[ToolCall[Given, Result]]: ...
    def calls(self, reply: Mapping[str, object], tool: Tool[..., Any] | None = None, /) -> list[Any]:
        """Return the calls of functions in a chat completion or a response, with their arguments read.

        With ``tool``, they are those of one tool of the kit, and have its parameters and its result as types.

        Raises ``CallError`` for a value that is no reply, and for a tool that is not in the kit.

        >>> @tool
        ... def add(first: int, second: int) -> int:
        ...     return first + second
        >>> item = {"type": "function_call", "call_id": "1", "name": "add"}
        >>> reply = {"output": [{**item, "arguments": '{"first": 1}'}]}
        >>> Tools(add).calls(reply, add)[0].problem
        'invalid arguments: second: required, but missing'
        """
        if tool is not None and self._tools.get(tool.name) is not tool:
            raise CallError(f'calls: "{tool.name}" is not in the kit')
        known = self._known()
        calls = [self._shown(read_call(one, known)) for one in calls_in(reply)]
        return [one for one in calls if tool is None or tool.is_called_by(one)]

    def call(self, call: ToolCall[Given, Result], /) -> Result:
        """Call the tool of a call with its arguments, and return the result.

        That of a coroutine function has to be awaited. Raises ``ToolError`` if the call has a problem, and
        the errors of the tool.

        >>> @tool
        ... def add(first: int, second: int) -> int:
        ...     return first + second
        >>> Tools(add).call(ToolCall("1", "add", "", {"first": 1, "second": 2}))
        3
        """
        if call.problem or call.name not in self._tools:
            raise ToolError(call.problem or f'there is no tool "{call.name}"')
        result: Result = self._calling(self._tools[call.name])(**call.arguments)
        return result

    def run(self, method: Callable[Given, Reply], /, *args: Given.args, **kwargs: Given.kwargs) -> Run[Reply]:
        """Call the API, answer the calls of tools, and go on until a reply calls none.

        ``method`` is a method of a client that takes tools, such as ``client.responses.create_response``, and
        the rest are its own arguments, to whose ``tools`` those of the kit are added. The calls of a reply
        run at the same time, and are answered in order. With a method of an async client, the result has to
        be awaited; tools may then be coroutine functions.

        Arguments that do not have the types of the parameters, and a ``ToolError``, are answered to the
        model. Any other exception of a tool ends the run, once the tools that run beside it have ended. Once
        a tool was called, a request that fails is not sent again by itself, unless ``max_retries`` is given.

        Raises ``RunError`` if a limit was reached, or if a call was begun before a crash and may have had its
        effect; ``CallError`` if the method takes no tools; and the errors of the method and of the tools.

        >>> @tool
        ... def add(first: int, second: int) -> int:
        ...     return first + second
        >>> Tools(add).run(Client().files.list_files)
        Traceback (most recent call last):
            ...
        typed_openai.errors.CallError: run: files.list_files takes no tools
        """
        given: dict[str, Any] = {**kwargs}
        steps, is_async = self._steps(method, args, given)
        made: Any = _awaited(steps) if is_async else _finished(do(steps))
        found: Run[Reply] = made
        return found

    def _steps(
        self, method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Doing[Ledger], bool]:
        """Return the steps of a run, and True if they have to be awaited."""
        endpoint = endpoint_of(method, "run")
        given = _by_name(endpoint, method, args, kwargs)
        for name in _PARTIAL:
            if given.get(name):
                raise CallError(f"run: {name}: a run needs whole replies; leave it out")
        # A name that the method has itself, such as max_tokens, is the method's own argument.
        free = [name for name in _SETTINGS if name in given and name not in endpoint.arguments]
        settings: dict[str, Any] = {name: given.pop(name) for name in free}
        if settings:
            return self._with(settings)._steps(method, (), given)
        owner = getattr(method, "__self__", None) or getattr(getattr(method, "func", None), "__self__", None)
        is_async = isinstance(owner, AsyncResource)
        if not is_async:
            self._check_functions()
        own = self.chat if is_chat(endpoint) else self.responses
        arguments = {name: one for name, one in given.items() if name in endpoint.arguments}
        options = {name: one for name, one in given.items() if name not in endpoint.arguments}
        arguments["tools"] = [*(arguments.get("tools") or ()), *own]
        talk = conversation(endpoint, arguments)
        inner = method.func if isinstance(method, functools.partial) else method
        call = call_of(inner) if owner is not None else inner
        steps = run_steps(call, options, talk=talk, tools=self._known(), limits=self._limits, save=self._save)
        return steps, is_async

    def _check_functions(self) -> None:
        """Raise ``CallError`` for a coroutine function, which only a run that is awaited can call."""
        hooks = {name: self._settings[name] for name in ("approve", "settle")}
        found = [name for name, one in self._tools.items() if one._is_async]
        found += [name for name, one in hooks.items() if inspect.iscoroutinefunction(one)]
        if found:
            raise CallError(f"run: {found[0]} is a coroutine function; use a method of an async client")

    def _with(self, settings: Mapping[str, Any]) -> Tools:
        """Return the same tools with other settings."""
        return Tools(*self._tools.values(), inject=self._inject, **{**self._settings, **settings})

    def _known(self) -> dict[str, Known]:
        return {
            name: Known(name, one._read, self._calling(one), one._repeatable, is_async=one._is_async)
            for name, one in self._tools.items()
        }

    def _calling(self, one: Tool[..., Any]) -> Callable[..., Any]:
        given = self._given(one)
        return lambda **arguments: one._result({**arguments, **given})

    def _given(self, one: Tool[..., Any]) -> dict[str, object]:
        return {name: self._inject[name] for name in one._injected if name in self._inject}

    def _shown(self, call: Any) -> ToolCall:
        given = self._given(self._tools[call.name]) if call.name in self._tools else {}
        return ToolCall(call.id, call.name, call.text, call.arguments, call.problem, given)

    def _shown_to(self, function: Callable[[ToolCall], object] | None) -> Callable[..., object] | None:
        """Return a function of the loop for one of the program."""
        return None if function is None else lambda call: function(self._shown(call))


def _by_name(
    endpoint: Endpoint, method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return all arguments by their names."""
    before = method if isinstance(method, functools.partial) else functools.partial(method)
    positional = (*before.args, *args)
    if len(positional) > len(endpoint.positional):
        raise CallError(f"{endpoint.name}: expected at most {len(endpoint.positional)} positional arguments")
    return {**dict(zip(endpoint.positional, positional, strict=False)), **before.keywords, **kwargs}


def _finished(ledger: Ledger) -> Run[Any]:
    outputs = {name: text for name, text in ledger.in_order() if text is not None}
    return Run(ledger.reply, ledger.arguments or {}, outputs, ledger.turns, ledger.tokens)


async def _awaited(steps: Doing[Ledger]) -> Run[Any]:
    return _finished(await do_async(steps))
