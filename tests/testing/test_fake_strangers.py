"""Every operation of other APIs: a client and an embedded server of one description understand each other.

``fastapi_shop.json`` and ``django_library.json`` were written by FastAPI and drf-spectacular for two small
applications; ``traits.yaml`` and ``wire_forms.yaml`` have the features that OpenAI's description does not
have.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from typed_openai import AuthenticationError, BadRequestError, Client
from typed_openai.testing import Server, UploadedFile, serve
from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.compile import build
from typed_openai_spec.model import Api, Argument, Array, Operation, Union
from typed_openai_spec.model.body_choices import arguments_of as arguments_of_choice
from typed_openai_spec.model.media import is_text

FIXTURES = Path(__file__).parents[1] / "fixtures"
DESCRIPTIONS = (
    *("traits.yaml", "wire_forms.yaml"),
    *("fastapi_shop.json", "django_library.json", "library.yaml", "shop.yaml"),
)
KEY = "me:a-key-for-strangers"

pytestmark = pytest.mark.filterwarnings("ignore::typed_openai.DescriptionWarning")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path / "cache"))


@contextmanager
def running(name: str) -> Iterator[tuple[Server, Client]]:
    spec = FIXTURES / name
    with serve(spec=spec, api_key=KEY) as server:
        yield server, Client(KEY, spec=spec, base_url=server.base_url, max_retries=0)


def arguments_of(operation: Operation, api: Api, *, optional: bool) -> dict[str, Any]:
    faker = Faker(api.components)
    body = next(iter(operation.bodies), None)
    # The fields of all alternatives cannot be in one call.
    optional = optional and not (body is not None and isinstance(api.resolve(body.schema), Union))
    fields = set(body.fields) if body else set()
    files = set(body.files) if body and not is_text(body.media_type) else set()
    choice = operation.choices[0] if operation.choices else None
    needed = set(choice.required) if choice else set()
    arguments = arguments_of_choice(choice, operation, api.components) if choice else operation.arguments
    wanted = (
        one
        for one in arguments
        if (one.required or optional or one.name in needed) and (one.location != "body" or one.name in fields)
    )
    return {one.name: _value(one, faker, one.name in files) for one in wanted}


def _value(argument: Argument, faker: Faker, is_file: bool) -> Any:
    if is_file:
        return ("a.png", b"content")
    if isinstance(argument.schema, Union):  # a body of lines may be text, too
        arrays = (one for one in argument.schema.members if isinstance(one, Array))
        argument = replace(argument, schema=next(arrays, argument.schema))
    made = faker.value(argument.schema, Wishes(files=True), name=argument.name)
    return ("a.png", made.content) if isinstance(made, UploadedFile) else made


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("name", DESCRIPTIONS)
@pytest.mark.parametrize("optional", [False, True])
def test_what_is_passed_to_any_operation_arrives(name: str, optional: bool) -> None:
    api = build(FIXTURES / name).api
    with running(name) as (server, client):
        for operation in api.operations:
            given = arguments_of(operation, api, optional=optional)
            client.call(operation.id, **given)
            arrived = server.requests[-1]
            assert arrived.operation == operation.qualified_name
            for key, value in given.items():
                if isinstance(value, tuple) or value is None:
                    continue
                assert arrived.arguments[key] == value, (operation.qualified_name, key)


def test_a_stream_of_lines_is_served_as_lines() -> None:
    with running("wire_forms.yaml") as (_, client):
        pieces = list(client.chat.chat_in_lines("Hi"))
        assert pieces
        assert all(isinstance(one["piece"], str) for one in pieces)
        assert isinstance(client.chat.chat_in_lines("Hi", stream=False)["text"], str)


def test_the_server_wants_the_key_where_the_description_does() -> None:
    with running("traits.yaml") as (server, client):
        wrong = Client("another", spec=FIXTURES / "traits.yaml", base_url=server.base_url)
        for name in ("by_header", "by_query", "by_cookie", "by_basic", "by_oauth", "by_custom"):
            getattr(client.keys, name)()
            assert server.requests[-1].api_key == KEY
            with pytest.raises(AuthenticationError, match="incorrect API key"):
                getattr(wrong.keys, name)()
        with pytest.raises(AuthenticationError, match='expected the header "X-Door: <key>"'):
            client.request("GET", "/v1/keys/header", headers={"Authorization": "Bearer x"})
        with pytest.raises(AuthenticationError, match='expected "door" in the query'):
            client.request("GET", "/v1/keys/query", headers={"Authorization": "Bearer x"})
        assert KEY not in repr(server.requests)


def test_what_does_not_fit_is_refused() -> None:
    with running("traits.yaml") as (_, client), pytest.raises(BadRequestError) as caught:
        client.styles.get_styles_by_ids_by_point(["x"], {"x": 1}, pipe=["a"], x_list=["b"])
    for told in ("ids[0]", "point.y", "X-List[0]"):
        assert told in str(caught.value)


def test_of_two_operations_of_a_path_the_one_that_streams_is_served_as_a_stream() -> None:
    with running("wire_forms.yaml") as (server, client):
        assert isinstance(client.talk.talk("Hi", stream=True)["text"], str)
        assert all(isinstance(one["piece"], str) for one in client.talk.talk_in_pieces("Hi", stream=True))
        assert [one.operation for one in server.requests] == ["talk.talk", "talk.talk_in_pieces"]


@pytest.mark.parametrize("colon", ["", ":"])
@pytest.mark.parametrize("expected", ["me", "me:"])
def test_a_name_without_a_password_may_have_a_colon(colon: str, expected: str) -> None:
    spec = FIXTURES / "traits.yaml"
    with serve(spec=spec, api_key=expected) as server:
        client = Client(f"me{colon}", spec=spec, base_url=server.base_url, max_retries=0)
        client.keys.by_basic()
        with pytest.raises(AuthenticationError):
            client.with_options(api_key="you:").keys.by_basic()
