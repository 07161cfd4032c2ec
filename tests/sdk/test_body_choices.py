"""Bodies that may be one of several, that may be left out, or that are no objects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from typed_openai import CallError, Client
from typed_openai.testing.multipart import UploadedFile, parse_multipart

Described = Callable[..., Client]

PET = "{type: object, required: [name], properties: {name: {type: string}, age: {type: integer}}}"


def body_of(content: str, method: str = "post", required: str = "true") -> str:
    return f"""
    paths:
      /pets:
        {method}:
          operationId: sendPet
          requestBody: {{required: {required}, content: {content}}}
          responses: {{"200": {{description: Ok, content: {{application/json: {{schema: {{}}}}}}}}}}
    """


EITHER = body_of(f"{{application/json: {{schema: {PET}}}, application/xml: {{schema: {PET}}}}}")


def test_an_object_or_a_text_is_sent_as_what_it_is(server: Any, described_client: Described) -> None:
    server.reply({})
    client = described_client(EITHER)
    client.pets.send_pet(name="Rex")
    assert (server.seen[-1].headers["content-type"], server.seen[-1].json) == (
        "application/json",
        {"name": "Rex"},
    )
    for content in ("<pet/>", b"<pet/>", ("pet.xml", b"<pet/>")):
        client.pets.send_pet(body=content)
        assert (server.seen[-1].headers["content-type"], server.seen[-1].body) == (
            "application/xml",
            b"<pet/>",
        )


@pytest.mark.parametrize("given", [{}, {"age": 3}])
def test_a_call_that_completes_no_body_says_what_is_missing(
    server: Any, described_client: Described, given: dict[str, Any]
) -> None:
    client = described_client(EITHER)
    ways = '"name"' if given else '"name" or "body"'
    plural = "" if given else "s"
    with pytest.raises(CallError, match=f"missing required argument{plural} {ways} for pets.send_pet"):
        client.pets.send_pet(**given)
    with pytest.raises(CallError, match='no request body can contain all of "body", "name"'):
        client.pets.send_pet(name="Rex", body="<pet/>")
    assert server.seen == []


def test_two_raw_bodies_are_told_apart_by_their_values(server: Any, described_client: Described) -> None:
    server.reply({})
    listed = "{type: array, items: {type: integer}}"
    client = described_client(
        body_of(
            f"{{application/json: {{schema: {listed}}}, text/csv: {{}}, image/png: {{}}, image/gif: {{}}}}"
        )
    )
    for value, media_type, sent in (
        ([1, 2], "application/json", b"[1,2]"),
        ("a,b", "text/csv", b"a,b"),
        (("a.gif", b"GIF", "image/gif"), "image/gif", b"GIF"),
        (("a.png", b"PNG", "image/png"), "image/png", b"PNG"),
    ):
        client.pets.send_pet(value)
        assert (server.seen[-1].headers["content-type"], server.seen[-1].body) == (media_type, sent)
    with pytest.raises(CallError, match='missing required argument "body"'):
        client.pets.send_pet()


@pytest.mark.parametrize("method", ["post", "put"])
def test_an_optional_body_is_left_out_as_a_whole_or_complete(
    server: Any, described_client: Described, method: str
) -> None:
    server.reply({})
    client = described_client(body_of(f"{{application/json: {{schema: {PET}}}}}", method, "false"))
    client.pets.send_pet()
    assert (server.seen[-1].body, "content-type" in server.seen[-1].headers) == (b"", False)
    client.pets.send_pet("Rex")
    assert server.seen[-1].json == {"name": "Rex"}
    client.pets.send_pet(extra_body={"name": "Tom"})
    assert server.seen[-1].json == {"name": "Tom"}
    with pytest.raises(CallError, match='missing required argument "name"'):
        client.pets.send_pet(age=3)


@pytest.mark.parametrize("media_type", ["application/json", "text/csv", "application/octet-stream"])
def test_an_optional_whole_body_is_left_out(
    server: Any, described_client: Described, media_type: str
) -> None:
    server.reply({})
    client = described_client(body_of(f"{{{media_type}: {{schema: {{type: string}}}}}}", required="false"))
    client.pets.send_pet()
    assert (server.seen[-1].body, "content-type" in server.seen[-1].headers) == (b"", False)


@pytest.mark.parametrize("text", ["plain", 'a "quoted" one', ""])
def test_a_string_that_is_the_json_body_is_json(server: Any, described_client: Described, text: str) -> None:
    server.reply({})
    client = described_client(body_of("{application/json: {schema: {type: string}}}"))
    client.pets.send_pet(text)
    assert server.seen[-1].json == text
    assert server.seen[-1].headers["content-type"] == "application/json"


LINES = b'{"a":1}\n{"b":[2]}\n'


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("schema", ["{type: array, items: {type: object}}", "{type: object}"])
@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/jsonl"])
def test_a_body_of_json_lines_has_a_line_for_each_item(
    server: Any, described_client: Described, tmp_path: Path, schema: str, media_type: str
) -> None:
    server.reply({})
    client = described_client(body_of(f"{{{media_type}: {{schema: {schema}}}}}"))
    items: list[dict[str, Any]] = [{"a": 1}, {"b": [2]}]
    file = tmp_path / "lines.jsonl"
    file.write_bytes(LINES)
    for given in (items, tuple(items), iter(items), LINES, LINES.decode(), file):
        client.pets.send_pet(given)
        assert (server.seen[-1].headers["content-type"], server.seen[-1].body) == (media_type, LINES)
    client.pets.send_pet({"a": 1})
    assert server.seen[-1].body == b'{"a":1}\n'
    with pytest.raises(CallError, match=r'body\[1\].a: expected a JSON value, got "set"'):
        client.pets.send_pet([{}, {"a": {1}}])


def test_the_fields_of_one_object_are_a_complete_body(server: Any, described_client: Described) -> None:
    server.reply({})
    cat = "{type: object, required: [kind, lives], properties: {kind: {enum: [cat]}, lives: {type: integer}}}"
    dog = "{type: object, required: [kind], properties: {kind: {enum: [dog]}, good: {type: boolean}}}"
    client = described_client(body_of(f"{{application/json: {{schema: {{oneOf: [{cat}, {dog}]}}}}}}", "put"))
    client.pets.send_pet(kind="dog", good=True)
    assert server.seen[-1].json == {"kind": "dog", "good": True}
    with pytest.raises(CallError, match='missing required argument "kind"'):
        client.pets.send_pet()


def test_a_form_without_declared_fields_is_a_mapping_of_them(
    server: Any, described_client: Described
) -> None:
    server.reply({})
    client = described_client(body_of("{application/x-www-form-urlencoded: {schema: {type: object}}}"))
    client.pets.send_pet({"name": "Rex & Co", "age": 3})
    sent = server.seen[-1]
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(sent.body.decode()) == [("name", "Rex & Co"), ("age", "3")]
    client.pets.send_pet("name=Rex")
    assert server.seen[-1].body == b"name=Rex"
    client.pets.send_pet({"name": "Rex"}, extra_body={"age": 3})
    assert server.seen[-1].body == b"name=Rex&age=3"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({1: "x"}, 'expected a string as the name of each field, got "int"'),
        ({"": "x", None: "y"}, 'expected a string as the name of each field, got "NoneType"'),
        ([("name", "Rex")], 'expected a mapping of the form\'s fields, got "list"'),
        ({"photo": ("rex.png", b"PNG")}, "photo: a file cannot be sent here"),
    ],
)
def test_values_that_are_no_form_are_refused(
    server: Any, described_client: Described, given: object, told: str
) -> None:
    client = described_client(body_of("{application/x-www-form-urlencoded: {schema: {type: object}}}"))
    with pytest.raises(CallError, match=told):
        client.pets.send_pet(given)
    assert server.seen == []


def test_a_multipart_form_without_declared_fields_takes_files(
    server: Any, described_client: Described
) -> None:
    server.reply({})
    client = described_client(body_of("{multipart/form-data: {schema: {type: object}}}"))
    client.pets.send_pet({"name": "Rex", "photo": ("rex.png", b"PNG", "image/png")})
    parts = dict(parse_multipart(server.seen[-1].body, server.seen[-1].headers["content-type"]))
    assert parts == {"name": "Rex", "photo": UploadedFile("rex.png", b"PNG", "image/png")}
    with pytest.raises(CallError, match='body: expected a mapping of the form\'s fields, got "str"'):
        client.pets.send_pet("name=Rex")


@pytest.mark.parametrize(("required", "sent"), [("true", b"{}"), ("false", b"")])
def test_an_object_that_can_only_be_empty_is_sent_if_it_is_required(
    server: Any, described_client: Described, required: str, sent: bytes
) -> None:
    server.reply({})
    closed = "{type: object, additionalProperties: false}"
    client = described_client(body_of(f"{{application/json: {{schema: {closed}}}}}", "put", required))
    client.pets.send_pet()
    assert server.seen[-1].body == sent
