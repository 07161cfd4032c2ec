"""For each operation of the API: a valid request gets a valid reply, an invalid one is rejected."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode, urlsplit

import pytest

from typed_openai.testing import Server, UploadedFile
from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Argument, Body, Object, Operation, Schema
from typed_openai_spec.validation.model_rules import check_models
from typed_openai_spec.validation.validator import Validator

INDEX = packaged()
OPERATIONS = tuple(INDEX.operations())
FAKER = Faker(INDEX.components)
STRICT = Validator(INDEX.components, strict=True)
BOUNDARY = "a-boundary"

Problems = Callable[[Schema, object], list[str]]


@dataclass(frozen=True)
class Request:
    """A request made by the test, before it is encoded."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None
    media_type: str = ""

    @property
    def content(self) -> bytes | None:
        if not self.media_type:
            return None
        if self.media_type.startswith("multipart/"):
            return b"".join(_parts(self.body)) + f"--{BOUNDARY}--\r\n".encode()
        return str(self.body).encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


def fitting_request(operation: Operation, *, optional: bool, body: Body | None) -> Request:
    wishes = Wishes(optional=optional, files=True, constants=("user",))
    path, query, headers = operation.path.partition("?")[0], list(operation.query), dict(operation.headers)
    for one in operation.arguments:
        value = FAKER.value(one.schema, wishes, name=one.name)
        if one.location == "path":
            path = path.replace(f"{{{one.wire}}}", quote(str(value), safe=""))
        elif one.location == "query" and (one.required or optional) and value is not None:
            query += _query(one, value)
    made = FAKER.value(body.schema, wishes) if body is not None else None
    if isinstance(made, dict) and body is not None and not body.is_multipart:
        made = {key: value for key, value in made.items() if not _holds_file(value)}
    media_type = body.media_type if body is not None else ""
    return Request(operation.method.upper(), path, query, headers, made, media_type)


def _query(argument: Argument, value: object) -> list[tuple[str, str]]:
    flat = list(_flat(argument.wire, value))
    return [(name, one) for name, one in flat if isinstance(one, str)]


def _flat(name: str, value: object) -> Iterator[tuple[str, str | UploadedFile]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(f"{name}[{key}]" if name else key, one)
    elif isinstance(value, list):
        for one in value:
            yield from _flat(f"{name}[]", one)
    elif isinstance(value, (str, UploadedFile)):
        yield name, value
    elif value is not None:
        yield name, json.dumps(value)


def _parts(body: object) -> Iterator[bytes]:
    for name, value in _flat("", body):
        file = value if isinstance(value, UploadedFile) else None
        disposition = f'form-data; name="{name}"' + (f'; filename="{file.filename}"' if file else "")
        content = file.content if file else str(value).encode()
        yield f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"


def send(server: Server, request: Request) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    target = urlsplit(server.base_url).path + request.path
    headers = {"Authorization": "Bearer test", **request.headers}
    if request.media_type:
        suffix = f"; boundary={BOUNDARY}" if request.media_type.startswith("multipart/") else ""
        headers["Content-Type"] = request.media_type + suffix
    query = f"?{urlencode(request.query)}" if request.query else ""
    try:
        connection.request(request.method, target + query, request.content, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers.get("Content-Type", ""), reply.read()
    finally:
        connection.close()


def error_of(content: bytes) -> dict[str, str]:
    error = json.loads(content)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    return dict(error)


def sendable_bodies(operation: Operation) -> list[Body | None]:
    """Return the bodies that can hold the required values: JSON cannot hold a file."""
    if not operation.bodies:
        return [None]
    sendable = [one for one in operation.bodies if one.is_multipart or not _needs_file(one)]
    return [*sendable]


def _needs_file(body: Body) -> bool:
    return _holds_file(FAKER.value(body.schema, Wishes(optional=False, files=True)))


def _holds_file(value: object) -> bool:
    return any(isinstance(one, UploadedFile) for _, one in _flat("", value))


def body_object(body: Body) -> Object | None:
    node = STRICT.resolve(body.schema)
    return node if isinstance(node, Object) else None


every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.qualified_name)


@every_operation
@pytest.mark.parametrize("optional", [False, True], ids=["required", "optional"])
def test_a_fitting_request_gets_a_reply_that_fits(
    operation: Operation, optional: bool, shared_server: Server, api_judge: Problems
) -> None:
    for body in sendable_bodies(operation):
        request = fitting_request(operation, optional=optional, body=body)
        shared_server.clear()
        status, content_type, content = send(shared_server, request)
        assert (status, content if status >= 400 else b"") == (operation.success_status, b"")
        (record,) = shared_server.requests
        assert record.operation == operation.qualified_name
        result = operation.result_for(record.arguments)
        if result.kind == "json" and result.schema is not None:
            assert content_type == "application/json"
            reply = json.loads(content)
            assert STRICT.violations(reply, result.schema) == []
            assert api_judge(result.schema, reply) == []
        elif result.kind == "none":
            assert content == b""
        else:
            assert content


streaming_operations = [one for one in OPERATIONS if one.stream is not None]


@pytest.mark.parametrize("operation", streaming_operations, ids=lambda one: one.qualified_name)
def test_a_stream_is_events_that_fit_and_an_end(
    operation: Operation, shared_server: Server, api_judge: Problems
) -> None:
    assert operation.stream is not None
    argument = operation.argument(operation.stream.argument)
    assert argument is not None
    assert operation.stream.result.schema is not None
    value = operation.stream.values[0]
    body = sendable_bodies(operation)[0]
    request = fitting_request(operation, optional=False, body=body)
    if argument.location == "query":
        request.query.append((argument.wire, value if isinstance(value, str) else json.dumps(value)))
    else:
        assert isinstance(request.body, dict)
        assert body is not None
        request.body[argument.wire] = value
        # Not every model can stream; of one that the description does not know, nothing is known.
        if any(check_models(request.body, body_object(body) or Object(), ())):
            request.body["model"] = "another"
    status, content_type, content = send(shared_server, request)
    assert (status, content_type) == (operation.success_status, "text/event-stream")
    events = [_event(one) for one in content.decode().removesuffix("\n\n").split("\n\n")]
    assert len(events) > 2
    for name, data in events[:-1]:
        bare = json.loads(data)
        event = bare if "type" in bare or not name else {"event": name, "data": bare}
        assert api_judge(operation.stream.result.schema, event) == []
    last_name, last_data = events[-1]
    assert last_data == "[DONE]" or last_name in operation.stream.result.terminal


def _event(text: str) -> tuple[str, str]:
    lines = dict(line.split(": ", 1) for line in text.split("\n"))
    return lines.get("event", ""), lines["data"]


@every_operation
def test_an_unknown_query_parameter_is_refused_by_name(operation: Operation, shared_server: Server) -> None:
    request = fitting_request(operation, optional=False, body=sendable_bodies(operation)[0])
    status, _, content = send(shared_server, replace(request, query=[*request.query, ("nonsense", "1")]))
    assert status == 400
    error = error_of(content)
    assert (error["param"], error["code"]) == ("nonsense", "unknown_parameter")


bodies = [
    (operation, body)
    for operation in OPERATIONS
    for body in sendable_bodies(operation)
    if body is not None and body_object(body) is not None
]
every_body = pytest.mark.parametrize(
    ("operation", "body"),
    bodies,
    ids=[f"{one.qualified_name}-{body.media_type.partition('/')[2]}" for one, body in bodies],
)


@every_body
def test_an_unknown_key_is_refused_by_name(operation: Operation, body: Body, shared_server: Server) -> None:
    node = body_object(body)
    assert node is not None
    request = fitting_request(operation, optional=False, body=body)
    assert isinstance(request.body, dict)
    request.body["nonsense"] = "1"
    status, _, content = send(shared_server, request)
    if node.extra is None and node.fields:
        assert status == 400
        error = error_of(content)
        assert (error["param"], error["code"]) == ("nonsense", "unknown_parameter")
    else:
        assert status == operation.success_status


@every_body
def test_each_missing_required_key_is_refused_by_name(
    operation: Operation, body: Body, shared_server: Server
) -> None:
    node = body_object(body)
    assert node is not None
    for name in [one.name for one in node.fields if one.required]:
        request = fitting_request(operation, optional=True, body=body)
        assert isinstance(request.body, dict)
        del request.body[name]
        status, _, content = send(shared_server, request)
        assert status == 400
        error = error_of(content)
        assert (error["param"], error["code"]) == (name, "missing_required_parameter")


# The text of a form has no types, so only JSON can have a wrong one.
@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize(
    ("operation", "body"),
    [(operation, body) for operation, body in bodies if not body.is_multipart],
    ids=[one.qualified_name for one, body in bodies if not body.is_multipart],
)
def test_each_value_of_a_wrong_type_is_refused_by_name(
    operation: Operation, body: Body, shared_server: Server
) -> None:
    node = body_object(body)
    assert node is not None
    for one in node.fields:
        wrong = [value for value, kind in _SAMPLES if kind not in STRICT.kinds(one.schema)]
        request = fitting_request(operation, optional=False, body=body)
        assert isinstance(request.body, dict)
        for value in wrong[:1]:
            request.body[one.name] = value
            status, _, content = send(shared_server, request)
            assert status == 400
            error = error_of(content)
            assert (error["param"], error["code"]) == (one.name, "invalid_type")
            assert "expected " in error["message"]


_SAMPLES = ((7.5, "number"), ([1], "array"), ({"a": 1}, "object"), (True, "boolean"), ("x", "string"))


def test_every_operation_needs_a_key(shared_server: Server) -> None:
    for operation in OPERATIONS:
        request = fitting_request(operation, optional=False, body=sendable_bodies(operation)[0])
        request.headers["Authorization"] = ""
        status, _, content = send(shared_server, request)
        assert status == (401 if operation.security else operation.success_status)
        if operation.security:
            assert "API key" in error_of(content)["message"]
