"""The table of public descriptions in the docs, for those whose facts are in the fixtures."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Final

import pytest

from typed_openai_spec.files.canonical import canonical
from typed_openai_spec.openapi.document import read_api

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "tests" / "fixtures" / "strangers"
FILES: Final = sorted(FOLDER.glob("*.json.gz"))
PAGE: Final = (ROOT / "docs" / "servers.md").read_text(encoding="utf-8")
ROWS: Final = {
    name: (int(operations), int(problems))
    for name, operations, problems in re.findall(r"(?m)^\| ([\w ]+) \| (\d+) \| (\d+) \|", PAGE)
}


def _name(path: Path) -> str:
    return path.name.removesuffix(".json.gz")


def test_the_table_has_at_least_twelve_descriptions_and_names_each_file() -> None:
    assert len(ROWS) >= 12
    assert ROWS.keys() >= {_name(one) for one in FILES}
    assert len(FILES) >= 6


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("path", FILES, ids=_name)
def test_the_table_counts_the_operations_and_serious_problems(path: Path) -> None:
    api, problems = read_api(json.loads(gzip.decompress(path.read_bytes())))
    assert (len(api.operations), sum(one.is_serious for one in problems)) == ROWS[_name(path)]


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_each_file_has_facts_only_and_a_licence(path: Path) -> None:
    document = json.loads(gzip.decompress(path.read_bytes()))
    assert document == canonical(document, facts_only=True)
    assert f"| {_name(path)} | github.com/" in (FOLDER / "README.md").read_text(encoding="utf-8")
