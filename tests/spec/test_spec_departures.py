"""The short forms of overrides: fields, alternatives and added components, and those without effect."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from typed_openai_spec.files.source import DeadOverrides, Override, patched, read_overrides
from typed_openai_spec.problems import DescriptionError

TEXT = {"type": "string"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {},
    "components": {
        "schemas": {
            "Shared": {"type": "object", "required": ["user"], "properties": {"user": TEXT}},
            "Reply": {
                "allOf": [
                    {"$ref": "#/components/schemas/Shared"},
                    {
                        "type": "object",
                        "required": ["choices", "id"],
                        "properties": {
                            "id": TEXT,
                            "note": TEXT,
                            "told": {"anyOf": [TEXT, {"type": "null"}]},
                            "choices": {
                                "type": "array",
                                "items": {"type": "object", "required": ["end"], "properties": {"end": TEXT}},
                            },
                            "labels": {
                                "type": "object",
                                "additionalProperties": {"type": "object", "properties": {"name": TEXT}},
                            },
                        },
                    },
                ]
            },
            "Event": {"anyOf": [{"$ref": "#/components/schemas/Reply"}]},
        }
    },
}


def departed(**forms: Any) -> dict[str, Any]:
    schemas: dict[str, Any] = patched(DOCUMENT, [Override("some.yaml", "w", {}, 3, forms)])["components"][
        "schemas"
    ]
    return schemas


def own(schemas: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = schemas["Reply"]["allOf"][1]
    return part


def test_a_field_becomes_optional_or_nullable() -> None:
    part = own(departed(fields={"Reply": {"id": ["optional", "nullable"]}}))
    assert part["required"] == ["choices"]
    assert part["properties"]["id"] == {"type": "string", "nullable": True}


def test_paths_lead_through_arrays_and_maps() -> None:
    part = own(departed(fields={"Reply": {"choices[].end": "optional", "labels{}.name": "nullable"}}))
    assert part["properties"]["choices"]["items"]["required"] == []
    name = part["properties"]["labels"]["additionalProperties"]["properties"]["name"]
    assert name == {"type": "string", "nullable": True}


def test_a_star_stands_for_the_optional_fields_that_are_not_nullable_yet() -> None:
    properties = own(departed(fields={"Reply": {"*": "nullable"}}))["properties"]
    assert [name for name, one in properties.items() if "nullable" in one] == ["note", "labels"]


def test_a_field_of_a_shared_part_departs_in_one_component_alone() -> None:
    schemas = departed(fields={"Reply": {"user": ["optional", "nullable"]}})
    shared = schemas["Reply"]["allOf"][0]
    assert (shared["required"], shared["properties"]["user"]["nullable"]) == ([], True)
    assert schemas["Shared"] == DOCUMENT["components"]["schemas"]["Shared"]


def test_fields_are_replaced_added_and_removed() -> None:
    said = {"note": {"is": {"type": "integer"}}, "more": {"new": {"type": "boolean"}}, "id": "unsent"}
    part = own(departed(fields={"Reply": said}))
    assert part["properties"]["note"] == {"type": "integer"}
    assert part["properties"]["more"] == {"type": "boolean"}
    assert "id" not in part["properties"]
    assert part["required"] == ["choices"]


def test_components_and_alternatives_are_added() -> None:
    reference = {"$ref": "#/components/schemas/Ping"}
    schemas = departed(adds={"Ping": {"type": "object"}}, alternatives={"Event": [reference]})
    assert schemas["Ping"] == {"type": "object"}
    assert schemas["Event"]["anyOf"] == [{"$ref": "#/components/schemas/Reply"}, reference]


def test_the_document_itself_stays_as_it_is() -> None:
    before = deepcopy(DOCUMENT)
    departed(fields={"Reply": {"user": "optional", "choices[].end": "optional"}})
    assert before == DOCUMENT


@pytest.mark.parametrize(
    ("forms", "told"),
    [
        ({"fields": {"Replie": {"id": "optional"}}}, 'Replie: no such component; did you mean "Reply"?'),
        ({"fields": {"Reply": {"ids": "optional"}}}, "Reply.ids: no such field"),
        ({"fields": {"Reply": {"choices[].ends": "nullable"}}}, "Reply.choices[].ends: no such field"),
        ({"fields": {"Reply": {"note": "optional"}}}, "Reply.note: optional has no effect"),
        ({"fields": {"Reply": {"told": "nullable"}}}, "Reply.told: nullable has no effect"),
        ({"fields": {"Reply": {"note": {"is": TEXT}}}}, "Reply.note: is has no effect"),
        ({"fields": {"Reply": {"note": {"new": TEXT}}}}, "Reply.note: new has no effect"),
        ({"adds": {"Reply": {"type": "object"}}}, "Reply: is in the description"),
        ({"alternatives": {"Reply": [{}]}}, "Reply: has no alternatives"),
        (
            {"alternatives": {"Event": [{"$ref": "#/components/schemas/Pong"}]}},
            "Event: no component #/components/schemas/Pong",
        ),
    ],
)
def test_what_has_no_effect_is_dead(forms: dict[str, Any], told: str) -> None:
    with pytest.raises(DeadOverrides) as caught:
        departed(**forms)
    assert str(caught.value) == f"some.yaml:3: matches nothing: {told} (why: w)"


def test_an_entry_with_evidence_is_read(tmp_path: Path) -> None:
    text = "- {why: It is null., evidence: 3 replies., fields: {Reply: {id: nullable}}}"
    (tmp_path / "replies.yaml").write_text(text)
    (found,) = read_overrides(tmp_path)
    assert found.why == "It is null. Evidence: 3 replies."
    assert found.departures == {"fields": {"Reply": {"id": "nullable"}}}


@pytest.mark.parametrize(
    "entry",
    [
        "{why: w, fields: {Reply: {id: nullable}}}",
        "{why: w, evidence: '', fields: {Reply: {id: nullable}}}",
        "{why: w, evidence: e}",
        "{why: w, evidence: e, fields: {Reply: {id: absent}}}",
        "{why: w, evidence: e, fields: {Reply: id}}",
        "{why: w, evidence: e, field: {Reply: {id: nullable}}}",
        "{why: w, evidence: e, adds: {Reply: text}}",
        "{why: w, evidence: e, alternatives: {Reply: {}}}",
        "{why: w, evidence: e, patch: {a: 1}}",
    ],
)
def test_a_malformed_departure_is_an_error_that_tells_the_forms(tmp_path: Path, entry: str) -> None:
    (tmp_path / "replies.yaml").write_text(f"- {entry}")
    with pytest.raises(
        DescriptionError, match=r"replies\.yaml:1: expected .* one of adds, alternatives, fields"
    ):
        read_overrides(tmp_path)
