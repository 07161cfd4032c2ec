"""Additions to a published description, and the errors of their files."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from typed_openai_spec.compile import Built, build_document, index_files
from typed_openai_spec.files.additions import Addition, additions_of, read_additions
from typed_openai_spec.files.extending import Extended, extended
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Literals, Object
from typed_openai_spec.problems import DescriptionError

TEXT = {"type": "string"}
THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": TEXT,
        "size": {"type": "integer"},
        "color": {"anyOf": [{"type": "string", "enum": ["red"]}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"name": TEXT}}},
        "tags": {"type": "array", "items": {"type": "string", "const": "old"}},
    },
}


def reply(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"200": {"content": {"application/json": {"schema": schema}}}}


BY = {"type": "string", "enum": ["id"]}
ID = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "servers": [{"url": "https://things.test/v1"}],
    "paths": {
        "/things/{id}": {
            "parameters": ID,
            "get": {
                "operationId": "getThing",
                "parameters": [{"name": "by[]", "in": "query", "schema": {"type": "array", "items": BY}}],
                "responses": reply("Thing"),
            },
            "post": {"operationId": "stopThing", "responses": reply("Thing")},
        }
    },
    "components": {
        "schemas": {
            "Thing": THING,
            "Any": {"oneOf": [{"$ref": "#/components/schemas/Thing"}, TEXT]},
            "Kind": {"type": "string", "const": "old"},
        }
    },
}
ORIGIN = {"source": "the client 2.0", "date": "2026-11"}
QUERY = {"in": "query", "schema": TEXT}
BOX = {"type": "object", "properties": {"thing": {"$ref": "#/components/schemas/Thing"}}}
LIST_BOXES = {"operationId": "listBoxes", "responses": reply("Box")}


def additions(**parts: Any) -> list[Addition]:
    return list(additions_of({**ORIGIN, **parts}, "more.yaml"))


def extend(document: dict[str, Any] = DOCUMENT, **parts: Any) -> Extended:
    return extended(document, additions(**parts))


def built(folder: Path, text: str, document: dict[str, Any] = DOCUMENT) -> Built:
    for name in ("overrides", "additions"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "additions" / "more.yaml").write_text(f"source: the client 2.0\ndate: 2026-11\n{text}")
    return build_document(deepcopy(document), folder / "overrides")


def test_operations_components_and_webhooks_are_added() -> None:
    webhook = {"post": {"requestBody": {"content": {"application/json": {"schema": BOX}}}}}
    more = extend(
        paths={"/boxes": {"get": LIST_BOXES}},
        components={"schemas": {"Box": BOX}},
        webhooks={"box_full": webhook},
    )
    assert (more.published, more.dead) == ((), ())
    assert more.document["paths"]["/boxes"]["get"] == LIST_BOXES
    assert more.document["components"]["schemas"]["Box"] == BOX
    assert more.document["webhooks"] == {"box_full": webhook}


def test_the_document_itself_stays_as_it_is() -> None:
    document = deepcopy(DOCUMENT)
    more = extend(
        document,
        corrections={"POST /things/{id}/stop": {"was": "POST /things/{id}"}},
        fields={"Thing": {"color": {"values": ["blue"]}, "parts[].size": {"new": TEXT}}},
        alternatives={"Any": [{"type": "integer"}]},
    )
    assert not more.dead
    assert document == DOCUMENT


def test_a_corrected_operation_has_the_true_path_alone() -> None:
    more = extend(corrections={"POST /things/{id}/stop": {"was": "POST /things/{id}"}})
    paths = more.document["paths"]
    assert paths["/things/{id}/stop"] == {"parameters": ID, "post": DOCUMENT["paths"]["/things/{id}"]["post"]}
    assert set(paths["/things/{id}"]) == {"parameters", "get"}


def test_the_path_of_a_corrected_operation_is_gone_if_it_was_the_only_one() -> None:
    document = deepcopy(DOCUMENT)
    del document["paths"]["/things/{id}"]["get"]
    more = extend(document, corrections={"PUT /things/{id}/stop": {"was": "POST /things/{id}"}})
    assert set(more.document["paths"]) == {"/things/{id}/stop"}
    assert more.document["paths"]["/things/{id}/stop"]["put"]["operationId"] == "stopThing"


def test_fields_and_values_are_added_in_arrays_and_alternatives_too() -> None:
    more = extend(
        fields={
            "Thing": {
                "weight": {"new": {"type": "number"}},
                "parts[].size": {"new": {"type": "integer"}},
                "color": {"values": ["red", "blue"]},
                "tags": {"values": ["new"]},
            }
        },
        values={"Kind": ["new"]},
        parameters={"GET /things/{id}": {"by": {"values": ["name"]}, "page": {"new": QUERY}}},
        alternatives={"Any": [{"type": "integer"}]},
    )
    assert not more.dead
    assert not more.published
    assert [one["name"] for one in more.document["paths"]["/things/{id}"]["get"]["parameters"]] == [
        "by[]",
        "page",
    ]
    by = more.document["paths"]["/things/{id}"]["get"]["parameters"][0]["schema"]["items"]
    assert by["enum"] == ["id", "name"]
    assert more.document["components"]["schemas"]["Kind"] == {"type": "string", "enum": ["old", "new"]}
    schemas = more.document["components"]["schemas"]
    properties = schemas["Thing"]["properties"]
    assert properties["weight"] == {"type": "number"}
    assert properties["parts"]["items"]["properties"] == {"name": TEXT, "size": {"type": "integer"}}
    assert properties["color"]["anyOf"][0]["enum"] == ["red", "blue"]
    assert properties["tags"]["items"] == {"type": "string", "enum": ["old", "new"]}
    assert schemas["Any"]["oneOf"] == [
        *DOCUMENT["components"]["schemas"]["Any"]["oneOf"],
        {"type": "integer"},
    ]


@pytest.mark.parametrize(
    "parts",
    [
        {"paths": {"/things/{id}": {"get": {"operationId": "fetchThing", "responses": {}}}}},
        {"components": {"schemas": {"Thing": THING}}},
        {"components": {"schemas": {"Thing": {**THING, "required": []}}}},
        {"corrections": {"POST /things/{id}": {"was": "POST /thing/{id}"}}},
        {"fields": {"Thing": {"size": {"new": {"type": "integer"}}}}},
        {"fields": {"Thing": {"size": {"new": {"type": ["number", "null"]}}}}},
        {"fields": {"Thing": {"color": {"values": ["red"]}}}},
        {"fields": {"Thing": {"id": {"values": ["any"]}}}},
        {"values": {"Kind": ["old"]}},
        {"parameters": {"GET /things/{id}": {"by": {"new": QUERY}}}},
        {"parameters": {"GET /things/{id}": {"by": {"values": ["id"]}}}},
        {"alternatives": {"Any": [TEXT]}},
    ],
)
def test_what_the_description_has_itself_is_published(parts: dict[str, Any]) -> None:
    more = extend(**parts)
    assert [one.keys for one in more.published] == [one.keys for one in additions(**parts)]
    assert not more.dead
    assert more.document == DOCUMENT


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (
            {"components": {"schemas": {"Thing": {"type": "object", "properties": {"other": TEXT}}}}},
            "more.yaml: components: schemas: Thing: contradicts the description, which has another component",
        ),
        (
            {"paths": {"/thing": {"get": {"operationId": "getThing", "responses": {}}}}},
            "/thing: get: contradicts the description, in which getThing is GET /things/{id}; "
            "if it is the same operation, expected an entry of corrections",
        ),
        (
            {"paths": {"/boxes": {"get": LIST_BOXES}}},
            "more.yaml: paths: /boxes: get: no component Box",
        ),
        (
            {"fields": {"Thing": {"box": {"new": {"$ref": "#/components/schemas/Tihng"}}}}},
            'more.yaml: fields: Thing: box: no component Tihng; did you mean "Thing"?',
        ),
        ({"fields": {"Thin": {"box": {"new": TEXT}}}}, 'no component Thin; did you mean "Thing"?'),
        ({"fields": {"Thing": {"parst[].box": {"new": TEXT}}}}, "parst[].box: no such field in Thing"),
        ({"fields": {"Thing": {"colour": {"values": ["blue"]}}}}, "colour: no such field in Thing"),
        (
            {"fields": {"Thing": {"size": {"new": TEXT}}}},
            "Thing: size: contradicts the description, which has this field with another type",
        ),
        ({"values": {"Thing": ["x"]}}, "values: Thing: has no enum to which values could be added"),
        ({"values": {"Kynd": ["x"]}}, 'no component Kynd; did you mean "Kind"?'),
        ({"parameters": {"GET /thing": {"by": {"new": QUERY}}}}, "no operation GET /thing"),
        (
            {"parameters": {"GET /things/{id}": {"bye": {"values": ["x"]}}}},
            "no such parameter of GET /things",
        ),
        ({"alternatives": {"Thing": [TEXT]}}, "alternatives: Thing: has no alternatives"),
        (
            {"corrections": {"POST /things/{id}/stop": {"was": "POST /thing/{id}"}}},
            'POST /things/{id}/stop: no operation POST /thing/{id}; did you mean "POST /things/{id}"?',
        ),
    ],
)
def test_what_contradicts_the_description_or_refers_to_nothing_is_dead(
    parts: dict[str, Any], told: str
) -> None:
    more = extend(**parts)
    assert len(more.dead) == 1
    assert told in str(more.dead[0])
    assert more.published == ()
    assert more.document == DOCUMENT


def test_additions_may_refer_to_each_other_in_any_order(tmp_path: Path) -> None:
    for name, text in {
        "a.yaml": "paths: {/boxes: {get: {operationId: listBoxes, responses: {}}}}",
        "b.yaml": "components: {schemas: {Box: {$ref: '#/components/schemas/Case'}, Case: {type: string}}}",
    }.items():
        (tmp_path / name).write_text(f"source: s\ndate: 2026-11-30\n{text}\n")
    read = read_additions(tmp_path)
    assert [one.where.removeprefix(str(tmp_path)) for one in read] == [
        "/a.yaml: paths: /boxes: get",
        "/b.yaml: components: schemas: Box",
        "/b.yaml: components: schemas: Case",
    ]
    assert {one.origin for one in read} == {"s, 2026-11-30"}
    assert not extended(DOCUMENT, read).dead


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- why: x\n", "expected a mapping of source, date and additions, found a list"),
        ("date: 2026-11\n", "expected a source (a text)"),
        ("source: ' '\ndate: 2026-11\n", "expected a source (a text)"),
        ("source: s\n", "expected a date as in 2026-08 or 2026-08-31, found None"),
        ("source: s\ndate: November\n", "expected a date as in 2026-08 or 2026-08-31, found 'November'"),
        ("source: s\ndate: 2026-11\npath: {}\n", "unknown key 'path'"),
        ("source: s\ndate: 2026-11\npaths: []\n", "paths: expected a mapping, found a list"),
        ("source: s\ndate: 2026-11\npaths: {x: {}}\n", "paths: x: expected a path that begins with /"),
        ("source: s\ndate: 2026-11\npaths: {/x: {gte: {}}}\n", "unknown key 'gte'; expected one of get, put"),
        ("source: s\ndate: 2026-11\npaths: {/x: {get: {}}}\n", "get: expected a mapping of an operation's"),
        ("source: s\ndate: 2026-11\npaths: {/x: {get: {deprecated: true}}}\n", "expected an operationId"),
        (
            "source: s\ndate: 2026-11\ncomponents: {responses: {}}\n",
            "unknown key 'responses'; expected schemas",
        ),
        (
            "source: s\ndate: 2026-11\nfields: {A: {b: {is: {}}}}\n",
            "A: b: expected new with a schema, or values",
        ),
        (
            "source: s\ndate: 2026-11\nfields: {A: {b: {values: x}}}\n",
            "values: expected a list of values, found a text",
        ),
        (
            "source: s\ndate: 2026-11\nalternatives: {A: {}}\n",
            "A: expected a list of schemas, found a mapping",
        ),
        (
            "source: s\ndate: 2026-11\ncorrections: {POST /x: {from: POST /y}}\n",
            "POST /x: expected a method and path",
        ),
        (
            "source: s\ndate: 2026-11\ncorrections: {post x: {was: POST /y}}\n",
            "post x: expected a method and path",
        ),
        ("source: s\n  date: [\n", "not valid YAML"),
    ],
)
def test_a_malformed_file_is_one_error_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "more.yaml").write_text(text)
    with pytest.raises(DescriptionError) as caught:
        read_additions(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'more.yaml'}: ")
    assert told in str(caught.value)


def test_the_same_entry_in_two_files_and_a_file_that_is_never_read_are_errors(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(
            "source: s\ndate: 2026-11\ncomponents: {schemas: {Box: {type: string}}}\n"
        )
    with pytest.raises(DescriptionError, match=r"b.yaml: components: schemas: Box: is also in .*a.yaml"):
        read_additions(tmp_path)
    (tmp_path / "b.yaml").rename(tmp_path / "b.yml")
    with pytest.raises(DescriptionError, match=r"b.yml: unknown file; expected files that end in .yaml$"):
        read_additions(tmp_path)


def test_the_model_and_the_index_say_what_is_not_published(tmp_path: Path) -> None:
    api = built(
        tmp_path,
        "paths: {/boxes: {get: {operationId: listBoxes, responses: {}}}}\n"
        "components: {schemas: {Box: {type: object, properties: {id: {type: string}}}}}\n"
        "webhooks: {box_full: {post: {requestBody: {content: {application/json: {}}}}}}\n"
        "fields: {Thing: {weight: {new: {type: number}}, 'parts[].size': {new: {type: number}}}}\n"
        "corrections: {'POST /things/{id}/stop': {was: 'POST /things/{id}'}}\n",
    ).api
    for name, text in index_files(api).items():
        (tmp_path / "index" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "index" / name).write_text(text)
    origin = "the client 2.0, 2026-11"
    for one in (api, Index(tmp_path / "index").api()):
        assert {each.id: each.added for each in one.operations} == {
            "getThing": "",
            "listBoxes": origin,
            "stopThing": origin,
        }
        assert {each.corrected for each in one.operations} == {"", "POST /things/{id}"}
        assert one.components["Box"].added == origin
        assert one.components["Thing"].added == ""
        assert one.components["Thing"].added_fields == (("weight", origin),)
        assert one.components["ThingPartsItem"].added_fields == (("size", origin),)
        assert [each.added for each in one.webhooks] == [origin]


def test_overrides_apply_first_so_that_additions_may_refer_to_what_they_add(tmp_path: Path) -> None:
    (tmp_path / "overrides").mkdir()
    (tmp_path / "overrides" / "more.yaml").write_text(
        "- why: It is missing.\n  evidence: A reply.\n  adds: {Lid: {type: string, enum: [flat]}}\n"
    )
    api = built(tmp_path, "fields: {Thing: {lid: {new: {$ref: '#/components/schemas/Lid'}}}}\n").api
    thing = api.components["Thing"].schema
    assert isinstance(thing, Object)
    assert {one.name: api.resolve(one.schema) for one in thing.fields}["lid"] == Literals(("flat",))


def test_without_additions_nothing_is_marked(tmp_path: Path) -> None:
    (tmp_path / "overrides").mkdir()
    api = build_document(DOCUMENT, tmp_path / "overrides").api
    assert not any(one.added for one in api.operations)
    assert not any(one.added for one in api.components.values())
