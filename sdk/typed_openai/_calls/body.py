"""The body of a request: the choice among the kinds that an operation accepts, and its content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from typed_openai._calls.bind import Call
from typed_openai._calls.endpoints import Endpoint
from typed_openai._encoding import json_text
from typed_openai._encoding.chunks import pieces
from typed_openai._encoding.file_mistakes import no_file
from typed_openai._encoding.form_data import MultipartBody, multipart_body
from typed_openai._encoding.plain_text import encoded_text, is_array
from typed_openai._encoding.styles import FormStyle
from typed_openai._encoding.uploads import file_part, is_file
from typed_openai._encoding.urls import AsIs, encoded_query
from typed_openai.errors import CallError
from typed_openai_spec.model import Anything, Body, Literals, Scalar, Schema, Union
from typed_openai_spec.model.media import FORM, bare, is_form, is_json, is_json_lines, is_range, is_text

_WITH_BODIES: Final = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose requests usually have a body."""


@dataclass(frozen=True)
class Payload:
    """A body and its content type; both None if there is none.

    ``fields`` are the values of an object or a form by wire name, as the caller gave them.
    """

    content: bytes | Iterable[bytes] | None = None
    content_type: str | None = None
    replayable: bool = True
    fields: Mapping[str, object] | None = None


def payload_of(call: Call, fields: Mapping[str, object]) -> Payload:
    """Return the body of a call: the first kind that can carry the given fields.

    Raises :class:`CallError` if there is none, or for a value that it cannot hold.
    """
    bodies = call.endpoint.body_fields
    extra = call.options.extra_body
    if not bodies:
        if extra and call.endpoint.operation.method in _WITH_BODIES:
            # Descriptions of handlers that read the request themselves have no body.
            return Payload(json_text.encoded(dict(extra)), "application/json", fields=extra)
        if extra:
            raise CallError(f"{call.endpoint.name} sends no body, so extra_body cannot be added")
        return Payload()
    empty = not fields and not extra and not any(body.required for body, _, _ in bodies)
    if empty and (call.endpoint.operation.method.upper() != "POST" or not _may_be_empty(call)):
        return Payload()
    body, files = _chosen(call, fields)
    if body.raw:
        return _raw(call, body, fields)
    values = {call.endpoint.wire(name): value for name, value in fields.items()} | dict(extra)
    if not body.is_multipart:
        if is_urlencoded(body.media_type):
            content = urlencoded(values, form_style(call.endpoint, body))
            return Payload(content, body.media_type, fields=values)
        media_type = _sendable(body.media_type, "application/json")
        return Payload(json_text.encoded(values), media_type, fields=values)
    _check_files(call, fields, files)
    wires = frozenset(
        call.endpoint.wire(name)
        for name in files
        if _is_file_value(fields.get(name), call.endpoint.arguments[name].schema)
    )
    return form_payload(multipart_body(values, wires, form_style(call.endpoint, body)), values)


def _may_be_empty(call: Call) -> bool:
    """Return True if an empty object is a body of the operation."""
    choices = call.endpoint.operation.choices
    bodies = call.endpoint.operation.bodies
    return not all(one.raw for one in bodies) and not any(one.required for one in choices)


def is_urlencoded(media_type: str) -> bool:
    """Return True if a body of the media type is a form without files."""
    return bare(media_type) == FORM


def form_style(endpoint: Endpoint, body: Body) -> FormStyle:
    """Return the styles of the body's values, by wire name."""
    own = {endpoint.wire(name): style for name, style in body.styles}
    encodings = {endpoint.wire(name): kind for name, kind in body.encodings}
    return FormStyle(body.style, own, encodings, frozenset(map(endpoint.wire, body.reserved)))


def urlencoded(values: Mapping[str, object], style: FormStyle) -> bytes:
    """Return the form of ``values`` by wire name. Raises :class:`CallError` for a file."""
    for name, value in values.items():
        if _holds_file(value):
            raise CallError(f"{name}: a file cannot be sent here")
    pairs = (
        (wire, AsIs(text) if name in style.reserved else text)
        for name, value in values.items()
        for wire, text, _ in style.fields(name, value)
    )
    return encoded_query(pairs).encode()


def _sendable(media_type: str, instead: str) -> str:
    """Return the media type, or ``instead`` for an empty one or a range (``*/*``)."""
    return instead if not media_type or "*" in media_type else media_type


def _check_files(call: Call, fields: Mapping[str, object], files: frozenset[str]) -> None:
    """Reject values that a form would omit, and several files for an argument that takes one."""
    for name, value in fields.items():
        if value is None and call.endpoint.arguments[name].required:
            raise no_file(value, name) if name in files else CallError(f"{name}: expected a value, got None")
        several = name in files and is_array(value) and not is_file(value)
        if several and name not in call.endpoint.file_lists:
            raise no_file(value, name)


def form_payload(form: MultipartBody, fields: Mapping[str, object]) -> Payload:
    """Return the payload of a form with ``fields``."""
    return Payload(form, form.content_type, form.replayable, fields)


def _chosen(call: Call, fields: Mapping[str, object]) -> tuple[Body, frozenset[str]]:
    """Return the body to send: one that carries every given field, and accepts files where some are given."""
    given = {name for name, value in fields.items() if value is not None}
    with_files = {name for name in given if _holds_file(fields[name])}
    carrying = [
        (body, files)
        for body, names, files in call.endpoint.body_fields
        if given <= names and (not with_files or with_files <= files or body.raw)
    ]
    if not carrying:
        raise CallError(_no_body(call, given, with_files))

    def preference(candidate: tuple[Body, frozenset[str]]) -> int:
        body = candidate[0]
        if with_files:
            return 0 if body.is_multipart else 1
        return 0 if is_json(body.media_type) else 1 if not body.raw else 2

    # ``min`` returns the first of equals, so the description's order decides between them; a raw body comes
    # first if the description lists it first.
    if carrying[0][0].raw:
        return next((one for one in carrying if one[0].raw and _suits(one[0], fields)), carrying[0])
    return min(carrying, key=preference)


def _suits(body: Body, fields: Mapping[str, object]) -> bool:
    """Return True if the value of a raw body can be sent as its media type, and is not meant for another."""
    value = next((fields[name] for name in body.fields if name in fields), None)
    if is_form(body.media_type) and isinstance(value, Mapping):
        return True
    if not _may_be_json(body.media_type) or is_range(body.media_type):
        if isinstance(value, str):
            return is_text(body.media_type)
        named = value[2:] if isinstance(value, tuple) else ()
        return is_file(value) and (not named or bare(str(named[0])) == bare(body.media_type))
    if isinstance(value, str):
        return _takes_text(body.schema)
    return not is_file(value)


def _no_body(call: Call, given: set[str], with_files: set[str]) -> str:
    name = call.endpoint.name
    takers = frozenset[str]().union(*(files for _, _, files in call.endpoint.body_fields))
    if wrong := sorted(with_files - takers):
        return f"{wrong[0]}: a file cannot be sent here ({name})"
    listed = ", ".join(f'"{one}"' for one in sorted(given))
    return f"{name}: no request body can contain all of {listed}"


def _holds_file(value: object) -> bool:
    if isinstance(value, (list, tuple)) and not is_file(value):
        return any(is_file(one) for one in value)
    return is_file(value)


def _is_file_value(value: object, schema: Schema) -> bool:
    """Return True for a file field's value, except for objects, and for text if the field accepts text."""
    if isinstance(value, Mapping):
        return False
    return not (isinstance(value, str) and _takes_text(schema))


def _takes_text(schema: Schema) -> bool:
    members = schema.members if isinstance(schema, Union) else (schema,)
    return any(
        isinstance(one, (Literals, Anything))
        or (isinstance(one, Scalar) and one.kind == "string" and not one.is_binary)
        for one in members
    )


def _raw(call: Call, body: Body, fields: Mapping[str, Any]) -> Payload:
    """Return the single field as the body itself."""
    name, value = next(iter(fields.items()), (body.fields[0], b""))
    if is_form(body.media_type) and (body.is_multipart or not (isinstance(value, str) or is_file(value))):
        return _whole_form(call, body, name, value)
    if call.options.extra_body:
        raise CallError(f"{call.endpoint.name}: extra_body cannot be added to a body of {body.media_type}")
    is_document = is_json(body.media_type) and not is_range(body.media_type)
    if isinstance(value, str) and not is_document:
        return Payload(encoded_text(value, name), _sendable(body.media_type, "text/plain"))
    if is_json_lines(body.media_type) and not is_file(value):
        return Payload(json_text.lines(value, name), body.media_type)
    if _may_be_json(body.media_type) and (isinstance(value, str) or not is_file(value)):
        content = json_text.encoded(value, name)
        return Payload(content, _sendable(body.media_type, "application/json"))
    file = file_part(value, name)
    media_type = _sendable(body.media_type, file.content_type)
    if isinstance(file.content, bytes):
        return Payload(file.content, media_type)
    chunks = pieces(file.chunks, size=file.size, replayable=file.replayable)
    return Payload(chunks, media_type, file.replayable)


def _whole_form(call: Call, body: Body, name: str, fields: object) -> Payload:
    """Return the form with ``fields``, which are the value of the argument ``name``."""
    if not isinstance(fields, Mapping):
        raise CallError(f'{name}: expected a mapping of the form\'s fields, got "{type(fields).__name__}"')
    wrong = [key for key in fields if not isinstance(key, str)]
    if wrong:
        raise CallError(
            f'{name}: expected a string as the name of each field, got "{type(wrong[0]).__name__}"'
        )
    values, style = {**fields, **call.options.extra_body}, form_style(call.endpoint, body)
    if not body.is_multipart:
        return Payload(urlencoded(values, style), body.media_type, fields=values)
    files = frozenset(wire for wire, value in values.items() if _holds_file(value))
    return form_payload(multipart_body(values, files, style), values)


def _may_be_json(media_type: str) -> bool:
    return is_json(media_type) or is_json_lines(media_type)
