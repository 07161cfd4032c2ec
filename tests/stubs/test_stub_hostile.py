"""The generated Python contains no code from a description, whatever its texts."""

from __future__ import annotations

import ast
import tomllib
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.spec.hostile import NAMES, PROSE, as_text, description, hostile, tame

from typed_openai.cli.generate.project import project_files
from typed_openai_spec.files.source import parsed
from typed_openai_spec.openapi.document import read_api
from typed_openai_stubgen.stub_package import described_stubs

RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large]
NASTY = '"""\n\\\x1b[2J\u202e`$(id)`{0}\r# type: ignore\u2028import os'


def _stubs(document: dict[str, Any]) -> dict[str, str]:
    return described_stubs(read_api(parsed(as_text(document), "any"))[0], "my_api")


def _shape(text: str) -> str:
    """Return the syntax tree of a text without the contents of its strings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def _called(text: str) -> set[str]:
    found = {ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)}
    return {one.rpartition(".")[2].lstrip("_") for one in found}


def _unseen(text: str) -> list[str]:
    return [one for one in text if one != "\n" and unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]


TAME = {name: _shape(text) for name, text in _stubs(description(tame)).items()}
TAME_CALLS = set().union(*(_called(text) for text in _stubs(description(tame)).values()))


@given(document=hostile(PROSE))
@settings(max_examples=60, deadline=None, suppress_health_check=RELAXED)
def test_prose_changes_nothing_but_texts(document: dict[str, Any]) -> None:
    stubs = _stubs(document)
    assert {name: _shape(text) for name, text in stubs.items()} == TAME
    assert not any(_unseen(text) for text in stubs.values())


@pytest.mark.slow(seconds=1)
@given(document=hostile(PROSE + NAMES))
@settings(max_examples=60, deadline=None, suppress_health_check=RELAXED)
def test_names_bring_no_code_of_their_own(document: dict[str, Any]) -> None:
    for name, text in _stubs(document).items():
        compile(text, name, "exec")
        assert _called(text) <= TAME_CALLS | {"TypedDict"}
        assert not _unseen(text)


def test_a_project_of_nasty_texts_parses_and_hides_nothing() -> None:
    document = description(lambda place: f"{place}{NASTY}")
    api, _ = read_api(parsed(as_text(document), "any"))
    project = project_files(api, "my_api")
    for name, text in project.items():
        if name.endswith((".py", ".pyi")):
            ast.parse(text)
        if not name.endswith(".json"):
            assert not _unseen(text), name
    assert tomllib.loads(project["pyproject.toml"])["project"]["name"] == "my-api"
    assert "\u202e" not in "".join(text for name, text in project.items() if not name.endswith(".json"))
