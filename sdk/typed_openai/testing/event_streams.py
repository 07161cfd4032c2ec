"""Create a plausible stream of events from the schema of one event, and encode its events.

There is one rule. Events with a tag (``type``, or ``event`` beside ``data``) are sorted by the tag's last
word into openings, pieces and closings of the object that the words before it name::

    response.output_text.delta   a piece of response.output_text
    thread.run.completed         the closing of thread.run
    done                         the closing of the stream

The stream opens the objects around the text, the outermost first. The text follows piece by piece. Then the
objects are closed again, the innermost first. Events without a tag are pieces of one object: they follow
one another, and ``[DONE]`` ends the stream.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from typed_openai.testing.fake import Faker, Wishes
from typed_openai.testing.habits import Habits
from typed_openai.testing.text_pieces import pieces_of
from typed_openai.testing.unrolled_streams import events_of
from typed_openai_spec.model import Component, Literals, Object, Ref, Schema
from typed_openai_spec.validation.validator import Validator

DONE: Final = "[DONE]"

_TAGS: Final = ("event", "type")
_OPENINGS: Final = ("created", "in_progress", "added")
_WORDS: Final = ("delta",)
_PIECES: Final = (*_WORDS, "partial_image")
_CLOSINGS: Final = ("completed", "done")
# Subjects other than the text; they are used only if the stream has nothing else.
_ASIDES: Final = (
    *("reasoning", "summary", "refusal", "audio", "transcript", "annotation"),
    *("call", "mcp", "tools", "step", "arguments"),
)


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One server-sent event. ``data`` is a JSON value, or a text that is sent as it is."""

    data: object
    name: str = ""

    def encode(self) -> bytes:
        """Return the event as it is sent (HTML standard, section 9.2.6)."""
        text = self.data if self.data == DONE else json.dumps(self.data, ensure_ascii=False)
        name = f"event: {self.name}\n" if self.name else ""
        return f"{name}data: {text}\n\n".encode()


@dataclass(frozen=True, slots=True)
class JsonLine(ServerEvent):
    """One value of a stream of JSON lines."""

    def encode(self) -> bytes:
        """Return the line as it is sent."""
        return f"{json.dumps(self.data, ensure_ascii=False)}\n".encode()


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of event: its tag, split into the object and what happens to it."""

    tag: str
    schema: Schema
    required: int

    @property
    def thing(self) -> str:
        return self.tag.rpartition(".")[0]

    @property
    def happens(self) -> str:
        return self.tag.rpartition(".")[2]

    @property
    def asides(self) -> int:
        return sum(word in _ASIDES for word in self.tag.replace(".", "_").split("_"))


class EventMaker:
    """Creates streams for the event schemas of one API."""

    def __init__(
        self, components: Mapping[str, Component], faker: Faker, habits: Habits | None = None
    ) -> None:
        self._validator = Validator(components)
        self._faker = faker
        self._habits = habits or Habits()

    def events(self, schema: Schema, wishes: Wishes, terminal: Sequence[str] = ()) -> Iterator[ServerEvent]:
        """Yield the events of one stream with the text of ``wishes``.

        If it does not end with one of the ``terminal`` events, the first of these is added.
        """
        # The events of one stream are about the same objects.
        wishes = replace(wishes, wrapped=1, new_id=cache(wishes.new_id))
        members = list(self._validator.leaves(schema))
        tag = next((one for one in _TAGS if all(self._tag_of(member, one) for member in members)), None)
        if tag is None or len(members) == 1:
            yield from self._untagged(schema, wishes)
            return
        kinds = [_Kind(self._tag_of(one, tag), one, self._required(one)) for one in members]
        sequence = list(_sequence(kinds, wishes.text))
        if sequence and sequence[-1][0].tag not in terminal:
            ends = {one.tag: one for one in kinds}
            sequence += [(ends[name], "") for name in terminal if name in ends][:1]
        for number, (kind, text) in enumerate(sequence):
            yield self._tagged(kind, tag, text, number, wishes)

    def sent(self, schema: Schema, values: Sequence[Any]) -> Iterator[ServerEvent]:
        """Yield the events with these values; a stream without tags ends with its marker."""
        members = list(self._validator.leaves(schema))
        tag = next((one for one in _TAGS if all(self._tag_of(member, one) for member in members)), None)
        for value in values:
            if tag == "event" and isinstance(value, dict):
                yield ServerEvent(value.get("data"), str(value.get("event", "")))
            else:
                yield ServerEvent(value, "" if tag is None else str(value.get(tag, "")))
        if tag is None or len(members) == 1:
            yield ServerEvent(DONE)

    def unrolled(
        self, schema: Schema, reply: Mapping[str, Any], rule: Mapping[str, Any], wishes: Wishes
    ) -> Iterator[ServerEvent]:
        """Yield the events of a whole reply; required fields that ``rule`` does not have are generated."""
        members = {self._tag_of(one, "type"): one for one in self._validator.leaves(schema)}
        for number, (name, fields) in enumerate(events_of(reply, rule)):
            known = {"type": name, "sequence_number": number, **fields}
            made = self._faker.value(members[name], replace(wishes, text="", echo=known, wrapped=0))
            declared = {one.name for one in self._object(members[name]).fields}
            # A value of the reply is repeated even if it does not fit: a script may say so.
            exact = {key: one for key, one in known.items() if key in declared}
            yield ServerEvent({**(made if isinstance(made, dict) else {}), **exact}, name)

    def _untagged(self, schema: Schema, wishes: Wishes) -> Iterator[ServerEvent]:
        unfinished = {**wishes.echo, "finish_reason": None}
        for piece in ("", *pieces_of(wishes.text)):
            yield ServerEvent(self._faker.value(schema, replace(wishes, text=piece, echo=unfinished)))
        yield ServerEvent(self._faker.value(schema, replace(wishes, text="")))
        yield ServerEvent(DONE)

    def _tagged(self, kind: _Kind, tag: str, text: str, number: int, wishes: Wishes) -> ServerEvent:
        constants = wishes.constants
        if kind.happens in _OPENINGS:
            constants = ("in_progress", *constants)
        echo = {**wishes.echo, "sequence_number": number}
        value = self._faker.value(kind.schema, replace(wishes, text=text, echo=echo, constants=constants))
        if tag == "event" and isinstance(value, dict):
            data = value.get("data")
            if kind.happens in _OPENINGS and isinstance(data, dict):
                data |= {key: one for key, one in self._opened(kind.schema).items() if key in data}
            return ServerEvent(data, kind.tag)
        return ServerEvent(value, kind.tag)

    def _opened(self, schema: Schema) -> Mapping[str, Any]:
        """Return what the object in an event has when it is opened."""
        field = self._object(schema).field("data")
        name = field.schema.name if field is not None and isinstance(field.schema, Ref) else ""
        return self._habits.manner(name).opened

    def _object(self, schema: Schema) -> Object:
        node = self._validator.resolve(schema)
        return node if isinstance(node, Object) else Object()

    def _tag_of(self, schema: Schema, property_name: str) -> str:
        field = self._object(schema).field(property_name)
        node = self._validator.resolve(field.schema) if field is not None else None
        return str(node.values[0]) if isinstance(node, Literals) else ""

    def _required(self, schema: Schema) -> int:
        return sum(one.required for one in self._object(schema).fields)


def _sequence(kinds: Sequence[_Kind], text: str) -> Iterator[tuple[_Kind, str]]:
    """Yield the kinds of events in the order of a stream, each with the text it carries."""
    piece = min((one for one in kinds if one.happens in _PIECES), key=lambda one: one.asides, default=None)
    things = _frames(kinds, piece)
    for thing in things:
        for kind in _happenings(kinds, thing, _OPENINGS):
            yield kind, ""
    if piece is not None:
        pieces = pieces_of(text)
        for word in pieces if piece.happens in _WORDS else pieces[:2]:
            yield piece, word
    for thing in reversed(things):
        for kind in _happenings(kinds, thing, _CLOSINGS)[:1]:
            yield kind, text
    yield from ((kind, text) for kind in kinds if kind.tag in _CLOSINGS)


def _frames(kinds: Sequence[_Kind], piece: _Kind | None) -> list[str]:
    """Return the objects that the stream opens and closes, outermost first; the last is the text's own."""
    inner = [piece.thing] if piece is not None else []
    framing = [one for one in kinds if one.happens in _OPENINGS and one.thing not in inner and not one.asides]
    # An event deeper inside has more words before it and more fields for its place.
    framing.sort(key=lambda one: (one.thing.count("."), one.required))
    return [*dict.fromkeys(one.thing for one in framing), *inner]


def _happenings(kinds: Sequence[_Kind], thing: str, wanted: Sequence[str]) -> list[_Kind]:
    found = {one.happens: one for one in kinds if one.thing == thing}
    return [found[one] for one in wanted if one in found]
