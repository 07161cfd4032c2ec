"""``typed-openai spec build``: building from the description, and detecting outdated files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from typed_openai import cli

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's sources of generation, and of the generated files."""
    for name in (
        "spec/openai",
        "spec/overrides",
        "spec/additions",
        "spec/typed_openai_spec/packaged",
        "stubs/typed_openai-stubs",
    ):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def texts(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.yaml")}


@pytest.mark.slow(seconds=6)
def test_checking_fails_where_generated_files_were_edited_and_building_mends_them(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = [
        project / "stubs/typed_openai-stubs/types.pyi",
        project / "spec/typed_openai_spec/packaged/operations/chat.json",
    ]
    for one in edited:
        one.write_text(one.read_text() + "\n")
    assert cli.main(["spec", "build", "--check", "--root", str(project)]) == 1
    said = capsys.readouterr().out
    assert [f"differs: {one}" in said for one in edited] == [True, True]
    assert cli.main(["spec", "build", "--root", str(project)]) == 0
    assert cli.main(["spec", "build", "--check", "--root", str(project)]) == 0
    assert "388 operations" in capsys.readouterr().out


@pytest.mark.slow(seconds=3)
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


@pytest.mark.slow(seconds=3)
def test_an_override_and_documentation_of_nothing_stop_the_build_and_are_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides = project / "spec" / "overrides"
    (overrides / "z.yaml").write_text("- why: w\n  patch: {paths: {/gone: {get: {x-typed: {name: x}}}}}\n")
    with (overrides / "docs" / "operations.yaml").open("a") as docs:
        docs.write("goneOperation: {summary: Go.}\n")
    assert cli.main(["spec", "build", "--root", str(project)]) == 1
    said = capsys.readouterr().err
    assert f"dead: {overrides / 'z.yaml'}:1: matches nothing: /paths/~1gone (why: w)" in said
    assert f"dead: {overrides / 'docs' / 'operations.yaml'}: goneOperation: documents nothing" in said
    assert "2 entries of the overrides or additions cannot apply" in said


def test_building_outside_a_checkout_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["spec", "build", "--root", str(tmp_path)]) == 2
    assert "run this in a checkout of the project" in capsys.readouterr().err
