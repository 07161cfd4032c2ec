"""A small, complete description with an arbitrary text in every place that has one, and such texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

PIECES = (
    *(
        '"',
        "'",
        "\\",
        '"""',
        "'''",
        "`",
        "```",
        "$(id)",
        "; rm -rf .",
        "#",
        "# type: ignore",
        "{",
        "}",
        "{0}",
        "{x!r}",
    ),
    *(
        "%s",
        "<script>",
        "](http://x.test)",
        "|",
        "::error::",
        "&&",
        "$HOME",
        "\\N{DIGIT ONE}",
        "\\u0041",
        "\\x",
    ),
    *(
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x1d",
        "\x1e",
        "\x85",
        "\u2028",
        "\u2029",
        "\0",
        "\x1b[2J",
    ),
    *(
        "\x7f",
        "\x9b",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200f",
        "\u061c",
        "\ufeff",
        "\u200b",
        "\u00ad",
        "\U000e0041",
    ),
    *(
        "class",
        "import os",
        "match",
        "type",
        "_",
        "__class__",
        "__init__",
        "__proto__",
        "__debug__",
        "__slots__",
    ),
    *(
        "None",
        "self",
        "cls",
        "print",
        "str",
        "list",
        "object",
        "Client",
        "types",
        "Literal",
        "TypedDict",
        "Any",
    ),
    *(
        "..",
        "/",
        "../../x",
        "/etc/passwd",
        "con",
        "nul",
        "A",
        "a",
        "é",
        "e\u0301",
        "\u017f",
        "ﬁ",
        "²",
        "Ⅷ",
        "日本",
    ),
    *("a-b", "a_b", " ", "", ".", "x" * 300, "1", "-", "~1", "%2e%2e%2f", "😀", "\U0010ffff", "\ue000"),
    *("\n__import__('os').system('false')\n", '"""\nimport os\n"""', "x = 1", "@", "*", "**", "->", ": int"),
)
"""The parts of the texts: everything with a special meaning in a generated file."""

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)

PROSE = (
    *(
        "title",
        "info",
        "summary",
        "about operation",
        "about path",
        "tag",
        "reply",
        "about argument",
        "example",
    ),
    *(
        "about body",
        "about component",
        "about field",
        "value",
        "default",
        "pattern",
        "format",
        "header value",
    ),
    *("license", "external", "extension", "replacement", "version"),
)
"""Places of texts that are not names."""

NAMES = (
    *("segment", "operation", "path argument", "query argument", "header argument", "cookie argument"),
    *("component", "other component", "field", "other field", "form field", "scheme", "media", "webhook"),
    *("response", "constant", "schema title", "kind", "event"),
)
"""Places of texts that are names."""


def tame(place: str) -> str:
    """Return a text without any special meaning, another one for each place."""
    return place.replace(" ", "_")


def description(say: Callable[[str], str]) -> dict[str, Any]:
    """Return a description in which each place has the text that ``say`` returns for it."""
    field, form = say("field"), say("form field")
    component, other = say("component"), say("other component")
    prose = {"description": say("about component"), "title": say("schema title")}
    text = {
        "type": "string",
        "description": say("about field"),
        "default": say("default"),
        "pattern": say("pattern"),
        "format": say("format"),
    }
    choice = {"type": "string", "enum": [say("value"), say("value") + "2"], "default": say("value")}
    whole = {
        **prose,
        "type": "object",
        "required": [field],
        "properties": {
            field: text,
            say("other field"): {"type": "object", "properties": {say("kind"): choice}},
            "again": {"$ref": f"#/components/schemas/{_step(component)}"},
        },
        "x-any": say("extension"),
    }
    tagged = {
        "oneOf": [
            {"title": say("schema title"), "properties": {say("kind"): {"const": say("constant")}}},
            {"title": say("schema title"), "properties": {say("kind"): {"const": say("constant") + "2"}}},
        ],
        "discriminator": {"propertyName": say("kind")},
    }
    argument = {"description": say("about argument"), "schema": choice, "example": say("example")}
    operation = {
        "operationId": say("operation"),
        "summary": say("summary"),
        "description": say("about operation"),
        "tags": [say("tag")],
        "externalDocs": {"url": say("external"), "description": say("external")},
        "deprecated": True,
        "x-typed": {"headers": {"X-Sent": say("header value")}, "replacement": say("replacement")},
        "parameters": [
            {"name": say("path argument"), "in": "path", "required": True, **argument},
            {"name": say("query argument"), "in": "query", "required": True, **argument},
            {"name": say("header argument"), "in": "header", **argument},
            {"name": say("cookie argument"), "in": "cookie", **argument},
        ],
        "requestBody": {
            "description": say("about body"),
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": f"#/components/schemas/{_step(component)}"}},
                "multipart/form-data": {
                    "schema": {"properties": {form: {"type": "string", "format": "binary"}}}
                },
            },
        },
        "responses": {
            "200": {
                "description": say("reply"),
                "headers": {say("header argument"): {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{_step(other)}"}}},
            },
            "400": {"$ref": f"#/components/responses/{_step(say('response'))}"},
        },
        "security": [{say("scheme"): []}],
    }
    path = f"/{say('segment')}/{{{say('path argument')}}}"
    bare = {
        "responses": {"200": {"description": "", "content": {say("media"): {"schema": {"type": "string"}}}}}
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": say("title"),
            "version": say("version"),
            "description": say("info"),
            "license": {"name": say("license")},
        },
        "servers": [{"url": "https://api.test/v1", "description": say("info")}],
        "tags": [{"name": say("tag"), "description": say("info")}],
        "paths": {path: {"description": say("about path"), "post": operation, "get": bare}},
        "webhooks": {
            say("webhook"): {"post": {"requestBody": {"content": {"application/json": {"schema": whole}}}}}
        },
        "components": {
            "schemas": {component: whole, other: tagged},
            "responses": {
                say("response"): {
                    "description": say("reply"),
                    "content": {"application/json": {"schema": whole}},
                }
            },
            "securitySchemes": {
                say("scheme"): {
                    "type": "apiKey",
                    "in": "header",
                    "name": say("header argument"),
                    "description": "k",
                }
            },
        },
    }


def as_text(document: Mapping[str, Any]) -> bytes:
    """Return the description as the content of a file."""
    return json.dumps(document).encode()


def _step(name: str) -> str:
    """Return a name as a step of a JSON pointer in a URI (RFC 6901, sections 3 and 6)."""
    return name.replace("~", "~0").replace("/", "~1").replace("%", "%25")


def hostile(places: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Return descriptions with arbitrary texts in these places, and harmless ones in all others."""
    return st.fixed_dictionaries(dict.fromkeys(places, texts)).map(_filled)


def _filled(said: Mapping[str, str]) -> dict[str, Any]:
    # Prose begins with a word: without one, there is no docstring either.
    return description(
        lambda place: (
            f"Word{said[place]}" if place in said and place in PROSE else said.get(place, tame(place))
        )
    )
