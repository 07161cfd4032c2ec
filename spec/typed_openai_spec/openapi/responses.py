"""Translate the responses of an operation to its replies, its result, and the variants of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import (
    Array,
    Null,
    Object,
    Operation,
    Ref,
    Reply,
    Result,
    ResultKind,
    Scalar,
    Schema,
    Union,
    Variant,
)
from typed_openai_spec.model.media import EVENT_STREAM, is_json, is_json_lines, is_stream, is_text
from typed_openai_spec.model.python_names import pascal_case
from typed_openai_spec.openapi import parts
from typed_openai_spec.openapi.schemas.keywords import pointer
from typed_openai_spec.openapi.schemas.parser import Schemas
from typed_openai_spec.openapi.schemas.unions import flat_union
from typed_openai_spec.openapi.stream_ends import with_end

_KINDS: Final = get_args(ResultKind)
_EMPTY: Final = frozenset({"204", "205"})


@dataclass(frozen=True, slots=True)
class ReplyReader:
    """Reads the responses of operations. ``shared`` follows references to shared responses."""

    schemas: Schemas
    shared: Callable[[Any, str, str], Mapping[str, Any]]

    def read(self, responses: Any, place: str, owner: str) -> Iterator[Reply]:
        """Yield the documented replies by status and media type. Inline objects are named after ``owner``."""
        for status, response in sorted(mapping(responses).items()):
            if status.startswith("x-"):
                continue
            here = pointer(place, "responses", status)
            if not parts.is_status(status, here, self.schemas.report):
                continue
            whole = self.shared(response, "responses", here)
            parts.check("response", whole, here, self.schemas.report)
            content = mapping(whole.get("content"))
            if not content:
                yield Reply(status)
            suffix = "Response" if status.startswith("2") else pascal_case(f"response {status}")
            for media, entry in sorted(content.items()):
                spec = self.shared(entry, "mediaTypes", pointer(here, "content", media))
                parts.check("media type", spec, pointer(here, "content", media), self.schemas.report)
                parts.check_media_type(media, pointer(here, "content", media), self.schemas.report)
                raw = item_schema(spec) if is_stream(media) else spec.get("schema")
                name = owner + ("Event" if is_stream(media) else suffix)
                where = pointer(here, "content", media, "schema")
                yield Reply(status, media, None if raw is None else self.schemas.read(raw, where, name))

    def with_results(self, operation: Operation, typed: Mapping[str, Any], place: str) -> Operation:
        """Return the operation with the results that an argument selects, among them a stream for ``stream``.

        If ``stream`` is true by default, the stream is the result, and ``stream=False`` selects the other
        one. Further results are declared in ``x-typed``.
        """
        event = _stream_of(operation.replies)
        declared = tuple(self._declared(operation, typed.get("variants") or [], event, place))
        operation = replace(operation, variants=declared)
        if event is None or operation.can_stream:
            return operation
        argument = operation.argument("stream")
        if argument is None:
            text = "a stream, but no argument that requests it"
            self.schemas.report(place, text, "the type of the result does not show it")
            return operation
        stream = self.completed(_streamed(event))
        if argument.default is True and not declared:
            whole = Variant("stream", (False,), operation.result)
            return replace(operation, result=stream, variants=(whole,))
        return replace(operation, variants=(*declared, Variant("stream", (True,), stream)))

    def completed(self, result: Result) -> Result:
        """Complete the result with facts from its schema; ``x-typed`` describes a stream's end and text."""
        if result.kind == "json" and result.schema is not None and self._may_be_scalar(result.schema):
            return replace(result, scalar=True)
        return with_end(self.schemas, result)

    def _may_be_scalar(self, schema: Schema) -> bool:
        """Return True if a value of the schema may be neither an object nor an array."""
        waiting, seen = [schema], set[str]()
        while waiting:
            one = waiting.pop()
            if isinstance(one, Ref) and one.name in seen:
                continue
            seen |= {one.name} if isinstance(one, Ref) else set()
            node = self.schemas.resolve(one)
            if isinstance(node, Union):
                waiting.extend(node.members)
            elif not isinstance(node, (Object, Array, Ref)):
                return True
        return False

    def _declared(
        self, operation: Operation, listed: Any, event: Reply | None, place: str
    ) -> Iterator[Variant]:
        here = pointer(place, "x-typed", "variants")
        if not isinstance(listed, list):
            self.schemas.report(here, "expected a list", "it is ignored")
            return
        for i, raw in enumerate(listed):
            variant = self._variant(operation, raw, event, pointer(here, i))
            if variant is not None:
                yield variant

    def _variant(self, operation: Operation, raw: Any, event: Reply | None, place: str) -> Variant | None:
        match raw:
            case {"argument": str(argument), "values": [*values], "kind": kind} if kind in _KINDS and values:
                pass
            case _:
                self.schemas.report(place, "expected argument, values and kind", "it is ignored")
                return None
        if operation.argument(argument) is None:
            self.schemas.report(place, f"no argument {argument}", "it is ignored")
            return None
        schema = event.schema if kind == "stream" and event else None
        if "schema" in raw:
            name = pascal_case(f"{operation.name} {values[0]} response")
            schema = self.schemas.read(raw["schema"], pointer(place, "schema"), name)
        media = str(raw.get("media_type", ""))
        if kind == "stream":
            media = event.media_type if event is not None else EVENT_STREAM
        return Variant(argument, tuple(values), self.completed(Result(kind, schema, media)))


def result(replies: Iterable[Reply], undeclared: ResultKind = "any") -> Result:
    """Return the result of a successful call, from the media types of its success replies.

    - A ``default`` reply is the success only if there is no other one.
    - A bare ``string`` in JSON beside a binary media type means "a file".
    - If only redirections are listed, the target may be anything: the result is a file.
    - If one reply is JSON and another has no content, the call may return None.
    - If no reply has content, the result is ``undeclared``, except for the statuses that have no content by
      definition (RFC 9110, sections 15.3.5 and 15.3.6).
    """
    listed = list(replies)
    success = [one for one in listed if one.status.startswith("2")]
    if not success and any(one.status.startswith("3") and one.status != "304" for one in listed):
        return Result("binary")
    success = success or [one for one in listed if one.status == "default"]
    if not any(one.media_type for one in success):
        return Result("none" if success and {one.status for one in success} <= _EMPTY else undeclared)
    found = _of_content([one for one in success if one.media_type])
    if found.kind != "json" or all(one.media_type for one in success):
        return found
    schema = None if found.schema is None else flat_union((found.schema, Null()))
    return replace(found, schema=schema, empty=True)


def _of_content(success: list[Reply]) -> Result:
    documents = [one for one in success if is_json(one.media_type) and not _is_file(one)]
    files = [one for one in success if _is_file(one)]
    if files and all(isinstance(one.schema, (Scalar, Null)) for one in documents):
        return Result("binary", media_type=files[0].media_type)
    if documents:
        return Result("json", _joined(documents), documents[0].media_type)
    texts = [one for one in success if is_text(one.media_type) and not is_stream(one.media_type)]
    if texts:
        return Result("text", media_type=texts[0].media_type)
    event = _stream_of(success)
    assert event is not None  # nothing else is left
    return _streamed(event)


def item_schema(spec: Mapping[str, Any]) -> Any:
    """Return the raw schema of one value of a stream.

    OpenAPI 3.2 describes an event with its fields; the value is its data, which may be JSON in a string.
    """
    item = mapping(spec.get("itemSchema"))
    data = mapping(mapping(item.get("properties")).get("data"))
    if "contentSchema" in data:
        return data["contentSchema"]
    return spec.get("itemSchema", spec.get("schema"))


def _stream_of(replies: Iterable[Reply]) -> Reply | None:
    """Return the reply that is a stream, events before JSON lines; None if there is none."""
    streams = [one for one in replies if is_stream(one.media_type) and not one.status.startswith(("4", "5"))]
    return min(streams, key=lambda one: is_json_lines(one.media_type), default=None)


def _streamed(event: Reply) -> Result:
    """Return the stream of a reply. Descriptions of JSON lines give the schema of a line, or of all lines."""
    if not is_json_lines(event.media_type):
        return Result("stream", event.schema, EVENT_STREAM)
    schema = event.schema.items if isinstance(event.schema, Array) else event.schema
    return Result("stream", schema, event.media_type)


def _is_file(reply: Reply) -> bool:
    """Return True if a reply is a file's content, by its schema or by a media type that is not text."""
    if isinstance(reply.schema, Scalar) and reply.schema.is_binary:
        return True
    media_type = reply.media_type
    return bool(media_type) and not (is_json(media_type) or is_text(media_type) or is_stream(media_type))


def _joined(replies: list[Reply]) -> Schema | None:
    schemas = [one.schema for one in replies if one.schema is not None]
    return flat_union(schemas) if schemas else None
