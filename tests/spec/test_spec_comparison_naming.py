"""A changed name is reported as renamed, not as removed and added."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from tests.spec.compared import BASE, Described, read, told

from typed_openai_spec.comparison import compare
from typed_openai_spec.model import Api, Component, Field, Object, Scalar


@pytest.fixture
def base(described: Described) -> Api:
    return read(described, BASE)


def test_what_keeps_its_former_name_is_deprecated_only(base: Api) -> None:
    (operation,) = [one for one in base.operations if one.name == "list_things"]
    renamed = replace(operation, name="all_things", aliases=("list_things",))
    others = tuple(one for one in base.operations if one is not operation)
    bird = replace(base.components["Bird"], name="Sparrow", aliases=("Bird",))
    components = {name: one for name, one in base.components.items() if name != "Bird"}
    new = replace(base, operations=(renamed, *others), components={**components, "Sparrow": bird})
    names = [told(one) for one in compare(base, new) if one.kind == "renamed"]
    assert names == [
        "deprecating renamed operation things.list_things: renamed to things.all_things; "
        "the former name still works",
        "deprecating renamed component Bird: renamed to Sparrow; the former name still works",
    ]


def test_a_lifted_type_that_a_discriminator_renames_is_told_as_one(described: Described) -> None:
    text = dedent("""
        paths: {}
        components:
          schemas:
            Shape:
              anyOf: &shapes
                - type: object
                  properties:
                    kind: {const: round}
                    look: {const: circle}
                    inner: {type: object, required: [deep], properties: {deep: {type: string}}}
                - {type: object, properties: {kind: {const: flat}, look: {const: line}}}
            Form: {anyOf: *shapes}
    """)
    declared = text.replace("Shape:", "Shape:\n      discriminator: {propertyName: look}")
    declared = declared.replace("Form: {", "Form: {discriminator: {propertyName: look}, ")
    changes = compare(read(described, text), read(described, declared))
    assert {one.kind for one in changes if one.severity != "compatible"} == {"renamed"}
    assert {one.place for one in changes if one.kind == "renamed"} == {
        f"{name}{part}" for name in ("Shape", "Form") for part in ("Round", "RoundInner", "Flat")
    }


def test_a_type_that_is_renamed_and_changed_is_told_as_one(base: Api) -> None:
    fields = [Field(name, Scalar("string"), required=True) for name in ("id", "name", "size", "state")]
    before, after = (
        Object(tuple(fields)),
        Object((*fields[:3], Field("state", Scalar("integer"), required=True))),
    )
    old = replace(base, components={**base.components, "Box": Component("Box", before, output=True)})
    new = replace(base, components={**base.components, "Crate": Component("Crate", after, output=True)})
    assert [told(one) for one in compare(old, new) if one.severity == "breaking"] == [
        "breaking renamed component Box: renamed to Crate",
        "breaking changed type Box.state: str became int",
    ]
    assert {one.place for one in compare(old, new)} == {"Box", "Box.state"}


def test_of_two_types_that_resemble_a_lost_one_neither_is_it(base: Api) -> None:
    fields = tuple(Field(name, Scalar("string")) for name in ("id", "name", "size", "state"))
    old = replace(base, components={**base.components, "Box": Component("Box", Object(fields), output=True)})
    crates = {
        name: Component(name, Object((*fields, Field(name, Scalar("string")))), output=True)
        for name in ("Crate", "Chest")
    }
    found = compare(old, replace(base, components={**base.components, **crates}))
    assert sorted((one.kind, one.place) for one in found) == [
        ("added", "Chest"),
        ("added", "Crate"),
        ("removed", "Box"),
    ]


THINGS = "  /things:\n    get:\n      operationId: listThings"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param(
            [(THINGS, THINGS.replace("/things:", "/goods/things:").replace("listThings", "allOfThem"))],
            [
                "breaking changed name things.list_things: operationId listThings became allOfThem",
                "breaking changed request things.list_things: GET /things became GET /goods/things",
                "breaking renamed operation things.list_things: renamed to goods.all_of_them",
            ],
            id="another path and operationId",
        ),
        pytest.param(
            [
                (THINGS, THINGS.replace("/things:", "/v2/things:").replace("listThings", "allOfThem")),
                ("    Thing:", "    Good:"),
                ("schemas/Thing", "schemas/Good"),
            ],
            [
                "breaking changed name things.list_things: operationId listThings became allOfThem",
                "breaking changed request things.list_things: GET /things became GET /v2/things",
                "breaking renamed component Thing: renamed to Good",
                "breaking renamed operation things.list_things: renamed to things.all_of_them",
            ],
            id="what it returns is renamed",
        ),
        pytest.param(
            [(THINGS, THINGS.replace("listThings", "allOfThem"))],
            [
                "breaking changed name things.list_things: operationId listThings became allOfThem",
                "breaking renamed operation things.list_things: renamed to things.all_of_them",
            ],
            id="another operationId",
        ),
        pytest.param(
            [(THINGS, THINGS.replace("/things:", "/goods:").replace("listThings", "listGoods"))],
            [
                "breaking removed operation things.list_things: GET /things removed",
                "compatible added operation goods.list_goods: GET /goods added",
            ],
            id="another operation that returns the same",
        ),
    ],
)
def test_an_operation_that_moves_is_told_as_one(
    described: Described, base: Api, edits: list[tuple[str, str]], expected: list[str]
) -> None:
    text = BASE
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    shown = [told(one) for one in compare(base, read(described, text))]
    assert sorted(one for one in shown if "compatible changed name" not in one) == expected


def test_of_several_paths_the_most_alike_is_where_an_operation_moved(described: Described) -> None:
    def pets(*places: str) -> Api:
        operation = (
            "{parameters: [{name: %s, in: path, required: true, schema: {type: string}}], responses: "
            "{'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}}"
        )
        paths = "".join(f"  {one}: {{get: {operation % one[-3:-1]}}}\n" for one in places)
        return read(described, f"paths:\n{paths}components: {{schemas: {{Pet: {{type: object}}}}}}")

    old = pets("/homes/pets/{id}", "/zoos/pets/{no}")
    new = pets("/v2/zoos/pets/{id}", "/v2/homes/pets/{no}")
    requests = {one.place: one.text for one in compare(old, new) if one.subject == "request"}
    assert requests == {
        "homes.get_homes_pets_by_id": "GET /homes/pets/{id} became GET /v2/homes/pets/{no}",
        "zoos.get_zoos_pets_by_no": "GET /zoos/pets/{no} became GET /v2/zoos/pets/{id}",
    }
