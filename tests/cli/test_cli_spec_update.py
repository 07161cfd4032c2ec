"""``typed-openai spec update``: its input, its output, and its errors."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from typed_openai import cli
from typed_openai.cli.spec import update
from typed_openai.cli.spec.swapping import sole_writer
from typed_openai_spec.files import source
from typed_openai_spec.files.provenance import FACTS, PROSE, Provenance
from typed_openai_spec.files.texts import to_yaml
from typed_openai_spec.index.reader import Index

ROOT = Path(__file__).parents[2]

THING: dict[str, Any] = {
    "type": "object",
    "description": "A thing,\nas it is kept.",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "size": {"type": "integer", "example": 3}},
}
OPERATION: dict[str, Any] = {
    "operationId": "getThing",
    "summary": "Get a thing.",
    "x-meta": {"examples": {"curl": "curl https://api.test/things/1"}},
    "parameters": [{"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "responses": {
        "200": {
            "description": "The thing.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
        }
    },
}
DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1.0", "description": "A small API."},
    "servers": [{"url": "https://api.test/v1"}],
    "paths": {"/things/{thing_id}": {"get": OPERATION}},
    "components": {"schemas": {"Thing": THING}},
}
OVERRIDES = """\
# What the description leaves out.
- why: The name is shorter so.
  patch:
    paths: {"/things/{thing_id}": {get: {x-typed: {name: fetch_thing}}}}
"""

Run: TypeAlias = Callable[..., int]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of a small description, with an override and documentation."""
    root = tmp_path / "checkout"
    (root / "spec" / "openai").mkdir(parents=True)
    (root / "spec" / "openai" / "SOURCE").write_text("credit: Whoever made it\n")
    docs = root / "spec" / "overrides" / "docs"
    docs.mkdir(parents=True)
    (docs.parent / "names.yaml").write_text(OVERRIDES)
    (docs / "parameters.yaml").write_text("glossary:\n  thing_id: Id of the thing.\n")
    assert cli.main(["spec", "update", described(root), "--facts-only", "--root", str(root)]) == 0
    return root


@pytest.fixture
def take(checkout: Path) -> Run:
    """Return a function that runs the update in the checkout."""
    return lambda *words: cli.main(["spec", "update", *words, "--root", str(checkout)])


def described(folder: Path, edit: Callable[[Any], object] = lambda _: None) -> str:
    """Write the small description after ``edit`` next to the checkout and return its path."""
    document = copy.deepcopy(DESCRIPTION)
    edit(document)
    path = folder.parent / "description.yaml"
    path.write_text(to_yaml(document))
    return str(path)


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def index(root: Path) -> Index:
    return Index(root / "spec" / "typed_openai_spec" / "packaged")


def more(document: Any) -> None:
    """Make a second version: another operation, and a field removed."""
    document["info"]["version"] = "2.0"
    document["paths"]["/things"] = {"get": {**OPERATION, "operationId": "listThings", "parameters": []}}
    del document["components"]["schemas"]["Thing"]["properties"]["size"]


def renamed(document: Any) -> None:
    """Rename the parts that an override and a sentence are about."""
    operation = document["paths"].pop("/things/{thing_id}")
    operation["get"]["parameters"][0]["name"] = "id"
    document["paths"]["/things/{id}"] = operation


# The whole API


@pytest.mark.slow(seconds=6)
def test_of_the_whole_api_with_prose_the_facts_alone_change_nothing_but_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generated = ("spec/typed_openai_spec/packaged", "stubs/typed_openai-stubs")
    for name in ("spec/openai", "spec/overrides", "spec/additions", *generated):
        shutil.copytree(ROOT / name, tmp_path / name)
    before = contents(tmp_path)
    description = tmp_path.parent / f"{tmp_path.name}.json"
    made = [sys.executable, str(ROOT / "benchmarks" / "full_description.py"), str(description)]
    subprocess.run(made, check=True)
    words = ["spec", "update", str(description), "--root", str(tmp_path)]
    assert cli.main([*words, "--facts-only", "--date", "2026-08"]) == 0
    after = contents(tmp_path)
    assert {name for name in before.keys() | after if before.get(name) != after.get(name)} == {
        "spec/openai/SOURCE"
    }
    was, now = (Provenance.read(one / "spec" / "openai") for one in (ROOT, tmp_path))
    assert now == replace(was, sha256=source.digest([description.read_bytes()]))
    said = capsys.readouterr().out
    assert "no changes" in said
    assert "388 operations" in said
    # With its prose it documents more; otherwise the API is the same.
    assert cli.main([*words, "--dry-run", "--format", "json"]) == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert {one["subject"] for one in changes} == {"documentation"}


# Output


def test_a_new_description_reaches_index_and_stubs_and_is_what_build_makes(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(described(checkout, more)) == 0
    assert index(checkout).version == "2.0"
    assert "Thing.size: int removed" in capsys.readouterr().out.partition("Compatible:")[0]
    assert set(index(checkout).groups["things"]) == {"fetch_thing", "list_things"}
    assert "def list_things(" in (checkout / "stubs" / "typed_openai-stubs" / "resources.pyi").read_text()
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 0
    assert "Small 2.0: 2 operations" in capsys.readouterr().out


def test_prose_examples_and_extensions_stay_unless_facts_alone_are_asked_for(
    checkout: Path, take: Run
) -> None:
    folder = checkout / "spec" / "openai"
    facts = source.read(folder)
    assert "A thing" not in str(facts)
    assert "x-meta" not in str(facts)
    assert Provenance.read(folder).content == FACTS
    assert take(described(checkout)) == 0
    kept = source.read(folder)
    assert kept == {**DESCRIPTION, "components": {"schemas": {"Thing": THING}}}
    assert Provenance.read(folder).content == PROSE
    assert take(described(checkout), "--facts-only") == 0
    assert source.read(folder) == facts


@pytest.mark.slow(seconds=1)
def test_the_files_of_what_is_gone_go_too(checkout: Path, take: Run) -> None:
    stale = [
        checkout / "spec/openai/paths/gone.yaml",
        checkout / "spec/typed_openai_spec/packaged/operations/gone.json",
        checkout / "stubs/typed_openai-stubs/gone.pyi",
    ]
    for path in stale:
        path.write_text("paths: {}\n")
    assert take(described(checkout)) == 0
    assert [path for path in stale if path.exists()] == []


def test_files_that_are_not_generated_stay(checkout: Path, take: Run) -> None:
    kept = checkout / "stubs" / "typed_openai-stubs" / "notes.txt"
    kept.write_text("ours\n")
    assert take(described(checkout, more)) == 0
    assert kept.read_text() == "ours\n"


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("version", ["3.0.0", "3.0.3", "3.1.0"])
def test_openapi_3_0_and_3_1_are_taken_as_json_and_yaml(checkout: Path, take: Run, version: str) -> None:
    def older(document: Any) -> None:
        document["openapi"] = version
        document["components"]["schemas"]["Thing"]["properties"]["size"] |= {"type": "integer"}

    path = Path(described(checkout, older))
    as_json = path.with_suffix(".json")
    as_json.write_text(json.dumps(source.read(path)))
    assert take(str(path)) == 0
    made = contents(checkout)
    assert take(str(as_json)) == 0
    again = contents(checkout)
    assert made.keys() == again.keys()
    assert {name for name in made if made[name] != again[name]} == {"spec/openai/SOURCE"}


@pytest.mark.slow(seconds=1)
def test_what_is_taken_again_keeps_its_date(checkout: Path, take: Run) -> None:
    assert take(described(checkout), "--date", "2020-02") == 0
    before = contents(checkout)
    assert take(described(checkout)) == 0
    assert contents(checkout) == before
    assert take(described(checkout, more)) == 0
    said = Provenance.read(checkout / "spec" / "openai")
    assert said.date > "2020-02"
    assert said.credit == "Whoever made it"
    assert said.version == "2.0"


def test_a_dry_run_tells_the_same_and_writes_nothing(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(checkout)
    capsys.readouterr()
    assert take(described(checkout, more), "--dry-run") == 0
    tried = capsys.readouterr().out
    assert contents(checkout) == before
    assert take(described(checkout, more)) == 0
    assert tried.replace("would change: ", "changed: ") == capsys.readouterr().out


def test_in_another_format_standard_output_has_the_changes_alone(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert take(described(checkout, more), "--format", "json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["breaking"] >= 0
    assert "changed: " in said.err


@pytest.mark.slow(seconds=1)
def test_a_component_that_is_only_renamed_keeps_its_name_and_sentence(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    def called_item(document: Any) -> None:
        schemas = document["components"]["schemas"]
        schemas["Item"] = schemas.pop("Thing")
        reply = document["paths"]["/things/{thing_id}"]["get"]["responses"]["200"]
        reply["content"]["application/json"]["schema"]["$ref"] = "#/components/schemas/Item"

    docs = checkout / "spec" / "overrides" / "docs" / "components.yaml"
    docs.write_text("Thing: A thing.\n")
    assert take(described(checkout, called_item), "--facts-only") == 0
    said = capsys.readouterr().out
    assert "Compatible:\n  Thing: the description calls it Item now" in said
    assert "Breaking" not in said
    assert list(index(checkout).components) == ["Thing"]
    # It is not forgotten, whatever is built from the files.
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 0
    assert take(described(checkout, called_item), "--facts-only") == 0
    assert "no changes" in capsys.readouterr().out


# Errors


@pytest.mark.slow(seconds=1)
def test_where_what_changes_is_not_read_nothing_is_changed(checkout: Path) -> None:
    before = contents(checkout)
    reading, writing = os.pipe()
    os.close(reading)
    program = "import sys; from typed_openai import cli; sys.exit(cli.main())"
    words = ["spec", "update", described(checkout, more), "--root", str(checkout)]
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert done.returncode == 141
    assert b"nothing was changed: the output was closed early" in done.stderr
    assert contents(checkout) == before


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("date", ["yesterday", "08-2026", "2026-8", "2026-08-01-02"])
def test_a_date_is_year_month_and_day(take: Run, date: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert take("any.yaml", "--date", date) == 2
    assert f"expected a date as in 2026-08 or 2026-08-31, got '{date}'" in capsys.readouterr().err


def test_all_that_is_dead_is_named_with_file_entry_place_and_reason(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(checkout)
    capsys.readouterr()
    assert take(described(checkout, renamed)) == 1
    out, said = capsys.readouterr()
    overrides = checkout / "spec" / "overrides"
    assert f"dead: {overrides / 'names.yaml'}:2: matches nothing: /paths/~1things~1{{thing_id}}" in said
    assert 'did you mean "/things/{id}"? (why: The name is shorter so.)' in said
    assert f"dead: {overrides / 'docs' / 'parameters.yaml'}: glossary: thing_id: documents nothing" in said
    assert "error: 2 entries of the overrides or additions cannot apply" in said
    assert "correct or delete it, and run this again; nothing was changed" in said
    assert out == ""
    assert contents(checkout) == before


DOCS = """\
# About arguments.
glossary:
  size: How large.
  thing_id: >-
    Id of the
    thing.
  # What follows is used.
  id: Its id.
operations:
  getThing:
    thing_id: Its id.
"""


@pytest.mark.slow(seconds=1)
def test_documentation_of_what_is_gone_can_be_deleted_with_the_update(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides = checkout / "spec" / "overrides"
    (overrides / "names.yaml").write_text("- {why: Ours., patch: {info: {title: Things}}}\n")
    docs = overrides / "docs" / "parameters.yaml"
    docs.write_text(DOCS)
    flow = overrides / "docs" / "operations.yaml"
    flow.write_text("{getThing: {summary: Get.}, gone: {summary: Go.}}\n")
    before = contents(checkout)
    assert take(described(checkout, renamed), "--prune-docs") == 1
    said = capsys.readouterr().err
    assert f"dead: {flow}: gone: documents nothing" in said
    assert "thing_id" not in said
    assert contents(checkout) == before
    flow.unlink()
    assert take(described(checkout, renamed), "--prune-docs") == 0
    assert docs.read_text() == "# About arguments.\nglossary:\n  # What follows is used.\n  id: Its id.\n"
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 0


def test_a_file_of_documentation_that_is_left_empty_can_be_read(checkout: Path, take: Run) -> None:
    overrides = checkout / "spec" / "overrides"
    (overrides / "names.yaml").write_text("- {why: Ours., patch: {info: {title: Things}}}\n")
    assert take(described(checkout, renamed), "--prune-docs") == 0
    assert (overrides / "docs" / "parameters.yaml").read_text() == "{}\n"
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 0


def test_a_dry_run_that_is_stopped_tells_what_would_change_all_the_same(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(checkout)
    capsys.readouterr()
    assert take(described(checkout, renamed), "--dry-run") == 1
    out, said = capsys.readouterr()
    assert "things.fetch_thing" in out.partition("Compatible:")[0]
    assert "error: 2 entries of the overrides or additions cannot apply" in said
    assert contents(checkout) == before


def test_what_is_not_understood_stops_it_with_its_place(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    def strange(document: Any) -> None:
        document["components"]["schemas"]["Thing"]["colour"] = "red"
        document["components"]["schemas"]["Other"] = {"type": "strnig"}

    before = contents(checkout)
    assert take(described(checkout, strange)) == 1
    said = capsys.readouterr().err
    assert '/components/schemas/Thing/colour: unknown keyword "colour"' in said
    assert "/components/schemas/Other/type" in said
    assert "2 problems in the description" in said
    assert contents(checkout) == before
    patch = "- {why: slips, patch: {components: {schemas: {Thing: {colour: null}, Other: {type: string}}}}}\n"
    (checkout / "spec" / "overrides" / "slips.yaml").write_text(patch)
    assert take(described(checkout, strange)) == 0


def test_what_a_description_says_is_no_command_to_a_terminal(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    def hostile(document: Any) -> None:
        document["info"] |= {"title": "\x1b[31mSmall\u202e", "version": "1\r\n2"}
        document["paths"]["/../../\x1b[2Jetc"] = {"get": {"operationId": "\x1b[2J", "responses": {}}}

    def not_understood(document: Any) -> None:
        hostile(document)
        document["paths"]["/\x1b"] = {"odd": 1}

    assert take(described(checkout, hostile)) == 0
    assert take(described(checkout, not_understood)) == 1
    out, err = capsys.readouterr()
    assert "2Jetc" in out
    assert "unknown keyword" in err
    assert not {one for one in out + err if not one.isprintable()} - {"\n"}
    assert {path.parent.parent for path in (checkout / "spec" / "openai").rglob("*.yaml")} <= {
        checkout / "spec",
        checkout / "spec" / "openai",
    }


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "description.yaml: cannot be read: No such file or directory"),
        ("openapi: 3.1.0\npaths: [", "not valid YAML"),
        ("swagger: '2.0'\npaths: {}\n", "expected an OpenAPI 3.0 to 3.2 description"),
        ("openapi: 3.1.0\npaths: {}\ncomponents: []\n", "expected a mapping of components, found a list"),
        ("openapi: 3.1.0\npaths: {}\ninfo: 5\n", "expected a mapping of info, found a number"),
        (
            "<!DOCTYPE html>\n<html><p>Log in: here</html>\n",
            "description.yaml: expected an OpenAPI description",
        ),
        ("404: Not Found", "expected an OpenAPI 3.0 to 3.2 description, found no openapi version"),
        ("openapi: 3.1.0\npaths: {}\ninfo: {title: A}\nser", "not valid YAML"),
        ("openapi: 3.1.0\npaths: {}\ninfo:\n  title: Sma", "looks cut off: expected a newline after line 4"),
        (
            "openapi: 3.1.0\npaths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/A'}}}}}\n",
            "looks cut off: 1 of 1 references have no target, such as #/components/responses/A",
        ),
    ],
)
def test_a_broken_or_missing_description_is_one_clear_error(
    checkout: Path, take: Run, text: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(described(checkout))
    path.unlink() if text is None else path.write_text(text)
    before = contents(checkout)
    assert take(str(path)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert contents(checkout) == before


def test_outside_a_checkout_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["spec", "update", "any.yaml", "--root", str(tmp_path)]) == 2
    assert "run this in a checkout of the project, or pass --root" in capsys.readouterr().err


@pytest.mark.slow(seconds=1)
def test_two_at_once_are_refused(checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(checkout)
    with sole_writer(checkout):
        assert take(described(checkout, more)) == 1
        assert 'another "typed-openai spec" command is writing here' in capsys.readouterr().err
        assert take(described(checkout, more), "--dry-run") == 0
    assert contents(checkout) == before
    assert take(described(checkout, more)) == 0


# Sources


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(
    ("url", "is_told"),
    [
        ("https://api.example.org/openapi.yaml", True),
        ("https://user:word@api.example.org/openapi.yaml", False),
        ("https://api.example.org/openapi.yaml?token=abc", False),
        ("https://gateway/openapi.yaml", False),
        ("https://gateway.internal/openapi.yaml", False),
        ("http://192.168.1.2/openapi.yaml", False),
        ("http://[::1]/openapi.yaml", False),
    ],
)
def test_source_tells_a_public_address_only(
    checkout: Path, take: Run, url: str, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(described(checkout)).read_bytes()
    monkeypatch.setattr(update, "fetch", lambda _: text)
    assert take(url, "--facts-only") == 0
    folder = checkout / "spec" / "openai"
    assert Provenance.read(folder).origin == (url if is_told else "")
    assert ("from:" in (folder / "SOURCE").read_text()) == is_told


@pytest.mark.slow(seconds=1)
def test_without_a_place_the_published_address_is_taken(
    checkout: Path, take: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take() == 2
    assert 'SOURCE: no "published" URL; pass a PATH-OR-URL' in capsys.readouterr().err
    note = checkout / "spec" / "openai" / "SOURCE"
    note.write_text(note.read_text() + "published: https://api.example.org/openapi.yaml\n")
    text = Path(described(checkout)).read_bytes()
    monkeypatch.setattr(update, "fetch", {"https://api.example.org/openapi.yaml": text}.__getitem__)
    assert take() == 0
    said = Provenance.read(note.parent)
    assert said.published == said.origin == "https://api.example.org/openapi.yaml"


def test_where_the_published_address_cannot_be_reached_it_says_what_to_do(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    note = checkout / "spec" / "openai" / "SOURCE"
    note.write_text(note.read_text() + "published: https://description.invalid/openapi.yaml\n")
    before = contents(checkout)
    assert take() == 2
    said = capsys.readouterr().err
    assert "no connection to https://description.invalid/openapi.yaml" in said
    assert "fetch it elsewhere and give the file: typed-openai spec update FILE" in said
    assert contents(checkout) == before
