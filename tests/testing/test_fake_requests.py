"""Reading requests: routes, forms, multipart bodies."""

from __future__ import annotations

import pytest

from typed_openai.testing.checking import Checker, Incoming
from typed_openai.testing.flat_values import FormReader, gather
from typed_openai.testing.multipart import MultipartError, UploadedFile, parse_multipart
from typed_openai.testing.routing import NoRoute, Router, WrongMethod
from typed_openai_spec.index.path_matcher import Route
from typed_openai_spec.model import (
    Anything,
    Argument,
    Array,
    Body,
    Component,
    Field,
    Literals,
    Object,
    Operation,
    Ref,
    Result,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.validation.validator import Validator

STRING, INTEGER = Scalar("string"), Scalar("integer")


def operation(name: str, method: str, path: str, *query: tuple[str, str], needs: str = "") -> Operation:
    arguments = (Argument(needs, needs, "query", STRING, required=True),) if needs else ()
    return Operation(name, name, "g", method, path, arguments, Result("none"), query=query)


ROUTER = Router(
    [
        operation("get", "GET", "/things/{id}"),
        operation("newest", "GET", "/things/newest"),
        operation("part", "GET", "/things/{id}/parts/{part_id}"),
        operation("first_part", "GET", "/things/{id}/parts/first"),
        operation("create", "POST", "/things"),
        operation("create_beta", "POST", "/things", ("beta", "true")),
        operation("beta_only", "GET", "/news", ("beta", "true")),
        operation("content", "GET", "/things/{id}.{kind}/content"),
        operation("plain", "PUT", "/things/{id}"),
        operation("shared", "PUT", "/things/{id}", needs="fields"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "query", "name", "values"),
    [
        ("GET", "/things/a%2Fb%20c", [], "get", {"id": "a/b c"}),
        ("GET", "/things/newest", [], "newest", {}),
        ("GET", "/things/newest/parts/first", [], "first_part", {"id": "newest"}),
        ("GET", "/things/1/parts/2", [("x", "1")], "part", {"id": "1", "part_id": "2"}),
        ("POST", "/things", [], "create", {}),
        ("POST", "/things", [("beta", "false")], "create", {}),
        ("POST", "/things", [("x", "1"), ("beta", "true")], "create_beta", {}),
        ("GET", "/things/a.png/content", [], "content", {"id": "a", "kind": "png"}),
        ("PUT", "/things/1", [], "plain", {"id": "1"}),
        ("PUT", "/things/1", [("fields[]", "a")], "shared", {"id": "1"}),
    ],
)
def test_a_request_is_routed(
    method: str, path: str, query: list[tuple[str, str]], name: str, values: dict[str, str]
) -> None:
    route = ROUTER.routes(method, path, query)[0]
    assert (route.operation.name, dict(route.values)) == (name, values)


@pytest.mark.parametrize(
    "path", ["/", "", "/thing", "/things/", "/things//parts/1", "/news", "/things/1/2/3"]
)
def test_an_unknown_path_has_no_route(path: str) -> None:
    with pytest.raises(NoRoute):
        ROUTER.routes("GET", path, [])


def test_the_nearest_path_is_told() -> None:
    with pytest.raises(NoRoute) as caught:
        ROUTER.routes("POST", "/thing", [])
    assert caught.value.nearest == "/things"


def test_a_wrong_method_is_told_with_the_right_ones() -> None:
    with pytest.raises(WrongMethod) as caught:
        ROUTER.routes("DELETE", "/things/newest", [])
    assert caught.value.allowed == ("GET", "PUT")


COMPONENTS = {
    "Form": Component(
        "Form",
        Object(
            (
                Field("name", STRING),
                Field("count", INTEGER),
                Field("ratio", Scalar("number")),
                Field("deep", Scalar("boolean")),
                Field("tags", Array(STRING)),
                Field("sizes", Array(INTEGER)),
                Field("metadata", Object(extra=STRING)),
                Field("after", Union((Literals(("never",)), Ref("After")))),
                Field("limit", Union((INTEGER, Literals(("inf",))))),
                Field("image", Union((Ref("File"), Array(Ref("File"))))),
                Field("rows", Array(Ref("After"))),
            )
        ),
    ),
    "After": Component("After", Object((Field("anchor", STRING), Field("seconds", INTEGER)))),
    "File": Component("File", Scalar("string", format="binary")),
}
READER = FormReader(Validator(COMPONENTS, strict=True))
FILE = UploadedFile("a.png", b"\x89PNG")


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([("name", "5"), ("count", "5"), ("ratio", "0.5")], {"name": "5", "count": 5, "ratio": 0.5}),
        ([("deep", "true")], {"deep": True}),
        ([("deep", "yes"), ("count", "many")], {"deep": "yes", "count": "many"}),
        (
            [("count", "true"), ("ratio", "NaN"), ("sizes", "")],
            {"count": "true", "ratio": "NaN", "sizes": ""},
        ),
        ([("tags[]", "a"), ("tags[]", "b"), ("sizes[]", "1")], {"tags": ["a", "b"], "sizes": [1]}),
        ([("sizes", "[1, 2]")], {"sizes": [1, 2]}),
        ([("metadata[k]", "1"), ("metadata[l]", "true")], {"metadata": {"k": "1", "l": "true"}}),
        ([("after", "never")], {"after": "never"}),
        (
            [("after[anchor]", "now"), ("after[seconds]", "60")],
            {"after": {"anchor": "now", "seconds": 60}},
        ),
        ([("limit", "inf")], {"limit": "inf"}),
        ([("limit", "7")], {"limit": 7}),
        ([("image", FILE)], {"image": FILE}),
        ([("image[]", FILE), ("image[]", FILE)], {"image": [FILE, FILE]}),
        (
            [("rows[][anchor]", "a"), ("rows[][seconds]", "1"), ("rows[][anchor]", "b")],
            {"rows": [{"anchor": "a", "seconds": 1}, {"anchor": "b"}]},
        ),
        ([("unknown[x]", "1"), ("odd[", "2")], {"unknown": {"x": "1"}, "odd[": "2"}),
    ],
)
def test_a_form_becomes_a_value_of_the_schemas_types(
    pairs: list[tuple[str, str | UploadedFile]], value: dict[str, object]
) -> None:
    assert READER.read(gather(pairs), Ref("Form")) == value


@pytest.mark.parametrize(
    ("schema", "pairs", "value"),
    [
        (Array(INTEGER), [("a", "1")], [1]),
        (Array(INTEGER), [("a", "1"), ("a", "2")], [1, 2]),
        (STRING, [("a", "1")], "1"),
        (Anything(), [("a", "1")], "1"),
        (Anything(), [("a", "1"), ("a", "2")], ["1", "2"]),
    ],
)
def test_a_repeated_plain_name_is_an_array_where_the_style_says_so(
    schema: Schema, pairs: list[tuple[str, str]], value: object
) -> None:
    assert READER.read(gather(pairs).children["a"], schema, repeats=True) == value


def test_an_urlencoded_body_is_a_form() -> None:
    body = Body("application/x-www-form-urlencoded", Ref("Form"), ("name", "tags"))
    arguments = tuple(
        Argument(name, name, "body", schema) for name, schema in (("name", STRING), ("tags", Array(STRING)))
    )
    form = Operation("f", "f", "g", "POST", "/f", arguments, Result("none"), (body,))
    incoming = Incoming("POST", "/f", [], {"content-type": body.media_type}, b"name=a+b&tags[]=%C3%A4")
    checked = Checker(COMPONENTS).check(incoming, Route(form, ()))
    assert checked.arguments == {"name": "a b", "tags": ["ä"]}


@pytest.mark.parametrize(
    ("schema", "content", "value"),
    [
        (STRING, b"v=0 \xc3\xa4", "v=0 ä"),
        (Ref("File"), b"text", UploadedFile("", b"text", "application/sdp")),
    ],
)
def test_a_raw_body_is_the_argument(schema: Schema, content: bytes, value: object) -> None:
    body = Body("application/sdp", schema, ("offer",), raw=True)
    arguments = (Argument("offer", "offer", "body", schema),)
    raw = Operation("f", "f", "g", "POST", "/f", arguments, Result("none"), (body,))
    incoming = Incoming("POST", "/f", [], {"content-type": "application/sdp"}, content)
    assert Checker(COMPONENTS).check(incoming, Route(raw, ())).arguments == {"offer": value}


CONTENT_TYPE = 'multipart/form-data; boundary="b--b"'


def test_multipart_parts_are_read_as_they_are() -> None:
    content = bytes(range(256)) + b"\r\n--b-\r\n"
    body = b"\r\n".join(
        (
            *(b"--b--b", b'Content-Disposition: form-data; name="text"', b"", b"\xc3\xa4"),
            *(b"--b--b", b'Content-Disposition: form-data; name="f[]"; filename="\xc3\xa4 b.bin"'),
            *(b"Content-Type: image/png", b"", content),
            *(b"--b--b", b'content-disposition: form-data; name="e"', b"", b""),
            b"--b--b--",
        )
    )
    text, file, empty = parse_multipart(body, CONTENT_TYPE)
    assert text == ("text", "ä")
    assert isinstance(file[1], UploadedFile)
    assert (file[0], file[1].filename, file[1].content_type) == ("f[]", "ä b.bin", "image/png")
    assert file[1].content == content
    assert file[1].size == len(content)
    assert empty == ("e", "")


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"--x--\r\n", "multipart/form-data", "no boundary"),
        (b"hello", CONTENT_TYPE, "does not begin"),
        (b"--b--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1", CONTENT_TYPE, "does not end"),
        (b"--b--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--b--", CONTENT_TYPE, "no name"),
        (b"--b--b\r\nno end of the headers\r\n--b--b--", CONTENT_TYPE, "no empty line"),
        (
            b"--b--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--b--b--",
            CONTENT_TYPE,
            "neither UTF-8",
        ),
    ],
)
def test_a_broken_multipart_body_is_an_error(body: bytes, content_type: str, said: str) -> None:
    with pytest.raises(MultipartError, match=said):
        parse_multipart(body, content_type)
