"""Answers as Python values: strict JSON Schemas from Python types, and values of those types from replies.

A type is a TypedDict, a dataclass, a NamedTuple, a class of pydantic, attrs or msgspec, an Enum, a Literal, a
list or set of such types, a union of them, or a scalar (``str``, ``int``, ``float``, ``bool``, ``datetime``,
``date``, ``time``, ``timedelta``, ``UUID``, ``Decimal``). ``Annotated`` adds a description (a string or a
``Doc``) and :class:`Bounds`.

>>> from typing import Annotated, TypedDict
>>> class Event(TypedDict):
...     name: Annotated[str, "The title, without the date."]
...     participants: list[str]
>>> text = '{"name": "Lunch", "participants": ["Alice", "Bob"]}'
>>> parse({"choices": [{"finish_reason": "stop", "message": {"content": text}}]}, Event)
{'name': 'Lunch', 'participants': ['Alice', 'Bob']}
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from types import FrameType
from typing import Any, Generic, Literal, ParamSpec, TypeVar

from typing_extensions import TypeForm

from typed_openai._answers.format_places import endpoint_of, format_place, with_format
from typed_openai._answers.reply_texts import (
    COMMENTARY,
    TEXT,
    checked_phase,
    chosen,
    content_text,
    final_text,
    not_a_reply,
    parts_of,
)
from typed_openai._dynamic.methods import call_of
from typed_openai._shapes.json_values import loaded
from typed_openai._shapes.shapes_of_types import Shape, shape_of
from typed_openai._shapes.shown_types import checked_name, shown
from typed_openai._shapes.unfit_values import Unfit, shown_path
from typed_openai.errors import CallError
from typed_openai.output_errors import Misfit
from typed_openai_spec.model.answer_formats import FORMAT, AnswerFormat

__all__ = [
    "Answer",
    "Bounds",
    "ask",
    "json_schema_of",
    "output_items",
    "output_text",
    "parse",
    "response_format",
    "text_format",
    "text_of",
]

Given = ParamSpec("Given")
Value = TypeVar("Value")
Reply = TypeVar("Reply")
Value_co = TypeVar("Value_co", covariant=True)
Reply_co = TypeVar("Reply_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds of a value, as metadata of ``Annotated``. They are part of the schema, and checked.

    ``ge``, ``gt``, ``le``, ``lt`` and ``multiple_of`` are for numbers, ``pattern`` (a regular expression) is
    for strings, and ``min_length`` and ``max_length`` are for strings, in characters, and for arrays.
    Annotations of the packages annotated-types, pydantic and msgspec have the same effect.

    >>> from typing import Annotated
    >>> json_schema_of(Annotated[int, Bounds(ge=1, le=5)])["properties"]["value"]
    {'type': 'integer', 'minimum': 1, 'maximum': 5}
    """

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


class Answer(Generic[Value_co, Reply_co]):
    """The result of :func:`ask`: ``value`` has the type that was asked for, ``reply`` is the whole reply.

    With a method of an async client, it has to be awaited; to a type checker it has nothing else before.

    >>> answer = Answer(["Rhine", "Rhone"], {"object": "response"})
    >>> answer.value, answer.reply["object"]
    (['Rhine', 'Rhone'], 'response')
    """

    __slots__ = ("_reply", "_value")

    def __init__(self, value: Value_co, reply: Reply_co) -> None:
        self._value = value
        self._reply = reply

    @property
    def value(self: Answer[Value_co, Mapping[str, object]]) -> Value_co:
        """The answer as a value of the type.

        >>> Answer(["Rhine", "Rhone"], {"object": "response"}).value
        ['Rhine', 'Rhone']
        """
        return self._value

    @property
    def reply(self: Answer[Value_co, Mapping[str, object]]) -> Reply_co:
        """The reply that has the answer.

        >>> Answer(["Rhine", "Rhone"], {"object": "response"}).reply["object"]
        'response'
        """
        found: Any = self._reply
        made: Reply_co = found
        return made

    def __repr__(self) -> str:
        return f"Answer({self._value!r}, ...)"

    def __await__(
        self: Answer[Value_co, Coroutine[Any, Any, Reply]],
    ) -> Generator[Any, Any, Answer[Value_co, Reply]]:
        # Only for checkers: the answer of an async method is a coroutine.
        raise TypeError("expected the answer of a method of an async client")


def json_schema_of(type: TypeForm[object], /) -> dict[str, Any]:
    """Return the strict JSON Schema of a type, as a new dict.

    All keys are required and no others are allowed. A key that may be absent (``NotRequired``) may be null;
    a field with a default is required like any other. A type that is no object, such as a list or a union,
    is the key ``value`` of an object, as the root of a strict schema must be one.

    Raises ``CallError`` at the field that has a type without a strict schema.

    >>> from typing import TypedDict
    >>> class Event(TypedDict):
    ...     scores: dict[str, int]
    >>> json_schema_of(Event)
    Traceback (most recent call last):
        ...
    typed_openai.errors.CallError: Event.scores: dict[str, int] has no strict schema; ...
    """
    return shape_of(type, sys._getframe(1)).schema()


def text_format(type: TypeForm[object], /, *, name: str = "", description: str = "") -> Any:
    """Return the format of a response that is a value of a type.

    Pass it as ``text={"format": text_format(Event)}``. It is plain data, for batches and other servers, too.

    ``name`` is by default that of the type, and ``description`` its docstring. Raises ``CallError`` as
    :func:`json_schema_of` does.

    >>> from typing import TypedDict
    >>> class Event(TypedDict):
    ...     name: str
    >>> text_format(Event)["name"]
    'Event'
    """
    return _format(shape_of(type, sys._getframe(1)), _given_name("text_format", name), description)


def response_format(type: TypeForm[object], /, *, name: str = "", description: str = "") -> Any:
    """Return the format of a chat completion that is a value of a type.

    Pass it as ``response_format=response_format(Event)``. It is plain data, as that of a response is.

    ``name`` is by default that of the type, and ``description`` its docstring. Raises ``CallError`` as
    :func:`json_schema_of` does.

    >>> from typing import TypedDict
    >>> class Event(TypedDict):
    ...     name: str
    >>> response_format(Event)["json_schema"]["strict"]
    True
    """
    shape = shape_of(type, sys._getframe(1))
    return _nested(_format(shape, _given_name("response_format", name), description))


def _given_name(function: str, name: str) -> str:
    return checked_name(function, name) if name else ""


def _format(shape: Shape, name: str = "", description: str = "") -> dict[str, Any]:
    doc = description or shape.doc
    described = {"description": doc} if doc else {}
    return {
        "type": FORMAT,
        "name": name or shape.name,
        **described,
        "strict": True,
        "schema": shape.schema(),
    }


def _nested(form: dict[str, Any]) -> dict[str, Any]:
    return {"type": form.pop("type"), FORMAT: form}


def parse(reply: Mapping[str, object], type: TypeForm[Value], /, *, choice: int = 0) -> Value:
    """Return the answer in a chat completion or a response as a value of ``type``.

    The answer is validated and converted: dates and enumerations are Python's, instances are created of
    classes. ``choice`` is the number of the choice in a chat completion. Of a response, the last message
    that is no commentary is the answer.

    Raises ``Refused`` if the model refused, ``Incomplete`` if the answer was cut off or is not there, and
    ``Misfit`` if it does not have the type. They have the reply. Raises ``CallError`` if ``reply`` is no
    reply, and as :func:`json_schema_of` does.

    >>> message = {"content": '{"value": ["Rhine", "Rhone"]}'}
    >>> parse({"choices": [{"finish_reason": "stop", "message": message}]}, list[str])
    ['Rhine', 'Rhone']
    """
    value: Value = _parsed(reply, shape_of(type, sys._getframe(1)), type, choice)
    return value


def _parsed(reply: Any, shape: Shape, type: Any, choice: int = 0) -> Any:
    text = final_text(reply, choice)
    try:
        return shape.read(loaded(text))
    except Unfit as error:
        place = shown_path(error.path)
        message = ": ".join(one for one in (shown(type), place, error.text) if one)
        raise Misfit(message, reply, place, text) from error.__cause__


def ask(
    type: TypeForm[Value], method: Callable[Given, Reply], /, *args: Given.args, **kwargs: Given.kwargs
) -> Answer[Value, Reply]:
    """Call the API, and return the answer as a value of ``type`` together with the reply.

    ``method`` is a method of a client that takes a format for its answer, such as
    ``client.responses.create_response`` or ``client.chat.create_chat_completion``, and the rest are its own
    arguments, without the format. With a method of an async client, the result has to be awaited.

    Raises ``CallError`` at once if the method takes no format or if the format is among the arguments, the
    errors of the method, and those of :func:`parse`.

    >>> client = Client()
    >>> ask(list[str], client.files.list_files)
    Traceback (most recent call last):
        ...
    typed_openai.errors.CallError: ask: files.list_files takes no format for its answer
    """
    made: Answer[Value, Reply] = asked(type, method, args, kwargs, sys._getframe(1))
    return made


def asked(type: Any, method: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType) -> Any:
    """Return an answer, or the coroutine that returns it; ``frame`` is the caller's of :func:`ask`."""
    shape = shape_of(type, frame)
    reply = _asking(method, shape, args, kwargs)()
    return _awaited(reply, shape, type) if isawaitable(reply) else Answer(_parsed(reply, shape, type), reply)


async def _awaited(reply: Awaitable[Any], shape: Shape, type: Any) -> Answer[Any, Any]:
    found = await reply
    return Answer(_parsed(found, shape, type), found)


def _asking(method: Any, shape: Shape, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], Any]:
    """Return the call of a method with the format of the answer."""
    endpoint = endpoint_of(method, "ask")
    place = format_place(endpoint)
    if place is None:
        raise CallError(f"ask: {endpoint.name} takes no format for its answer")
    given = {**(method.keywords if isinstance(method, partial) else {}), **kwargs}
    for name in ("stream", "stream_to"):
        if given.get(name):
            raise CallError(f"ask: {name}: a stream has no answer until its end; leave it out")
    arguments = with_format(place, given, _placed(shape, place))
    call = call_of(method) if hasattr(method, "__self__") else method
    return lambda: call(*args, **arguments)


def _placed(shape: Shape, place: AnswerFormat) -> dict[str, Any]:
    form = _format(shape)
    return _nested(form) if place.is_nested else form


def output_text(
    response: Mapping[str, object],
    /,
    *,
    phase: Literal["final_answer", "commentary"] = "final_answer",
) -> str:
    """Return the text of a response: that of all messages in its output, in order; empty if there is none.

    Comments that the model made on the way are left out. With ``phase="commentary"``, the text is that of the
    comments alone. Raises ``CallError`` for a value that is no response, and for an unknown phase.

    >>> client = Client()
    >>> output_text(client.responses.create_response("Say hello.", "gpt-5.5"))
    'Hello!...'
    """
    is_commentary = checked_phase(phase) == COMMENTARY
    return "".join(
        part.get("text") or ""
        for one in _output(response)
        if one.get("type") == "message" and (one.get("phase") == COMMENTARY) is is_commentary
        for part in parts_of(one, TEXT)
    )


def text_of(reply: Mapping[str, object], /, *, choice: int = 0) -> str:
    """Return the text of a chat completion's message; empty if it has none.

    ``choice`` is the number of the choice. Raises ``CallError`` for a value that is no chat completion.

    >>> client = Client()
    >>> messages = [{"role": "user", "content": "Say hello."}]
    >>> text_of(client.chat.create_chat_completion(messages, "gpt-5.5"))
    'Hello!...'
    """
    if not (isinstance(reply, Mapping) and "choices" in reply):
        raise not_a_reply(reply)
    message = (chosen(reply, choice).get("message") or {}) if reply["choices"] else {}
    return content_text(message.get("content"))


def output_items(response: Any, type: str, /) -> list[Any]:
    """Return the items of one type in a response's output: ``output_items(response, "function_call")``.

    Raises ``CallError`` for a value that is no response.

    >>> client = Client()
    >>> response = client.responses.create_response("Say hello.", "gpt-5.5")
    >>> [item["role"] for item in output_items(response, "message")]
    ['assistant']
    """
    return [one for one in _output(response) if one.get("type") == type]


def _output(response: Any) -> list[Any]:
    if not (isinstance(response, Mapping) and isinstance(response.get("output", ""), list | None)):
        raise not_a_reply(response)
    return response["output"] or []
