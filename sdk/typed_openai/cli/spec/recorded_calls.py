"""Recorded calls, judged by a description: requests strictly, as a server would, and replies openly.

A request that the server refused is not judged, and a value of which a credential was removed fits anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

from typed_openai._security.credentials import is_secret_name
from typed_openai._security.redaction import MARK
from typed_openai.testing.cassettes.cassette_files import Interaction
from typed_openai.testing.cassettes.matching import general
from typed_openai.testing.checking import Checker, Incoming, Refusal
from typed_openai_spec.index.path_matcher import PathMatcher, Route
from typed_openai_spec.model import Api, Operation, Schema
from typed_openai_spec.model.media import bare
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.value_places import Place, render
from typed_openai_spec.validation.wording import Violation

Side: TypeAlias = Literal["call", "request", "reply"]

_BOUNDARY: Final = "recorded"
_ERRORS: Final = 400


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A part of a recorded call that does not fit a description, and its line in the cassette.

    ``side`` is ``call`` if the description has no such operation. ``place`` is without numbers of items:
    ``output[].content[].annotations``; ``exact`` has them.
    """

    line: int
    operation: str
    side: Side
    place: str
    exact: str
    code: str
    text: str

    @property
    def key(self) -> tuple[Side, str, str]:
        """The same for the same contradiction to another description."""
        return self.side, self.place, self.code

    def __str__(self) -> str:
        """The operation, the side, the place and the text."""
        sides = {"call": "", "request": "request: ", "reply": "reply: "}
        place = f"{self.exact}: " if self.exact else ""
        return f"{self.operation}: {sides[self.side]}{place}{self.text}"


class Location(NamedTuple):
    """The path of a call without that of its base URL, and the described path that it matches."""

    path: str
    described: str


class RecordedCalls:
    """Judges recorded calls by one description."""

    def __init__(self, api: Api) -> None:
        self._base_path = urlsplit(api.base_url).path.rstrip("/")
        self._by_name = {one.qualified_name: one for one in api.operations}
        self._matcher = PathMatcher(api.operations)
        self._checker = Checker(api.components)
        self._replies = Validator(api.components)

    def location(self, call: Interaction) -> Location | None:
        """Return the location of a call; None if it is of no operation.

        The base URL may be a gateway's, with any path before the operation's own.
        """
        path, method = urlsplit(call.request["url"]).path, call.request["method"]
        named = self._by_name.get(call.request.get("operation", ""))
        count = named.path.count("/") if named is not None and named.method == method else 0
        paths = [
            "/" + "/".join(path.split("/")[-count:]) if count else "",
            path.removeprefix(self._base_path) if path.startswith(f"{self._base_path}/") else "",
            path,
        ]
        for one in filter(None, paths):
            if routes := self._matcher.routes(method, one, _query(call)):
                return Location(one, routes[0].operation.path)
        return None

    def contradictions(self, call: Interaction, location: Location) -> list[Contradiction]:
        """Return what does not fit the description."""
        method = call.request["method"]
        routes = self._matcher.routes(method, location.path, _query(call))
        if not routes:
            name = call.request.get("operation") or method
            place = f"{method} {location.described}"
            text = f"{place}: there is no such operation any more"
            return [Contradiction(call.line, name, "call", place, "", "no_operation", text)]
        return min((self._judged(call, location.path, one) for one in routes), key=len)

    def _judged(self, call: Interaction, path: str, route: Route) -> list[Contradiction]:
        operation = route.operation
        incoming, arguments, wrong = _incoming(call, path), {}, list[Violation]()
        try:
            checked, wrong = self._checker.examine(incoming, route)
            arguments = dict(checked.arguments)
        except Refusal as refusal:
            wrong = [Violation((), refusal.message, "invalid_value")]
        status = call.reply.head["status"]
        if status >= _ERRORS:
            wrong = []
        body = call.request.get("json")
        found = [
            _contradiction(call.line, operation, "request", one)
            for one in wrong
            if not (one.accepted or _is_removed(body, one.place))
        ]
        for line, value, schema in self._values(call, operation, arguments):
            found += [
                _contradiction(line, operation, "reply", one)
                for one in self._replies.violations(value, schema)
                if not _is_removed(value, one.place)
            ]
        return found

    def _values(
        self, call: Interaction, operation: Operation, arguments: Mapping[str, object]
    ) -> Iterator[tuple[int, Any, Schema]]:
        """Yield the JSON values of a reply: its body or its events, with their lines and schemas."""
        head = call.reply.head
        schema = _schema(operation, head["status"], arguments)
        if schema is None:
            return
        if "json" in head:
            yield call.reply_line, head["json"], schema
        for number, line in zip(call.piece_lines, call.reply.lines, strict=True):
            if isinstance(line.get("data"), (dict, list)):
                yield number, line["data"], schema


def _schema(operation: Operation, status: int, arguments: Mapping[str, object]) -> Schema | None:
    """Return the schema of a reply, or of each event of a stream."""
    if status < _ERRORS:
        return operation.result_for(arguments).schema
    ranges = str(status), f"{status // 100}XX", "default"
    documented = {one.status: one.schema for one in reversed(operation.replies)}
    return next((documented[one] for one in ranges if one in documented), None)


def _contradiction(line: int, operation: Operation, side: Side, wrong: Violation) -> Contradiction:
    exact = render(wrong.place)
    return Contradiction(
        line, operation.qualified_name, side, general(wrong.place), exact, wrong.code, wrong.text
    )


def _is_removed(value: Any, place: Place) -> bool:
    """Return True if the value at a place is a text of which a credential was removed."""
    for step in place:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return isinstance(value, str) and MARK in value


def _query(call: Interaction) -> list[tuple[str, str]]:
    """Return the query of a call without credentials."""
    pairs = parse_qsl(urlsplit(call.request["url"]).query, keep_blank_values=True)
    return [pair for pair in pairs if not is_secret_name(pair[0])]


def _incoming(call: Interaction, path: str) -> Incoming:
    """Return a recorded request as a server receives it; files whose content is not recorded are empty."""
    request = call.request
    headers = dict(request.get("headers", {}))
    if "parts" in request:
        headers["content-type"] = f"{bare(headers.get('content-type', ''))}; boundary={_BOUNDARY}"
    return Incoming(request["method"], path, _query(call), headers, _body(request))


def _body(request: Mapping[str, Any]) -> bytes:
    if "json" in request:
        return json.dumps(request["json"]).encode()
    if "form" in request:
        return urlencode([tuple(pair) for pair in request["form"]]).encode()
    if "parts" in request:
        return b"".join(map(_part, request["parts"])) + f"--{_BOUNDARY}--\r\n".encode()
    if "file" in request:
        return bytes(1)
    return str(request.get("text", "")).encode()


def _part(part: Mapping[str, Any]) -> bytes:
    file = f'; filename="{part["filename"]}"' if "filename" in part else ""
    kind = f"\r\nContent-Type: {part['content_type']}" if "content_type" in part else ""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{part["name"]}"{file}{kind}'
    return f"{head}\r\n\r\n{part.get('text', '')}\r\n".encode()
