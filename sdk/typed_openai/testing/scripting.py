"""The scripting methods of the embedded server."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, overload

from typed_openai._dynamic.methods import ENDPOINT
from typed_openai.testing.checking import Refusal
from typed_openai.testing.script_book import (
    Script,
    Scripted,
    ScriptedCall,
    ScriptedFailure,
    ScriptedFault,
    ScriptedReply,
    ScriptedStream,
    listed,
)
from typed_openai.testing.script_places import calling_place
from typed_openai.testing.scripted_answers import FAULTS, Condition, FaultName, ScriptError
from typed_openai.testing.service import Service
from typed_openai_spec import spelling
from typed_openai_spec.model import Operation

Value = TypeVar("Value")


class Scripting:
    """Scripts of a server: the answers to its next requests, in order. A base class of :class:`Server`."""

    _service: Service

    @overload
    def reply(
        self,
        operation: Callable[..., Awaitable[Value]],
        value: Value,
        *,
        times: int | None = ...,
        when: Condition | None = ...,
    ) -> None: ...
    @overload
    def reply(
        self,
        operation: Callable[..., Value],
        value: Value,
        *,
        times: int | None = ...,
        when: Condition | None = ...,
    ) -> None: ...
    @overload
    def reply(
        self,
        operation: Callable[..., object] | str,
        value: Mapping[str, Any] | Sequence[Any] | str | bytes | None,
        *,
        times: int | None = ...,
        when: Condition | None = ...,
    ) -> None: ...
    def reply(
        self,
        operation: Callable[..., object] | str,
        value: object,
        *,
        times: int | None = 1,
        when: Condition | None = None,
    ) -> None:
        """Answer the next ``times`` calls of ``operation`` with ``value``; None means any number of calls.

        ``operation`` is a client's method, or its name: ``"chat.create_chat_completion"``. ``value`` may be
        a part of the reply: the rest is generated. A streaming call gets the events of the whole reply.
        ``when`` limits the script to the requests for which it returns true, or that have the arguments of
        a mapping. Raises :class:`ScriptError` for an unknown operation and for a value that does not fit.

        >>> with serve() as server:
        ...     client = Client(base_url=server.base_url)
        ...     server.reply(client.models.retrieve_model, {"owned_by": "me"})
        ...     model = client.models.retrieve_model("gpt-4o")
        >>> model["id"], model["object"], model["owned_by"]
        ('gpt-4o', 'model', 'me')
        """
        found = self._operation(operation)
        self._service.judge_reply(found, value)
        self._script("reply", ScriptedReply(value), found, times, when)

    def stream(
        self,
        operation: Callable[..., object] | str,
        *,
        text: str | None = None,
        events: Sequence[Mapping[str, Any]] | None = None,
        times: int | None = 1,
        when: Condition | None = None,
    ) -> None:
        """Answer the next ``times`` streaming calls of ``operation`` with a text, or with events.

        All events of a ``text`` are generated. ``events`` are sent as they are, completed from their
        schema. The other arguments are those of :meth:`reply`. Raises :class:`ScriptError` if the operation
        does not stream, or if an event does not fit.

        >>> with serve() as server:
        ...     client = Client(base_url=server.base_url)
        ...     server.stream(client.responses.create_response, text="Ciao a tutti!")
        ...     for event in client.responses.create_response("Hi", "gpt-4o", stream=True):
        ...         if event["type"] == "response.output_text.delta":
        ...             print(repr(event["delta"]))
        'Ciao '
        'a '
        'tutti!'
        """
        found = self._operation(operation)
        if (text is None) is (events is None):
            raise ScriptError(f"{found.qualified_name}: expected text or events, and not both")
        if text is not None and not isinstance(text, str):
            raise ScriptError(f'{found.qualified_name}: text: expected "str", got "{type(text).__name__}"')
        self._service.judge_events(found, events or ())
        self._script("stream", ScriptedStream(text, events), found, times, when)

    def reply_tool_call(
        self,
        name: str,
        arguments: Mapping[str, object] | str = "{}",
        *,
        operation: Callable[..., object] | str | None = None,
        times: int | None = 1,
        when: Condition | None = None,
    ) -> None:
        """Answer the next ``times`` requests that offer the tool ``name`` with a call of it.

        ``arguments`` are those of the tool, or a text: JSON that is cut off, or the input of a custom tool.
        Without ``operation``, any operation that offers the tool is answered. The other arguments are
        those of :meth:`reply`. Raises :class:`ScriptError` if the arguments are not JSON.

        >>> tool = {"type": "function", "name": "get_weather"}
        >>> tool |= {"strict": False, "parameters": {"type": "object"}}
        >>> with serve() as server:
        ...     client = Client(base_url=server.base_url)
        ...     server.reply_tool_call("get_weather", {"city": "Rome"})
        ...     reply = client.responses.create_response("Weather?", "gpt-4o", tools=[tool])
        >>> reply["output"][0]["name"], reply["output"][0]["arguments"]
        ('get_weather', '{"city": "Rome"}')
        """
        found = None if operation is None else self._operation(operation)
        try:
            text = arguments if isinstance(arguments, str) else json.dumps(dict(arguments))
        except (TypeError, ValueError) as error:
            raise ScriptError(f"{name}: the arguments are not JSON: {error}") from None
        self._script(f"tool call {name}", ScriptedCall(name, text), found, times, when)

    def fail(
        self,
        failure: int | FaultName,
        operation: Callable[..., object] | str | None = None,
        *,
        times: int | None = 1,
        when: Condition | None = None,
        message: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | Mapping[str, object] | None = None,
        after: int = 0,
    ) -> None:
        """Let the next ``times`` requests fail, of one operation or of any.

        ``failure`` is a status, or the name of a failure of the connection: ``"stall"`` sends nothing more
        until the client gives up, ``"reset"`` resets the connection, ``"truncate"`` ends it in the middle of
        the reply. ``after`` is the number of events that a stream sends before. ``message`` is the error's
        text; ``headers`` and ``body`` are those of :meth:`Server.fail_next`. Raises ``ValueError`` for an
        invalid failure.

        >>> with serve() as server:
        ...     client = Client(base_url=server.base_url, max_retries=0)
        ...     server.fail(503, client.models.list_models, message="overloaded")
        ...     client.models.list_models()
        Traceback (most recent call last):
            ...
        typed_openai.errors.InternalServerError: models.list_models: 503 Service Unavailable: overloaded ...
        """
        found = None if operation is None else self._operation(operation)
        answer = _failure(failure, message, headers, body, after)
        self._script(f"failure {failure}", answer, found, times, when)

    @property
    def unused_scripts(self) -> tuple[str, ...]:
        """The scripts that no request has used, each with the line that scripted it.

        >>> with serve() as server:
        ...     server.fail(500, "models.list_models")
        ...     print(server.unused_scripts[0])
        failure 500 to models.list_models (...)
        """
        return tuple(map(str, self._service.scripts.unused))

    @property
    def unexpected_requests(self) -> tuple[str, ...]:
        """The requests that no script answered, if the server is strict.

        >>> with serve() as server:
        ...     server.unexpected_requests
        ()
        """
        return self._service.unexpected

    def verify(self) -> None:
        """Raise ``AssertionError`` for unused scripts and for unexpected requests.

        A strict server does so at its end.

        >>> with serve() as server:
        ...     server.reply("models.list_models", {"data": []})
        ...     server.verify()
        Traceback (most recent call last):
            ...
        AssertionError: unused scripts:
          reply to models.list_models (...)
        """
        parts = []
        if unused := self._service.scripts.unused:
            parts.append(f"unused scripts:{listed(unused)}")
        if unexpected := self.unexpected_requests:
            parts.append("unexpected requests:" + "".join(f"\n  {one}" for one in unexpected))
        if parts:
            raise AssertionError("\n".join(parts))

    def _script(
        self,
        title: str,
        answer: Scripted,
        operation: Operation | None,
        times: int | None,
        when: Condition | None,
    ) -> None:
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 0):
            raise ValueError(f"times: expected a number of requests, or None for any, got {times!r}")
        if when is not None and not callable(when) and not isinstance(when, Mapping):
            raise ValueError(f'when: expected a function or a mapping, got "{type(when).__name__}"')
        if operation is not None and isinstance(when, Mapping) and not self._service.lenient:
            _check_names(operation, when)
        name = "" if operation is None else operation.qualified_name
        if times != 0:
            self._service.scripts.add(Script(answer, name, when, times, calling_place(), title=title))

    def _operation(self, operation: Callable[..., object] | str) -> Operation:
        """Return the operation of a method or a name. Raises :class:`ScriptError`."""
        if isinstance(operation, str):
            return self._service.operation(operation)
        endpoint = getattr(getattr(operation, "func", operation), ENDPOINT, None)
        if endpoint is None:
            shown = getattr(operation, "__qualname__", type(operation).__name__)
            raise ScriptError(f'expected a method of a client, or "group.name"; got "{shown}"')
        return self._service.operation(endpoint.operation.id)


def _check_names(operation: Operation, when: Mapping[str, object]) -> None:
    """Raise :class:`ScriptError` for a condition on an argument that an operation does not have."""
    known = [one.name for one in operation.arguments]
    for name in when:
        if name not in known:
            hint = spelling.hint(str(name), known)
            raise ScriptError(f'{operation.qualified_name}: when: unknown argument "{name}"{hint}')


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        for one in (name, value):
            if not isinstance(one, str) or set(one) & {"\r", "\n"}:
                raise ValueError(f"headers: expected texts of one line, got {one!r}")


def _failure(
    failure: object,
    message: str,
    headers: Mapping[str, str] | None,
    body: bytes | Mapping[str, object] | None,
    after: int,
) -> ScriptedFailure | ScriptedFault:
    if isinstance(failure, str):
        found = next((one for one in FAULTS if one == failure), None)
        if found is None:
            raise ValueError(
                f'failure: expected a status, or one of {", ".join(FAULTS)}; got "{failure}"'
                f"{spelling.hint(failure, FAULTS)}"
            )
        if isinstance(after, bool) or not isinstance(after, int) or after < 0:
            raise ValueError(f"after: expected a number of events, got {after!r}")
        return ScriptedFault(found, after)
    if isinstance(failure, bool) or not isinstance(failure, int) or not 100 <= failure <= 599:
        raise ValueError(f"status: expected an HTTP status from 100 to 599, got {failure!r}")
    _check_headers(headers or {})
    if body is None:
        body = Refusal(failure, message or f"scripted failure {failure}").body
    if isinstance(body, bytes):
        return ScriptedFailure(failure, dict(headers or {}), body, "text/html; charset=utf-8")
    content = json.dumps(dict(body)).encode()
    return ScriptedFailure(failure, dict(headers or {}), content, "application/json")
