"""``typed-openai spec coverage``: the documented parts, and floors for the project's own description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from typed_openai import cli
from typed_openai_spec.index.reader import PACKAGED

ROOT = Path(__file__).parents[2]

# What a scheduled update brought, and nobody has written a sentence for yet: a kind and a name in each line.
UNDOCUMENTED = Path(__file__).with_name("undocumented.txt")

DESCRIPTION = """
openapi: 3.1.0
info: {title: Small, version: '1'}
paths:
  /things:
    get:
      operationId: getThing
      parameters: [{name: q, in: query, schema: {type: string}}, {name: size, in: query}]
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
components:
  schemas:
    A: {type: object, properties: {b: {$ref: '#/components/schemas/B'}, c: {$ref: '#/components/schemas/B'}}}
    B: {type: object, description: A thing., properties: {c: {type: integer}}}
"""


@pytest.fixture
def small(tmp_path: Path) -> list[str]:
    """The arguments that request the coverage of a small description."""
    (tmp_path / "api.yaml").write_text(DESCRIPTION, encoding="utf-8")
    docs = tmp_path / "overrides" / "docs"
    docs.mkdir(parents=True)
    (docs / "parameters.yaml").write_text("operations: {getThing: {q: What to look for.}}", encoding="utf-8")
    (docs / "fields.yaml").write_text("glossary: {b: Its b.}", encoding="utf-8")
    overrides = str(tmp_path / "overrides")
    return ["spec", "coverage", str(tmp_path / "api.yaml"), "--overrides", overrides]


@pytest.mark.slow(seconds=4)
def test_everything_has_a_sentence_of_the_projects_own_or_is_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["spec", "coverage", "--root", str(ROOT), "--json", "--missing"]) == 0
    found = json.loads(capsys.readouterr().out)
    missing = sorted(f"{one['kind']} {one['name']}" for one in found["missing"])
    assert missing == UNDOCUMENTED.read_text().splitlines()
    # The description's own prose does not count.
    assert {one["description"] for one in found["coverage"].values()} == {0}


def test_it_tells_of_each_kind_how_many_have_their_sentence_from_where(
    small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(small) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["total", "own", "glossary", "inherited", "description", "none", "covered"],
        ["operations", "1", "0", "0", "0", "0", "1", "0.0%"],
        ["arguments", "2", "1", "0", "0", "0", "1", "50.0%"],
        ["components", "2", "0", "0", "0", "1", "1", "50.0%"],
        ["fields", "3", "0", "1", "0", "0", "2", "33.3%"],
    ]


def test_it_lists_what_has_no_sentence_with_its_uses(
    small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*small, "--missing"]) == 0
    _, *missing = capsys.readouterr().out.split("\n\n")
    assert missing == [
        "operations without a sentence:\n    0  getThing: GET /things",
        "arguments without a sentence:\n    1  size: any  in getThing",
        "components without a sentence:\n    1  A: {b, c}",
        "fields without a sentence:\n    2  c: B  in A, B\n",
    ]


def test_machines_get_json(small: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*small, "--json", "--missing", "--kind", "field"]) == 0
    origins = {"own": 0, "glossary": 1, "inherited": 0, "description": 0, "none": 2}
    assert json.loads(capsys.readouterr().out) == {
        "coverage": {"fields": {"total": 3, **origins}},
        "missing": [{"kind": "field", "name": "c", "uses": 2, "type": "B", "in": ["A", "B"]}],
    }


@pytest.mark.parametrize(
    ("least", "kind", "status"), [("33", "field", 0), ("34", "field", 1), ("1", None, 1)]
)
def test_too_little_fails(small: list[str], least: str, kind: str | None, status: int) -> None:
    assert cli.main([*small, "--fail-under", least, *(["--kind", kind] if kind else [])]) == status


def test_a_compiled_index_does_not_tell(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["spec", "coverage", str(PACKAGED)]) == 2
    assert "does not record the origin of its sentences" in capsys.readouterr().err
