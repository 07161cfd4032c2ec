"""Operations: names and groups, paths, security, servers, webhooks, and the reported problems."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from typed_openai_spec.model import Api, Operation, Scalar, Webhook

Reader = Callable[[str], tuple[Api, list[str]]]
OperationReader = Callable[[str], Operation]


def test_the_group_is_the_first_segment_and_the_name_the_id(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /fine_tuning/jobs/{id}:
            get: {operationId: retrieveFineTuningJob, parameters: [{name: id, in: path, schema: {}}]}
          /chat-rooms: {post: {operationId: create-chat-room}}
          /: {get: {operationId: Index}}
          /bare: {delete: {}}
        """
    )
    assert problems == []
    assert [(one.qualified_name, one.id, one.method) for one in api.operations] == [
        ("bare.delete_bare", "delete /bare", "DELETE"),
        ("chat_rooms.create_chat_room", "create-chat-room", "POST"),
        ("fine_tuning.retrieve_fine_tuning_job", "retrieveFineTuningJob", "GET"),
        ("root.index", "Index", "GET"),
    ]


@pytest.mark.parametrize(
    ("path", "operation_id", "name"),
    [
        ("/import", "from", "import_.from_"),
        ("/call", "x", "call_.x"),
        ("/resource", "x", "resource_group.x"),
        ("/close/a", "class", "close_.class_"),
        ("/__class__", "__init__", "class_.init"),
        ("/1", "2nd", "operation_1.operation_2nd"),
        ("/日本", "日本", "日本.日本"),
        ("/größe", "Größe ändern", "große.große_andern"),
    ],
)
def test_names_are_always_ones_that_python_allows(
    described: Reader, path: str, operation_id: str, name: str
) -> None:
    api, _ = described(f"paths: {{{path}: {{get: {{operationId: {operation_id!r}}}}}}}")
    assert api.operations[0].qualified_name == name
    assert api.operations[0].id == operation_id


def test_an_override_may_name_an_operation_and_its_group(operation: OperationReader) -> None:
    found = operation("x-typed: {name: add_thing, group: stuff}")
    assert (found.qualified_name, found.id) == ("stuff.add_thing", "makeThing")


def test_a_fixed_query_and_a_fragment_are_no_part_of_the_path(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /a?beta=true&x=: {get: {operationId: one}}
          /a#again: {get: {operationId: two}}
        """
    )
    assert problems == []
    assert [(one.path, one.query) for one in api.operations] == [
        ("/a", (("beta", "true"), ("x", ""))),
        ("/a", ()),
    ]


def test_a_second_operation_of_one_name_or_id_is_numbered(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /a/b: {get: {operationId: getThing}}
          /a/c: {get: {operationId: get-thing}}
          /d: {get: {operationId: getThing}}
        """
    )
    found = {(one.qualified_name, one.id, one.path) for one in api.operations}
    assert found == {
        ("a.get_thing", "getThing", "/a/b"),
        ("a.get_thing_2", "get-thing", "/a/c"),
        ("d.get_thing", "getThing_2", "/d"),
    }
    assert problems == [
        "renamed: /paths/~1a~1c/get: a.get_thing (get-thing) is another operation, too "
        "(it is renamed to a.get_thing_2 (get-thing))",
        "renamed: /paths/~1d/get: d.get_thing (getThing) is another operation, too "
        "(it is renamed to d.get_thing (getThing_2))",
    ]


def test_groups_are_made_of_tags_if_that_is_asked_for(described: Reader) -> None:
    text = "paths: {/a/b: {get: {operationId: x, tags: [Pet Shop, more]}, put: {operationId: y}}}"
    for asked, groups in (("path", {"a"}), ("tag", {"pet_shop", "a"})):
        api, problems = described(f"x-typed: {{group_by: {asked}}}\n{text}")
        assert ({one.group for one in api.operations}, problems) == (groups, [])


def test_an_id_may_look_like_another_operations_name(described: Reader) -> None:
    api, problems = described(
        "paths: {/a: {get: {operationId: b}, post: {operationId: a.b, x-typed: {name: c}}}}"
    )
    assert problems == []
    assert len(api.operations) == 2


def test_headers_come_from_the_group_and_the_operation(described: Reader) -> None:
    api, _ = described(
        """
        x-typed: {groups: {a: {headers: {Beta: all, Of: group}}}}
        paths:
          /a: {get: {operationId: x, x-typed: {headers: {Beta: own}}}, post: {operationId: y}}
          /b: {get: {operationId: z}}
        """
    )
    assert {one.id: one.headers for one in api.operations} == {
        "x": (("Beta", "own"), ("Of", "group")),
        "y": (("Beta", "all"), ("Of", "group")),
        "z": (),
    }


@pytest.mark.parametrize(
    ("own", "security"),
    [
        ("", ("Key",)),
        ("security: [{Admin: []}]", ("Admin",)),
        ("security: [{Key: []}, {Admin: [scope]}]", ("Key", "Admin")),
        ("security: []", ()),
        ("security: [{}]", ()),
        ("security: [{Key: []}, {}]", ()),
    ],
)
def test_security_is_the_operations_own_or_the_apis(
    described: Reader, own: str, security: tuple[str, ...]
) -> None:
    api, problems = described(
        f"""
        security: [{{Key: []}}]
        components: {{securitySchemes: {{Key: {{type: http, scheme: bearer}}, Admin: {{type: oauth2}}}}}}
        paths: {{/a: {{get: {{operationId: x, {own}}}}}}}
        """
    )
    assert problems == []
    assert api.operations[0].security == security
    assert api.security_schemes == {"Key": {"type": "http", "scheme": "bearer"}, "Admin": {"type": "oauth2"}}


def test_schemes_needed_at_once_are_combinations(described: Reader) -> None:
    api, problems = described(
        """
        components: {securitySchemes: {A: {type: oauth2}, B: {type: oauth2}, C: {type: oauth2}}}
        paths: {/a: {get: {operationId: x, security: [{A: [], B: []}, {C: []}]}}}
        """
    )
    assert problems == []
    assert (api.operations[0].combined_security, api.operations[0].security) == ((("A", "B"),), ("C",))


@pytest.mark.parametrize(
    ("servers", "url"),
    [
        ("[{url: 'https://api.test/v1/'}, {url: 'https://other.test'}]", "https://api.test/v1"),
        (
            "[{url: 'https://{host}/{v}', variables: {host: {default: api.test}, v: {default: v2}}}]",
            "https://api.test/v2",
        ),
        ("[]", ""),
        ("text", ""),
        ("[text]", ""),
    ],
)
def test_the_base_url_is_the_first_servers(described: Reader, servers: str, url: str) -> None:
    assert described(f"servers: {servers}")[0].base_url == url


def test_deprecated_and_beta_operations_say_so(described: Reader) -> None:
    api, _ = described(
        """
        paths:
          /a:
            get: {operationId: old, deprecated: true}
            put: {operationId: beta, x-beta: true}
            post: {operationId: plain, deprecated: false, summary: Just this.}
        """
    )
    assert {one.id: (one.deprecated, one.beta, one.doc) for one in api.operations} == {
        "old": (True, False, ""),
        "beta": (False, True, ""),
        "plain": (False, False, "Just this."),
    }


def test_an_operation_may_have_a_name_in_telemetry(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /a:
            get: {operationId: plain}
            put: {operationId: asks, x-typed: {gen_ai: text_completion}}
            post: {operationId: wrong, x-typed: {gen_ai: Text completion}}
        """
    )
    named = {one.id: one.gen_ai for one in api.operations}
    assert named == {"plain": "", "asks": "text_completion", "wrong": ""}
    assert problems == [
        "approximated: /paths/~1a/post/x-typed/gen_ai: expected lower-case words joined by underscores, "
        "found 'Text completion' (it is ignored)"
    ]


def test_webhooks_are_read_with_shared_bodies(described: Reader) -> None:
    api, problems = described(
        """
        webhooks:
          thing.made: {post: {requestBody: {$ref: '#/components/requestBodies/Made'}}}
          thing.gone:
            post: {deprecated: true, requestBody: {content: {application/json: {schema: {type: string}}}}}
        components:
          requestBodies: {Made: {content: {application/json: {schema: {$ref: '#/components/schemas/Made'}}}}}
          schemas: {Made: {properties: {id: {type: string}}}}
        """
    )
    assert problems == []
    assert [one.name for one in api.webhooks] == ["thing.gone", "thing.made"]
    assert api.webhooks[0] == Webhook("thing.gone", Scalar("string"), deprecated=True)
    assert api.components["Made"].output
    assert not api.components["Made"].input


def test_components_tell_on_which_side_they_occur(described: Reader) -> None:
    api, _ = described(
        """
        paths:
          /a:
            post:
              operationId: x
              requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Request'}}}}
              responses:
                '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Reply'}}}}
                '400': {content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
        components:
          schemas:
            Request:
              properties: {both: {$ref: '#/components/schemas/Both'}, own: {$ref: '#/components/schemas/Own'}}
            Reply: {properties: {both: {$ref: '#/components/schemas/Both'}}}
            Both: {properties: {a: {type: string}}}
            Own: {properties: {a: {type: string}}}
            Error: {properties: {a: {type: string}}}
            Unused: {properties: {a: {type: string}}}
        """
    )
    assert {name: (one.input, one.output) for name, one in api.components.items()} == {
        "Request": (True, False),
        "Reply": (False, True),
        "Both": (True, True),
        "Own": (True, False),
        "Error": (False, True),
        "Unused": (False, False),
    }


def test_a_path_item_may_be_shared(described: Reader) -> None:
    api, problems = described(
        """
        paths: {/a: {$ref: '#/components/pathItems/A'}}
        components: {pathItems: {A: {get: {operationId: getA}}}}
        """
    )
    assert problems == []
    assert [one.id for one in api.operations] == ["getA"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("path: {}", '/path: unknown keyword "path"'),
        ("components: {schemes: {}}", '/components/schemes: unknown keyword "schemes"'),
        ("paths: {/a: {gett: {}}}", '/paths/~1a/gett: unknown keyword "gett"'),
        ("paths: {/a: {server: []}}", '/paths/~1a/server: unknown keyword "server"'),
        ("paths: {/a: {get: {operationID: x}}}", '/paths/~1a/get/operationID: unknown keyword "operationID"'),
        ("paths: {/a: text}", "/paths/~1a: expected a mapping, found 'text'"),
        ("paths: {/a: {get: text}}", "/paths/~1a/get: expected a mapping, found 'text'"),
        ("paths: {/a: {$ref: './a.yaml'}}", '/paths/~1a: "$ref" points to another file: ./a.yaml'),
    ],
)
def test_what_is_not_understood_is_reported_with_its_place(
    described: Reader, text: str, problem: str
) -> None:
    _, problems = described(text)
    assert any(f": {problem}" in one for one in problems), problems


def test_one_bad_operation_does_not_cost_the_others(described: Reader) -> None:
    api, problems = described(
        """
        paths:
          /a: {get: [], put: {operationId: putA, parameters: 5, responses: text}}
          /b: {get: {operationId: getB}}
        """
    )
    assert problems
    assert [one.id for one in api.operations] == ["putA", "getB"]


def test_the_api_tells_its_title_and_version(described: Reader) -> None:
    api, _ = described("info: {title: Things, version: 2.1}")
    assert (api.title, api.version) == ("Things", "2.1")
