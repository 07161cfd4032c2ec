"""``OMIT``: arguments, options and fields that are not sent."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from typed_openai import OMIT, CallError, Client, Omit, paginate
from typed_openai.params import CreateEmbeddingParams


@pytest.fixture
def client(server: Any) -> Client:
    server.reply({"ok": 1})
    return Client(api_key="plain", base_url=server.base_url)


def test_it_is_one_false_value_that_copies_keep() -> None:
    assert not OMIT
    assert repr(OMIT) == "OMIT"
    assert isinstance(OMIT, Omit)
    assert copy.deepcopy(OMIT) is pickle.loads(pickle.dumps(OMIT)) is OMIT


def test_an_omitted_argument_or_option_is_not_sent(server: Any, client: Client) -> None:
    options: Any = {"timeout": OMIT, "max_retries": OMIT, "extra_body": OMIT, "openai_api_key": OMIT}
    client.embeddings.create_embedding("x", "m", user=OMIT, dimensions=3, **options)
    params: CreateEmbeddingParams = {"input": "x", "model": "m", "user": OMIT, "dimensions": 3}
    client.embeddings.create_embedding(**params)
    client.call("createEmbedding", "x", "m", user=OMIT, dimensions=3)
    assert [one.json for one in server.seen] == [{"input": "x", "model": "m", "dimensions": 3}] * 3


def test_none_is_still_sent_as_null(server: Any, client: Client) -> None:
    client.chat.create_chat_completion([], "m", seed=None, temperature=OMIT)
    assert server.seen[0].json == {"messages": [], "model": "m", "seed": None}


def test_extra_fields_that_are_omitted_are_not_sent(server: Any, client: Client) -> None:
    extra: Any = {"kept": 1, "left": OMIT}
    client.embeddings.create_embedding("x", "m", extra_body=extra, extra_query=extra)
    headers: Any = {"X-Kept": "1", "X-Left": OMIT, "Authorization": OMIT}
    client.models.list_models(extra_headers=headers)
    first, second = server.seen
    assert (first.json, first.path) == ({"input": "x", "model": "m", "kept": 1}, "/v1/embeddings?kept=1")
    assert second.headers["x-kept"] == "1"
    assert "x-left" not in second.headers
    assert second.headers["authorization"] == "Bearer plain"


def test_a_request_drops_it_as_an_argument_and_in_its_mappings(server: Any, client: Client) -> None:
    headers: Any = {"X-Left": OMIT}
    client.request("POST", "/embeddings", json={"model": "m", "user": OMIT}, headers=headers, timeout=OMIT)
    client.request("GET", "/files", params={"limit": 5, "order": OMIT}, headers=OMIT, data=OMIT)
    client.request("GET", "/models", params=OMIT, files=OMIT, json=OMIT, stream=OMIT)
    first, second, third = server.seen
    assert first.json == {"model": "m"}
    assert "x-left" not in first.headers
    assert [one.path for one in (second, third)] == ["/v1/files?limit=5", "/v1/models"]
    assert (second.body, third.body) == (b"", b"")


def test_a_list_in_pages_starts_at_the_beginning_without_a_cursor(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply({"data": [{"id": "a"}], "has_more": False})
    assert [one["id"] for one in paginate(client.files.list_files, after=OMIT)] == ["a"]
    assert server.seen[0].path == "/v1/files"


def test_a_required_argument_cannot_be_omitted(client: Client) -> None:
    model: Any = OMIT
    with pytest.raises(CallError, match='missing required argument "model"'):
        client.embeddings.create_embedding("x", model)


def test_inside_a_value_it_is_refused_with_its_place(client: Client) -> None:
    messages: Any = [{"role": "user", "content": "hi", "name": OMIT}]
    with pytest.raises(CallError, match=r"messages\[0\]\.name: OMIT is only for whole arguments; leave the"):
        client.chat.create_chat_completion(messages, "m")
