"""Additions in a checkout: ``spec build`` applies them, and ``spec update`` drops published ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from typed_openai import cli
from typed_openai_spec.files.texts import parse_yaml, to_yaml
from typed_openai_spec.index.reader import Index

TEXT = {"type": "string"}


def reply(name: str, media: str = "application/json") -> dict[str, Any]:
    return {"200": {"content": {media: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}}


THING = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "size": {"type": "integer"}}}
BOX = {
    "type": "object",
    "required": ["id", "name", "weight"],
    "properties": {"id": TEXT, "name": TEXT, "weight": {"type": "number"}, "state": TEXT},
}
EVENT = {
    "oneOf": [{"$ref": "#/components/schemas/BoxMoved"}, {"$ref": "#/components/schemas/BoxGone"}],
    "discriminator": {"propertyName": "type"},
}
MOVED, GONE = (
    {"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "enum": [one]}}}
    for one in ("box.moved", "box.gone")
)
DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1.0"},
    "servers": [{"url": "https://api.test/v1"}],
    "paths": {
        "/things": {"get": {"operationId": "listThings", "responses": reply("Thing")}},
        "/things/all": {"post": {"operationId": "stopThings", "responses": reply("Thing")}},
    },
    "components": {"schemas": {"Thing": THING}},
}
ADDITIONS = {
    "source": "the client 2.0",
    "date": "2026-11",
    "corrections": {"POST /things/stop": {"was": "POST /things/all"}},
    "paths": {
        "/boxes": {
            "get": {
                "operationId": "listBoxes",
                "x-typed": {"headers": {"X-Beta": "1"}, "beta": True},
                "responses": reply("Box"),
            }
        },
        "/boxes/events": {
            "get": {"operationId": "streamBoxEvents", "responses": reply("BoxEvent", "text/event-stream")}
        },
    },
    "components": {
        "schemas": {
            "Box": BOX,
            "BoxMoved": MOVED,
            "BoxGone": GONE,
            "BoxEvent": {**EVENT, "x-typed": {"terminal_events": ["box.gone"]}},
        }
    },
    "fields": {"Thing": {"color": {"new": TEXT}}},
}
DOCS = {
    "operations.yaml": "listBoxes:\n  summary: List boxes.\nstreamBoxEvents:\n  summary: Follow the boxes.\n",
    "components.yaml": "Box: A box.\n",
    "fields.yaml": "components:\n  Box:\n    weight: Weight in grams.\n",
}

Run: TypeAlias = Callable[..., int]
Edit: TypeAlias = Callable[[dict[str, Any]], object]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of a small description with additions and sentences about them."""
    root = tmp_path / "checkout"
    docs = root / "spec" / "overrides" / "docs"
    for folder in (root / "spec" / "openai", root / "spec" / "additions", docs):
        folder.mkdir(parents=True)
    (root / "spec" / "openai" / "SOURCE").write_text("credit: Whoever made it\n")
    (root / "spec" / "additions" / "boxes.yaml").write_text("# Boxes.\n" + to_yaml(ADDITIONS))
    for name, text in DOCS.items():
        (docs / name).write_text(text)
    assert cli.main(["spec", "update", described(root), "--facts-only", "--root", str(root)]) == 0
    return root


@pytest.fixture
def take(checkout: Path) -> Run:
    """Return a function that updates the checkout to an edited description."""
    return lambda *words, edit=lambda _: None: cli.main(
        ["spec", "update", described(checkout, edit), "--facts-only", *words, "--root", str(checkout)]
    )


def described(folder: Path, edit: Edit = lambda _: None) -> str:
    document = copy.deepcopy(DESCRIPTION)
    edit(document)
    path = folder / "new.yaml"
    path.write_text(to_yaml(document))
    return str(path)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def index(root: Path) -> Index:
    return Index(root / "spec" / "typed_openai_spec" / "packaged")


def additions(root: Path) -> Any:
    path = root / "spec" / "additions" / "boxes.yaml"
    return parse_yaml(path.read_bytes(), path.name)


def test_additions_are_built_and_up_to_date(checkout: Path, take: Run) -> None:
    assert set(index(checkout).groups) == {"boxes", "things"}
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 0
    before = contents(checkout)
    assert take() == 0
    assert contents(checkout) == before


def as_they_are(document: dict[str, Any]) -> None:
    document["paths"]["/boxes"] = {"get": {"operationId": "listBoxes", "responses": reply("Box")}}
    document["components"]["schemas"]["Box"] = BOX


def test_what_is_published_as_it_was_known_is_dropped_and_nothing_changes_for_users(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert take(edit=as_they_are) == 0
    said = capsys.readouterr().out
    assert "Breaking" not in said
    assert "Risky" not in said
    assert "boxes.list_boxes: published now" in said
    places = [line.partition("boxes.yaml: ")[2] for line in said.splitlines() if "published: " in line]
    assert places == [
        "components: schemas: Box: dropped, the description has it itself",
        "paths: /boxes: get: dropped, the description has it itself",
    ]
    left = additions(checkout)
    assert "/boxes" not in left["paths"]
    assert "/boxes/events" in left["paths"]
    assert "Box" not in left["components"]["schemas"]
    assert (checkout / "spec" / "additions" / "boxes.yaml").read_text().startswith("# Boxes.\n")
    boxes = index(checkout).operation("boxes", "list_boxes")
    assert boxes.headers == (("X-Beta", "1"),)
    assert boxes.beta
    assert not boxes.added
    assert index(checkout).components["Box"].added == ""
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 0


def otherwise(document: dict[str, Any]) -> None:
    """Publish what was added, under other names and not quite as it was known."""
    schemas = document["components"]["schemas"]
    schemas["BoxResource"] = {**BOX, "properties": {**BOX["properties"], "lid": TEXT}}  # type: ignore[dict-item]
    schemas["MovedEvent"], schemas["GoneEvent"] = MOVED, GONE
    refs = [{"$ref": f"#/components/schemas/{one}"} for one in ("MovedEvent", "GoneEvent")]
    schemas["BoxStreamEvent"] = {**EVENT, "oneOf": refs}
    schemas["Thing"]["properties"]["color"] = TEXT
    media = "text/event-stream"
    document["paths"] |= {
        "/boxes": {"get": {"operationId": "GetBoxes", "responses": reply("BoxResource")}},
        "/boxes/events": {"get": {"operationId": "BoxesStream", "responses": reply("BoxStreamEvent", media)}},
        "/things/stop": document["paths"].pop("/things/all"),
    }


def test_published_under_other_names_the_former_ones_stay(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert take("--format", "json", edit=otherwise) == 0
    said = capsys.readouterr()
    changes = json.loads(said.out)["changes"]
    told = [line for line in said.err.splitlines() if line.startswith("published: ")]
    assert len(told) == 8
    assert all(line.startswith(f"published: {checkout / 'spec' / 'additions'}") for line in told)
    assert [one["text"] for one in changes if one["severity"] == "breaking"] == []
    known = index(checkout).api()
    names = {one.qualified_name: one.aliases for one in known.operations}
    assert names == {
        "boxes.get_boxes": ("list_boxes",),
        "boxes.boxes_stream": ("stream_box_events",),
        "things.list_things": (),
        "things.stop_things": (),
    }
    assert index(checkout).by_id("listBoxes") == index(checkout).by_id("GetBoxes")
    stream = next(one for one in known.operations if one.name == "boxes_stream")
    every_name = {name for one in known.components.values() for name in (one.name, *one.aliases)}
    assert {"Box", "BoxMoved", "BoxGone", "BoxEvent"} <= every_name
    assert stream.doc == "Follow the boxes."
    box = next(one for one in known.components.values() if "Box" in (one.name, *one.aliases))
    assert box.doc == "A box."
    assert not any(one.added for one in known.operations)
    assert not any(one.added for one in known.components.values())
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 0


def test_the_end_of_a_stream_is_still_known_once_the_stream_is_published(checkout: Path, take: Run) -> None:
    def published(document: dict[str, Any]) -> None:
        document["paths"]["/boxes/events"] = ADDITIONS["paths"]["/boxes/events"]  # type: ignore[index]
        for name in ("BoxMoved", "BoxGone", "BoxEvent"):
            schema = ADDITIONS["components"]["schemas"][name]  # type: ignore[index]
            document["components"]["schemas"][name] = {k: v for k, v in schema.items() if k != "x-typed"}

    assert take(edit=published) == 0
    assert index(checkout).operation("boxes", "stream_box_events").result.terminal == ("box.gone",)


def test_a_file_without_additions_is_removed(checkout: Path, take: Run) -> None:
    assert take(edit=otherwise) == 0
    assert not (checkout / "spec" / "additions" / "boxes.yaml").exists()
    assert (checkout / "spec" / "additions").is_dir()


def test_a_dry_run_tells_the_same_and_writes_nothing(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    described(checkout, as_they_are)
    before = contents(checkout)
    capsys.readouterr()
    assert take("--dry-run", edit=as_they_are) == 0
    assert (
        "boxes.yaml: paths: /boxes: get: would drop, the description has it itself" in capsys.readouterr().out
    )
    assert contents(checkout) == before


def test_build_refuses_what_the_description_has_itself(
    checkout: Path, take: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    path = checkout / "spec" / "additions" / "more.yaml"
    path.write_text(
        to_yaml(
            {**{k: ADDITIONS[k] for k in ("source", "date")}, "components": {"schemas": {"Thing": THING}}}
        )
    )
    before = contents(checkout)
    assert cli.main(["spec", "build", "--root", str(checkout)]) == 1
    said = capsys.readouterr().err
    assert f"published: {path}: components: schemas: Thing: the description has it itself; delete it" in said
    assert "error: 1 addition that the description has itself; expected only what it lacks" in said
    assert contents(checkout) == before


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("components: {schemas: {A: {type: string}}}\n", 2, "more.yaml: expected a source (a text)"),
        ("source: s\ndate: soon\n", 2, "more.yaml: expected a date as in 2026-08"),
        ("source: [\n", 2, "more.yaml: not valid YAML"),
        (
            "source: s\ndate: 2026-11\nfields: {Thing: {size: {new: {type: string}}}}\n",
            1,
            "dead: {place}: fields: Thing: size: contradicts the description, which has this",
        ),
        (
            "source: s\ndate: 2026-11\nfields: {Thing: {lid: {new: {$ref: '#/components/schemas/Boxx'}}}}\n",
            1,
            'dead: {place}: fields: Thing: lid: no component Boxx; did you mean "Box"?',
        ),
    ],
)
@pytest.mark.parametrize("command", ["build", "update"])
def test_a_wrong_addition_is_one_clear_error_and_changes_nothing(
    checkout: Path, command: str, text: str, status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = checkout / "spec" / "additions" / "more.yaml"
    place.write_text(text)
    words = [described(checkout)] if command == "update" else []
    before = contents(checkout)
    capsys.readouterr()
    assert cli.main(["spec", command, *words, "--root", str(checkout)]) == status
    assert told.format(place=place) in capsys.readouterr().err
    assert contents(checkout) == before
