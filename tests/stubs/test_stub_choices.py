"""Overloads for the ways to fill a body: none that an earlier one hides, which checkers report."""

from __future__ import annotations

from typing import Any

from typed_openai_spec.openapi.document import read_api
from typed_openai_stubgen.call_forms import forms


def test_a_choice_that_an_earlier_one_accepts_as_a_whole_has_no_overload() -> None:
    text = {"type": "string"}
    schemas: dict[str, Any] = {
        "Named": {"type": "object", "properties": {"name": text, "note": text}, "required": ["name"]},
        "Noted": {"type": "object", "properties": {"name": text, "note": text}, "required": ["name", "note"]},
        "Other": {"type": "object", "properties": {"id": text}, "required": ["id"]},
    }
    body = {"schema": {"anyOf": [{"$ref": f"#/components/schemas/{one}"} for one in schemas]}}
    operation = {
        "operationId": "make",
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {"204": {"description": "Done."}},
    }
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Choices", "version": "1"},
        "paths": {"/make": {"post": operation}},
        "components": {"schemas": schemas},
    }
    api, problems = read_api(document)
    assert problems == ()
    (made,) = api.operations
    assert len(made.choices) == 3
    required = [{one.name for one in form.arguments if one.required} for form in forms(made, api)]
    assert required == [{"name"}, {"id"}]
