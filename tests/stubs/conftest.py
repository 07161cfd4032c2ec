"""A small API with one example of every form in the stubs."""

import pytest

from typed_openai_spec.model import (
    Anything,
    Api,
    Argument,
    Array,
    Component,
    Field,
    Literals,
    Null,
    Object,
    Operation,
    Ref,
    Result,
    Scalar,
    Schema,
    Union,
    Variant,
)

TEXT = Scalar("string")
FLAG = Scalar("boolean")
FILE = Scalar("string", format="binary")

COMPONENTS: tuple[Component, ...] = (
    Component(
        "Part", Object((Field("text", TEXT, required=True), Field("kind", Literals(("a", "b"))))), input=True
    ),
    Component("Parts", Array(Ref("Part")), input=True),
    Component("Stop", Union((TEXT, Array(TEXT), Null())), input=True),
    Component("Names", Array(TEXT), input=True),
    Component("Color", Union((TEXT, Literals(("red", "blue")))), input=True, output=True),
    Component("Ratio", Literals((0.5, 1))),
    Component("Labels", Object(extra=TEXT), input=True),
    Component("Free", Object(extra=Anything()), output=True),
    Component("Empty", Object(closed=True), input=True),
    Component("Tree", Object((Field("children", Array(Ref("Tree"))),)), output=True),
    Component("Odd", Object((Field("not-a-name", TEXT, required=True), Field("class", FLAG))), output=True),
    Component("Shadow", Object((Field("Part", Ref("Part")), Field("next", Ref("Part")))), input=True),
    Component("Builtin", Object((Field("object", TEXT), Field("rest", Anything()))), output=True),
    Component("Literal", Literals(("a component", 'with "quotes"', "back\\slash\n")), output=True),
    Component("Upload", Object((Field("file", FILE, required=True),)), input=True),
    Component(
        "Reply",
        Object((Field("data", Array(TEXT), required=True), Field("raw", FILE))),
        output=True,
        beta=True,
    ),
    Component("Event", Object((Field("delta", TEXT, required=True),)), output=True),
)


def _argument(name: str, schema: Schema, *, required: bool = False) -> Argument:
    return Argument(name, name, "body", schema, required=required, positional=required)


PLAIN = Operation(
    id="makePart",
    name="make_part",
    group="parts",
    method="post",
    path="/parts",
    arguments=(
        _argument("names", Array(TEXT), required=True),
        _argument("file", Union((FILE, Array(FILE)))),
        _argument("list", Array(Ref("Part"))),
        _argument("stop", Ref("Stop")),
    ),
    result=Result("binary"),
    deprecated=True,
    replacement='parts.make_parts, with "more"',
    beta=True,
    doc='Makes """one""" part.\n    import os; os.system("x")\\',
    doc_url="https://example.com/parts",
)
STREAMING = Operation(
    id="makeParts",
    name="make_parts",
    group="parts",
    method="post",
    path="/parts/all",
    arguments=(
        _argument("parts", Ref("Parts"), required=True),
        _argument("format", Literals(("json", "text"))),
        _argument("stream", Union((FLAG, Null()))),
    ),
    result=Result("json", Ref("Reply")),
    variants=(
        Variant("stream", (True,), Result("stream", Ref("Event"))),
        Variant("format", ("text",), Result("text")),
    ),
)
DELETE = Operation("deletePart", "list", "parts", "delete", "/parts", (), Result("none"))


@pytest.fixture(scope="session")
def small_api() -> Api:
    return Api(
        title="Small\nimport os",
        version="1",
        base_url="http://127.0.0.1",
        digest="0" * 64,
        operations=(DELETE, PLAIN, STREAMING),
        components={one.name: one for one in sorted(COMPONENTS, key=lambda one: one.name)},
    )
