"""Descriptions and overrides as files: rejected content, the effect of patches, and dead patches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from typed_openai_spec.compile import build
from typed_openai_spec.files.source import (
    DeadOverrides,
    Override,
    applied,
    digest,
    patched,
    read,
    read_overrides,
)
from typed_openai_spec.problems import DescriptionError

SMALL = "openapi: 3.1.0\ninfo: {title: Small, version: '1'}\npaths: {}\n"


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a list", "found a list"),
        ("", "found nothing"),
        ("just text", "found a text"),
        ("paths: {}", "found no openapi version"),
        ("swagger: '2.0'\npaths: {}", "found Swagger 2.0"),
        ("openapi: 4.0.0\npaths: {}", 'found openapi: "4.0.0"'),
        ("openapi: 3.3.0\npaths: {}", 'found openapi: "3.3.0"'),
        ("openapi: 3.1.0", "expected a mapping of paths, found nothing"),
        ("openapi: 3.1.0\npaths: []", "expected a mapping of paths, found a list"),
        ("openapi: [3.1.0\npaths: {}", "not valid YAML"),
    ],
)
def test_what_is_no_description_is_one_clear_error(tmp_path: Path, text: str, said: str) -> None:
    path = _written(tmp_path / "api.yaml", text)
    with pytest.raises(DescriptionError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.1"])
def test_openapi_3_0_and_3_1_are_read(tmp_path: Path, version: str) -> None:
    text = SMALL.replace("3.1.0", version)
    assert read(_written(tmp_path / "api.yaml", text))["paths"] == {}


def test_a_missing_description_is_named(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match=r"nowhere\.yaml: no such file or folder"):
        build(tmp_path / "nowhere.yaml")
    with pytest.raises(DescriptionError, match=r"nowhere\.yaml: cannot be read"):
        read(tmp_path / "nowhere.yaml")


def test_an_empty_folder_is_no_description(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match=r"an OpenAPI file, or a folder that contains api\.yaml"):
        read(tmp_path)


def test_missing_overrides_are_named(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="expected the overrides"):
        build(_written(tmp_path / "api.yaml", SMALL), tmp_path / "nowhere")


def test_a_folder_is_read_as_one_document(tmp_path: Path) -> None:
    _written(tmp_path / "api.yaml", SMALL)
    _written(tmp_path / "paths" / "a.yaml", "paths: {/a: {}}")
    _written(tmp_path / "paths" / "b.yaml", "paths: {/b: {}}")
    assert set(read(tmp_path)["paths"]) == {"/a", "/b"}


def test_what_two_files_of_a_folder_give_is_refused(tmp_path: Path) -> None:
    _written(tmp_path / "api.yaml", SMALL)
    _written(tmp_path / "b.yaml", "openapi: 3.0.0")
    with pytest.raises(DescriptionError, match=r"b\.yaml: 'openapi' is also defined in another file"):
        read(tmp_path)


def test_a_part_that_is_no_mapping_is_named(tmp_path: Path) -> None:
    _written(tmp_path / "api.yaml", SMALL)
    _written(tmp_path / "b.yaml", "[]")
    with pytest.raises(DescriptionError, match=r"b\.yaml: expected a mapping, found a list"):
        read(tmp_path)


def test_the_digest_tells_files_apart_that_only_join_to_the_same_text() -> None:
    assert digest([b"ab", b"c"]) != digest([b"a", b"bc"])
    assert digest([b"ab", b"c"]) == digest([b"ab", b"c"])


# Overrides


def _document() -> dict[str, Any]:
    operation = {"operationId": "getThing", "deprecated": True, "requestBody": {"content": {"a/b": {}}}}
    things = {"Thing": {"type": "object", "required": ["a"]}}
    return {"openapi": "3.1.0", "paths": {"/things": {"get": operation}}, "components": {"schemas": things}}


def _patch(patch: dict[str, Any]) -> dict[str, Any]:
    return patched(_document(), [Override("some.yaml", "it is wrong", patch)])


def test_a_patch_adds_replaces_and_deletes() -> None:
    result = _patch({"paths": {"/things": {"get": {"deprecated": None, "summary": "Get it", "x": {"y": 1}}}}})
    operation = result["paths"]["/things"]["get"]
    assert "deprecated" not in operation
    assert operation["summary"] == "Get it"
    assert operation["operationId"] == "getThing"
    assert operation["x"] == {"y": 1}


def test_a_list_is_replaced_as_a_whole() -> None:
    result = _patch({"components": {"schemas": {"Thing": {"required": ["b"]}}}})
    assert result["components"]["schemas"]["Thing"]["required"] == ["b"]


def test_the_document_itself_stays_as_it_is() -> None:
    document = _document()
    patched(document, [Override("f", "w", {"paths": {"/things": {"get": {"deprecated": False}}}})])
    assert document == _document()


@pytest.mark.parametrize(
    ("patch", "place"),
    [
        ({"paths": {"/thinks": {"get": {"summary": "x"}}}}, '/paths/~1thinks; did you mean "/things"?'),
        ({"paths": {"/things": {"post": {"summary": "x"}}}}, "/paths/~1things/post"),
        ({"paths": {"/things": {"get": {"sumary": None}}}}, "/paths/~1things/get/sumary"),
        (
            {"components": {"schemas": {"Think": {"type": "string"}}}},
            '/components/schemas/Think; did you mean "Thing"?',
        ),
        (
            {
                "paths": {
                    "/things": {"get": {"requestBody": {"content": {"a/c": {"x-typed": {"argument": "x"}}}}}}
                }
            },
            "/paths/~1things/get/requestBody/content/a~1c",
        ),
    ],
)
def test_a_dead_override_is_an_error_that_names_it(patch: dict[str, Any], place: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        _patch(patch)
    assert str(caught.value) == f"some.yaml: matches nothing: {place} (why: it is wrong)"


def test_an_override_that_changes_nothing_any_more_is_an_error() -> None:
    with pytest.raises(DeadOverrides, match=r"some\.yaml: changes nothing \(why: it is wrong\)"):
        _patch({"paths": {"/things": {"get": {"deprecated": True}}}})


def test_all_that_is_dead_is_found_at_once_and_the_rest_applies() -> None:
    entries = [
        Override(
            "a.yaml", "gone", {"paths": {"/a": {"get": {}}, "/things": {"put": {}, "get": {"summary": "x"}}}}
        ),
        Override("b.yaml", "done", {"openapi": "3.1.0"}, line=7),
    ]
    document, dead = applied(_document(), entries)
    assert list(map(str, dead)) == [
        "a.yaml: matches nothing: /paths/~1a (why: gone)",
        "a.yaml: matches nothing: /paths/~1things/put (why: gone)",
        "b.yaml:7: changes nothing (why: done)",
    ]
    assert document["paths"]["/things"]["get"]["summary"] == "x"
    assert set(document["paths"]) == {"/things"}


def test_an_entry_knows_its_line(tmp_path: Path) -> None:
    _written(tmp_path / "some.yaml", "# On it.\n- why: one\n  patch: {a: 1}\n- why: two\n  patch: {b: 1}")
    assert [one.line for one in read_overrides(tmp_path)] == [2, 4]


@pytest.mark.parametrize(
    "text",
    [
        "- {why: x}",
        "- {patch: {a: 1}}",
        "- {why: '', patch: {a: 1}}",
        "- {why: [x], patch: {a: 1}}",
        "- {why: x, patch: 5}",
        "- {why: x, patch: {}}",
        "- {why: x, patch: {a: 1}, more: 1}",
        "- text",
    ],
)
def test_a_malformed_entry_is_an_error_that_tells_its_line(tmp_path: Path, text: str) -> None:
    _written(tmp_path / "some.yaml", f"- {{why: y, patch: {{b: 1}}}}\n{text}")
    with pytest.raises(DescriptionError, match=r"some\.yaml:2: expected a mapping of why"):
        read_overrides(tmp_path)


@pytest.mark.parametrize("text", ["why: x\npatch: {a: 1}", "5", "text"])
def test_a_file_of_overrides_is_a_list(tmp_path: Path, text: str) -> None:
    _written(tmp_path / "some.yaml", text)
    with pytest.raises(DescriptionError, match=r"some\.yaml: expected a list of entries"):
        read_overrides(tmp_path)


def test_overrides_apply_in_the_order_of_file_names(tmp_path: Path) -> None:
    _written(tmp_path / "b.yaml", "- {why: second, patch: {a: 2}}")
    _written(tmp_path / "a.yaml", "- {why: first, patch: {a: 1}}\n- {why: also, patch: {b: 1}}")
    _written(tmp_path / "docs" / "operations.yaml", "not: an override")
    assert [one.why for one in read_overrides(tmp_path)] == ["first", "also", "second"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("operations.yaml", "getThing: text"),
        ("operations.yaml", "getThing: {summary: [a]}"),
        ("operations.yaml", "[]"),
        ("parameters.yaml", "glossary: []"),
        ("parameters.yaml", "glossary: {a: 1}"),
        ("parameters.yaml", "operations: {getThing: text}"),
    ],
)
def test_malformed_documentation_is_an_error_that_names_the_file(
    tmp_path: Path, name: str, text: str
) -> None:
    description = _written(tmp_path / "api.yaml", SMALL)
    _written(tmp_path / "overrides" / "docs" / name, text)
    with pytest.raises(DescriptionError, match=name):
        build(description, tmp_path / "overrides")


def test_documentation_reaches_operations_and_arguments(tmp_path: Path) -> None:
    operation = "{operationId: getThing, parameters: [{name: id, in: query}, {name: x, in: query}]}"
    description = _written(tmp_path / "api.yaml", SMALL.replace("{}", f"{{/things: {{get: {operation}}}}}"))
    overrides = tmp_path / "overrides"
    _written(overrides / "refs.yaml", "- {why: w, patch: {x-typed: {reference: 'https://docs.test/'}}}")
    _written(
        overrides / "docs" / "operations.yaml",
        "getThing: {summary: Get a thing., reference: things/get, replacement: get_item}",
    )
    _written(
        overrides / "docs" / "parameters.yaml",
        "glossary: {id: Its id., x: Anything.}\noperations: {getThing: {x: This x.}}",
    )
    (found,) = build(description, overrides).api.operations
    assert (found.doc, found.doc_url) == ("Get a thing.", "https://docs.test/things/get")
    assert found.replacement == "get_item"
    assert {one.name: one.doc for one in found.arguments} == {"id": "Its id.", "x": "This x."}
