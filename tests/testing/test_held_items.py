"""The lists of a new object have what it was created with, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from typed_openai import Client, NotFoundError, paginate
from typed_openai.testing import Server

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(server: Server) -> Client:
    return Client("test", base_url=server.base_url, max_retries=0)


def said(items: Any) -> list[tuple[str, str]]:
    """Return the role and the text of each message, the oldest first."""
    found = []
    for one in reversed(list(items)):
        content = one["content"]
        text = content if isinstance(content, str) else content[0]["text"]
        found.append((one["role"], text if isinstance(text, str) else text["value"]))
    return found


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def test_the_input_of_a_response_is_listed(client: Client) -> None:
    items: Any = [user("one"), {"role": "user", "content": [{"type": "input_text", "text": "two"}]}]
    items.append({"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"})
    items.append({"type": "function_call_output", "call_id": "call_1", "output": "42"})
    reply = client.responses.create_response(items, "gpt-4o")
    last, call, *others = client.responses.list_input_items(reply["id"])["data"]
    assert call["type"] == "function_call"
    assert last["type"] == "function_call_output"
    assert last["output"] == "42"
    assert said(others) == [("user", "one"), ("user", "two")]
    plain = client.responses.create_response("only this", "gpt-4o")
    listed = client.responses.list_input_items(plain["id"])
    assert said(listed["data"]) == [("user", "only this")]
    assert listed["has_more"] is False


def test_the_input_is_paginated(client: Client) -> None:
    reply = client.responses.create_response([user(str(one)) for one in range(5)], "gpt-4o")
    found = list(paginate(client.responses.list_input_items, reply["id"], limit=2))
    assert said(found) == [("user", str(one)) for one in range(5)]


def test_a_conversation_has_what_was_said_in_it(client: Client) -> None:
    conversation = client.conversations.create_conversation(items=[{"type": "message", **user("first")}])
    for text in ("second", "third"):
        reply = client.responses.create_response(text, "gpt-4o", conversation=conversation["id"])
    listed = client.conversations.list_conversation_items(conversation["id"])["data"]
    roles = ["user", "user", "assistant", "user", "assistant"]
    assert [role for role, _ in said(listed)] == roles
    assert listed[0] == reply["output"][0]
    item = listed[0]
    assert client.conversations.get_conversation_item(conversation["id"], item["id"]) == item
    client.conversations.delete_conversation(conversation["id"])
    with pytest.raises(NotFoundError):
        client.conversations.list_conversation_items(conversation["id"])


def test_a_stored_chat_has_its_messages(client: Client) -> None:
    messages = [{"role": "system", "content": "Be kind."}, user("Hi")]
    reply = client.chat.create_chat_completion(messages, "gpt-4o", store=True)
    listed = client.chat.get_chat_completion_messages(reply["id"])["data"]
    assert said(reversed(listed)) == [("system", "Be kind."), ("user", "Hi")]


def test_a_thread_has_its_messages_or_none(client: Client) -> None:
    thread = client.threads.create_thread(messages=[user("one")])
    client.threads.create_message(thread["id"], "two", "user")
    assert said(client.threads.list_messages(thread["id"])["data"]) == [("user", "one"), ("user", "two")]
    empty = client.threads.create_thread()
    assert client.threads.list_messages(empty["id"])["data"] == []
    run = client.threads.create_thread_and_run("asst_1", thread={"messages": [user("three")]})
    assert said(client.threads.list_messages(run["thread_id"])["data"]) == [("user", "three")]


def test_a_vector_store_has_the_files_that_it_was_given(client: Client) -> None:
    store = client.vector_stores.create_vector_store(file_ids=["file-1", "file-2"])
    batch = client.vector_stores.create_vector_store_file_batch(store["id"], file_ids=["file-3"])
    listed = client.vector_stores.list_vector_store_files(store["id"])["data"]
    assert [one["id"] for one in listed] == ["file-3", "file-2", "file-1"]
    of_batch = client.vector_stores.list_files_in_vector_store_batch(store["id"], batch["id"])["data"]
    assert [one["id"] for one in of_batch] == ["file-3"]


def test_a_scripted_response_has_its_input_too(server: Server, client: Client) -> None:
    server.reply(client.responses.create_response, {"id": "resp_mine"})
    client.responses.create_response("scripted", "gpt-4o")
    assert said(client.responses.list_input_items("resp_mine")["data"]) == [("user", "scripted")]


def test_a_vector_store_counts_its_files_by_their_states(client: Client) -> None:
    files = [client.files.create_file(("a.txt", b"x"), "assistants")["id"] for _ in range(3)]
    store = client.vector_stores.create_vector_store(file_ids=files[:2])
    assert (store["file_counts"]["in_progress"], store["file_counts"]["total"]) == (2, 2)
    client.vector_stores.create_vector_store_file(store["id"], files[2])
    counts = client.vector_stores.get_vector_store(store["id"])["file_counts"]
    assert (counts["completed"], counts["in_progress"], counts["total"]) == (3, 0, 3)
    listed = client.vector_stores.list_vector_store_files(store["id"])["data"]
    assert {one["status"] for one in listed} == {"completed"}


def test_a_cancelled_batch_of_files_cancels_those_in_progress(client: Client) -> None:
    files = [client.files.create_file(("a.txt", b"x"), "assistants")["id"] for _ in range(2)]
    store = client.vector_stores.create_vector_store()["id"]
    batch = client.vector_stores.create_vector_store_file_batch(store, file_ids=files)
    assert batch["file_counts"]["in_progress"] == 2
    ended = client.vector_stores.cancel_vector_store_file_batch(store, batch["id"])
    assert (ended["status"], ended["file_counts"]["cancelled"]) == ("cancelled", 2)
    again = client.vector_stores.get_vector_store_file_batch(store, batch["id"])
    assert again["file_counts"] == ended["file_counts"]
