"""Create the reply to a valid request: content that fits the schema of the operation, as servers send it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from typed_openai.testing import offered_tools, value_paths
from typed_openai.testing.checking import Checked
from typed_openai.testing.chunked_streams import chunks_of
from typed_openai.testing.completed_values import Completer
from typed_openai.testing.event_streams import DONE, EventMaker, JsonLine, ServerEvent
from typed_openai.testing.exchanges import Exchange, Exchanges
from typed_openai.testing.fake import SENTENCE, Faker, Wishes
from typed_openai.testing.generated_ids import IdSource
from typed_openai.testing.habits import Habits
from typed_openai.testing.list_pages import settle_page
from typed_openai.testing.offered_tools import ToolCall
from typed_openai.testing.script_book import (
    PYTHON_TYPES,
    Scripted,
    ScriptedCall,
    ScriptedFault,
    ScriptedReply,
    ScriptedStream,
)
from typed_openai.testing.scripted_answers import ScriptError
from typed_openai.testing.stored_files import StoredFiles
from typed_openai.testing.unrolled_streams import state_of
from typed_openai_spec.model import Component, Operation, Result, Schema
from typed_openai_spec.model.media import is_json_lines
from typed_openai_spec.validation.wording import Violation

EVENT_STREAM: Final = "text/event-stream"

_BINARY: Final = bytes(range(256)) * 16
_SHOWN: Final = {"json": "a JSON value", "text": '"str"', "binary": '"bytes"'}
_MEDIA_TYPES: Final = {
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "stream": EVENT_STREAM,
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply: a body, or the events of a stream."""

    status: int
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    events: Iterator[ServerEvent] | None = None
    fault: ScriptedFault | None = None


class ReplyMaker:
    """Creates replies for the operations of one API.

    ``seed`` selects among what servers send; without, they send what is most frequent.
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        components: Mapping[str, Component],
        habits: Habits | None = None,
        seed: int | None = None,
    ) -> None:
        habits = habits or Habits()
        self._faker = Faker(components, habits)
        self._events = EventMaker(components, self._faker, habits)
        self._exchanges = Exchanges(operations, components, self._faker, habits)
        self.files: StoredFiles = self._exchanges.files
        self._seed = seed
        self._habits = habits
        self._completer = Completer(components, self._faker)

    def judge_reply(self, operation: Operation, value: object) -> None:
        """Raise :class:`ScriptError` if a value, or a part of one, does not fit an operation's reply."""
        results: dict[str, Result] = {
            one.kind: one for one in (operation.result, *(v.result for v in operation.variants))
        }
        kind = next((kind for kind, types in PYTHON_TYPES.items() if isinstance(value, types)), "json")
        result = results.get(kind)
        if result is None:
            if kind == "json" and value is None and operation.result.kind in ("none", "any"):
                return
            expected = " or ".join(_SHOWN[one] for one in results if one in _SHOWN)
            expected = expected or "no value"
            raise ScriptError(
                f'{operation.qualified_name}: expected {expected}, got "{type(value).__name__}"'
            )
        wrong = self._wrong(value, operation, kind) if kind == "json" else []
        if wrong:
            raise ScriptError(f"{operation.qualified_name}: {'; '.join(map(str, wrong))}")

    def judge_events(self, operation: Operation, events: Sequence[Mapping[str, Any]]) -> None:
        """Raise :class:`ScriptError` if an operation does not stream, or not such events."""
        schema = _events_of(operation)
        if schema is None:
            raise ScriptError(f"{operation.qualified_name} does not stream")
        for number, event in enumerate(events):
            wrong = self._completer.violations(event, schema)
            if wrong:
                raise ScriptError(
                    f"{operation.qualified_name}: events[{number}]: {'; '.join(map(str, wrong))}"
                )

    def _wrong(self, value: object, operation: Operation, kind: str) -> list[Violation]:
        """Return what is wrong with a value, by the result that it fits best."""
        results = [operation.result, *(one.result for one in operation.variants)]
        schemas = [one.schema for one in results if one.kind == kind and one.schema is not None]
        judged = [self._completer.violations(value, one) for one in schemas]
        return min(judged, key=len, default=[])

    def forget(self) -> None:
        """Forget all objects that were created or deleted."""
        self._exchanges.forget()

    def reply(self, checked: Checked, number: int, script: Scripted | None = None) -> Outgoing:
        """Return the reply to a request; ``number`` numbers the ids and the time stamps in it.

        Raises :class:`~typed_openai.testing.checking.Refusal` for an object that was deleted.
        """
        operation = checked.operation
        result = operation.result_for(checked.arguments)
        exchange = self._begun(checked, number, script)
        status = operation.success_status
        fault = script if isinstance(script, ScriptedFault) else None
        if result.kind in ("any", "none"):
            if operation.method == "DELETE":
                self._exchanges.delete(exchange)
            return Outgoing(status, fault=fault)
        if result.kind == "stream":
            events = self._stream(exchange, result, script)
            if is_json_lines(result.media_type):
                lines = (JsonLine(one.data) for one in events if one.data != DONE)
                return Outgoing(status, result.media_type, events=lines, fault=fault)
            return Outgoing(status, EVENT_STREAM, events=events, fault=fault)
        named = "" if "*" in result.media_type else result.media_type
        media_type = named or _MEDIA_TYPES.get(result.kind, "application/octet-stream")
        return Outgoing(status, media_type, self._content(exchange, result, script), fault=fault)

    def _begun(self, checked: Checked, number: int, script: Scripted | None) -> Exchange:
        wishes = self._wishes(number)
        if isinstance(script, ScriptedCall):
            return self._exchanges.begun(checked, wishes, [self._scripted_call(checked, script)])
        if isinstance(script, ScriptedStream) and script.text is not None:
            wishes = replace(wishes, text=script.text)
            return self._exchanges.begun(checked, wishes, (), text=script.text)
        is_scripted = isinstance(script, (ScriptedReply, ScriptedStream))
        return self._exchanges.begun(checked, wishes, () if is_scripted else None)

    def _scripted_call(self, checked: Checked, script: ScriptedCall) -> ToolCall:
        habits = self._habits.operation(checked.operation.id)
        place = offered_tools.offers(habits, checked.arguments, script.name)
        if place is None:
            raise TypeError(f"{checked.operation.qualified_name} does not offer {script.name}")
        return ToolCall(place, script.name, script.arguments)

    def _wishes(self, number: int) -> Wishes:
        # Made up, not secret.
        chance = None if self._seed is None else Random(f"{self._seed}:{number}")  # noqa: S311
        return Wishes(seed=number, served=True, chance=chance, new_id=IdSource(number))

    def _content(self, exchange: Exchange, result: Result, script: Scripted | None) -> bytes:
        scripted = script.value if isinstance(script, ScriptedReply) else None
        if isinstance(scripted, bytes):
            return scripted
        if isinstance(scripted, str) and result.kind == "text":
            return scripted.encode()
        if result.kind == "binary":
            content = self._exchanges.content(exchange)
            return _BINARY if content is None else content
        if result.kind == "text":
            return self._text(result.schema, exchange.wishes).encode()
        value = self._whole(exchange, result, script)
        return json.dumps(value, ensure_ascii=False).encode()

    def _whole(self, exchange: Exchange, result: Result, script: Scripted | None) -> Any:
        """Return the value of a reply: a scripted one, completed, or a generated one."""
        if not isinstance(script, ScriptedReply) or result.schema is None:
            return self._exchanges.value(exchange, result)
        part = deepcopy(script.value)
        base = self._exchanges.made(exchange, result) if isinstance(part, dict) else None
        wishes = replace(exchange.wishes, echo={})
        whole = self._completer.completed(part, result.schema, wishes, base)
        offered_tools.settle(whole, part, exchange.habits)
        settle_page(whole, part, exchange.operation)
        exchange.spending.settle(whole, exchange.operation, given=part)
        return self._exchanges.keep(exchange, whole)

    def _text(self, schema: Schema | None, wishes: Wishes) -> str:
        value = self._faker.value(schema, wishes, name="text") if schema is not None else None
        return value if isinstance(value, str) else SENTENCE

    def _stream(self, exchange: Exchange, result: Result, script: Scripted | None) -> Iterator[ServerEvent]:
        """Return the events of a stream: made from the whole reply if it is known how."""
        habits = exchange.habits
        if result.schema is None:
            return iter(())
        if isinstance(script, ScriptedStream) and script.events is not None:
            return self._scripted_events(script.events, result.schema, exchange)
        if not habits.chunks and not habits.unrolled:
            events = self._events.events(result.schema, exchange.wishes, result.terminal)
            return _with_usage(events, exchange)
        whole = self._whole(exchange, exchange.operation.result, script)
        return _without_hidden(exchange, self.events_of(exchange, result.schema, whole))

    def _scripted_events(
        self, events: Sequence[Mapping[str, Any]], schema: Schema, exchange: Exchange
    ) -> Iterator[ServerEvent]:
        wishes = replace(exchange.wishes, echo={}, text="")
        text = " ".join(_texts_of(events))
        made = []
        for number, one in enumerate(events):
            whole = self._completer.completed(dict(one), schema, wishes)
            self._settle_event(whole, one, number, exchange)
            exchange.spending.settle_event(whole, text, one)
            made.append(whole)
        return self._events.sent(schema, made)

    def _settle_event(self, event: Any, part: Mapping[str, Any], number: int, exchange: Exchange) -> None:
        """Let a scripted event agree with its place in the stream, where the script is silent."""
        if not isinstance(event, dict):
            return
        if "sequence_number" in event and "sequence_number" not in part:
            event["sequence_number"] = number
        known = state_of(str(event.get("type")), exchange.habits.unrolled)
        whole, given = event.get(known.key), part.get(known.key) or {}
        if isinstance(whole, dict) and isinstance(given, Mapping):
            whole |= {key: one for key, one in known.values.items() if key in whole and key not in given}

    def events_of(self, exchange: Exchange, schema: Schema, value: Any) -> Iterator[ServerEvent]:
        """Return the events that stream a whole reply; ``schema`` is that of one event."""
        habits = exchange.habits
        if habits.chunks:
            usage = _is_usage_asked(habits.chunks, exchange.checked.arguments)
            chunks = (ServerEvent(one) for one in chunks_of(value, habits.chunks, usage=usage))
            return iter([*chunks, ServerEvent(DONE)])
        return self._events.unrolled(schema, value, habits.unrolled, exchange.wishes)


def _events_of(operation: Operation) -> Schema | None:
    """Return the schema of an event of an operation that streams, or None."""
    results = (operation.result, *(one.result for one in operation.variants))
    return next((one.schema for one in results if one.kind == "stream"), None)


def _without_hidden(exchange: Exchange, events: Iterator[ServerEvent]) -> Iterator[ServerEvent]:
    """Yield events without the fields that the request has switched off."""
    given = dict(exchange.checked.arguments)
    hidden = {name for name, path in exchange.habits.hidden.items() if value_paths.read(given, path) is False}
    for one in events:
        if hidden and isinstance(one.data, dict):
            yield replace(one, data={key: value for key, value in one.data.items() if key not in hidden})
        else:
            yield one


def _with_usage(events: Iterator[ServerEvent], exchange: Exchange) -> Iterator[ServerEvent]:
    """Yield events whose numbers of tokens are those of the request and of the text."""
    for one in events:
        exchange.spending.settle_event(one.data, exchange.wishes.text)
        yield one


def _texts_of(value: object) -> Iterator[str]:
    """Yield the texts that the pieces of scripted events have."""
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts_of(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if isinstance(one, str) and key in ("delta", "content", "arguments"):
                yield one
            else:
                yield from _texts_of(one)


def _is_usage_asked(rule: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    path = str(rule.get("usage", ""))
    return bool(path) and value_paths.read(dict(arguments), path) is True
