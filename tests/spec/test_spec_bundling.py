"""References to other files, and to parts of a description that have no name of their own."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from typed_openai_spec.compile import Built, build
from typed_openai_spec.loading import load
from typed_openai_spec.model import Array, Object, Operation, Ref, Scalar, Schema, Union

HEAD = "openapi: 3.1.0\ninfo: {title: Parts, version: '1'}\n"


def built(folder: Path, **files: str) -> Built:
    """Write the description ``api`` and other files, with ``__`` for each folder, and build it."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((HEAD if name == "api" else "") + dedent(text))
    return build(folder / "api.yaml")


def told(found: Built) -> list[str]:
    return [str(one) for one in found.problems]


def only(found: Built) -> Operation:
    (operation,) = found.api.operations
    return operation


def fields(found: Built, schema: Schema | None) -> dict[str, Schema]:
    assert schema is not None
    node = found.api.resolve(schema)
    assert isinstance(node, Object), node
    return {one.name: one.schema for one in node.fields}


# A reply with a list of people, and a second operation that refers into the first one, as bundlers write it.
BUNDLED = """
    paths:
      /people:
        get:
          operationId: listPeople
          parameters: [{name: limit, in: query, required: true, schema: {type: integer}}]
          responses:
            '200':
              description: Ok
              content:
                application/json:
                  schema:
                    type: array
                    items: {type: object, properties: {name: {type: string}, friend: {$ref: '%s/items'}}}
      /people/{id}:
        parameters: [{name: id, in: path, required: true, schema: {type: string}}]
        get:
          operationId: readPerson
          parameters: [{$ref: '#/paths/~1people/get/parameters/0'}]
          responses:
            '200': {description: Ok, content: {application/json: {schema: {$ref: '%s/items'}}}}
        put:
          operationId: replacePerson
          responses: {$ref: '#/paths/~1people/get/responses'}
"""
PLACE = "#/paths/~1people/get/responses/200/content/application~1json/schema"


def test_what_bundlers_write_is_understood(tmp_path: Path) -> None:
    found = built(tmp_path, api=BUNDLED % (PLACE, PLACE))
    assert told(found) == []
    read = next(one for one in found.api.operations if one.id == "readPerson")
    assert [(one.name, one.required) for one in read.arguments] == [("id", True), ("limit", True)]
    assert read.result.schema == Ref("ListPeopleResponseItem")
    assert fields(found, read.result.schema) == {
        "friend": Ref("ListPeopleResponseItem"),
        "name": Scalar("string"),
    }
    replace = next(one for one in found.api.operations if one.id == "replacePerson")
    assert isinstance(replace.result.schema, Array)


@pytest.mark.parametrize(
    ("reference", "components"),
    [
        ("#/components/schemas/Dog/allOf/0", "Dog: {allOf: [{properties: {a: {type: string}}}]}"),
        (
            "#/components/schemas/Dog/properties/x",
            "Dog: {properties: {x: {properties: {a: {type: string}}}}}",
        ),
        ("#/components/schemas/a~1b%20c", "a/b c: {properties: {a: {type: string}}}"),
        ("#/components/schemas/Dog/$defs/Inner", "Dog: {$defs: {Inner: {properties: {a: {type: string}}}}}"),
        ("#inner", "Dog: {properties: {x: {$anchor: inner, properties: {a: {type: string}}}}}"),
        ("https://x.test/dog", "Dog: {$id: 'https://x.test/dog', properties: {a: {type: string}}}"),
        (
            "https://x.test/d#/$defs/I",
            "D: {$id: 'https://x.test/d', $defs: {I: {properties: {a: {type: string}}}}}",
        ),
    ],
)
def test_any_part_can_be_referred_to(tmp_path: Path, reference: str, components: str) -> None:
    api = f"""
    paths: {{/a: {{get: {{responses: {{'200': {{content: {{application/json:
      {{schema: {{$ref: '{reference}'}}}}}}}}}}}}}}}}
    components: {{schemas: {{{components}}}}}
    """
    found = built(tmp_path, api=api)
    assert told(found) == []
    assert fields(found, only(found).result.schema) == {"a": Scalar("string")}


def test_definitions_that_were_copied_with_their_schema_are_found(tmp_path: Path) -> None:
    api = """
    paths: {}
    components:
      schemas:
        Tree:
          properties: {left: {$ref: '#/$defs/Leaf'}, kids: {items: {$ref: '#/$defs/Leaf'}}}
          $defs: {Leaf: {properties: {up: {$ref: '#/$defs/Leaf'}}}}
    """
    found = built(tmp_path, api=api)
    assert told(found) == []
    assert fields(found, Ref("Tree")) == {"left": Ref("Leaf"), "kids": Array(Ref("Leaf"))}
    assert fields(found, Ref("Leaf")) == {"up": Ref("Leaf")}


MANY = {
    "api": """
        paths:
          /pets: {$ref: paths/pets.yaml}
        components:
          schemas:
            Pet: {$ref: schemas/pet.yaml}
            Shelf: {properties: {pet: {$ref: 'schemas/pet.yaml'}, color: {$ref: 'schemas/more.yaml#/Color'}}}
    """,
    "paths__pets": """
        parameters: [{$ref: '../common.yaml#/parameters/Limit'}]
        get:
          operationId: listPets
          responses:
            '200':
              description: Ok
              content:
                application/json:
                  schema: {type: array, items: {$ref: '../api.yaml#/components/schemas/Pet'}}
            default: {$ref: '../common.yaml#/responses/Problem'}
    """,
    "common": """
        parameters: {Limit: {name: limit, in: query, schema: {$ref: '#/schemas/Count'}}}
        responses:
          Problem: {description: No, content: {application/json: {schema: {$ref: '#/schemas/Problem'}}}}
        schemas:
          Count: {type: integer, minimum: 1}
          Problem: {properties: {inner: {$ref: '#/schemas/Problem'}}}
    """,
    "schemas__pet": """
        properties: {owner: {$ref: more.yaml#/Owner}, kind: {$ref: 'kind.yaml'}}
    """,
    "schemas__kind": "{enum: [cat, dog]}",
    "schemas__more": """
        Owner: {properties: {pets: {type: array, items: {$ref: pet.yaml}}}}
        Color: {type: string}
    """,
}


def test_files_in_the_folder_of_the_description_are_read(tmp_path: Path) -> None:
    found = built(tmp_path, **MANY)
    assert told(found) == []
    operation = only(found)
    assert operation.result.schema == Array(Ref("Pet"))
    assert [(one.name, one.schema) for one in operation.arguments] == [("limit", Ref("Count"))]
    assert set(found.api.components) == {"Color", "Count", "Kind", "Owner", "Pet", "Problem", "Shelf"}
    assert fields(found, Ref("Pet")) == {"owner": Ref("Owner"), "kind": Ref("Kind")}
    assert fields(found, Ref("Owner")) == {"pets": Array(Ref("Pet"))}
    assert fields(found, Ref("Shelf")) == {"pet": Ref("Pet"), "color": Ref("Color")}
    assert fields(found, Ref("Problem")) == {"inner": Ref("Problem")}
    assert sorted(one.name for one in found.files) == [
        "common.yaml",
        "kind.yaml",
        "more.yaml",
        "pet.yaml",
        "pets.yaml",
    ]


def test_a_discriminator_may_name_files(tmp_path: Path) -> None:
    api = """
    paths: {}
    components:
      schemas:
        Pet:
          oneOf: [{$ref: cat.yaml}, {$ref: dog.yaml}]
          discriminator: {propertyName: kind, mapping: {meow: cat.yaml, wuff: ./dog.yaml}}
    """
    pet = "{properties: {kind: {type: string}}, required: [kind]}"
    found = built(tmp_path, api=api, cat=pet, dog=pet)
    schema = found.api.components["Pet"].schema
    assert isinstance(schema, Union)
    assert schema.discriminator is not None
    assert schema.discriminator.mapping == (("meow", "Cat"), ("wuff", "Dog"))


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        (
            "https://x.test/pet.yaml",
            "points to a URL: https://x.test/pet.yaml; nothing is read from the network",
        ),
        ("//x.test/pet.yaml", "points to a URL: //x.test/pet.yaml; nothing is read from the network"),
        ("file:///etc/passwd", "points to a URL: file:///etc/passwd; nothing is read from the network"),
        ("../pet.yaml", "points to a file outside of the description's folder: ../pet.yaml"),
        ("%2e%2e/pet.yaml", "points to a file outside of the description's folder: %2e%2e/pet.yaml"),
        ("link.yaml", "points to a file outside of the description's folder: link.yaml"),
        ("no.yaml", "points to a file that cannot be read: no.yaml: No such file or directory"),
        ("bad.yaml", "points to a file that is broken: "),
        ("good.yaml#/Nothing", "has no target: good.yaml#/Nothing"),
    ],
)
def test_other_references_are_lost_with_a_reason(tmp_path: Path, reference: str, reason: str) -> None:
    (tmp_path / "pet.yaml").write_text("{type: string}")
    folder = tmp_path / "api"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(tmp_path / "pet.yaml")
    (folder / "bad.yaml").write_text("[")
    (folder / "good.yaml").write_text("{}")
    api = f"""
    paths: {{/a: {{$ref: '{reference}'}}}}
    components: {{schemas: {{Pet: {{properties: {{a: {{$ref: '{reference}'}}}}}}}}}}
    """
    found = built(folder, api=api)
    of_path, of_schema = sorted(told(found), reverse=True)
    assert of_path.startswith(f'lost: /paths/~1a: "$ref" {reason}')
    assert of_schema.startswith(f'lost: /components/schemas/Pet/properties/a: "$ref" {reason}')
    assert found.mostly_lost


def test_a_problem_in_another_file_is_told_with_its_place_there(tmp_path: Path) -> None:
    files = {**MANY, "schemas__kind": "{type: strin}", "paths__pets": "{get: {operationID: x}}"}
    assert told(built(tmp_path, **files)) == [
        'approximated: paths/pets.yaml#/get/operationID: unknown keyword "operationID" (it is ignored)',
        "lost: schemas/kind.yaml#/type: unknown type 'strin' (Kind accepts any value)",
    ]


def test_references_that_lead_in_a_circle_are_lost(tmp_path: Path) -> None:
    api = "paths: {/a: {$ref: a.yaml}}\ncomponents: {schemas: {A: {$ref: b.yaml}}}"
    found = built(tmp_path, api=api, a="{$ref: a.yaml}", b="{$ref: b.yaml}")
    assert [one.partition(": ")[0] for one in told(found)] == ["lost", "lost"]


def test_an_index_is_made_anew_when_another_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path, **MANY)
    cache = tmp_path / "cache"

    def kinds() -> Any:
        index = load(tmp_path / "api.yaml", cache).index
        return index.components["Kind"].schema

    before = kinds()
    assert kinds() == before
    (tmp_path / "schemas/kind.yaml").write_text("{type: string}")
    assert kinds() == Scalar("string")
