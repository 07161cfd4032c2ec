"""A component whose content is unchanged keeps the name that users know, whatever the description does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from typed_openai_spec.compile import build, build_document, index_files
from typed_openai_spec.files.source import read
from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.index.reader import PACKAGED, Index
from typed_openai_spec.kept_names import with_kept_names
from typed_openai_spec.model import Api
from typed_openai_spec.openapi.document import read_api

ROOT = Path(__file__).parents[2]

TEXT = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      operationId: listPets
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
    post:
      operationId: makePet
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Made"}}}}}
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: {$ref: "#/components/schemas/Name"}
        nick: {$ref: "#/components/schemas/Nick"}
        parent: {$ref: "#/components/schemas/Pet"}
        kind: {$ref: "#/components/schemas/Kind"}
        home: {type: object, properties: {street: {type: string}, town: {type: string}}}
    Name: {type: string}
    Nick: {type: string}
    Kind: {type: string, enum: [cat, dog]}
    Made:
      type: object
      properties: {id: {type: string}, at: {type: integer}, pet: {$ref: "#/components/schemas/Pet"}}
"""

Later = Callable[..., Api]


@pytest.fixture
def later(tmp_path: Path) -> Later:
    """Return a function that reads a later version of the description, after an index of the first one."""
    for name, text in index_files(_read(TEXT)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    def read_later(*edits: tuple[str, str]) -> Api:
        text = TEXT
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        return with_kept_names(_read(text), Index(tmp_path))

    return read_later


def _read(text: str) -> Api:
    api, problems = read_api(parse_yaml(text.encode(), "the test"))
    assert problems == ()
    return api


NAMES = {"Kind", "Made", "Name", "Nick", "Pet", "PetHome"}


HOME = "{type: object, properties: {street: {type: string}, town: {type: string}}}"


def _as(old: str, new: str) -> list[tuple[str, str]]:
    return [(f"    {old}:", f"    {new}:"), (f"schemas/{old}", f"schemas/{new}")]


@pytest.mark.parametrize(
    "edits",
    [
        [],
        _as("Pet", "Animal"),
        _as("Name", "PetName"),
        [*_as("Nick", "Called"), *_as("Name", "FullName")],
        [*_as("Made", "Done"), *_as("Pet", "Animal"), *_as("Kind", "Sort")],
        [
            (f"home: {HOME}", "home: {$ref: '#/components/schemas/Address'}"),
            ("    Name: {", f"    Address: {HOME}\n    Name: {{"),
        ],
    ],
)
def test_what_is_only_renamed_keeps_its_name(later: Later, edits: list[tuple[str, str]]) -> None:
    api = later(*edits)
    assert set(api.components) == NAMES
    assert {name: one.name for name, one in api.components.items()} == {one: one for one in NAMES}
    assert api.operations == _read(TEXT).operations
    schemas = {name: one.schema for name, one in api.components.items()}
    assert schemas == {name: one.schema for name, one in _read(TEXT).components.items()}


def test_what_is_renamed_and_changed_has_its_new_name(later: Later) -> None:
    api = later(*_as("Kind", "Sort"), ("[cat, dog]", "[cat, dog, bird]"))
    assert set(api.components) == NAMES - {"Kind"} | {"Sort"}


def test_a_change_further_inside_counts(later: Later) -> None:
    """Of what is renamed, something is changed that the others reach through each other."""
    api = later(
        *_as("Made", "Done"), *_as("Pet", "Animal"), *_as("Kind", "Sort"), ("[cat, dog]", "[cat, dog, bird]")
    )
    assert set(api.components) == {"Done", "Animal", "AnimalHome", "Sort", "Name", "Nick"}


def test_equal_things_in_other_places_are_others(later: Later) -> None:
    gone = ('        nick: {$ref: "#/components/schemas/Nick"}\n', "")
    other = ("properties: {id: {type: string}", 'properties: {id: {$ref: "#/components/schemas/Id"}')
    api = later(gone, other, ("Nick:", "Id:"))
    assert set(api.components) == NAMES - {"Nick"} | {"Id"}


def test_an_alias_decides_the_name(later: Later) -> None:
    api = later(("Kind: {", "Sort: {x-typed: {aliases: [Kind]}, "), ("schemas/Kind", "schemas/Sort"))
    assert set(api.components) == NAMES - {"Kind"} | {"Sort"}
    assert api.components["Sort"].aliases == ("Kind",)


@pytest.mark.parametrize("name", ["components.json", "operations/pets.json"])
def test_an_index_that_cannot_be_read_has_no_names(later: Later, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<<<<<<< mine\n")
    assert "Sort" in later(*_as("Kind", "Sort")).components


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Rename components of a description wherever it names them."""
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    prefix, _, name = str(value).rpartition("/")
    return f"{prefix}/{names[name]}" if prefix == "#/components/schemas" and name in names else value


@pytest.mark.slow(seconds=6)
def test_a_checkout_keeps_the_names_of_its_index(tmp_path: Path) -> None:
    """Components that overrides do not name are renamed in the whole API."""
    for name in ("spec/openai", "spec/overrides", "spec/additions", "spec/typed_openai_spec/packaged"):
        shutil.copytree(ROOT / name, tmp_path / name)
    names = {"ListAuditLogsResponse": "AuditLogPage", "Model": "ModelObject", "Invite": "Invitation"}
    document = _renamed(read(ROOT / "spec" / "openai"), names)
    overrides = ROOT / "spec" / "overrides"
    built = build_document(document, overrides, Index(PACKAGED))
    assert (built.dead, built.problems) == ((), ())
    assert set(built.api.components) == set(Index(PACKAGED).components)
    assert {built.api.components[old].source for old in names} == set(names.values())
    assert build_document(document, overrides).dead != ()
    assert (
        build(tmp_path / "spec" / "openai", overrides).api == build(ROOT / "spec" / "openai", overrides).api
    )
