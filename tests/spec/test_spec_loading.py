"""Loading a description from a file: compiled once, cached, and read as an index."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai_spec import compile as compiler
from typed_openai_spec.files import shipped_overrides as shipped
from typed_openai_spec.files.source import read
from typed_openai_spec.index.reader import PACKAGED, packaged
from typed_openai_spec.loading import load, user_cache
from typed_openai_spec.model import Ref, Union
from typed_openai_spec.problems import DescriptionError

ROOT = Path(__file__).parents[2]
PACKAGED_INDEX = packaged()

API = """\
openapi: 3.0.3
info: {title: A gateway, version: "7"}
paths:
  /things:
    get: {operationId: listThings, responses: {"200": {description: all}}}
components:
  schemas:
    Odd: {type: matrix}
"""


@pytest.fixture
def description(tmp_path: Path) -> Path:
    path = tmp_path / "api.yaml"
    path.write_text(API)
    return path


def test_a_file_is_compiled_and_what_is_not_understood_is_told_each_time(
    tmp_path: Path, description: Path
) -> None:
    for _ in range(2):
        loaded = load(description, tmp_path / "cache")
        assert loaded.index.version == "7"
        assert loaded.index.by_id("listThings").path == "/things"
        assert any("/components/schemas/Odd" in one for one in loaded.problems)
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}))
    assert load(path, tmp_path / "cache").index.title == "x"


def test_a_changed_file_is_compiled_again(tmp_path: Path, description: Path) -> None:
    before = load(description, tmp_path / "cache").index.digest
    description.write_text(API.replace("/things", "/stuff"))
    after = load(description, tmp_path / "cache").index
    assert after.digest != before
    assert after.by_id("listThings").path == "/stuff"


def test_a_compiled_index_is_read_as_it_is(tmp_path: Path) -> None:
    assert load(PACKAGED, tmp_path / "cache").index.by_id("listModels").path == "/models"
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("name", ["api.json", "components.json", "problems.txt", "operations"])
@pytest.mark.parametrize("damage", ["cut off", "gone"])
def test_a_kept_index_that_is_damaged_is_made_anew(
    tmp_path: Path, description: Path, name: str, damage: str
) -> None:
    folder = load(description, tmp_path / "cache").index.folder
    (path,) = folder.glob(f"{name}/*") if name == "operations" else [folder / name]
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif name != "problems.txt":  # any part of it is a valid file
        path.write_bytes(whole[: len(whole) // 2])
    loaded = load(description, tmp_path / "cache")
    assert path.read_bytes() == whole
    assert loaded.index.by_id("listThings").path == "/things"
    assert loaded.problems


@pytest.mark.parametrize("name", ["components.json", "component_docs.json", "operations/models.json"])
@pytest.mark.parametrize("damage", ["cut off", "gone"])
def test_a_damaged_index_is_refused_when_it_is_loaded(tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "index"
    shutil.copytree(PACKAGED, folder)
    if damage == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:-9])
    with pytest.raises(DescriptionError, match=name):
        load(folder, tmp_path / "cache")


@pytest.fixture
def other_version(tmp_path: Path) -> Path:
    """The packaged API without some operations and components that its overrides are about."""
    facts = read(ROOT / "spec" / "openai")
    del facts["paths"]["/models"]
    schemas = facts["components"]["schemas"]
    del schemas["ItemField"], schemas["CompactResource"]["properties"]["output"]
    path = tmp_path / "other.json"
    path.write_text(json.dumps(facts))
    return path


@pytest.mark.slow(seconds=4)
def test_another_version_of_the_api_that_ships_has_its_overrides(tmp_path: Path, other_version: Path) -> None:
    index = load(other_version, tmp_path / "cache").index
    before = PACKAGED_INDEX.by_id("createChatCompletion")
    assert index.by_id("createChatCompletion") == before
    assert before.variants, "an override makes it a stream"
    assert index.by_id("listAssistants").headers == PACKAGED_INDEX.by_id("listAssistants").headers != ()
    assert index.by_id("listFiles").paging == PACKAGED_INDEX.by_id("listFiles").paging is not None


@pytest.mark.slow(seconds=5)
def test_what_the_overrides_that_ship_say_in_vain_is_no_problem(tmp_path: Path, other_version: Path) -> None:
    """An override adds alternatives to ``InputItem`` that this version does not have; it has the others."""
    loaded = load(other_version, tmp_path / "cache")
    assert not [one for one in loaded.problems if "InputItem/" in one or "x-typed" in one]
    schema = loaded.index.components["InputItem"].schema
    assert isinstance(schema, Union)
    names = {one.name for one in schema.members if isinstance(one, Ref)}
    assert "EasyInputMessage" in names
    assert "OutputItem" in names, "the override adds it"
    assert not [one for one in names if "Variant" in one or "ItemField" in one]


@pytest.mark.slow(seconds=6)
def test_another_override_makes_another_index(
    tmp_path: Path, other_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overrides = tmp_path / "overrides"
    overrides.mkdir()
    for module in (shipped, compiler):
        monkeypatch.setattr(module, "shipped_overrides", lambda: overrides)
    assert load(other_version, tmp_path / "cache").index.by_id("listFiles").name == "list_files"
    patch = {"paths": {"/files": {"get": {"x-typed": {"name": "every_file"}}}}}
    (overrides / "names.yaml").write_text(json.dumps([{"why": "w", "patch": patch}]))
    assert load(other_version, tmp_path / "cache").index.by_id("listFiles").name == "every_file"


@pytest.mark.parametrize("name", ["missing.yaml", "folder"])
def test_what_is_no_description_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DescriptionError, match=name):
        load(tmp_path / name, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*")) if (tmp_path / "cache").exists() else True


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, description: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(DescriptionError, match="cache: cannot be written"):
        load(description, tmp_path / "cache")


def test_the_environment_names_another_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path))
    assert user_cache() == tmp_path
    monkeypatch.delenv("TYPED_OPENAI_CACHE")
    assert user_cache().name == "typed-openai"


def test_a_kept_index_is_read_without_yaml_and_the_compiler(tmp_path: Path, description: Path) -> None:
    load(description, tmp_path / "cache")
    code = f"""
import sys
from pathlib import Path
from typed_openai_spec.loading import load
print(load(Path({str(description)!r}), Path({str(tmp_path / "cache")!r})).index.version)
print(sorted({{"yaml", "typed_openai_spec.compile"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["7", "[]"]
