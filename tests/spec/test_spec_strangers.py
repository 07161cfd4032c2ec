"""Reading any description ends with an API and problems, never with a crash."""

from __future__ import annotations

import copy
import json
import keyword
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from typed_openai_spec.compile import index_files
from typed_openai_spec.files.canonical import canonical, files
from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.model import Api, Object
from typed_openai_spec.model.walking import references
from typed_openai_spec.openapi.document import read_api
from typed_openai_spec.problems import DescriptionError

FULL = parse_yaml(
    b"""
openapi: 3.1.0
info: {title: Full, version: '1'}
servers: [{url: 'https://{host}', variables: {host: {default: a.test}}}]
security: [{Key: []}]
x-typed: {query_style: brackets, groups: {things: {headers: {A: b}}}}
paths:
  /things/{id}?beta=true:
    parameters: [{$ref: '#/components/parameters/Id'}]
    servers: [{url: '/other/{v}', variables: {v: {default: v2}}}]
    post:
      servers: [{url: 'https://b.test'}]
      operationId: makeThing
      deprecated: true
      security: [{Admin: []}, {}]
      x-typed:
        {name: make, positional: [a], headers: {A: b}, variants: [{argument: a, values: [x], kind: text}]}
      parameters:
      - {name: 'q[]', in: query, style: deepObject, explode: true, schema: {type: array, items: {}}}
      - {name: c, in: cookie, style: form, explode: false, schema: {type: array}}
      - {name: j, in: query, content: {application/json: {schema: {type: object}}}}
      requestBody:
        required: false
        content:
          application/json: {schema: {$ref: '#/components/schemas/Thing'}}
          multipart/form-data:
            schema: {type: object, properties: {a: {type: string, format: binary}}, required: [a]}
            encoding: {a: {contentType: image/png, style: form, explode: true}}
          application/x-www-form-urlencoded:
            schema:
              properties: {'a[]': {type: string, contentMediaType: image/png, contentEncoding: base64}}
      responses:
        '200':
          content:
            application/json: {schema: {oneOf: [{$ref: '#/components/schemas/Thing'}, {type: 'null'}]}}
            text/event-stream: {schema: {properties: {d: {type: string}}}}
        '202': {description: later}
        '302': {description: there}
        default: {$ref: '#/components/responses/Bad'}
webhooks: {made: {post: {requestBody: {content: {application/json: {schema: {type: string}}}}}}}
components:
  parameters: {Id: {name: id, in: path, required: true, schema: {type: string}}}
  responses: {Bad: {content: {application/json: {schema: {type: object}}}}}
  securitySchemes: {Key: {type: http, scheme: digest}}
  schemas:
    Base:
      type: object
      properties: {kind: {type: string, enum: [a, b]}, id: {readOnly: true}, key: {writeOnly: true}}
      required: [kind, id, key]
    Thing:
      allOf:
      - $ref: '#/components/schemas/Base'
      - properties: {kind: {const: a}, kids: {type: array, items: {$ref: '#/components/schemas/Any'}}}
      - anyOf: [{required: [kids]}, {required: [kind]}]
      nullable: true
    Other: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {kind: {const: b}}}], required: [kind]}
    Any:
      discriminator: {propertyName: kind, mapping: {a: '#/components/schemas/Thing'}}
      oneOf: [{$ref: '#/components/schemas/Thing'}, {$ref: '#/components/schemas/Other'}]
    Map:
      type: object
      additionalProperties: {type: [string, integer], minLength: 1, minimum: 2}
      propertyNames: {maxLength: 3}
    Tree: {properties: {again: {$recursiveRef: '#'}}, not: {required: [again]}}
""",
    "full",
)

JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, "", "text", "object", "#/components/schemas/Any",
    [], {}, [None], [[]], [{}], ["a", 1],
    {"a": None}, {"$ref": "#/components/schemas/Thing"}, {"$ref": 5}, {"$ref": "#/components/parameters/Id"},
    {"type": "object"}, {"": {}},
    {"type": ["object", "null"], "properties": {"x": {"properties": {"y": {}}}}},
    {"allOf": [{"$ref": "#/components/schemas/Any"}, {"properties": {"n": {"type": "string"}}}]},
    [{"$ref": "#/components/schemas/Any"}], {"oneOf": [{"required": ["a"]}], "anyOf": [{"type": "string"}]},
)  # fmt: skip


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [place] if place else []
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, one in entries:
        found += _places(one, (*place, key))
    return found


PLACES = _places(FULL)


def _sound(api: Api) -> None:
    """Check that every reference has a target, that objects are components, and that names are Python's."""
    for component in api.components.values():
        assert component.name.isidentifier()
        assert all(name in api.components for name in references(component.schema))
    for operation in api.operations:
        names = [one.name for one in operation.arguments]
        assert len(set(names)) == len(names)
        assert all(one.isidentifier() and not keyword.iskeyword(one) for one in names)
        for argument in operation.arguments:
            assert all(name in api.components for name in references(argument.schema))
            assert not (isinstance(argument.schema, Object) and argument.schema.fields)
        for body in operation.bodies:
            assert set(body.fields) <= set(names)
    json.dumps(index_files(api))


def test_the_full_description_is_understood() -> None:
    api, problems = read_api(FULL)
    _sound(api)
    assert [(one.place, one.text) for one in problems] == [
        ("/components/schemas/Tree/not", '"not" other than "not all of the alternatives"'),
        ("/components/securitySchemes/Key", '"digest" needs more than a key'),
        ("/paths/~1things~1{id}?beta=true/post", "a stream, but no argument that requests it"),
        ("/paths/~1things~1{id}?beta=true/post/security/0", 'no security scheme "Admin"'),
    ]


@given(place=st.sampled_from(PLACES), junk=st.sampled_from(JUNK))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_junk_in_any_place_costs_no_more_than_that_place(place: tuple[Any, ...], junk: Any) -> None:
    document = copy.deepcopy(FULL)
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = junk
    if not isinstance(document["paths"], dict):
        return  # rejected by the reader of files
    api, problems = read_api(document)
    _sound(api)
    assert all(one.place.startswith("/") for one in problems)


@given(place=st.sampled_from(PLACES), key=st.text(max_size=30))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_may_be_a_name(place: tuple[Any, ...], key: str) -> None:
    document = copy.deepcopy(FULL)
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    if isinstance(holder, dict) and place != ("paths",):
        holder[key] = holder.pop(place[-1])
    api, _ = read_api(document)
    _sound(api)
    texts = files(canonical(document, facts_only=False))
    assert all(".." not in name and not name.startswith("/") and "\\" not in name for name in texts)


def test_braces_without_end_take_no_time_to_speak_of() -> None:
    braces = "{" * 200_000
    document = {
        "openapi": "3.1.0",
        "servers": [{"url": f"https://a.example/{braces}{{b}}", "variables": {"b": {"default": "v1"}}}],
        "paths": {f"/x/{braces}": {"get": {"operationId": "getX"}}},
    }
    api, problems = read_api(document)
    assert api.base_url == f"https://a.example/{braces}v1"
    assert problems == ()


def test_schemas_that_build_on_each_other_without_end_are_refused() -> None:
    chain: dict[str, Any] = {
        f"S{i:04}": {"allOf": [{"$ref": f"#/components/schemas/S{i + 1:04}"}, {"properties": {f"p{i}": {}}}]}
        for i in range(2_000)
    }
    chain["S2000"] = {"type": "object"}
    document = {"openapi": "3.1.0", "paths": {}, "components": {"schemas": chain}}
    with pytest.raises(DescriptionError, match="nested too deeply"):
        read_api(document)


def _with(place: str, value: object) -> dict[str, Any]:
    """Return a small description with another value at a place."""
    schema = {"type": "string"}
    reply = {"description": "", "content": {"application/json": {"schema": schema}}}
    item = {"name": "id", "in": "path", "required": True, "schema": schema}
    query = {"name": "q", "in": "query", "schema": schema}
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {
        "operationId": "x",
        "parameters": [item, query],
        "requestBody": body,
        "responses": {"200": reply},
    }
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "A", "version": "1"},
        "servers": [{"url": "https://a.test"}],
        "security": [{"Key": []}],
        "paths": {"/a/{id}": {"post": operation}},
        "components": {"securitySchemes": {"Key": {"type": "http", "scheme": "bearer"}}},
    }
    document = json.loads(json.dumps(document))
    *steps, last = [one.replace("~1", "/") for one in place.split("/")[1:]]
    found: Any = document
    for step in steps:
        found = found[int(step)] if isinstance(found, list) else found[step]
    if isinstance(found, list):
        found[int(last)] = value
    else:
        found[last] = value
    return document


_AT = "/paths/~1a~1{id}/post"


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        (f"{_AT}/responses/200/contnet", {}, 'approximated: {}: unknown keyword "contnet" (it is ignored)'),
        (f"{_AT}/responses/200/schema", {}, 'approximated: {}: unknown keyword "schema" (it is ignored)'),
        (
            f"{_AT}/responses/200/content/application~1json/shcema",
            {},
            'approximated: {}: unknown keyword "shcema" (it is ignored)',
        ),
        (
            f"{_AT}/responses/200/content",
            [],
            "approximated: {}: expected a mapping of media types, found [] (it is ignored)",
        ),
        (
            f"{_AT}/responses/200/content/json",
            {},
            "approximated: {}: expected a media type such as application/json,"
            ' found "json" (it is used as it is)',
        ),
        (
            f"{_AT}/responses/2000",
            {"description": ""},
            'approximated: {}: expected a status such as 200 or 4XX, found "2000" (it is ignored)',
        ),
        (
            f"{_AT}/requestBody",
            {"required": True},
            "lost: {}: a body without content (calls cannot send one)",
        ),
        (f"{_AT}/requestBody/reqiured", True, 'approximated: {}: unknown keyword "reqiured" (it is ignored)'),
        (
            f"{_AT}/requestBody/required",
            "yes",
            "approximated: {}: expected true or false, found 'yes' (it is ignored)",
        ),
        (
            f"{_AT}/parameters/1",
            {"name": "q", "in": "query"},
            "approximated: {}: a parameter without a schema (any value is accepted)",
        ),
        (
            f"{_AT}/parameters/1",
            {"name": "z", "in": "path", "required": True, "schema": {}},
            "lost: {}: {{z}} is not in the path (it is ignored)",
        ),
        (
            f"{_AT}/parameters/1/schema/pattern",
            "(",
            "unused: {}: a regular expression that is not understood (values are not checked by it)",
        ),
        (f"{_AT}/operationId", 5, "approximated: {}: expected a text, found 5 (it is ignored)"),
        (
            "/security/0",
            {"Kye": []},
            'approximated: {}: no security scheme "Kye" (the key is sent as a bearer token)',
        ),
        (
            "/components/securitySchemes/Key",
            {"type": "apiKey", "name": "K"},
            "approximated: {}: an apiKey without a name, or in no known place"
            " (the key is sent as a bearer token)",
        ),
        (
            "/components/securitySchemes/Key",
            {"type": "magic"},
            "approximated: {}: unknown type 'magic' (the key is sent as a bearer token)",
        ),
        (
            "/servers/0",
            {"url": "https://{host}.test"},
            "approximated: {}: {{host}} has no default (calls need a base URL)",
        ),
        (
            "/paths/b",
            {"get": {"responses": {}}},
            'approximated: {}: expected a path that begins with "/"'
            " (it is appended to the URL of the server)",
        ),
    ],
)
def test_each_fault_of_a_part_is_reported_with_its_place_kind_and_cost(
    place: str, value: object, problem: str
) -> None:
    _, problems = read_api(_with(place, value))
    assert [*map(str, problems)] == [problem.format(place)]


def test_placeholders_in_the_query_of_a_path_are_query_parameters() -> None:
    place = {"in": "path", "required": True, "schema": {"type": "number"}}
    operation = {
        "operationId": "alerts",
        "parameters": [{"name": "lat", **place}, {"name": "lon", **place}],
        "responses": {"204": {"description": ""}},
    }
    paths = {"/alerts?lat={lat}&long={lon}&v=2": {"get": operation}}
    api, problems = read_api({"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": paths})
    assert problems == ()
    (found,) = api.operations
    assert (found.path, found.query) == ("/alerts", (("v", "2"),))
    assert [(one.name, one.wire, one.location, one.required) for one in found.arguments] == [
        ("lat", "lat", "query", True),
        ("lon", "long", "query", True),
    ]
