"""Arrays, objects, forms and replies are sent and read as other APIs' descriptions define them."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from typed_openai import BinaryReply, CallError, Client, InvalidReplyError
from typed_openai._encoding.styles import FormStyle

TRAITS = Path(__file__).parents[1] / "fixtures" / "traits.yaml"
POINT = {"x": 1, "y": 2}

pytestmark = pytest.mark.filterwarnings("ignore::typed_openai.DescriptionWarning")


@pytest.fixture
def client(server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path / "cache"))
    return Client("key", spec=TRAITS, base_url=server.base_url)


def styles(client: Client, ids: object = (1, 2), point: object = None, **arguments: Any) -> None:
    client.styles.get_styles_by_ids_by_point(
        list(ids) if isinstance(ids, tuple) else ids, point or POINT, **arguments
    )


def test_paths_are_written_in_the_styles_of_rfc_6570(server: Any, client: Client) -> None:
    server.reply(POINT)
    styles(client)
    assert server.seen[0].path == "/v1/v1/styles/.1.2/;x=1;y=2"


@pytest.mark.parametrize("ids", [[], None, "", "."])
def test_a_path_that_would_lead_elsewhere_is_refused(server: Any, client: Client, ids: Any) -> None:
    with pytest.raises(CallError, match="ids: "):
        styles(client, ids)
    assert server.seen == []


@pytest.mark.parametrize(
    ("argument", "value", "query"),
    [
        ("many", ["a", "b c"], "many=a&many=b%20c"),
        ("many", [], ""),
        ("comma", ["a", "b"], "comma=a%2Cb"),
        ("comma", [{"k": 1}], "comma=%5B%7B%22k%22%3A1%7D%5D"),
        ("space", ["a", "b"], "space=a%20b"),
        ("pipe", ["a", "b"], "pipe=a%7Cb"),
        ("deep", POINT, "deep%5Bx%5D=1&deep%5By%5D=2"),
        ("flat", {"left": 1, "right": None}, "left=1"),
        ("document", POINT, "document=%7B%22x%22%3A1%2C%22y%22%3A2%7D"),
    ],
)
def test_queries_are_written_as_openapi_says(
    server: Any, client: Client, argument: str, value: object, query: str
) -> None:
    server.reply(POINT)
    styles(client, **{argument: value})
    assert server.seen[0].path.partition("?")[2] == query


def test_a_raw_request_writes_its_query_as_the_operation_does(server: Any, client: Client) -> None:
    server.reply(POINT)
    client.request("GET", "/v1/styles/.1/;x=1;y=2", params={"many": [1, 2], "pipe": [1, 2], "other": [3]})
    assert parse_qsl(server.seen[0].path.partition("?")[2]) == [
        *(("many", "1"), ("many", "2"), ("pipe", "1|2"), ("other", "3")),
    ]


def test_a_query_of_ones_own_is_written_as_the_operation_or_the_description_does(
    server: Any, client: Client
) -> None:
    server.reply(POINT)
    styles(client, extra_query={"many": [1, 2], "pipe": [1, 2], "other": [3, 4], "point": {"x": 5}})
    assert parse_qsl(server.seen[0].path.partition("?")[2]) == [
        *(("many", "1"), ("many", "2"), ("pipe", "1|2"), ("other", "3"), ("other", "4"), ("x", "5")),
    ]


def test_headers_and_cookies_of_the_description_are_arguments(server: Any, client: Client) -> None:
    server.reply(POINT)
    styles(client, x_list=[1, 2], x_point=POINT, theme="dark; x")
    headers = server.seen[0].headers
    assert (headers["x-list"], headers["x-point"], headers["cookie"]) == (
        "1,2",
        "x=1,y=2",
        "theme=dark%3B%20x",
    )


def test_a_form_is_sent_as_one(server: Any, client: Client) -> None:
    server.reply(POINT, content_type="application/vnd.traits+json")
    client.forms.forms_send(name="ä&b", tags=["a", "b"], codes=["c", "d"], where=POINT, deep=POINT)
    (seen,) = server.seen
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen.headers["accept"] == "application/vnd.traits+json"
    assert sorted(parse_qsl(seen.body.decode())) == [
        *(
            ("codes", "c,d"),
            ("deep[x]", "1"),
            ("deep[y]", "2"),
            ("name", "ä&b"),
            ("tags", "a"),
            ("tags", "b"),
        ),
        ("where", '{"x":1,"y":2}'),
    ]


def test_a_form_holds_no_file_and_takes_more_fields(server: Any, client: Client) -> None:
    server.reply(POINT)
    with pytest.raises(CallError, match="a file cannot be sent here"):
        client.forms.forms_send(name=b"x")
    client.forms.forms_send(name="x", extra_body={"more": [1, 2]})
    client.request("POST", "/v1/forms", data={"name": "x", "tags": ["a", "b"], "codes": ["c", "d"]})
    assert [parse_qsl(one.body.decode()) for one in server.seen] == [
        [("name", "x"), ("more", "1"), ("more", "2")],
        [("name", "x"), ("tags", "a"), ("tags", "b"), ("codes", "c,d")],
    ]


def test_a_form_with_files_repeats_names_and_holds_objects_as_json(server: Any, client: Client) -> None:
    server.reply({"id": 1, "name": "x", "home": {}})
    client.uploads.upload(
        ("a.txt", b"1"),
        others=[("b.txt", b"2"), ("c.txt", b"3")],
        tags=["a", "b"],
        codes=["c", "d"],
        where=POINT,
    )
    (seen,) = server.seen
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + seen.body, policy=HTTP).iter_parts()
    found = [
        (part.get_param("name", header="content-disposition"), part.get_content_type(), part.get_payload())
        for part in parts
    ]
    assert sorted(found) == [
        ("codes", "text/plain", "c,d"),
        ("file", "text/plain", "1"),
        ("others", "text/plain", "2"),
        ("others", "text/plain", "3"),
        ("tags", "text/plain", "a"),
        ("tags", "text/plain", "b"),
        ("where", "application/json", '{"x":1,"y":2}'),
    ]


def test_a_range_of_media_types_is_not_what_a_body_is_said_to_be(server: Any, client: Client) -> None:
    server.reply({"id": 1})
    client.users.replace_user("u", {"street": "s"}, "n", "p")
    server.reply(7)
    client.pages.put_page("p", ("a.png", b"\x89"))
    server.answers.clear()
    assert [one.headers["content-type"] for one in server.seen] == ["application/json", "image/png"]
    assert json.loads(server.seen[0].body) == {"home": {"street": "s"}, "name": "n", "password": "p"}


def test_replies_are_what_the_description_says(server: Any, client: Client) -> None:
    server.reply(5)
    assert client.pages.put_page("p", b"x") == 5
    server.answers.clear()
    server.reply(b"<p>hello</p>", content_type="text/html")
    assert client.pages.get_page("p") == "<p>hello</p>"
    with pytest.raises(InvalidReplyError, match="expected JSON"):
        client.pages.put_page("p", b"x")
    server.answers.clear()
    server.reply(b"", status=202)
    assert client.users.create_user({"street": "s"}, "n", "p") is None
    with pytest.raises(InvalidReplyError, match="expected JSON"):
        client.users.replace_user("u", {"street": "s"}, "n", "p")


def test_a_download_follows_its_redirection_without_the_key(server: Any, client: Client) -> None:
    other = server.base_url.replace("127.0.0.1", "localhost")
    server.reply(b"", status=302, location=f"{other}/there")
    server.reply(b"content", content_type="application/octet-stream")
    reply = client.downloads.get_downloads_by_id("a/b")
    assert isinstance(reply, BinaryReply)
    assert reply.read() == b"content"
    assert unquote(server.seen[0].path) == "/v1/v1/downloads/a/b"
    assert ["authorization" in one.headers for one in server.seen] == [True, False]


def undeclared(folder: Path, address: str) -> Client:
    """Return a client of an operation whose reply is not described."""
    get = {"operationId": "fetch", "responses": {"200": {"description": "Successful Response"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Files", "version": "1"},
        "paths": {"/file": {"get": get}},
    }
    path = folder / "files.json"
    path.write_text(json.dumps(document))
    return Client("key", spec=path, base_url=address)


@pytest.mark.parametrize(
    ("body", "content_type", "value"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b"3", "application/problem+json", 3),
        (b"[1]", "Text/JSON; charset=utf-8", [1]),
        ("h\u00e9llo".encode(), "text/plain; charset=utf-8", "h\u00e9llo"),
        (b"<p>hello</p>", "text/html", "<p>hello</p>"),
        (b"", "application/json", None),
        (b"", "application/octet-stream", None),
    ],
)
def test_what_comes_undeclared_is_given_as_what_it_is(
    server: Any, client: Client, tmp_path: Path, body: bytes, content_type: str, value: object
) -> None:
    server.reply(body, content_type=content_type)
    stranger = undeclared(tmp_path, server.base_url)
    assert stranger.file.fetch() == value
    assert stranger.request("GET", "/file") == value


@pytest.mark.parametrize("size", [10, 200_000])
def test_a_file_that_comes_undeclared_is_a_file(
    server: Any, client: Client, tmp_path: Path, size: int
) -> None:
    content = bytes(range(250)) * (size // 250) or b"0123456789"
    server.reply(content, content_type="application/x-sharedlib")
    attached = {"content-disposition": "attachment"}
    server.reply(b'{"a": 1}\n{"a": 2}\n', content_type="application/x-ndjson", **attached)
    server.reply(b'{"a": 1}', content_type="application/json", **attached)
    stranger = undeclared(tmp_path, server.base_url)
    replies = [stranger.file.fetch() for _ in range(3)]
    assert [type(one) for one in replies] == [BinaryReply] * 3
    assert [one.read() for one in replies] == [content, b'{"a": 1}\n{"a": 2}\n', b'{"a": 1}']


def test_events_that_come_undeclared_are_a_stream(server: Any, client: Client, tmp_path: Path) -> None:
    server.reply(b'data: {"i": 1}\n\ndata: {"i": 2}\n\n', content_type="text/event-stream")
    assert list(undeclared(tmp_path, server.base_url).file.fetch()) == [{"i": 1}, {"i": 2}]


def test_openais_undeclared_confirmations_are_results(server: Any) -> None:
    server.reply({"id": "resp_1", "object": "response", "deleted": True})
    reply = Client("key", base_url=server.base_url).responses.delete_response("resp_1")
    assert reply == {"id": "resp_1", "object": "response", "deleted": True}


def test_an_operation_that_only_streams_takes_a_receiver(server: Any, client: Client, tmp_path: Path) -> None:
    server.reply(b'data: {"i": 1}\n\n', content_type="text/event-stream")
    content = {"text/event-stream": {"schema": {"type": "object"}}}
    get = {"operationId": "listen", "responses": {"200": {"description": "ok", "content": content}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Ticks", "version": "1"},
        "paths": {"/ticks": {"get": get}},
    }
    path = tmp_path / "ticks.json"
    path.write_text(json.dumps(document))
    got: list[Any] = []
    stranger = Client("key", spec=path, base_url=server.base_url)
    stranger.ticks.listen(stream_to=got.append).wait()
    assert next(one.data for one in got if hasattr(one, "data")) == {"i": 1}


def test_an_argument_of_which_nothing_is_said_stands_alone_in_the_documentation(client: Client) -> None:
    lines = str(client.styles.get_styles_by_ids_by_point.__doc__).splitlines()
    assert not [one for one in lines if one.endswith(":") and one.startswith(" ")]


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [
        ("application/x-ndjson", b'{"a":1}\n'),
        ("application/jsonl", b'{"a":1}\n'),
        ("application/*", b'{"a":1}'),
        ("application/octet-stream", None),
    ],
)
def test_a_body_that_can_hold_json_is_given_as_a_value(
    server: Any, client: Client, tmp_path: Path, media_type: str, sent: bytes | None
) -> None:
    content: dict[str, Any] = {media_type: {"schema": {}}}
    post = {"operationId": "send", "requestBody": {"content": content}, "responses": {"204": {}}}
    path = tmp_path / "bodies.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {}, "paths": {"/lines": {"post": post}}}))
    stranger = Client("key", spec=path, base_url=server.base_url)
    server.reply(b"", status=204)
    if sent is None:
        with pytest.raises(CallError, match="body: expected bytes"):
            stranger.lines.send({"a": 1})
    else:
        stranger.lines.send({"a": 1})
        assert server.seen[0].body == sent


@pytest.mark.parametrize(
    ("content_type", "value", "text"),
    [
        ("application/json", "x", '"x"'),
        ("text/plain, Application/Merge-Patch+JSON", {"a": 1}, '{"a":1}'),
        ("application/x-ndjson", 3, "3"),
        ("*/*", "x", "x"),
        ("application/geojson", "x", "x"),
    ],
)
def test_a_field_of_a_form_is_json_where_its_encoding_says_so(
    content_type: str, value: object, text: str
) -> None:
    style = FormStyle("plain", encodings={"field": content_type})
    assert list(style.fields("field", value)) == [("field", text, content_type)]


WIRE_FORMS = Path(__file__).parents[1] / "fixtures" / "wire_forms.yaml"


def test_arrays_of_objects_are_numbered_where_the_style_is_deep(server: Any) -> None:
    server.reply(b"", status=204)
    client = Client("key", spec=WIRE_FORMS, base_url=server.base_url)
    client.subscriptions.subscribe(
        [{"plan": "a", "rates": [{"price": 1}, {"price": 2}]}, {"plan": "b"}],
        expand=["x", "y"],
        where={"tags": ["t"], "parts": [{"n": 1}]},
    )
    sent = parse_qsl(server.seen[-1].body.decode())
    assert sent == [
        ("items[0][plan]", "a"),
        ("items[0][rates][0][price]", "1"),
        ("items[0][rates][1][price]", "2"),
        ("items[1][plan]", "b"),
        ("expand[]", "x"),
        ("expand[]", "y"),
    ]
    assert parse_qsl(urlsplit(server.seen[-1].path).query) == [
        ("where[tags][]", "t"),
        ("where[parts][0][n]", "1"),
    ]


def test_reserved_characters_are_sent_as_they_are_where_it_is_allowed(server: Any) -> None:
    server.reply(b"", status=204)
    client = Client("key", spec=WIRE_FORMS, base_url=server.base_url)
    text = "https://a.test/b?c=d&e+f#g [h]"
    client.subscriptions.subscribe([], next=text, page=text, x_ids=[1, 2])
    written = "https://a.test/b?c=d%26e%2Bf%23g%20%5Bh%5D"
    assert server.seen[-1].path.endswith(f"?next={written}")
    assert server.seen[-1].body.decode() == f"page={written}"
    assert server.seen[-1].headers["x-ids"] == "1,2"
