"""The canonical form is equivalent to the description, in a fixed order, and optionally without prose."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from typed_openai_spec.files.canonical import canonical, files
from typed_openai_spec.files.provenance import FACTS, Provenance
from typed_openai_spec.files.source import read
from typed_openai_spec.problems import DescriptionError

ROOT = Path(__file__).parents[2]

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "2024-01-01", "description": "Prose."},
    "tags": [{"name": "things"}],
    "servers": [{"url": "https://api.test", "variables": {"description": {"default": "x"}}}],
    "paths": {
        "/things/{id}": {
            "summary": "Prose.",
            "get": {
                "operationId": "getThing",
                "tags": ["things"],
                "description": "Prose.",
                "x-internal": 1,
                "x-beta": True,
                "security": [{"Key": []}],
                "parameters": [
                    {"name": "description", "in": "query", "example": 1, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {"description": "Prose.", "content": {"application/json": {"examples": {}}}}
                },
            },
        },
        "/other?beta=true": {"get": {"operationId": "other"}},
        "/": {"get": {"operationId": "root"}},
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "description": "Prose.",
                "title": "Thing",
                "required": ["b", "a"],
                "default": {"summary": "data", "description": [{"x-data": 1, "a": 2}]},
                "properties": {
                    "description": {
                        "type": "string",
                        "description": "Prose.",
                        "enum": ["off", "1e3", "010", "b"],
                    },
                    "x-field": {"type": "string"},
                    "properties": {"properties": {"example": {"example": "Prose.", "const": "2024-01-01"}}},
                },
            },
            "élan": {"type": "string"},
        },
        "securitySchemes": {"Key": {"type": "http", "description": "Prose."}},
    },
}


def _written(folder: Path, document: dict[str, Any]) -> dict[str, str]:
    texts = files(document)
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return texts


def _shuffled(value: Any, source: random.Random) -> Any:
    if isinstance(value, Mapping):
        keys = list(value)
        source.shuffle(keys)
        return {key: _shuffled(value[key], source) for key in keys}
    return [_shuffled(one, source) for one in value] if isinstance(value, list) else value


def test_the_files_read_back_as_the_same_document(tmp_path: Path) -> None:
    document = canonical(DOCUMENT, facts_only=False)
    assert document | {"components": 0} == DOCUMENT | {"components": 0}
    texts = _written(tmp_path, document)
    assert sorted(texts) == [
        "api.yaml", "components/T.yaml", "components/_.yaml",
        "paths/other.yaml", "paths/root.yaml", "paths/things.yaml",
    ]  # fmt: skip
    assert read(tmp_path) == document


@pytest.mark.parametrize("facts_only", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_keys_does_not_matter(seed: int, facts_only: bool) -> None:
    shuffled = _shuffled(DOCUMENT, random.Random(seed))
    assert (
        list(shuffled["components"]["schemas"]["Thing"]) != list(DOCUMENT["components"]["schemas"]["Thing"])
        or seed
    )
    expected = files(canonical(DOCUMENT, facts_only=facts_only))
    assert files(canonical(shuffled, facts_only=facts_only)) == expected


@pytest.mark.parametrize("facts_only", [True, False])
def test_the_canonical_form_of_the_canonical_form_is_itself(tmp_path: Path, facts_only: bool) -> None:
    texts = _written(tmp_path, canonical(DOCUMENT, facts_only=facts_only))
    assert files(canonical(read(tmp_path), facts_only=facts_only)) == texts


def test_only_prose_is_left_out() -> None:
    document = canonical(DOCUMENT)
    assert "Prose." not in str(document)
    assert "x-internal" not in str(document)
    assert "tags" not in document
    operation = document["paths"]["/things/{id}"]["get"]
    assert operation["x-beta"] is True
    assert operation["parameters"][0]["name"] == "description"
    assert document["servers"][0]["variables"] == {"description": {"default": "x"}}
    thing = document["components"]["schemas"]["Thing"]
    assert "title" not in thing
    assert document["info"]["title"] == DOCUMENT["info"]["title"]
    assert set(thing["properties"]) == {"description", "properties", "x-field"}
    assert set(thing["properties"]["properties"]["properties"]) == {"example"}
    assert thing["default"] == DOCUMENT["components"]["schemas"]["Thing"]["default"]


def test_a_constant_has_one_form_among_the_facts() -> None:
    schema = {"type": "string", "enum": ["cat"], "default": "cat"}
    document = {
        "openapi": "3.1.0",
        "servers": [{"url": "https://{area}.test", "variables": {"area": {"enum": ["eu"], "default": "eu"}}}],
        "paths": {},
        "components": {"schemas": {"Kind": schema, "enum": {"properties": {"enum": schema}}}},
    }
    made = canonical(document)
    constant = {"type": "string", "const": "cat", "default": "cat"}
    assert made["components"]["schemas"] == {"Kind": constant, "enum": {"properties": {"enum": constant}}}
    assert made["servers"] == document["servers"]
    assert canonical(document, facts_only=False) == document


def test_the_order_of_lists_that_mean_something_stays() -> None:
    thing = canonical(DOCUMENT)["components"]["schemas"]["Thing"]
    assert thing["properties"]["description"]["enum"] == ["off", "1e3", "010", "b"]
    assert thing["required"] == ["a", "b"]


def test_what_source_says_reads_back(tmp_path: Path) -> None:
    said = Provenance("2.3.0", "2024-01", "abc", FACTS, "Someone", "https://api.test/openapi.yaml")
    (tmp_path / "SOURCE").write_text(said.text())
    assert Provenance.read(tmp_path) == said
    assert "from" not in said.text()
    assert Provenance.read(tmp_path / "nowhere") == Provenance()


@pytest.mark.parametrize("text", ["- version", "version: 1\nlicense: MIT\n", "text"])
def test_a_source_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "SOURCE").write_text(text)
    with pytest.raises(DescriptionError, match="SOURCE: expected a mapping of version, date"):
        Provenance.read(tmp_path)


@pytest.mark.slow(seconds=2)
def test_the_committed_description_is_in_canonical_form() -> None:
    folder = ROOT / "spec" / "openai"
    committed = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.yaml")
    }
    assert files(canonical(read(folder))) == committed


@pytest.mark.slow(seconds=1)
def test_the_committed_source_note_is_complete() -> None:
    said = Provenance.read(ROOT / "spec" / "openai")
    assert said.version == read(ROOT / "spec" / "openai")["info"]["version"]
    assert said.content == FACTS
    assert all((said.date, said.sha256, said.credit, said.published.startswith("https://")))
    assert (ROOT / "spec" / "openai" / "SOURCE").read_text() == said.text()
