"""Features of other APIs' descriptions: groups, names, servers, sides, forms, security."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from pathlib import Path

import pytest

from typed_openai_spec.compile import build
from typed_openai_spec.model import Api, Null, Object, Operation, Ref, Result, Scalar, Union, class_name
from typed_openai_spec.model.operation_params import stems

Reader = Callable[[str], tuple[Api, list[str]]]
OperationReader = Callable[[str], Operation]

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture(scope="module")
def traits() -> Api:
    built = build(FIXTURES / "traits.yaml")
    assert [one.place for one in built.problems] == ["/components/securitySchemes/Certificate"]
    return built.api


def operation_of(api: Api, name: str) -> Operation:
    return next(one for one in api.operations if one.qualified_name == name)


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/users", "users"),
        ("/api/users", "users"),
        ("/api/v1/users/{id}", "users"),
        ("/rest/2024-10-01/orders", "orders"),
        ("/2.0/files", "files"),
        ("/v1beta1/models", "models"),
        ("/{version}/files/{id}", "files"),
        ("/{tenant}/api/v2/files", "files"),
        ("/api", "api"),
        ("/v1", "v1"),
        ("/", "root"),
        ("/{id}", "root"),
    ],
)
def test_a_group_is_the_first_segment_that_says_what_it_is_about(
    described: Reader, path: str, group: str
) -> None:
    api, _ = described(f"paths: {{'{path}': {{get: {{operationId: x}}}}}}")
    assert api.operations[0].group == group


@pytest.mark.parametrize(
    ("path", "raw", "name", "operation_id"),
    [
        ("/users/{id}", "{}", "get_users_by_id", "get /users/{id}"),
        ("/users/id", "{}", "get_users_id", "get /users/id"),
        ("/api/v1/users", "{}", "get_users", "get /api/v1/users"),
        ("/users/{id}", "{operationId: read_user_users__id__get}", "read_user", "read_user_users__id__get"),
        ("/users", "{operationId: users.list}", "users_list", "users.list"),
        ("/users", "{operationId: _users_get}", "users_get", "_users_get"),
    ],
)
def test_an_operation_has_a_name_that_can_be_said(
    described: Reader, path: str, raw: str, name: str, operation_id: str
) -> None:
    (found,) = described(f"paths: {{'{path}': {{get: {raw}}}}}")[0].operations
    assert (found.name, found.id) == (name, operation_id)


def test_short_names_that_clash_stay_long(described: Reader) -> None:
    api, problems = described(
        "paths: {/a/x: {get: {operationId: read_a_x_get}}, /a/y: {get: {operationId: read_a_y_get}}}"
    )
    assert [one.name for one in api.operations] == ["read_a_x_get", "read_a_y_get"]
    assert problems == []


def test_groups_that_would_share_a_class_are_kept_apart(described: Reader) -> None:
    api, problems = described("paths: {/a1: {get: {}}, /a_1: {get: {}, put: {}}}")
    assert [one.group for one in api.operations] == ["a1", "a_1_2", "a_1_2"]
    assert len(problems) == 1
    assert "the class name of a_1 is taken (it is renamed to a_1_2)" in problems[0]


@pytest.mark.parametrize(
    ("servers", "own", "address"),
    [
        ("[{url: 'https://a.test/v1'}]", "[{url: 'https://b.test/v2/'}]", "https://b.test/v2"),
        ("[{url: 'https://a.test/v1'}]", "[{url: 'https://a.test/v1'}]", ""),
        ("[{url: 'https://a.test/v1'}]", "[{url: /v2}]", "https://a.test/v2"),
        ("[{url: 'https://a.test/v1'}]", "[]", ""),
        ("[{url: /v1}]", "[{url: /v2}]", "/v2"),
    ],
)
def test_an_operation_may_have_a_server_of_its_own(
    described: Reader, servers: str, own: str, address: str
) -> None:
    for place in (f"{{servers: {own}, get: {{}}}}", f"{{get: {{servers: {own}}}}}"):
        api, problems = described(f"{{servers: {servers}, paths: {{/a: {place}}}}}")
        assert api.operations[0].base_url == address
        assert problems == []


def test_what_only_replies_have_is_no_argument_and_not_required_of_inputs(traits: Api) -> None:
    create = operation_of(traits, "users.create_user")
    assert [(one.name, one.required) for one in create.arguments] == [
        ("home", True),
        ("name", True),
        ("password", True),
    ]
    assert create.argument("home") is not None
    assert create.arguments[0].schema == Ref("HomeInput")
    fields = {
        name: [one.name for one in component.schema.fields]
        for name, component in traits.components.items()
        if isinstance(component.schema, Object)
    }
    assert fields["User"] == ["home", "id", "name"]
    assert fields["UserInput"] == ["home", "name", "password"]
    assert (fields["Home"], fields["HomeInput"]) == (["checked", "street"], ["street"])
    assert not traits.components["User"].input
    assert not traits.components["UserInput"].output


def test_a_component_without_such_fields_stays_one(traits: Api) -> None:
    assert traits.components["Point"].input
    assert traits.components["Point"].output
    assert "PointInput" not in traits.components


def test_success_without_content_beside_content_may_give_none(traits: Api) -> None:
    create = operation_of(traits, "users.create_user").result
    assert create == Result("json", Union((Ref("User"), Null())), "application/json", scalar=True, empty=True)
    replace = operation_of(traits, "users.replace_user").result
    assert replace.schema == Union((Ref("User"), Ref("Point")))
    assert (replace.empty, replace.scalar) == (False, False)


def test_what_a_redirection_leads_to_is_a_file(traits: Api) -> None:
    assert operation_of(traits, "downloads.get_downloads_by_id").result.kind == "binary"


def test_a_form_says_how_its_fields_are_written(traits: Api) -> None:
    (body,) = operation_of(traits, "forms.forms_send").bodies
    assert body.style == "plain"
    assert body.styles == (("codes", "comma"), ("deep", "deep"))


def test_a_form_in_json_and_in_brackets_has_one_argument(operation: OperationReader) -> None:
    found = operation(
        """
        requestBody:
          content:
            application/json: {schema: {properties: {tags: {type: array, items: {type: string}}}}}
            multipart/form-data:
              schema: {properties: {'tags[]': {type: array, items: {type: string}}}}
        """
    )
    assert [one.name for one in found.arguments] == ["id", "tags"]
    assert [one.styles for one in found.bodies] == [(), (("tags", "brackets"),)]


def test_security_that_may_be_left_out_is_told_apart(traits: Api) -> None:
    names = ("keys.optionally", "keys.openly", "keys.by_either", "users.delete_user")
    found = {name: operation_of(traits, name) for name in names}
    assert [(one.security, one.optional_security) for one in found.values()] == [
        ((), ("Header",)),
        ((), ()),
        (("Header", "Basic"), ()),
        (("Token",), ()),
    ]


@pytest.mark.parametrize(
    ("schema", "is_binary"),
    [
        ("{type: string, contentMediaType: application/octet-stream}", True),
        ("{contentMediaType: image/png}", True),
        ("{type: string, contentMediaType: image/png, contentEncoding: base64}", False),
        ("{type: string, contentMediaType: application/json}", False),
        ("{type: string, contentMediaType: text/plain}", False),
    ],
)
def test_a_text_of_a_media_type_is_a_file(operation: OperationReader, schema: str, is_binary: bool) -> None:
    found = operation(
        f"requestBody: {{content: {{multipart/form-data: {{schema: {{properties: {{f: {schema}}}}}}}}}}}"
    )
    (argument,) = [one for one in found.arguments if one.name == "f"]
    assert isinstance(argument.schema, Scalar)
    assert argument.schema.is_binary is is_binary
    assert found.bodies[0].files == (("f",) if is_binary else ())


def test_headers_that_say_what_media_types_and_security_say_are_no_arguments(traits: Api) -> None:
    found = operation_of(traits, "styles.get_styles_by_ids_by_point")
    assert found.argument("authorization") is None
    assert found.argument("x_list") is not None


@pytest.mark.parametrize("group", ["none", "true", "false"])
def test_a_group_whose_class_would_be_a_keyword_has_another(group: str) -> None:
    assert class_name(group) == f"{group.capitalize()}_"
    assert list(stems({group: {"get_it": "", group: ""}})) == ["GetIt", group.capitalize()]


@pytest.mark.parametrize("group", [*keyword.kwlist, *keyword.softkwlist])
def test_any_keyword_can_be_a_group(described: Reader, group: str) -> None:
    api, problems = described(f"paths: {{/{group}: {{get: {{}}}}}}")
    assert problems == []
    name = class_name(api.groups[0])
    assert name.isidentifier()
    assert not keyword.iskeyword(name)


def test_a_whole_body_that_is_renamed_is_told_in_words(described: Reader) -> None:
    api, problems = described("""
        paths:
          /a:
            put:
              operationId: putA
              parameters: [{name: body, in: query, schema: {type: string}}]
              requestBody: {content: {application/json: {schema: {type: array, items: {type: string}}}}}
    """)
    assert {one.name for one in api.operations[0].arguments} == {"body", "body_body"}
    place = "renamed: /paths/~1a/put"
    assert problems == [
        f'{place}: two arguments have the name "body" (the whole body is renamed to body_body)',
    ]
