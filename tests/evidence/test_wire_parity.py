"""Requests of the official client (openai 3.57.0), as recorded, beside those of this client.

``wire_differences.yaml`` lists all differences, each with a reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import requests

from typed_openai import CallError, Client
from typed_openai.cli.explain import examples
from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.index.path_matcher import PathMatcher
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Operation

HERE = Path(__file__).parent
RECORDED = HERE.parent / "fixtures" / "evidence" / "official_wire_shapes.jsonl"
DIFFERENCES = HERE / "wire_differences.yaml"

# Some of the recorded operations are deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MATCHER = PathMatcher(packaged().operations())


@dataclass(frozen=True, order=True)
class Wire:
    """The shape of a request: its content type, and its parts with whether each is a file."""

    content_type: str
    parts: tuple[tuple[str, bool], ...] = ()

    def __str__(self) -> str:
        parts = ", ".join(f"{name} (file)" if is_file else name for name, is_file in self.parts)
        return (self.content_type or "no content") + (f": {parts}" if parts else "")


@dataclass(frozen=True)
class Recorded:
    """A recorded request."""

    method: str
    path: str
    query: str
    wire: Wire

    def __str__(self) -> str:
        return f"{self.method} {self.path}{f'?{self.query}' if self.query else ''} as {self.wire}"


def recorded() -> Iterator[Recorded]:
    for line in RECORDED.read_text().splitlines():
        one = json.loads(line)
        parts = tuple((part["name"], part["file"]) for part in one.get("parts", ()))
        yield Recorded(
            one["method"], one["path"], one["query"], Wire(one["content_type"], tuple(sorted(parts)))
        )


class Seen(requests.Session):
    """A session that keeps the last request, and answers it."""

    last: requests.PreparedRequest

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        self.last = request
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/json"
        response._content = b"{}"
        return response


def sent(one: Recorded) -> tuple[str, Wire]:
    """Return the query and the shape of this client's request for the same call."""
    route = MATCHER.routes(one.method, one.path)[0]
    session = Seen()
    client = Client(api_key="k", base_url="https://api.test/v1", http_client=session, max_retries=0)
    given = {**arguments(route.operation, one), **by_python_name(route.operation, dict(route.values))}
    try:
        getattr(getattr(client, route.operation.group), route.operation.name)(**given)
    except CallError as error:
        return one.query, Wire(f"refused: {str(error).partition(' for ')[0]}")
    request = session.last
    content_type = str(request.headers.get("Content-Type", "")).partition(";")[0]
    _, _, query = str(request.url).partition("?")
    return query, Wire(content_type, tuple(sorted(parts(request))))


def arguments(operation: Operation, one: Recorded) -> dict[str, Any]:
    """Return arguments like those of the recorded call."""
    query = dict(pair.split("=") for pair in one.query.split("&") if pair)
    found: dict[str, Any] = by_python_name(operation, query)
    known = examples.values(packaged(), operation)
    if one.wire.content_type == "application/json":
        return {**found, **{name: value for name, value in known.items() if not takes_file(operation, name)}}
    if one.wire.content_type == "application/sdp":
        return {**found, "sdp": "v=0"}
    for name, is_file in one.wire.parts:
        argument = next(each for each in operation.arguments if each.wire == name.removesuffix("[]"))
        value = ("a.bin", b"content") if is_file else known.get(argument.name, values_of(argument.name))
        found[argument.name] = [value] if name.endswith("[]") else value
    return found


def values_of(name: str) -> Any:
    """Return a value for an argument that no example has."""
    return {"default": True, "session": {"type": "realtime"}, "seconds": "4", "size": "720x1280"}.get(
        name, "text"
    )


def takes_file(operation: Operation, name: str) -> bool:
    return any(name in body.files for body in operation.bodies)


def by_python_name(operation: Operation, by_wire: dict[str, str]) -> dict[str, Any]:
    names = {each.wire: each.name for each in operation.arguments}
    return {names[wire]: int(value) if wire == "limit" else value for wire, value in by_wire.items()}


def parts(request: requests.PreparedRequest) -> Iterator[tuple[str, bool]]:
    if not str(request.headers.get("Content-Type")).startswith("multipart/"):
        return
    body = request.body if isinstance(request.body, bytes) else b"".join(request.body)  # type: ignore[arg-type]
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    for part in message_from_bytes(head + body).get_payload():
        said = str(part["Content-Disposition"])  # type: ignore[index]
        (name,) = re.findall(r'[; ]name="([^"]*)"', said)
        yield name, "filename=" in said


def differences() -> dict[str, str]:
    """Return the listed differences: the recorded request, and this client's."""
    listed = parse_yaml(DIFFERENCES.read_bytes(), DIFFERENCES.name)
    assert all(one["why"].strip() for one in listed)
    return {request: ours for one in listed for request, ours in one["requests"].items()}


@pytest.mark.parametrize("one", dict.fromkeys(recorded()), ids=str)
def test_a_request_is_that_of_the_official_client_except_for_listed_differences(one: Recorded) -> None:
    query, wire = sent(one)
    assert sorted(query.split("&")) == sorted(one.query.split("&"))
    expected = differences().get(str(one), str(one.wire))
    assert str(wire) == expected


def test_every_listed_difference_is_one() -> None:
    known = {str(one): str(one.wire) for one in recorded()}
    for request, ours in differences().items():
        assert request in known
        assert ours != known[request]
