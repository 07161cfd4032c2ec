"""Every key under ``x-typed`` in overrides is read, or reported with its place and a suggestion."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from typed_openai_spec.files.doc_files import read_docs
from typed_openai_spec.files.source import read_overrides
from typed_openai_spec.model import Api
from typed_openai_spec.openapi import document
from typed_openai_spec.openapi.extensions import VOCABULARY
from typed_openai_spec.problems import DescriptionError

SMALL = """\
x-typed: {root}
paths:
  /chat:
    get:
      x-typed: {operation}
      parameters:
      - {{name: page, in: query, deprecated: true, x-typed: {parameter}, schema: {{type: string}}}}
      responses:
        "200":
          content:
            application/json: {{x-typed: {media}, schema: {{$ref: "#/components/schemas/Thing"}}}}
    x-typed: {path}
components:
  securitySchemes: {{Key: {{type: http, scheme: bearer, x-typed: {scheme}}}}}
  schemas:
    Thing:
      type: object
      x-typed: {component}
      properties:
        x-typed: {{type: string}}
        old: {{type: string, deprecated: true, x-typed: {field}}}
        content: {{type: string, x-typed: {fresh}, example: {{x-typed: {{anything: goes}}}}}}
"""
PLACES = ("root", "operation", "parameter", "media", "path", "scheme", "component", "field", "fresh")
OF_CHAT = "/paths/~1chat/get/x-typed"
THING = "/components/schemas/Thing"


def small(**said: str) -> str:
    text = SMALL.format(**{one: said.get(one, "{}") for one in PLACES})
    return text if "path" in said else text.replace("    x-typed: {}\ncomponents", "components")


def test_what_is_right_says_nothing(described: Callable[[str], tuple[Api, list[str]]]) -> None:
    _, problems = described(
        small(
            root="{query_style: plain, reference: a, groups: {chat: {headers: {X-A: b}, beta: true}}}",
            operation="{name: ask, group: chat, headers: {X-B: c}, beta: false, aliases: [list]}",
            parameter="{replacement: nothing}",
            scheme="{key: admin}",
            component="{aliases: [Thong], replacements: {old: nothing}}",
            field="{replacement: nothing}",
            fresh="{unsent: true, json: object}",
        )
    )
    assert problems == []


@pytest.mark.parametrize(
    ("where", "said", "problem"),
    [
        (
            "root",
            "{query_stile: plain}",
            '/x-typed/query_stile: unknown key "query_stile" for the description; '
            'did you mean "query_style"?',
        ),
        ("root", "{query_style: square}", "/x-typed/query_style: expected brackets or plain, found 'square'"),
        (
            "root",
            "{groups: {chatt: {beta: true}}}",
            '/x-typed/groups/chatt: no group "chatt"; did you mean "chat"?',
        ),
        (
            "root",
            "{groups: {chat: {betta: true}}}",
            '/x-typed/groups/chat/betta: unknown key "betta" for a group; did you mean "beta"?',
        ),
        ("root", "{groups: {chat: {beta: 1}}}", "/x-typed/groups/chat/beta: expected true or false, found 1"),
        ("root", "[groups]", "/x-typed: expected a mapping, found ['groups']"),
        (
            "operation",
            "{alias: [ask]}",
            f'{OF_CHAT}/alias: unknown key "alias" for an operation; did you mean "aliases"?',
        ),
        (
            "operation",
            "{nme: foo}",
            f'{OF_CHAT}/nme: unknown key "nme" for an operation; did you mean "name"?',
        ),
        ("operation", '{beta: "yes"}', f"{OF_CHAT}/beta: expected true or false, found 'yes'"),
        (
            "operation",
            '{headers: {"A B": "3"}}',
            f"{OF_CHAT}/headers: expected a mapping of names of headers to texts",
        ),
        (
            "operation",
            "{headers: {A: 3}}",
            f"{OF_CHAT}/headers: expected a mapping of names of headers to texts",
        ),
        (
            "parameter",
            "{replacment: no}",
            "/paths/~1chat/get/parameters/0/x-typed/replacment: unknown key",
        ),
        (
            "media",
            "{argument: 3}",
            "/content/application~1json/x-typed/argument: expected a Python name, found 3",
        ),
        ("path", "{name: foo}", "/paths/~1chat/x-typed: x-typed is not supported here"),
        (
            "scheme",
            "{key: user}",
            "/components/securitySchemes/Key/x-typed/key: expected admin, found 'user'",
        ),
        (
            "component",
            "{replacments: {old: x}}",
            f'{THING}/x-typed/replacments: unknown key "replacments" for a component; '
            'did you mean "replacements"?',
        ),
        (
            "field",
            "{json: array}",
            f"{THING}/properties/old/x-typed/json: expected object or value, found 'array'",
        ),
        (
            "field",
            "{aliases: [older]}",
            f'{THING}/properties/old/x-typed/aliases: unknown key "aliases" for a schema',
        ),
        (
            "fresh",
            "{replacement: x}",
            f'{THING}/properties/content/x-typed/replacement: expected "deprecated: true" beside it',
        ),
    ],
)
def test_what_nothing_reads_is_a_problem_with_its_place(
    described: Callable[[str], tuple[Api, list[str]]], where: str, said: str, problem: str
) -> None:
    _, problems = described(small(**{where: said}))
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize("name", ["foo.yml", "foo.yaml.orig", "more/foo.yaml", "docs.json"])
def test_a_file_of_overrides_that_nothing_reads_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("[]")
    with pytest.raises(DescriptionError, match="unknown file; expected files that end in "):
        read_overrides(tmp_path)


def test_a_file_of_documentation_that_nothing_reads_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "component.yaml").write_text("{}")
    with pytest.raises(DescriptionError, match=r'component.yaml: unknown file.*mean "components.yaml"\?'):
        read_docs(tmp_path)


def test_notes_and_hidden_files_may_stand_beside_overrides(tmp_path: Path) -> None:
    for name in ("README.md", ".gitkeep", "foo.yaml"):
        (tmp_path / name).write_text("")
    (tmp_path / "docs").mkdir()
    assert read_overrides(tmp_path) == ()


def test_every_word_that_is_documented_is_known() -> None:
    described = (document.__doc__ or "").partition("``x-typed``")[2]
    words = set(re.findall(r"``([a-z_]+)``", described)) - {"brackets", "plain", "any", "none", "admin"}
    assert {word for level in VOCABULARY.values() for word in level} == words
