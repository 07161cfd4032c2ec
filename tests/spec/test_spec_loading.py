"""The one door for a description that is given as a file: compiled once, kept, and read as an index."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai_spec.index import PACKAGED
from typed_openai_spec.loading import load, user_cache
from typed_openai_spec.problems import DescriptionError

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
