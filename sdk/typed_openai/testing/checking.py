"""Check a request against its operation, and report problems in the API's own format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote

from typed_openai.testing.bracketed import apart, with_properties
from typed_openai.testing.flat_values import FormReader, gather, parse_json
from typed_openai.testing.multipart import MultipartError, UploadedFile, parse_multipart
from typed_openai_spec.index.path_matcher import Route
from typed_openai_spec.model import Anything, Argument, Body, Component, Object, Operation
from typed_openai_spec.model.media import FORM, bare, is_json, is_json_lines, is_text
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.value_places import Parameter, render
from typed_openai_spec.validation.wording import Violation, unknown

_SHOWN_VIOLATIONS: Final = 5


class Refusal(Exception):
    """A request that is answered with an error: the status and the content of the error object."""

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code

    @property
    def body(self) -> dict[str, object]:
        """The error as the API sends it."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": error}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it was received: the whole path, header names in lower case."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid request: the arguments of the corresponding call, by Python name, and the body's value."""

    operation: Operation
    arguments: Mapping[str, object]
    body: object = None

    @property
    def object_asked_for(self) -> object:
        """The value of the placeholder that ends the path (``/files/{file_id}``), or None."""
        last = self.operation.path.rpartition("/")[2]
        in_path = (one for one in self.operation.arguments if one.location == "path")
        return next((self.arguments[one.name] for one in in_path if last == f"{{{one.wire}}}"), None)


class Checker:
    """Checks requests against the operations of one API; if ``lenient``, they may have unknown fields."""

    def __init__(self, components: Mapping[str, Component], *, lenient: bool = False) -> None:
        self._validator = Validator(components, strict=not lenient)
        self._lenient = lenient
        self._forms = FormReader(self._validator)

    def check(self, incoming: Incoming, route: Route, known: Mapping[str, str] | None = None) -> Checked:
        """Return the call that the request makes. Raises :class:`Refusal` with all problems.

        ``known`` are fields that the body may leave out.
        """
        checked, wrong = self.examine(incoming, route, known)
        if wrong:
            raise _refusal(wrong)
        return checked

    def examine(
        self, incoming: Incoming, route: Route, known: Mapping[str, str] | None = None
    ) -> tuple[Checked, list[Violation]]:
        """Return the call that the request makes, and its problems.

        ``known`` are fields that the body may leave out. Raises :class:`Refusal` for a body that cannot be
        read as the operation's.
        """
        operation = route.operation
        arguments: dict[str, object] = {}
        wrong = [
            *self._arguments(operation, "path", self._path(route), arguments),
            *self._arguments(operation, "query", self._query(incoming, operation), arguments),
            *_missing_headers(incoming, operation),
            *self._arguments(operation, "header", self._headers(incoming, operation), arguments),
            *self._arguments(operation, "cookie", self._cookies(incoming, operation), arguments),
        ]
        body, value = self._body(incoming, operation)
        if isinstance(value, dict) and body is not None:
            value = {**{key: one for key, one in (known or {}).items() if key in body.fields}, **value}
        if body is not None:
            wrong += self._validator.violations(value, body.schema)
            arguments.update(_body_arguments(operation, body, value))
        return Checked(operation, arguments, value), wrong

    def _arguments(
        self, operation: Operation, location: str, sent: Mapping[str, object], into: dict[str, object]
    ) -> Iterator[Violation]:
        """Add the arguments of one location to ``into``; yield their problems."""
        declared = [one for one in operation.arguments if one.location == location]
        for one in declared:
            if one.wire in sent:
                into[one.name] = sent[one.wire]
                yield from self._validator.violations(sent[one.wire], one.schema, (Parameter(one.wire),))
            elif one.required:
                yield Violation((Parameter(one.wire),), "required, but missing", "missing_required_parameter")
        names = [one.wire for one in declared]
        if not self._lenient:
            yield from (unknown(name, names) for name in sent if name not in names)

    def _path(self, route: Route) -> dict[str, object]:
        return self._form(route.values, route.operation, "path")

    def _query(self, incoming: Incoming, operation: Operation) -> dict[str, object]:
        pairs = [pair for pair in incoming.query if pair not in operation.query]
        declared = {one.wire: one for one in operation.arguments if one.location == "query"}
        for one in declared.values():
            node = self._validator.resolve(one.schema)
            if one.style == "plain" and isinstance(node, Object) and one.wire not in dict(pairs):
                others = dict(pairs).keys() - declared.keys()
                names = {field.name for field in node.fields} if node.fields else others
                pairs = [*with_properties(pairs, one, names)]
        return self._form(pairs, operation, "query")

    def _form(
        self, pairs: Iterable[tuple[str, str]], operation: Operation, location: str
    ) -> dict[str, object]:
        declared = {one.wire: one for one in operation.arguments if one.location == location}
        values: dict[str, object] = {}
        apart: list[tuple[str, str]] = []
        for name, text in pairs:
            known = declared.get(name)
            if known is not None and self._is_document(known, text):
                values[name] = _json(text.encode())
            else:
                apart += self._apart(known, name, text)
        for name, node in gather(apart).children.items():
            argument = declared.get(name)
            schema = argument.schema if argument is not None else Anything()
            repeats = argument is not None and argument.style not in ("brackets", "deep")
            values[name] = self._forms.read(node, schema, repeats=repeats)
        return values

    def _is_document(self, argument: Argument, text: str) -> bool:
        """Return True if a text is JSON, by its style or because its parts are compound."""
        kind = {"[": "array", "{": "object"}.get(text[:1])
        told = argument.style in ("comma", "space", "pipe") and kind in self._validator.kinds(argument.schema)
        return argument.style == "json" or (told and _is_json_text(text))

    def _apart(self, argument: Argument | None, name: str, text: str) -> Iterable[tuple[str, str]]:
        if argument is None or argument.style in ("plain", "brackets", "deep"):
            return ((name, text),)
        return apart(argument, text, self._validator.kinds(argument.schema))

    def _cookies(self, incoming: Incoming, operation: Operation) -> dict[str, object]:
        names = {one.wire for one in operation.arguments if one.location == "cookie"}
        pairs = [pair for pair in cookies_of(incoming.headers.get("cookie", "")) if pair[0] in names]
        return self._form(pairs, operation, "cookie")

    def _headers(self, incoming: Incoming, operation: Operation) -> dict[str, object]:
        pairs: list[tuple[str, str]] = []
        for one in operation.arguments:
            text = incoming.headers.get(one.wire.lower())
            if one.location == "header" and text is not None:
                pairs.append((one.wire, text.strip()))
        return self._form(pairs, operation, "header")

    def _body(self, incoming: Incoming, operation: Operation) -> tuple[Body | None, object]:
        """Return the operation's body that was sent, and its value."""
        sent = bare(incoming.headers.get("content-type", ""))
        if not operation.bodies or (not incoming.body and not sent):
            _check_bodiless(incoming, operation)
            return None, None
        body = next((one for one in operation.bodies if _takes(one.media_type, sent)), None)
        if body is None:
            expected = " or ".join(one.media_type for one in operation.bodies)
            raise Refusal(415, f"unsupported content type {sent or 'none'!r}; expected {expected}")
        if body.is_multipart:
            return body, self._multipart(incoming, body)
        if sent == FORM:
            pairs = parse_qsl(incoming.body.decode("utf-8", "replace"), keep_blank_values=True)
            return body, self._form_of_body(pairs, body)
        if is_json(sent):
            return body, _json(incoming.body)
        if is_json_lines(sent):
            return body, _json_lines(incoming.body)
        kinds = self._validator.kinds(body.schema)
        if "file" in kinds and not ("string" in kinds and is_text(sent)):
            return body, UploadedFile("", incoming.body, sent)
        return body, incoming.body.decode("utf-8", "replace")

    def _multipart(self, incoming: Incoming, body: Body) -> object:
        try:
            pairs = parse_multipart(incoming.body, incoming.headers["content-type"])
        except MultipartError as error:
            raise Refusal(400, f"the body is not multipart/form-data: {error}") from None
        return self._form_of_body(pairs, body)

    def _form_of_body(self, pairs: Sequence[tuple[str, str | UploadedFile]], body: Body) -> object:
        if not pairs:
            return {}
        if body.style == "brackets":
            return self._forms.read(gather(pairs), body.schema)
        return self._forms.fields(gather(pairs), body.schema, repeats=True)


def _takes(media_type_or_range: str, sent: str) -> bool:
    """Return True if a body's media type, or a range such as ``image/*``, covers the one that was sent."""
    wanted = bare(media_type_or_range)
    return wanted in (sent, "*/*") or (wanted.endswith("/*") and sent.startswith(wanted[:-1]))


def cookies_of(header: str) -> list[tuple[str, str]]:
    """Return the names and values in a header Cookie."""
    listed = (one.strip().partition("=") for one in header.split(";"))
    return [(name, unquote(value)) for name, _, value in listed if name]


def _check_bodiless(incoming: Incoming, operation: Operation) -> None:
    if any(one.required for one in operation.bodies):
        expected = " or ".join(one.media_type for one in operation.bodies)
        raise Refusal(400, f"a body is required; expected {expected}", code="missing_required_parameter")
    if not operation.bodies and incoming.body.strip() not in (b"", b"{}"):
        raise Refusal(400, f"{operation.method} {operation.path} takes no body")


def _missing_headers(incoming: Incoming, operation: Operation) -> Iterator[Violation]:
    """Yield the missing headers that every call of the operation must carry."""
    for name, value in operation.headers:
        if value not in incoming.headers.get(name.lower(), ""):
            yield Violation(
                (Parameter(name),), f'the header "{name}: {value}" is required', "missing_required_parameter"
            )


def _body_arguments(operation: Operation, body: Body, value: object) -> Iterator[tuple[str, object]]:
    carried = [one for one in operation.arguments if one.location == "body" and one.name in body.fields]
    if body.raw:
        yield from ((one.name, value) for one in carried)
    elif isinstance(value, dict):
        yield from ((one.name, value[one.wire]) for one in carried if one.wire in value)


def _is_json_text(text: str) -> bool:
    try:
        parse_json(text)
    except (ValueError, RecursionError):
        return False
    return True


def _json(body: bytes) -> object:
    try:
        return parse_json(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the body is not JSON: {error}", code="invalid_json") from None


def _json_lines(body: bytes) -> list[object]:
    return [_json(line) for line in body.splitlines() if line.strip()]


def _refusal(wrong: Sequence[Violation]) -> Refusal:
    """Return the refusal for the first few violations; the error object describes the first one."""
    lines = [str(one) for one in wrong[:_SHOWN_VIOLATIONS]]
    if more := len(wrong) - len(lines):
        lines.append(f"and {more} more")
    return Refusal(400, "; ".join(lines), param=render(wrong[0].place) or None, code=wrong[0].code)
