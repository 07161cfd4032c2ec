"""Parameters and bodies become arguments: order, names, styles, places, files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from typed_openai_spec.model import (
    Anything,
    Api,
    Argument,
    Literals,
    Object,
    Operation,
    Ref,
    Scalar,
    Schema,
    Union,
)

Reader = Callable[[str], tuple[Api, list[str]]]
OperationReader = Callable[[str], Operation]

TEXT = Scalar("string")
FILE = Scalar("string", format="binary")


def _arguments(operation: Operation) -> dict[str, Argument]:
    found = {one.name: one for one in operation.arguments}
    assert len(found) == len(operation.arguments)
    return found


def _json(schema: str) -> str:
    return f"requestBody: {{required: true, content: {{application/json: {{schema: {schema}}}}}}}"


def test_each_location_keeps_its_parameters(operation: OperationReader) -> None:
    found = _arguments(
        operation(
            """
            parameters:
            - {name: limit, in: query, description: Count., schema: {type: integer, default: 2, maximum: 9}}
            - {name: X-Trace-Id, in: header, schema: {type: string}, deprecated: true}
            - {name: old, in: query, schema: {type: string, deprecated: true}}
            """
        )
    )
    assert {name: (one.location, one.wire, one.required) for name, one in found.items()} == {
        "id": ("path", "id", True),
        "limit": ("query", "limit", False),
        "old": ("query", "old", False),
        "x_trace_id": ("header", "X-Trace-Id", False),
    }
    limit = found["limit"]
    assert (limit.schema, limit.default, limit.doc) == (Scalar("integer", maximum=9), 2, "Count.")
    assert [name for name, one in found.items() if one.deprecated] == ["old", "x_trace_id"]


def test_path_parameters_come_first_in_path_order_then_required_ones_then_the_rest(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /zoos/{zoo}/animals/{animal}:
            post:
              operationId: feed
              parameters:
              - {name: z, in: query, schema: {type: string}}
              - {name: m, in: query, required: true, schema: {type: string}}
              - {name: animal, in: path, required: true, schema: {type: string}}
              - {name: zoo, in: path, required: true, schema: {type: string}}
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {properties: {b: {}, food: {type: string}, x: {}}, required: [x, food]}
        """
    )
    assert problems == []
    arguments = api.operations[0].arguments
    assert [one.name for one in arguments] == ["zoo", "animal", "food", "m", "x", "b", "z"]
    assert [one.positional for one in arguments] == [True] * 5 + [False] * 2


def test_an_override_may_set_the_positional_arguments(operation: OperationReader) -> None:
    found = operation(
        "x-typed: {positional: [input, model]}\n" + _json("{properties: {model: {}, input: {}, a: {}}}")
    )
    assert [one.name for one in found.arguments] == ["input", "model", "id", "a"]
    assert [one.positional for one in found.arguments] == [True, True, True, False]


def test_an_operation_overrides_the_parameters_of_its_path(operation: OperationReader) -> None:
    found = _arguments(
        operation("parameters: [{name: id, in: path, required: true, schema: {type: integer}}]")
    )
    assert found["id"].schema == Scalar("integer")


@pytest.mark.parametrize(
    ("parameter", "style"),
    [
        ("name: a, in: query", "plain"),
        ("name: 'a[]', in: query", "brackets"),
        ("name: a, in: query, style: deepObject", "deep"),
        ("name: a, in: query, style: deepObject, explode: true", "deep"),
        ("name: a, in: query, style: form, explode: true", "plain"),
        ("name: a, in: query, explode: false", "comma"),
        ("name: a, in: header", "comma"),
        ("name: a, in: query, style: spaceDelimited, explode: false", "space"),
        ("name: a, in: query, style: spaceDelimited, explode: true", "plain"),
        ("name: a, in: query, style: pipeDelimited", "pipe"),
        ("name: a, in: header, explode: true", "comma*"),
        ("name: a, in: path, required: true", "comma"),
        ("name: a, in: path, required: true, explode: true", "comma*"),
        ("name: a, in: path, required: true, style: label", "label"),
        ("name: a, in: path, required: true, style: matrix, explode: true", "matrix*"),
        ("name: a, in: cookie, explode: false", "comma"),
        ("name: a, in: cookie", "plain"),
    ],
)
def test_styles(described: Reader, parameter: str, style: str) -> None:
    api, problems = described(
        f"paths: {{'/x/{{a}}': {{get: {{parameters: [{{{parameter}, schema: {{type: array}}}}]}}}}}}"
    )
    assert [one for one in problems if "not declared as a parameter" not in one] == []
    (argument,) = api.operations[0].arguments
    assert (argument.name, argument.wire, argument.style) == ("a", "a", style)


def test_the_api_says_how_its_queries_are_written(described: Reader) -> None:
    api, _ = described(
        """
        x-typed: {query_style: brackets}
        paths: {/a: {get: {parameters: [{name: a, in: query}, {name: b, in: query, explode: false}]}}}
        """
    )
    assert {one.name: one.style for one in api.operations[0].arguments} == {"a": "brackets", "b": "comma"}


def test_shared_parameters_bodies_and_responses_are_followed(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /a:
            parameters: [{$ref: '#/components/parameters/Alias'}]
            post:
              requestBody: {$ref: '#/components/requestBodies/Body'}
              responses: {'200': {$ref: '#/components/responses/Reply'}}
        components:
          parameters:
            Alias: {$ref: '#/components/parameters/Limit'}
            Limit: {name: limit, in: query, schema: {type: integer}}
          requestBodies: {Body: {content: {application/json: {schema: {properties: {text: {type: string}}}}}}}
          responses: {Reply: {content: {application/json: {schema: {type: string}}}}}
        """
    )
    assert problems == []
    (operation,) = api.operations
    assert [one.name for one in operation.arguments] == ["limit", "text"]
    assert operation.result.schema == Scalar("string")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("parameters: [{$ref: '#/components/parameters/No'}]", "/parameters/0", '"$ref" has no target'),
        ("parameters: [{$ref: 'other.yaml'}]", "/parameters/0", '"$ref" points to another file'),
        ("parameters: [{name: c, in: body}]", "/parameters/0", 'a parameter in "body"'),
        ("parameters: [{name: c}]", "/parameters/0", 'a parameter in "None"'),
        ("parameters: [{in: query}]", "/parameters/0", "a parameter without a name"),
        ("parameters: [text]", "/parameters/0", "expected a mapping"),
        ("parameters: {a: 1}", "/parameters", "expected a list"),
        ("parameters: [{name: a, in: query, type: string}]", "/parameters/0/type", 'unknown keyword "type"'),
        ("parameters: [{name: a, in: query, style: simple}]", "/parameters/0/style", "unknown style"),
        ("parameters: [{name: a, in: query, style: {}}]", "/parameters/0/style", "unknown style"),
        (
            "parameters: [{name: a, in: query, content: {application/xml: {}}}]",
            "/parameters/0/content/application~1xml",
            "a parameter as application/xml",
        ),
        ("requestBody: {$ref: '#/components/requestBodies/No'}", "/requestBody", '"$ref" has no target'),
        ("requestBody: text", "/requestBody", "expected a mapping"),
        ("requestBody: {content: [a]}", "/requestBody/content", "expected a mapping of media types"),
        ("x-typed: {positional: [no]}", "/x-typed/positional", "no argument no"),
        (
            "requestBody: {content: {multipart/form-data: {schema: {properties: {a: {}}},"
            " encoding: {a: {headers: {}}}}}}",
            "/requestBody/content/multipart~1form-data/encoding/a/headers",
            'unknown keyword "headers"',
        ),
    ],
)
def test_what_is_not_understood_is_reported_with_its_place(
    described: Reader, text: str, place: str, said: str
) -> None:
    api, problems = described("paths:\n  /a/b:\n    post:\n      operationId: x\n      " + text)
    assert any(f": /paths/~1a~1b/post{place}: {said}" in one for one in problems), problems
    assert len(api.operations) == 1


def test_a_place_in_the_path_without_a_parameter_is_reported(described: Reader) -> None:
    _, problems = described("paths: {'/a/{b}': {get: {operationId: x}}}")
    assert problems == [
        "lost: /paths/~1a~1{b}/get: {b} in the path is not declared as a parameter (calls cannot set it)"
    ]


# Names


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("from", "from_"),
        ("class", "class_"),
        ("None", "None_"),
        ("timeout", "timeout_"),
        ("self", "self_"),
        ("stream_to", "stream_to_"),
        ("on_progress", "on_progress_"),
        ("max-retries", "max_retries_"),
        ("Max-Retries", "max_retries_"),
        ("extra_body", "extra_body_"),
        ("X-Trace", "x_trace"),
        ("a.b", "a_b"),
        ("1st", "argument_1st"),
        ("größe", "größe"),
        ("日本", "日本"),
        ("__dunder__", "dunder__"),
        ("__private", "private"),
        ("camelCase", "camelCase"),
    ],
)
def test_a_name_that_python_forbids_or_a_call_uses_is_changed_only_in_python(
    operation: OperationReader, wire: str, name: str
) -> None:
    found = _arguments(operation(_json(f"{{properties: {{'{wire}': {{type: string}}}}}}")))
    assert {one.name: one.wire for one in found.values() if one.location == "body"} == {name: wire}
    assert operation(_json(f"{{properties: {{'{wire}': {{type: string}}}}}}")).bodies[0].fields == (name,)


def test_a_field_called_like_a_parameter_keeps_apart(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /a/{id}:
            post:
              operationId: x
              parameters:
              - {name: id, in: path, required: true, schema: {}}
              - {name: id, in: query, schema: {}}
              requestBody:
                content:
                  multipart/form-data:
                    schema: {properties: {id: {type: string, format: binary}, ID: {}}}
                    encoding: {id: {contentType: image/png}}
        """
    )
    place = "renamed: /paths/~1a~1{id}/post: two arguments have the name"
    assert problems == [
        f"""{place} "id" (the body's "id" is renamed to body_id)""",
        f"""{place} "id" (the query's "id" is renamed to query_id)""",
    ]
    (operation,) = api.operations
    found = _arguments(operation)
    assert {name: (one.location, one.wire) for name, one in found.items()} == {
        "id": ("path", "id"),
        "query_id": ("query", "id"),
        "body_id": ("body", "id"),
        "ID": ("body", "ID"),
    }
    (body,) = operation.bodies
    assert body.fields == ("ID", "body_id")
    assert body.files == ("body_id",)
    assert body.encodings == (("body_id", "image/png"),)


def test_fields_that_differ_only_in_what_python_forbids_keep_apart(described: Reader) -> None:
    body = _json("{properties: {a-b: {type: string}, a_b: {type: integer}, a.b: {}}}")
    api, problems = described(f"paths:\n  /a:\n    post:\n      operationId: x\n      {body}")
    assert len(problems) == 2
    found = _arguments(api.operations[0])
    assert {one.wire: one.name for one in found.values()} == {
        "a_b": "a_b",
        "a-b": "body_a_b",
        "a.b": "body_a_b_2",
    }
    assert set(api.operations[0].bodies[0].fields) == set(found)


# Bodies


def test_a_json_body_is_its_fields(operation: OperationReader) -> None:
    found = operation(_json("{properties: {text: {type: string}, n: {type: integer}}, required: [text]}"))
    (body,) = found.bodies
    assert (body.media_type, body.fields, body.raw, body.required) == (
        "application/json",
        ("n", "text"),
        False,
        True,
    )
    assert body.schema == Ref("MakeThingRequest")
    assert _arguments(found)["text"].required


@pytest.mark.parametrize(
    ("required", "body_required", "field_required"),
    [("", False, False), ("required: true, ", True, True), ("required: false, ", False, False)],
)
def test_a_body_that_may_be_left_out_has_no_required_arguments(
    operation: OperationReader, required: str, body_required: bool, field_required: bool
) -> None:
    schema = "{properties: {n: {type: integer}, text: {type: string}}, required: [text]}"
    found = operation(f"requestBody: {{{required}content: {{application/json: {{schema: {schema}}}}}}}")
    assert found.bodies[0].required is body_required
    text = _arguments(found)["text"]
    assert (text.required, text.positional) == (field_required, True)
    choices = [(one.label, one.required) for one in found.choices]
    assert choices == ([] if field_required else [("json", ("text",)), ("nothing", ())])


@pytest.mark.parametrize(
    ("media", "schema"),
    [
        ("application/json", "{properties: {text: {type: string}}, required: [text]}"),
        ("text/plain", "{type: string}"),
    ],
)
def test_a_body_of_one_argument_that_may_be_left_out_needs_no_choices(
    operation: OperationReader, media: str, schema: str
) -> None:
    found = operation(f"requestBody: {{content: {{{media}: {{schema: {schema}}}}}}}")
    assert found.choices == ()
    assert [one.required for one in found.arguments if one.location == "body"] == [False]


def test_arguments_of_a_body_that_may_be_left_out_follow_the_required_ones(
    operation: OperationReader,
) -> None:
    found = operation(
        """
        parameters:
        - {name: x, in: query, required: true, schema: {type: string}}
        - {name: a, in: query, schema: {type: string}}
        requestBody: {content: {text/plain: {schema: {type: string}}}}
        """
    )
    names = [(one.name, one.positional, one.required) for one in found.arguments]
    assert names == [
        ("id", True, True),
        ("x", True, True),
        ("body", True, False),
        ("a", False, False),
    ]


@pytest.mark.parametrize(
    "media", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_an_object_that_can_only_be_empty_has_no_arguments(operation: OperationReader, media: str) -> None:
    schema = "{type: object, properties: {}, additionalProperties: false}"
    found = operation(f"requestBody: {{content: {{{media}: {{schema: {schema}}}}}}}")
    assert [one.name for one in found.arguments] == ["id"]
    assert [(one.fields, one.raw) for one in found.bodies] == [((), False)]


@pytest.mark.parametrize(
    ("media", "schema", "expected"),
    [
        ("application/x-www-form-urlencoded", "{}", Union((Object(extra=Anything()), FILE, TEXT))),
        ("multipart/form-data", "{}", Object(extra=Anything())),
        ("multipart/form-data", "{type: object}", Object(extra=Anything())),
        ("multipart/form-data", "{type: array, items: {}}", Object(extra=Anything())),
        ("multipart/form-data", "{type: object, additionalProperties: {type: string}}", Object(extra=TEXT)),
    ],
)
def test_a_form_without_declared_fields_takes_a_mapping_of_them(
    operation: OperationReader, media: str, schema: str, expected: Schema
) -> None:
    found = operation(f"requestBody: {{required: true, content: {{{media}: {{schema: {schema}}}}}}}")
    body = _arguments(found)["body"]
    assert (body.schema, body.required) == (expected, True)


@pytest.mark.parametrize(
    ("media", "schema"),
    [
        ("application/json", "{type: array, items: {type: string}}"),
        ("application/json", "{type: object, additionalProperties: {type: string}}"),
        ("application/json", "{}"),
        ("text/plain", "{type: string}"),
        ("application/octet-stream", "{type: string, format: binary}"),
        ("application/x-ndjson", "{properties: {a: {type: string}}}"),
    ],
)
def test_a_body_without_named_fields_is_one_argument(
    operation: OperationReader, media: str, schema: str
) -> None:
    found = operation(f"requestBody: {{required: true, content: {{{media}: {{schema: {schema}}}}}}}")
    (body,) = found.bodies
    assert (body.media_type, body.raw, body.fields) == (media, True, ("body",))
    argument = _arguments(found)["body"]
    assert (argument.wire, argument.required, argument.positional) == ("", True, True)
    assert body.files == (() if media == "application/json" else ("body",))


def test_an_offer_is_sent_whole_or_as_a_field_of_the_same_name(operation: OperationReader) -> None:
    found = operation(
        """
        requestBody:
          required: true
          content:
            application/sdp: {schema: {type: string}, x-typed: {argument: sdp}}
            multipart/form-data:
              schema: {properties: {sdp: {type: string}, session: {type: string}}, required: [sdp]}
        """
    )
    arguments = _arguments(found)
    assert {name: (one.wire, one.required) for name, one in arguments.items() if one.location == "body"} == {
        "sdp": ("sdp", True),
        "session": ("session", False),
    }
    assert [(one.media_type, one.raw, one.fields) for one in found.bodies] == [
        ("application/sdp", True, ("sdp",)),
        ("multipart/form-data", False, ("sdp", "session")),
    ]


def test_two_bodies_share_their_arguments(operation: OperationReader) -> None:
    found = operation(
        """
        requestBody:
          required: true
          content:
            multipart/form-data:
              schema:
                properties:
                  image[]: {type: array, items: {type: string, format: binary}}
                  prompt: {type: string}
                required: ['image[]', prompt]
            application/json:
              schema:
                properties: {prompt: {type: string}, n: {type: integer}, image: {type: string}}
                required: [prompt]
        """
    )
    assert [one.media_type for one in found.bodies] == ["application/json", "multipart/form-data"]
    arguments = _arguments(found)
    assert [name for name, one in arguments.items() if one.required] == ["id", "prompt"]
    image = arguments["image"]
    assert image.wire == "image"
    assert isinstance(image.schema, Union)
    assert len(image.schema.members) == 2
    assert [one.fields for one in found.bodies] == [("image", "n", "prompt"), ("image", "prompt")]
    assert [one.files for one in found.bodies] == [(), ("image",)]


def test_fields_of_alternatives_are_required_only_where_all_require_them(operation: OperationReader) -> None:
    found = _arguments(
        operation(
            _json(
                "{oneOf: [{properties: {kind: {const: a}, x: {type: string}}, required: [kind, x]},"
                " {properties: {kind: {const: b}, y: {type: string}}, required: [kind]}]}"
            )
        )
    )
    assert found["kind"].required
    assert not found["x"].required
    assert found["kind"].schema == Union((Literals(("a",)), Literals(("b",))))


def test_alternatives_are_choices_each_of_which_is_complete(operation: OperationReader) -> None:
    found = operation(
        _json(
            "{oneOf: [{properties: {kind: {const: a}, x: {type: string}}, required: [kind, x]},"
            " {properties: {kind: {const: b}, y: {type: string}}, required: [kind]}]}"
        )
    )
    assert [(one.fields, one.required) for one in found.choices] == [
        (("kind", "x"), ("kind", "x")),
        (("kind", "y"), ("kind",)),
    ]
    assert [one.component for one in found.choices] == ["MakeThingRequestA", "MakeThingRequestB"]


def test_an_object_or_a_file_is_a_choice(operation: OperationReader) -> None:
    found = operation(
        """
        requestBody:
          required: true
          content:
            application/json: {schema: {properties: {name: {type: string}, age: {}}, required: [name]}}
            application/xml: {schema: {properties: {name: {type: string}}, required: [name]}}
        """
    )
    assert [one.name for one in found.arguments if one.required] == ["id"]
    assert [(one.label, one.fields, one.required) for one in found.choices] == [
        ("json", ("age", "name"), ("name",)),
        ("xml", ("body",), ("body",)),
    ]


def test_a_recursive_body_is_read(described: Reader) -> None:
    api, problems = described(
        """
        components:
          schemas:
            Json: {anyOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/Json'}}]}
        paths:
          /a:
            post:
              operationId: x
              requestBody:
                content:
                  multipart/form-data:
                    schema: {properties: {value: {$ref: '#/components/schemas/Json'}}}
        """
    )
    assert problems == []
    assert api.operations[0].bodies[0].files == ()


def test_encodings_of_a_form_are_kept(operation: OperationReader) -> None:
    found = operation(
        """
        requestBody:
          content:
            multipart/form-data:
              schema: {properties: {session: {type: object}, file: {type: string, format: binary}}}
              encoding: {session: {contentType: application/json}}
        """
    )
    (body,) = found.bodies
    assert body.is_multipart
    assert body.encodings == (("session", "application/json"),)
    assert body.files == ("file",)
