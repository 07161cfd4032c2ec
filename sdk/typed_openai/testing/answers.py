"""Create the reply to a valid request: content that fits the schema of the operation, as servers send it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from typed_openai.testing import value_paths
from typed_openai.testing.checking import Checked
from typed_openai.testing.chunked_streams import chunks_of
from typed_openai.testing.event_streams import DONE, EventMaker, ServerEvent
from typed_openai.testing.exchanges import Exchange, Exchanges
from typed_openai.testing.fake import SENTENCE, Faker, Wishes
from typed_openai.testing.generated_ids import IdSource
from typed_openai.testing.habits import Habits
from typed_openai_spec.model import Component, Operation, Result, Schema

EVENT_STREAM: Final = "text/event-stream"

_BINARY: Final = bytes(range(256)) * 16
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
        self._events = EventMaker(components, self._faker)
        self._exchanges = Exchanges(operations, components, self._faker, habits)
        self._seed = seed

    def forget(self) -> None:
        """Forget all objects that were created or deleted."""
        self._exchanges.forget()

    def reply(self, checked: Checked, number: int) -> Outgoing:
        """Return the reply to a request; ``number`` numbers the ids and the time stamps in it.

        Raises :class:`~typed_openai.testing.checking.Refusal` for an object that was deleted.
        """
        operation = checked.operation
        result = operation.result_for(checked.arguments)
        exchange = self._exchanges.begun(checked, self._wishes(number))
        if result.kind in ("any", "none"):
            if operation.method == "DELETE":
                self._exchanges.delete(exchange)
            return Outgoing(operation.success_status)
        if result.kind == "stream":
            return Outgoing(operation.success_status, EVENT_STREAM, events=self._stream(exchange, result))
        named = "" if "*" in result.media_type else result.media_type
        media_type = named or _MEDIA_TYPES.get(result.kind, "application/octet-stream")
        return Outgoing(operation.success_status, media_type, self._content(exchange, result))

    def _wishes(self, number: int) -> Wishes:
        # Made up, not secret.
        chance = None if self._seed is None else Random(f"{self._seed}:{number}")  # noqa: S311
        return Wishes(seed=number, served=True, chance=chance, new_id=IdSource(number))

    def _content(self, exchange: Exchange, result: Result) -> bytes:
        if result.kind == "binary":
            return _BINARY
        if result.kind == "text":
            return self._text(result.schema, exchange.wishes).encode()
        return json.dumps(self._exchanges.value(exchange, result), ensure_ascii=False).encode()

    def _text(self, schema: Schema | None, wishes: Wishes) -> str:
        value = self._faker.value(schema, wishes, name="text") if schema is not None else None
        return value if isinstance(value, str) else SENTENCE

    def _stream(self, exchange: Exchange, result: Result) -> Iterator[ServerEvent]:
        """Return the events of a stream: made from the whole reply if it is known how."""
        habits, whole = exchange.habits, exchange.operation.result
        if result.schema is None:
            return iter(())
        if not habits.chunks and not habits.unrolled:
            return self._events.events(result.schema, exchange.wishes)
        return self.events_of(exchange, result.schema, self._exchanges.value(exchange, whole))

    def events_of(self, exchange: Exchange, schema: Schema, value: Any) -> Iterator[ServerEvent]:
        """Return the events that stream a whole reply; ``schema`` is that of one event."""
        habits = exchange.habits
        if habits.chunks:
            usage = _is_usage_asked(habits.chunks, exchange.checked.arguments)
            chunks = (ServerEvent(one) for one in chunks_of(value, habits.chunks, usage=usage))
            return iter([*chunks, ServerEvent(DONE)])
        return self._events.unrolled(schema, value, habits.unrolled, exchange.wishes)


def _is_usage_asked(rule: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    path = str(rule.get("usage", ""))
    return bool(path) and value_paths.read(dict(arguments), path) is True
