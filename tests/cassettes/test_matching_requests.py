"""A request is answered by a recording that says the same; any other fails with a diff to the nearest one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.sdk.conftest import Loopback

from typed_openai import Client
from typed_openai.testing import CassetteError, cassette

Call = Callable[[Client], Any]


def client_of(server: Loopback, **settings: Any) -> Client:
    return Client(**{"api_key": "sk-0123456789abcdef", "base_url": server.base_url, **settings})


def post(body: object, path: str = "/things") -> Call:
    return lambda client: client.request("POST", path, json=body)


def get(**query: object) -> Call:
    return lambda client: client.request("GET", "/things", params=query)


def form(**fields: object) -> Call:
    return lambda client: client.request("POST", "/things", data=fields)


def upload(name: str, content: bytes, **fields: object) -> Call:
    return lambda client: client.request("POST", "/things", data=fields, files={"file": (name, content)})


def raw(content: bytes) -> Call:
    headers = {"content-type": "application/octet-stream"}
    return lambda client: client.request("POST", "/things", data=content, headers=headers)


def outcome(server: Loopback, path: Path, first: Call, second: Call, **options: Any) -> str:
    """Record the first call; return the error of the second one, or an empty text if it is replayed."""
    server.reply({"ok": True})
    with cassette(path):
        first(client_of(server))
    try:
        with cassette(path, **options):
            second(client_of(server))
    except CassetteError as error:
        return str(error)
    return ""


SAME: dict[str, tuple[Call, Call]] = {
    "order of keys": (post({"a": 1, "b": {"c": 2, "d": 3}}), post({"b": {"d": 3, "c": 2}, "a": 1})),
    "numbers": (post({"a": 1}), post({"a": 1.0})),
    "form": (form(a="1", b="2"), form(b="2", a="1")),
    "query": (get(a="1", b="2"), get(b="2", a="1")),
    "multipart": (upload("a.txt", b"text", purpose="x"), upload("a.txt", b"text", purpose="x")),
    "binary upload": (upload("a.bin", b"\0" * 9), upload("a.bin", b"\0" * 9)),
    "raw": (raw(b"\0\1"), raw(b"\0\1")),
}

OTHER: dict[str, tuple[Call, Call, list[str]]] = {
    "value": (
        post({"a": {"b": [1, "x"]}}),
        post({"a": {"b": [1, "y"]}}),
        ["  a.b[1]", '    - "x"', '    + "y"'],
    ),
    "true is not one": (post({"a": 1}), post({"a": True}), ["  a", "    - 1", "    + true"]),
    "absent": (post({"a": 1}), post({}), ["  a", "    - 1"]),
    "null is not absent": (post({}), post({"a": None}), ["  a", "    + null"]),
    "order of items": (post([1, 2]), post([2, 1]), ["  [0]", "    - 1", "    + 2", "  [1]"]),
    "more items": (post([1]), post([1, {"b": 2}]), ["  [1]", '    + {"b": 2}']),
    "method": (post(None), get(), ["  method", '    - "POST"', '    + "GET"']),
    "path": (post({}), post({}, "/others"), ["  path", '    - "/v1/things"', '    + "/v1/others"']),
    "query": (get(a="1"), get(a="2"), ["  query.a", '    - "1"', '    + "2"']),
    "form": (form(a="1"), form(a="2"), ["  a", '    - "1"', '    + "2"']),
    "text of a file": (upload("a.txt", b"one"), upload("a.txt", b"two"), ["  file.text", '    - "one"']),
    "name of a file": (upload("a.txt", b"one"), upload("b.txt", b"one"), ["  file.filename"]),
    "bytes of a file": (
        upload("a.bin", b"\0"),
        upload("a.bin", b"\0\1"),
        ["  file.size", "    - 1", "    + 2", "  file.sha256"],
    ),
    "raw": (raw(b"\0\1"), raw(b"\0\2"), ["  sha256"]),
}


@pytest.mark.parametrize("name", SAME)
def test_requests_that_say_the_same_are_replayed(name: str, server: Loopback, path: Path) -> None:
    assert outcome(server, path, *SAME[name]) == ""


@pytest.mark.parametrize("name", OTHER)
def test_others_fail_with_the_difference_to_the_recorded_one(name: str, server: Loopback, path: Path) -> None:
    first, second, lines = OTHER[name]
    error = outcome(server, path, first, second)
    assert error.splitlines()[0].endswith("the nearest, with - as recorded and + as sent:")
    assert f"{path}:2: " in error
    assert error.splitlines()[1 : len(lines) + 1] == lines
    assert "TYPED_OPENAI_CASSETTES=extend" in error.splitlines()[-1]


def test_the_nearest_recording_is_the_one_with_the_fewest_differences(server: Loopback, path: Path) -> None:
    server.reply({})
    with cassette(path):
        client = client_of(server)
        post({"a": 1, "b": 1, "c": 1})(client)
        post({"a": 2, "b": 2, "c": 3})(client)
        post({"a": 2, "b": 2, "c": 2}, "/elsewhere")(client)
    with cassette(path), pytest.raises(CassetteError) as caught:
        post({"a": 2, "b": 2, "c": 2})(client)
    assert f"{path}:4: " in str(caught.value)
    assert str(caught.value).splitlines()[1:4] == ["  c", "    - 3", "    + 2"]


def test_an_empty_cassette_says_so(server: Loopback, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"cassette": 1, "test": ""}\n')
    with cassette(path), pytest.raises(CassetteError, match="the cassette is empty"):
        get()(client_of(server))


def test_long_values_are_cut_to_where_they_differ(server: Loopback, path: Path) -> None:
    error = outcome(server, path, post({"a": "x" * 5000 + "1"}), post({"a": "x" * 5000 + "2"}))
    assert len(error) < 600
    assert '...xxxxxxxxxxxxxxxxxxxx1"' in error
    assert '...xxxxxxxxxxxxxxxxxxxx2"' in error


def test_many_differences_are_counted(server: Loopback, path: Path) -> None:
    error = outcome(server, path, post(list(range(100))), post(list(range(1, 101))))
    assert "  and 88 more" in error


def test_places_that_are_ignored_may_differ(server: Loopback, path: Path) -> None:
    first, second = ({"run": n, "items": [{"id": n, "x": 1}, {"id": 3, "x": 1}]} for n in (1, 2))
    assert outcome(server, path, post(first), post(second), ignore=["run", "items[].id"]) == ""
    path.unlink()
    assert outcome(server, path, get(after="1"), get(), ignore=["query.after"]) == ""


def test_a_single_string_of_ignored_places_is_an_error(path: Path) -> None:
    with pytest.raises(TypeError, match=r"ignore: .*\['run'\]"), cassette(path, ignore="run"):
        pass


def test_headers_and_the_port_on_loopback_do_not_matter(server: Loopback, path: Path) -> None:
    server.reply({})
    with cassette(path):
        get()(client_of(server, organization="org-1", http_headers={"x-a": "1"}))
    with cassette(path, strict=True):
        get()(client_of(server, base_url="http://localhost:1/v1", http_headers={"x-b": "2"}))


def test_another_host_matters(server: Loopback, path: Path) -> None:
    server.reply({})
    with cassette(path):
        get()(client_of(server))
    with cassette(path), pytest.raises(CassetteError) as caught:
        get()(client_of(server, base_url="https://api.example.com/v1"))
    assert str(caught.value).splitlines()[1:4] == [
        "  origin",
        '    - "loopback"',
        '    + "https://api.example.com"',
    ]


def test_what_differs_from_call_to_call_is_not_in_the_file(server: Loopback, path: Path) -> None:
    outcome(server, path, upload("a.txt", b"x", purpose="y"), upload("a.txt", b"x", purpose="y"))
    request = json.loads(path.read_text().splitlines()[1])["request"]
    assert request["headers"] == {"accept": "application/json", "content-type": "multipart/form-data"}
    assert request["parts"] == [
        {"name": "purpose", "text": "y"},
        {"name": "file", "filename": "a.txt", "content_type": "text/plain", "text": "x"},
    ]
    assert "boundary" not in path.read_text()
    assert "idempotency" not in path.read_text().lower()
