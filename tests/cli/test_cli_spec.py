"""``typed-openai spec``: taking a description, building from it, and noticing what was not built."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from typed_openai import cli
from typed_openai_spec import source

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's sources of generation, and of what was generated."""
    for name in (
        "spec/openai",
        "spec/overrides",
        "spec/typed_openai_spec/packaged",
        "stubs/typed_openai-stubs",
    ):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def texts(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.yaml")}


def test_importing_one_file_gives_the_canonical_files(tmp_path: Path) -> None:
    description = tmp_path / "description.json"
    description.write_text(json.dumps(source.read(ROOT / "spec" / "openai")))
    assert cli.main(["spec", "import", str(description), "--root", str(tmp_path), "--date", "2026-08"]) == 0
    assert texts(tmp_path / "spec" / "openai") == texts(ROOT / "spec" / "openai")
    note = (tmp_path / "spec" / "openai" / "SOURCE").read_text()
    assert source.digest([description.read_bytes()]) in note
    assert "date: 2026-08" in note


def test_importing_removes_the_files_of_what_is_gone(project: Path) -> None:
    stale = project / "spec" / "openai" / "paths" / "gone.yaml"
    stale.write_text("paths: {/gone: {}}\n")
    description = project / "description.json"
    description.write_text(json.dumps(source.read(ROOT / "spec" / "openai")))
    assert cli.main(["spec", "import", str(description), "--root", str(project)]) == 0
    assert not stale.exists()


def test_checking_finds_what_was_generated_unchanged(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["spec", "build", "--check", "--root", str(project)]) == 0
    assert "288 operations" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path", ["stubs/typed_openai-stubs/types.pyi", "spec/typed_openai_spec/packaged/operations/chat.json"]
)
def test_checking_fails_where_a_generated_file_was_edited(
    project: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = project / path
    edited.write_text(edited.read_text() + "\n")
    assert cli.main(["spec", "build", "--check", "--root", str(project)]) == 1
    assert f"differs: {edited}" in capsys.readouterr().out
    assert cli.main(["spec", "build", "--root", str(project)]) == 0
    assert cli.main(["spec", "build", "--check", "--root", str(project)]) == 0


def test_a_description_that_is_not_understood_stops_the_build_with_its_place(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "spec" / "openai" / "components" / "A.yaml"
    path.write_text(path.read_text() + "    AStrangeOne:\n      type: string\n      colour: red\n")
    before = texts(project)
    assert cli.main(["spec", "build", "--root", str(project)]) == 1
    said = capsys.readouterr().err
    assert '/components/schemas/AStrangeOne/colour: unknown keyword "colour"' in said
    assert texts(project) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "description.yaml: cannot be read: No such file or directory"),
        ("openapi: 3.1.0\npaths: [", "not valid YAML"),
        ("swagger: '2.0'\npaths: {}\n", "expected an OpenAPI 3.0 or 3.1 description"),
        ("openapi: 3.1.0\npaths: {}\ncomponents: []\n", "expected a mapping of components, found list"),
        (
            "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: [a]}\n",
            "expected a mapping of components/schemas, found list",
        ),
        ("openapi: 3.1.0\npaths: {}\ninfo: 5\n", "expected a mapping of info, found int"),
    ],
)
def test_a_broken_or_missing_description_is_one_clear_error(
    tmp_path: Path, text: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    description = tmp_path / "description.yaml"
    if text is not None:
        description.write_text(text)
    assert cli.main(["spec", "import", str(description), "--root", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "spec").exists()


def test_sections_without_content_are_taken_as_empty(tmp_path: Path) -> None:
    description = tmp_path / "description.yaml"
    description.write_text("openapi: 3.1.0\ninfo:\npaths: {}\ncomponents:\n  schemas:\n")
    assert cli.main(["spec", "import", str(description), "--root", str(tmp_path)]) == 0
    assert source.read(tmp_path / "spec" / "openai")["components"] == {}


def test_building_outside_a_checkout_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["spec", "build", "--root", str(tmp_path)]) == 1
    assert "run this in a checkout of the project" in capsys.readouterr().err
