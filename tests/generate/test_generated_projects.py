"""The project that ``typed-openai generate`` writes: its installation, and the files users may change."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from textwrap import dedent

import pytest
from tests.generate.conftest import FIXTURES

from typed_openai.cli import main
from typed_openai.cli.generate import folder
from typed_openai.cli.spec.statuses import WorkFailed
from typed_openai_spec.index.reader import packaged

SPEC = FIXTURES / "filters.yaml"


def generate(out: Path, *more: str, package: str = "my_api", spec: Path = SPEC) -> int:
    return main(["generate", "--spec", str(spec), "--package", package, "--out", str(out), *more])


def contents(root: Path) -> dict[str, bytes]:
    files = sorted(one for one in root.rglob("*") if one.is_file() and one.suffix != ".pyc")
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in files}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    assert generate(tmp_path / "out") == 0
    return tmp_path / "out"


@pytest.mark.slow(seconds=1)
def test_a_wheel_has_all_of_the_package_and_works_where_it_is_installed(
    projects: Path, tmp_path: Path
) -> None:
    shutil.copytree(projects / "shop", tmp_path / "shop")
    (tmp_path / "shop" / ".gitignore").write_text("*\n")
    wheel = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path)]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, *wheel, str(tmp_path / "shop")], check=True, capture_output=True, timeout=100)
    (built,) = tmp_path.glob("shop-1.0-py3-none-any.whl")
    packed = zipfile.ZipFile(built)
    files = {one for one in packed.namelist() if one.startswith("shop/")}
    assert files == {one for one in contents(projects / "shop") if one.startswith("shop/")}
    assert {"shop/py.typed", "shop/types.pyi", "shop/_index/api.json"} <= files
    packed.extractall(tmp_path / "site")
    code = (
        "import shop; print(shop.__file__, shop.types.Item, shop.Client(base_url='http://a').items.read_item)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "site",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith(str(tmp_path / "site"))


def test_the_same_description_gives_the_same_bytes(tmp_path: Path, made: Path) -> None:
    assert generate(tmp_path / "again") == 0
    assert contents(made) == contents(tmp_path / "again")
    digest = json.loads((made / "my_api" / "_index" / "api.json").read_bytes())["digest"]
    assert all(
        digest in text.decode() for name, text in contents(made).items() if name.endswith((".py", ".pyi"))
    )


def test_its_index_has_no_places_in_the_description(made: Path) -> None:
    (folder,) = made.glob("*/_index")
    components = json.loads((folder / "components.json").read_text())["components"]
    assert components
    assert not any("owner" in one for one in components)


def test_its_stubs_have_no_examples_with_operations_of_another_api(made: Path) -> None:
    stubs = [one.read_text() for one in (made / "my_api").glob("*.pyi")]
    assert [text for text in stubs if ">>>" in text] == []
    assert "Arguments, result and errors are those of the operation's method." in "".join(stubs)


def test_generating_again_changes_nothing_and_check_agrees(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert generate(made) == 0
    assert "0 files written, 0 removed" in capsys.readouterr().out
    assert generate(made, "--check") == 0


@pytest.mark.slow(seconds=2)
def test_another_description_replaces_what_is_stale_and_leaves_other_files_alone(made: Path) -> None:
    (made / "notes.txt").write_text("mine")
    (made / "my_api" / "_index" / "mine.txt").write_text("mine")
    assert generate(made, "--check", spec=FIXTURES / "library.yaml") == 1
    assert (made / "my_api" / "_index" / "operations" / "find.json").exists()
    assert generate(made, spec=FIXTURES / "library.yaml") == 0
    assert not (made / "my_api" / "_index" / "operations" / "find.json").exists()
    assert (made / "my_api" / "_index" / "operations" / "users.json").exists()
    assert (made / "notes.txt").read_text() == (made / "my_api" / "_index" / "mine.txt").read_text() == "mine"


def test_another_name_replaces_the_package_by_force_alone(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(made)
    assert generate(made, package="other") == 1
    assert f"{made}: holds the package 'my_api'; expected a folder of its own" in capsys.readouterr().err
    assert contents(made) == before
    assert generate(made, "--force", package="other") == 0
    assert not (made / "my_api").exists()
    assert (made / "other" / "py.typed").exists()


def test_a_changed_readme_is_kept_and_one_in_the_package_stops_it(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (made / "README.md").write_text("mine")
    assert generate(made) == 0
    assert f"kept because you changed it: {made / 'README.md'}" in capsys.readouterr().out
    assert generate(made, spec=FIXTURES / "library.yaml") == 0
    assert (made / "README.md").read_text() == "mine"
    (made / "my_api" / "client.py").write_text("mine")
    before = contents(made)
    assert generate(made) == 1
    assert (
        "changed since: my_api/client.py; expected them to be moved away, or --force"
        in capsys.readouterr().err
    )
    assert contents(made) == before
    assert generate(made, "--force") == 0
    assert b"mine" not in contents(made).values()


def test_a_folder_with_other_files_is_refused_unless_by_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert generate(tmp_path) == 1
    assert "expected a new or empty folder, or --force" in capsys.readouterr().err
    assert contents(tmp_path) == {"notes.txt": b"mine"}
    assert generate(tmp_path, "--force") == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_failure_in_the_midst_leaves_everything_as_it_was(
    tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(made)
    (made / "my_api" / "_index" / "operations" / "users.json").mkdir()
    assert generate(made, spec=FIXTURES / "library.yaml") == 1
    assert contents(made) == before

    def fail(*_: object) -> None:
        raise WorkFailed("disk full")

    monkeypatch.setattr(folder, "swap_files", fail)
    assert generate(tmp_path / "a" / "b") == 1
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("name", ["../notes.txt", "/etc/passwd", "a/../../b", "..\\b", "c:b", ""])
def test_a_list_of_files_that_leads_out_of_the_folder_is_refused(
    made: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (made / folder.MANIFEST).write_text(json.dumps({"package": "my_api", "files": {name: "0" * 64}}))
    assert generate(made) == 1
    assert "is not a file in this folder" in capsys.readouterr().err


def test_a_link_is_not_followed(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (made / "my_api" / "client.py").unlink()
    (made / "my_api" / "client.py").symlink_to(tmp_path / "theirs")
    assert generate(made, "--force") == 1
    assert "expected a file, found something else" in capsys.readouterr().err
    assert (tmp_path / "theirs").read_text() == "theirs"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("my-api", "is not a valid package name"),
        ("class", "is not a valid package name"),
        ("match", "is not a valid package name"),
        ("ä", "is not a valid package name"),
        ("_api", "the first of them a letter"),
        ("a" * 61, "at most 60 characters"),
        ("json", "would hide the module of that name"),
        ("JSON", "would hide the module of that name"),
        ("typed_openai", "would hide the module of that name"),
        ("requests", "would hide the module of that name"),
    ],
)
def test_a_name_that_cannot_be_a_package_is_refused(
    tmp_path: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(tmp_path / "out", package=name) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_problems_are_listed_with_their_place_and_cost_no_more_than_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = FIXTURES / "odd_names.yaml"
    assert generate(tmp_path / "out", "--strict", spec=spec) == 1
    assert not (tmp_path / "out").exists()
    assert generate(tmp_path / "out", spec=spec) == 0
    told = capsys.readouterr().err
    assert (
        "renamed: /components/schemas/foo-bar: FooBar also has the Python name FooBar (it is renamed to "
        in told
    )
    assert told.endswith(") in the description; the rest works\n")


RENAMED = """
    openapi: 3.0.3
    info: {title: Renamed, version: "1"}
    paths:
      /a/{id}:
        post:
          operationId: makeA
          parameters: [{name: id, in: path, required: true, schema: {type: string}}]
          requestBody: {content: {application/json: {schema: {properties: {id: {type: string}}}}}}
          responses: {"204": {description: Done.}}
"""


def test_a_renaming_alone_does_not_fail_a_strict_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "renamed.yaml"
    spec.write_text(dedent(RENAMED))
    assert generate(tmp_path / "out", "--strict", spec=spec) == 0
    told = capsys.readouterr().err
    assert told.startswith('renamed: /paths/~1a~1{id}/post: two arguments have the name "id"')
    assert told.endswith("1 problem (1 renamed) in the description; the rest works\n")


def test_the_loss_of_most_of_a_description_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "lost.yaml"
    lost = "\n".join(f"  /{name}: {{$ref: 'https://elsewhere.test/{name}.yaml'}}" for name in "bcd")
    spec.write_text(dedent(RENAMED) + lost)
    assert generate(tmp_path / "out", spec=spec) == 1
    assert "most of the description is lost" in capsys.readouterr().err
    spec.write_text(dedent(RENAMED) + lost.splitlines()[0])
    assert generate(tmp_path / "out", spec=spec) == 0


def test_an_entry_of_ones_own_overrides_without_effect_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides = tmp_path / "overrides"
    overrides.mkdir()
    (overrides / "names.yaml").write_text("- {why: w, patch: {paths: {/fnd: {get: {deprecated: true}}}}}\n")
    given = ["--overrides", str(overrides)]
    assert generate(tmp_path / "out", "--strict", *given) == 1
    assert not (tmp_path / "out").exists()
    assert generate(tmp_path / "out", *given) == 0
    told = capsys.readouterr().err
    assert f"dead: {overrides / 'names.yaml'}:1: matches nothing: /paths/~1fnd" in told
    assert told.endswith("1 problem (1 dead) in the description and the overrides; the rest works\n")


@pytest.mark.slow(seconds=1)
def test_what_ships_for_another_version_is_counted_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = {"openapi": "3.1.0", "info": {"title": packaged().title, "version": "1"}, "paths": {}}
    spec = tmp_path / "api.json"
    spec.write_text(json.dumps({**ours, "servers": [{"url": packaged().base_url}]}))
    assert generate(tmp_path / "out", "--strict", spec=spec) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert "entries of the overrides that ship with typed-openai had no effect" in line


@pytest.mark.parametrize("text", ["swagger: 2\n", "[", ""])
def test_what_is_no_description_is_refused(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "api.yaml").write_text(text)
    assert generate(tmp_path / "out", spec=tmp_path / "api.yaml") == 2
    assert f"typed-openai: error: {tmp_path / 'api.yaml'}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
