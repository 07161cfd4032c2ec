"""Features of OpenAPI 3.2, and the refusal of Swagger 2.0."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from typed_openai_spec.files.source import parsed
from typed_openai_spec.model import Api, Ref
from typed_openai_spec.openapi.document import read_api
from typed_openai_spec.problems import DescriptionError

Reader = Callable[[str], tuple[Api, list[str]]]

NEW = b"""
openapi: 3.2.0
$self: https://new.test/openapi
info: {title: New, version: "1"}
paths:
  /pets:
    query:
      operationId: searchPets
      requestBody: {required: true, content: {application/json: {schema: {properties: {q: {type: string}}}}}}
      responses:
        "200": {description: Ok, content: {application/json: {$ref: "#/components/mediaTypes/Pets"}}}
    additionalOperations:
      COPY: {operationId: copyPets, responses: {"204": {description: Ok}}}
  /events:
    get:
      operationId: listen
      responses:
        "200":
          description: Ok
          content:
            text/event-stream:
              itemSchema:
                type: object
                properties:
                  event: {type: string}
                  data:
                    type: string
                    contentMediaType: application/json
                    contentSchema: {$ref: "#/components/schemas/Pet"}
  /lines:
    get:
      operationId: readLines
      responses:
        "200":
          description: Ok
          content: {application/jsonl: {itemSchema: {$ref: "#/components/schemas/Pet"}}}
components:
  mediaTypes: {Pets: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}
  schemas: {Pet: {type: object, properties: {name: {type: string}}}}
"""


def test_version_3_2_is_read() -> None:
    api, problems = read_api(parsed(NEW, "new.yaml"))
    assert problems == ()
    found = {one.id: one for one in api.operations}
    assert [(found[one].method, found[one].path) for one in ("searchPets", "copyPets")] == [
        ("QUERY", "/pets"),
        ("COPY", "/pets"),
    ]
    assert found["searchPets"].argument("q") is not None
    assert [found[one].result.kind for one in ("searchPets", "listen", "readLines")] == [
        "json",
        "stream",
        "stream",
    ]
    assert found["listen"].result.schema == found["readLines"].result.schema == Ref("Pet")


def test_swagger_2_is_named_with_a_converter() -> None:
    with pytest.raises(
        DescriptionError,
        match=r"old\.yaml: expected .* found Swagger 2\.0; convert it first.*swagger2openapi",
    ):
        parsed(b"swagger: '2.0'\ninfo: {}\npaths: {}", "old.yaml")


def test_callbacks_are_known_and_unused(described: Reader) -> None:
    _, problems = described("paths: {/a: {get: {operationId: x, callbacks: {done: {}}}}}")
    assert problems == [
        'unused: /paths/~1a/get/callbacks: "callbacks" are requests of the server (calls do not use them)'
    ]
