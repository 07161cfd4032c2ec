"""Habits of real servers that break programs, as the embedded server has them."""

from __future__ import annotations

import json
import re
import struct
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, Final

import jsonschema
import pytest

from typed_openai import Client, NotFoundError, paginate
from typed_openai.testing import Server, serve
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.validation.validator import Validator

MESSAGES: Final[Any] = [{"role": "user", "content": "Hi"}]
PARAMETERS: Final[Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
TOOL: Final[Any] = {"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}
OTHER: Final[Any] = {"type": "function", "function": {"name": "get_time"}}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(server: Server) -> Client:
    return Client("test", admin_api_key="test", base_url=server.base_url, max_retries=0)


def chunks(client: Client, **arguments: Any) -> list[Any]:
    return list(client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=True, **arguments))


def events(client: Client, **arguments: Any) -> list[Any]:
    return list(client.responses.create_response("Hi", "gpt-4o", stream=True, **arguments))


def test_the_last_delta_is_empty_and_has_the_reason(client: Client) -> None:
    *others, last = chunks(client)
    assert last["choices"][0]["delta"] == {}
    assert last["choices"][0]["finish_reason"] == "stop"
    assert {one["choices"][0]["finish_reason"] for one in others} == {None}
    assert others[0]["choices"][0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
    assert all("usage" not in one for one in (*others, last))


def test_usage_comes_in_a_last_chunk_without_choices_if_asked_for(client: Client) -> None:
    *others, last = chunks(client, stream_options={"include_usage": True})
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] > 0
    assert {one["usage"] for one in others} == {None}


def test_a_stream_has_the_text_and_the_calls_of_a_reply(client: Client) -> None:
    whole = client.chat.create_chat_completion(MESSAGES, "gpt-4o", tools=[TOOL])
    calls: dict[int, str] = {}
    for one in chunks(client, tools=[TOOL]):
        for call in one["choices"][0]["delta"].get("tool_calls", ()):
            calls[call["index"]] = calls.get(call["index"], "") + call["function"]["arguments"]
    expected = whole["choices"][0]["message"]["tool_calls"][0]
    assert list(calls.values()) == [expected["function"]["arguments"]]


def test_there_are_as_many_choices_as_asked_for(client: Client) -> None:
    reply = client.chat.create_chat_completion(MESSAGES, "gpt-4o", n=3)
    assert [one["index"] for one in reply["choices"]] == [0, 1, 2]
    assert {one["choices"][0]["index"] for one in chunks(client, n=2)} == {0, 1}


def test_log_probabilities_are_null_unless_asked_for(client: Client) -> None:
    assert client.chat.create_chat_completion(MESSAGES, "gpt-4o")["choices"][0]["logprobs"] is None
    asked = client.chat.create_chat_completion(MESSAGES, "gpt-4o", logprobs=True)
    assert asked["choices"][0]["logprobs"] is not None
    assert asked["choices"][0]["logprobs"]["content"] is not None


def test_a_response_has_usage_when_it_is_complete_and_null_before(client: Client) -> None:
    found = events(client)
    whole = [one["response"] for one in found if "response" in one]
    assert [one["status"] for one in whole] == ["in_progress", "in_progress", "completed"]
    assert [one["usage"] is None for one in whole] == [True, True, False]
    assert [bool(one["output"]) for one in whole] == [False, False, True]
    assert [one["sequence_number"] for one in found] == list(range(len(found)))
    done = [one["item"] for one in found if one["type"] == "response.output_item.done"]
    assert done == whole[-1]["output"]


def test_events_and_items_agree_about_ids_and_arguments(client: Client) -> None:
    tool: Any = {"type": "function", "name": "get_weather", "parameters": PARAMETERS, "strict": False}
    found = events(client, tools=[tool])
    (item,) = found[-1]["response"]["output"]
    assert item["type"] == "function_call"
    pieces = [one["delta"] for one in found if one["type"] == "response.function_call_arguments.delta"]
    assert "".join(pieces) == item["arguments"]
    assert {one["item_id"] for one in found if "item_id" in one} == {item["id"]}
    jsonschema.validate(json.loads(item["arguments"]), PARAMETERS)


def test_every_input_has_a_vector_of_its_own(client: Client) -> None:
    reply = client.embeddings.create_embedding(["one", "two", "one"], "text-embedding-3-small")
    one, two, again = (item["embedding"] for item in reply["data"])
    assert [item["index"] for item in reply["data"]] == [0, 1, 2]
    assert (len(one), one == again, one == two) == (1536, True, False)
    assert sum(number * number for number in one) == pytest.approx(1, abs=1e-4)


def test_vectors_in_base64_are_the_same_floats(client: Client) -> None:
    plain = client.embeddings.create_embedding("one", "text-embedding-3-small", dimensions=5)
    packed = client.embeddings.create_embedding(
        "one", "text-embedding-3-small", dimensions=5, encoding_format="base64"
    )
    unpacked = struct.unpack("<5f", b64decode(packed["data"][0]["embedding"]))
    assert list(unpacked) == pytest.approx(plain["data"][0]["embedding"], abs=1e-6)


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("auto", "get_weather"),
        ("required", "get_weather"),
        ("none", None),
        ({"type": "function", "function": {"name": "get_time"}}, "get_time"),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [OTHER]}},
            "get_time",
        ),
    ],
    ids=str,
)
def test_tools_are_called_as_chosen(client: Client, choice: Any, called: str | None) -> None:
    reply = client.chat.create_chat_completion(MESSAGES, "gpt-4o", tools=[TOOL, OTHER], tool_choice=choice)
    (answer,) = reply["choices"]
    if called is None:
        assert answer["message"]["content"]
        assert (answer["finish_reason"], "tool_calls" in answer["message"]) == ("stop", False)
    else:
        (call,) = answer["message"]["tool_calls"]
        assert call["type"] == "function"
        assert (answer["finish_reason"], answer["message"]["content"]) == ("tool_calls", None)
        assert call["function"]["name"] == called
        if called == "get_weather":
            jsonschema.validate(json.loads(call["function"]["arguments"]), PARAMETERS)


def test_an_agent_that_answers_the_calls_gets_a_text(client: Client) -> None:
    messages: Any = list(MESSAGES)
    for _ in range(3):
        message: Any = client.chat.create_chat_completion(messages, "gpt-4o", tools=[TOOL])["choices"][0][
            "message"
        ]
        messages.append(message)
        if not message.get("tool_calls"):
            break
        messages += [
            {"role": "tool", "tool_call_id": call["id"], "content": "sunny"} for call in message["tool_calls"]
        ]
    assert [one["role"] for one in messages] == ["user", "assistant", "tool", "assistant"]
    assert messages[-1]["content"]


SCHEMAS: Final[dict[str, Any]] = {
    "bounds": {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "minimum": 5, "maximum": 6, "multipleOf": 3},
            "b": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.1},
            "c": {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{3}$"}, "minItems": 2},
            "d": {"enum": ["x", "y"]},
            "e": {"type": ["string", "null"], "format": "date"},
            "f": {"type": "string", "minLength": 20, "maxLength": 22},
        },
        "required": ["a", "b", "c", "d", "e", "f"],
        "additionalProperties": False,
    },
    "references": {
        "type": "object",
        "properties": {
            "tree": {"$ref": "#/$defs/Tree"},
            "either": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]},
        },
        "required": ["tree", "either"],
        "$defs": {
            "A": {"type": "object", "properties": {"kind": {"const": "a"}}, "required": ["kind"]},
            "Tree": {
                "type": "object",
                "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
                "required": ["children"],
            },
        },
    },
    "unions": {"oneOf": [{"type": "object", "properties": {"x": {"type": "boolean"}}, "required": ["x"]}]},
    "parts": {"allOf": [{"type": "object", "properties": {"x": {"type": "integer"}}}, {"required": ["x"]}]},
    "unique": {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
    "pairs": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_structured_answers_fit_their_schema(client: Client, name: str) -> None:
    schema = SCHEMAS[name]
    chat = client.chat.create_chat_completion(
        MESSAGES,
        "gpt-4o",
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    )
    jsonschema.validate(json.loads(chat["choices"][0]["message"]["content"] or ""), schema)
    response: Any = client.responses.create_response(
        "Hi", "gpt-4o", text={"format": {"type": "json_schema", "name": "x", "schema": schema}}
    )
    jsonschema.validate(json.loads(response["output"][0]["content"][0]["text"]), schema)


def test_what_was_created_is_retrieved_listed_and_deleted(client: Client) -> None:
    made = [client.files.create_file((f"{name}.txt", b"x"), "assistants") for name in "abc"]
    for one in made:
        assert client.files.retrieve_file(one["id"]) == one
    assert len({one["id"] for one in made}) == 3
    assert client.files.list_files()["data"] == made[::-1]
    assert client.files.list_files(order="asc")["data"] == made
    client.files.delete_file(made[1]["id"])
    assert client.files.list_files(order="asc")["data"] == [made[0], made[2]]
    with pytest.raises(NotFoundError, match=made[1]["id"]):
        client.files.retrieve_file(made[1]["id"])
    with pytest.raises(NotFoundError):
        client.files.download_file(made[1]["id"])


def test_a_list_stays_empty_when_its_last_file_is_deleted(client: Client) -> None:
    whole = client.files.create_file(("a.txt", b""), "batch")
    upload = client.uploads.create_upload(1, "b.txt", "text/plain", "batch")
    part = client.uploads.add_upload_part(upload["id"], b"x")
    parted = client.uploads.complete_upload(upload["id"], [part["id"]])["file"]
    assert parted is not None
    made = [whole["id"], parted["id"]]
    assert [client.files.download_file(one).read() for one in made] == [b"", b"x"]
    for one in made:
        assert client.files.delete_file(one)["deleted"]
    assert client.files.list_files()["data"] == []
    for one in made:
        with pytest.raises(NotFoundError, match=one):
            client.files.retrieve_file(one)


def test_pages_have_everything_once(client: Client) -> None:
    made = [client.files.create_file((f"{number}.txt", b"x"), "assistants")["id"] for number in range(5)]
    first = client.files.list_files(limit=2)
    assert (first["has_more"], first["first_id"], first["last_id"]) == (True, made[4], made[3])
    assert [one["id"] for one in paginate(client.files.list_files, limit=2)] == made[::-1]


def test_a_list_of_which_nothing_was_created_has_two_pages(client: Client, server: Server) -> None:
    for method in (client.files.list_files, client.batches.list_batches, client.organization.list_groups):
        server.clear()
        found: list[Any] = list(paginate(method))
        assert len({one["id"] for one in found}) == len(found) == 3
        assert len(server.requests) == 2


def test_lists_are_filtered(client: Client) -> None:
    client.files.create_file(("a.txt", b"x"), "batch")
    other = client.files.create_file(("b.txt", b"x"), "assistants")
    assert client.files.list_files(purpose="assistants")["data"] == [other]


def test_a_change_is_kept(client: Client) -> None:
    made = client.vector_stores.create_vector_store(name="one")
    changed = client.vector_stores.modify_vector_store(made["id"], name="two")
    assert (changed["id"], changed["name"]) == (made["id"], "two")
    assert client.vector_stores.get_vector_store(made["id"])["name"] == "two"


def test_a_chat_is_kept_only_if_asked_for(client: Client) -> None:
    stored = client.chat.create_chat_completion(MESSAGES, "gpt-4o", store=True)
    client.chat.create_chat_completion(MESSAGES, "gpt-4o")
    assert [one["id"] for one in client.chat.list_chat_completions()["data"]] == [stored["id"]]


def test_work_in_the_background_passes_through_states(client: Client) -> None:
    batch = client.batches.create_batch("24h", "/v1/responses", "file-1")
    assert (batch["status"], batch.get("output_file_id")) == ("validating", None)
    states = [client.batches.retrieve_batch(batch["id"]) for _ in range(4)]
    assert [one["status"] for one in states] == ["in_progress", "finalizing", "completed", "completed"]
    assert states[-1].get("output_file_id")
    video = client.videos.create_video("A cat")
    seen = [video, *(client.videos.get_video(video["id"]) for _ in range(2))]
    assert [(one["status"], one["progress"]) for one in seen] == [
        ("queued", 0),
        ("in_progress", 50),
        ("completed", 100),
    ]
    store = client.vector_stores.create_vector_store()
    file = client.vector_stores.create_vector_store_file(store["id"], "file-1")
    assert file["status"] == "in_progress"
    assert client.vector_stores.get_vector_store_file(store["id"], file["id"])["status"] == "completed"
    response = client.responses.create_response("Hi", "gpt-4o", background=True)
    assert (response.get("status"), response["output"]) == ("queued", [])
    client.responses.get_response(response["id"])
    assert client.responses.get_response(response["id"])["output"]


def test_a_batch_is_cancelled(client: Client) -> None:
    batch = client.batches.create_batch("24h", "/v1/responses", "file-1")
    assert client.batches.cancel_batch(batch["id"])["status"] == "cancelling"
    assert client.batches.retrieve_batch(batch["id"])["status"] == "cancelled"
    assert client.batches.retrieve_batch(batch["id"])["status"] == "cancelled"


def test_a_run_waits_for_the_outputs_of_its_assistants_tools(client: Client) -> None:
    assistant = client.assistants.create_assistant("gpt-4o", tools=[TOOL])
    thread = client.threads.create_thread()
    run = client.threads.create_run(thread["id"], assistant["id"])
    states = [run["status"]]
    for _ in range(10):
        run = client.threads.get_run(thread["id"], run["id"])
        states.append(run["status"])
        if run["status"] == "requires_action":
            assert run["required_action"] is not None
            calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
            jsonschema.validate(json.loads(calls[0]["function"]["arguments"]), PARAMETERS)
            outputs: Any = [{"tool_call_id": one["id"], "output": "sunny"} for one in calls]
            client.threads.submit_tool_ouputs_to_run(thread["id"], run["id"], outputs)
        if run["status"] == "completed":
            break
    assert states == ["queued", "in_progress", "requires_action", "in_progress", "completed"]
    assert run["required_action"] is None


def test_a_model_that_reasons_says_so_first(client: Client) -> None:
    kinds = [one["type"] for one in client.responses.create_response("Hi", "gpt-5")["output"]]
    assert kinds == ["reasoning", "message"]


def replies(seed: int | None, number: int = 40) -> Iterator[Any]:
    with serve(seed=seed) as server:
        client = Client(api_key="test", base_url=server.base_url)
        for _ in range(number):
            yield client.responses.create_response("Hi", "gpt-4o")


def test_a_seed_varies_what_servers_vary_and_always_in_the_same_way() -> None:
    found = list(replies(7))
    assert found == list(replies(7))
    assert {tuple(item["type"] for item in one["output"]) for one in found} == {
        ("message",),
        ("reasoning", "message"),
    }
    texts = [item["content"][0] for one in found for item in one["output"] if item["type"] == "message"]
    assert {bool(one["annotations"]) for one in texts} == {True, False}
    assert len({frozenset(one) for one in found}) > 1
    schema = packaged().operation("responses", "create_response").result.schema
    assert schema is not None
    judge = Validator(packaged().components)
    assert [judge.violations(one, schema) for one in found] == [[]] * len(found)
    assert len({frozenset(one) for one in replies(None, 5)}) == 1


def test_a_file_has_the_content_that_was_uploaded(client: Client) -> None:
    made = client.files.create_file(("a.txt", b"my content"), "assistants")
    assert client.files.download_file(made["id"]).read() == b"my content"


def test_a_message_says_what_was_sent(client: Client) -> None:
    thread = client.threads.create_thread()
    client.threads.create_message(thread["id"], "my words", "user")
    (message,) = client.threads.list_messages(thread["id"])["data"]
    assert message["content"][0]["type"] == "text"
    assert (message["content"][0]["text"]["value"], message["role"]) == ("my words", "user")


def test_items_of_a_conversation_are_those_that_were_added(client: Client) -> None:
    conversation = client.conversations.create_conversation()
    item: Any = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "my words"}]}
    made = client.conversations.create_conversation_items(conversation["id"], [item])["data"]
    listed: Any = client.conversations.list_conversation_items(conversation["id"])["data"]
    assert listed == made
    assert listed[0]["content"][0]["text"] == "my words"


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        ({"model": "gpt-image-1"}, {"b64_json"}),
        ({"model": "dall-e-3"}, {"url", "revised_prompt"}),
        ({"model": "dall-e-2", "response_format": "b64_json"}, {"b64_json"}),
    ],
)
def test_images_come_as_the_model_sends_them(client: Client, arguments: Any, keys: set[str]) -> None:
    reply = client.images.create_image("A cat", n=2 if "2" in str(arguments) else 1, **arguments)
    assert all(set(one) == keys for one in reply["data"])


def test_padding_can_be_switched_off(client: Client) -> None:
    assert all("obfuscation" in one for one in chunks(client))
    assert not any(
        "obfuscation" in one for one in chunks(client, stream_options={"include_obfuscation": False})
    )
    plain = events(client, stream_options={"include_obfuscation": False})
    assert not any("obfuscation" in one for one in plain)


def test_a_background_response_that_streams_is_complete_at_the_end(client: Client) -> None:
    found = events(client, background=True)
    assert found[-1]["response"]["status"] == "completed"
    assert found[-1]["response"]["output"]
    assert client.responses.get_response(found[-1]["response"]["id"]) == found[-1]["response"]


def test_the_events_of_a_run_are_about_the_same_objects(client: Client) -> None:
    events: list[Any] = list(client.threads.create_thread_and_run("asst_1", stream=True))
    for kind in ("thread.run", "thread.message"):
        about = [one["data"] for one in events if one["event"].startswith(f"{kind}.")]
        assert len({one["id"] for one in about if one["object"] == kind}) == 1
        assert [about[0].get("completed_at"), about[0].get("usage")] == [None, None]
        assert about[-1]["completed_at"]


def test_a_forced_hosted_tool_is_used_before_the_answer(client: Client) -> None:
    found = events(client, tools=[{"type": "web_search_preview"}], tool_choice={"type": "web_search_preview"})
    assert [one["type"] for one in found[-1]["response"]["output"]] == ["web_search_call", "message"]
    assert "response.web_search_call.searching" in [one["type"] for one in found]
    plain = client.responses.create_response("Hi", "gpt-4o", tools=[{"type": "web_search_preview"}])
    assert [one["type"] for one in plain["output"]] == ["message"]


def test_an_upload_is_completed_with_its_file(client: Client) -> None:
    upload = client.uploads.create_upload(3, "a.txt", "text/plain", "assistants")
    assert (upload["status"], upload.get("file")) == ("pending", None)
    part = client.uploads.add_upload_part(upload["id"], b"abc")
    done = client.uploads.complete_upload(upload["id"], [part["id"]])
    assert (done["id"], done["status"], done["filename"]) == (upload["id"], "completed", "a.txt")
    assert done["file"]


def test_a_custom_tool_gets_an_input_that_its_grammar_matches(client: Client) -> None:
    tool: Any = {
        "type": "custom",
        "name": "plate",
        "format": {"type": "grammar", "syntax": "regex", "definition": "^[A-Z]{2}[0-9]{3}$"},
    }
    (call,) = client.responses.create_response("Hi", "gpt-4o", tools=[tool])["output"]
    assert call["type"] == "custom_tool_call"
    assert re.fullmatch("[A-Z]{2}[0-9]{3}", call["input"])


def test_a_conversation_stays_when_an_item_is_deleted(client: Client) -> None:
    conversation = client.conversations.create_conversation()
    item: Any = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "my words"}]}
    (made,) = client.conversations.create_conversation_items(conversation["id"], [item])["data"]
    item_id: Any = made.get("id")
    assert client.conversations.delete_conversation_item(conversation["id"], item_id) == conversation
    assert client.conversations.list_conversation_items(conversation["id"])["data"] == []
    assert client.conversations.get_conversation(conversation["id"]) == conversation


def test_a_response_names_its_conversation_and_the_response_before(client: Client) -> None:
    conversation = client.conversations.create_conversation()
    reply = client.responses.create_response("Hi", "gpt-4o", conversation=conversation["id"])
    assert reply.get("conversation") == {"id": conversation["id"]}
    later = client.responses.create_response("Hi", "gpt-4o", previous_response_id=reply["id"])
    assert (later.get("previous_response_id"), later.get("conversation")) == (reply["id"], None)


def test_work_that_began_elsewhere_is_over(client: Client) -> None:
    assert client.batches.retrieve_batch("batch_abc123")["status"] == "completed"
    assert client.videos.get_video("video_1")["status"] == "completed"
    assert client.threads.get_run("thread_1", "run_1")["status"] == "completed"
    jobs = client.fine_tuning.list_paginated_fine_tuning_jobs()["data"]
    assert {one["status"] for one in jobs} == {"succeeded"}
    assert client.batches.cancel_batch("batch_other")["status"] == "cancelling"
