"""The lines of a batch's input: calls of one operation, bound and checked like calls that are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from typed_openai._calls.bind import bind
from typed_openai._calls.endpoints import Endpoint
from typed_openai._dynamic.methods import ENDPOINT
from typed_openai._encoding.json_text import encoded
from typed_openai.errors import CallError
from typed_openai.omission import OMIT
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Body, Literals
from typed_openai_spec.model.media import is_json
from typed_openai_spec.validation.validator import Validator

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
LONGEST_ID: Final = 512
_SHOWN: Final = 5


class RequestLines:
    """Makes lines of requests to one operation. Raises ``CallError`` for one that batches do not support."""

    def __init__(self, method: object) -> None:
        endpoint = getattr(method, ENDPOINT, None)
        if not isinstance(endpoint, Endpoint):
            raise CallError(
                "method: expected a method of a client, such as client.responses.create_response, "
                f'got "{type(method).__name__}"'
            )
        self.endpoint = endpoint
        self.operation = endpoint.operation
        self.url = _path(endpoint)
        self._body = _json_body(endpoint)
        self._wires = {name: one.wire for name, one in endpoint.arguments.items()}
        self._required = frozenset(endpoint.required)
        self._positional = endpoint.positional
        self._tail = f',"method":"POST","url":{_ENCODE(self.url)},"body":'

    def line(
        self, line_id: str, args: tuple[object, ...], kwargs: Mapping[str, object], *, check: bool
    ) -> tuple[bytes, object]:
        """Return the line of a call without its end, and its body. Raises ``CallError`` for a wrong call."""
        body = self._bound(args, kwargs)
        try:
            text = _ENCODE(body)
        except (TypeError, ValueError, RecursionError):
            text = encoded(body, self.endpoint.name).decode()  # slower: reads iterators, names what is wrong
        if check:
            self.check(json.loads(text), line_id)
        try:
            return f'{{"custom_id":{_ENCODE(line_id)}{self._tail}{text}}}'.encode(), body
        except UnicodeEncodeError:
            encoded(body, self.endpoint.name)
            raise CallError("id: the text contains a lone surrogate, which UTF-8 cannot hold") from None

    def _bound(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Mapping[str, Any]:
        """Return the body of a call."""
        wires = self._wires
        body: dict[str, Any] = dict(zip(self._positional, args, strict=False))
        if len(args) <= len(self._positional) and not body.keys() & kwargs.keys():
            body.update(kwargs)
            # The usual call: known arguments alone.
            if body.keys() <= wires.keys() and self._required <= body.keys() and OMIT not in body.values():
                body = {wires[name]: value for name, value in body.items()}
                self._check_stream(body)
                return body
        call = bind(self.endpoint, args, kwargs)
        for name in kwargs.keys() - self.endpoint.arguments.keys() - {"extra_body"}:
            if kwargs[name] is not OMIT:
                raise CallError(f"{name}: the requests of a batch have no such option")
        body = {wires[name]: value for name, value in call.values.items()} | dict(call.options.extra_body)
        self._check_stream(body)
        return body

    def _check_stream(self, body: Mapping[str, object]) -> None:
        if body.get("stream"):
            raise CallError("stream: the requests of a batch cannot stream")

    def check(self, body: object, line_id: str) -> None:
        """Raise ``CallError`` if a body does not fit the operation's description."""
        wrong = list(self._validator.violations(body, self._body.schema))
        if wrong:
            more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
            told = "; ".join(str(one) for one in wrong[:_SHOWN])
            raise CallError(f"{self.endpoint.name}, id {line_id!r}: {told}{more}")

    @cached_property
    def _validator(self) -> Validator:
        return Validator(index_of(self.endpoint).components, strict=True)


def check_id(line_id: object) -> None:
    """Raise ``CallError`` if an id is not a short text."""
    if not isinstance(line_id, str):
        raise CallError(f'id: expected "str", got "{type(line_id).__name__}"')
    if not 0 < len(line_id) <= LONGEST_ID:
        raise CallError(f"id: expected 1 to {LONGEST_ID} characters, got {len(line_id)}")


def index_of(endpoint: Endpoint) -> Index:
    """Return the index that an endpoint belongs to."""
    return endpoint._index


def _path(endpoint: Endpoint) -> str:
    """Return the path of an operation as batches name it. Raises ``CallError`` if they do not support it."""
    index = index_of(endpoint)
    path = urlsplit(index.base_url).path.rstrip("/") + endpoint.operation.path
    creating = index.operation("batches", "create_batch").argument("endpoint")
    known = creating.schema.values if creating and isinstance(creating.schema, Literals) else ()
    if known and path not in known:
        listed = ", ".join(str(one) for one in known)
        raise CallError(f"method: batches do not support {endpoint.name} ({path}); expected one of {listed}")
    return path


def _json_body(endpoint: Endpoint) -> Body:
    found = next((one for one in endpoint.operation.bodies if is_json(one.media_type)), None)
    if found is None or endpoint.operation.method != "POST":
        raise CallError(f"method: {endpoint.name} sends no JSON, which the requests of a batch are")
    return found
