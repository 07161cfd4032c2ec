"""A small API whose changes are compared, and their texts in tests."""

from __future__ import annotations

from collections.abc import Callable

from typed_openai_spec.comparison import Change
from typed_openai_spec.model import Api

Described = Callable[[str], tuple[Api, list[str]]]

BASE = """\
servers: [{url: https://api.test/v1}]
security: [{Key: []}]
paths:
  /things/{id}:
    post:
      operationId: makeThing
      tags: [things]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 9, default: 5}}
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/MakeThing'}}
      responses:
        '200':
          description: made
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
  /things:
    get:
      operationId: listThings
      responses:
        '200':
          description: all
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}
components:
  securitySchemes: {Key: {type: http, scheme: bearer}, Admin: {type: http, scheme: bearer}}
  schemas:
    MakeThing:
      type: object
      required: [name]
      properties:
        name: {type: string, maxLength: 20}
        note: {type: string}
        size: {type: string, enum: [small, large]}
        part: {$ref: '#/components/schemas/Part'}
        pet: {$ref: '#/components/schemas/Pet'}
    Thing:
      type: object
      required: [id, state]
      properties:
        id: {type: string}
        state: {type: string, enum: [new, done]}
        count: {type: integer, maximum: 3}
        part: {$ref: '#/components/schemas/Part'}
        event: {$ref: '#/components/schemas/Event'}
    Part:
      type: object
      required: [code]
      properties:
        code: {type: string}
        inner: {$ref: '#/components/schemas/Part'}
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
    Event:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
    Cat: {type: object, required: [kind], properties: {kind: {const: cat}}}
    Dog: {type: object, required: [kind], properties: {kind: {const: dog}}}
    Bird: {type: object, required: [kind], properties: {kind: {const: bird}}}
"""


def told(change: Change) -> str:
    return f"{change.severity} {change.kind} {change.subject} {change.place}: {change.text}"


def read(described: Described, text: str) -> Api:
    api, problems = described(text)
    assert problems == []
    return api
