"""Create the reply to a valid request: generated content that fits the operation's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from typed_openai.testing.checking import Checked
from typed_openai.testing.event_streams import EventMaker, ServerEvent
from typed_openai.testing.fake import SENTENCE, Faker, Wishes
from typed_openai.testing.multipart import UploadedFile
from typed_openai_spec.model import Component, Result, Schema

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
    """Creates replies for the operations of one API."""

    def __init__(self, components: Mapping[str, Component]) -> None:
        self._faker = Faker(components)
        self._events = EventMaker(components, self._faker)

    def reply(self, checked: Checked, seed: int) -> Outgoing:
        """Return the reply to a request; ``seed`` numbers the ids and the time stamps in it."""
        operation = checked.operation
        result = operation.result_for(checked.arguments)
        named = "" if "*" in result.media_type else result.media_type
        media_type = named or _MEDIA_TYPES.get(result.kind, "application/octet-stream")
        wishes = Wishes(seed=seed, echo=_echo(checked))
        if result.kind in ("any", "none"):
            return Outgoing(operation.success_status)
        if result.kind == "stream":
            events = self._events.events(result.schema, wishes) if result.schema is not None else iter(())
            return Outgoing(operation.success_status, EVENT_STREAM, events=events)
        return Outgoing(operation.success_status, media_type, self._content(result, wishes))

    def _content(self, result: Result, wishes: Wishes) -> bytes:
        if result.kind == "binary":
            return _BINARY
        if result.kind == "text":
            return self._text(result.schema, wishes).encode()
        value = self._faker.value(result.schema, wishes) if result.schema is not None else {}
        return json.dumps(value, ensure_ascii=False).encode()

    def _text(self, schema: Schema | None, wishes: Wishes) -> str:
        value = self._faker.value(schema, wishes, name="text") if schema is not None else None
        return value if isinstance(value, str) else SENTENCE


def _echo(checked: Checked) -> dict[str, object]:
    """Return the values that a reply repeats, by field: arguments, and an uploaded file's name and size."""
    echo: dict[str, object] = {}
    for argument in checked.operation.arguments:
        value = checked.arguments.get(argument.name)
        if isinstance(value, UploadedFile):
            echo |= {"filename": value.filename, "bytes": value.size}
        elif argument.name in checked.arguments and not _holds_file(value):
            echo[argument.wire] = value
    if checked.object_asked_for is not None:
        echo["id"] = checked.object_asked_for
    return echo


def _holds_file(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_file(one) for one in value.values())
    if isinstance(value, list):
        return any(_holds_file(one) for one in value)
    return isinstance(value, UploadedFile)
