"""The numbers of tokens in replies follow from what was sent and answered, and fit together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai import Client
from typed_openai.testing import Server, serve
from typed_openai.testing.fake_usage import cut_to, tokens_of

MESSAGES: Final[Any] = [{"role": "user", "content": "Hi"}]
LONG: Final[Any] = [{"role": "user", "content": "Tell me a very long story, please. " * 20}]
TOOL: Final[Any] = {"type": "function", "function": {"name": "get_weather"}}
SCHEMA: Final[Any] = {
    "type": "object",
    "properties": {"items": {"type": "array", "minItems": 5, "items": {"type": "string"}}},
    "required": ["items"],
    "additionalProperties": False,
}
NUMBERS: Final = ("input_tokens", "output_tokens", "total_tokens")
USAGE: Final[Any] = {
    "type": "object",
    "required": NUMBERS,
    "properties": {one: {"type": "integer"} for one in NUMBERS},
}
OTHER: Final[Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Other", "version": "1"},
    "paths": {
        "/questions": {
            "post": {
                "operationId": "ask",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}}
                },
                "responses": {
                    "200": {
                        "description": "",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Question": {"type": "object", "properties": {"question": {"type": "string"}}},
            "Answer": {
                "type": "object",
                "required": ["text", "usage"],
                "properties": {"text": {"type": "string"}, "usage": USAGE},
            },
        }
    },
}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(server: Server) -> Client:
    return Client("test", base_url=server.base_url, max_retries=0)


def usages(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object ``usage`` in a value."""
    if isinstance(value, list):
        for one in value:
            yield from usages(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "usage" and isinstance(one, dict):
                yield one
            else:
                yield from usages(one)


def usage_of(reply: Any) -> dict[str, Any]:
    (found,) = usages(reply)
    return found


def read(usage: Mapping[str, Any]) -> int:
    return int(usage.get("input_tokens", usage.get("prompt_tokens")))


def written(usage: Mapping[str, Any]) -> int:
    return int(usage.get("output_tokens", usage.get("completion_tokens", 0)))


def assert_adds_up(usage: Mapping[str, Any]) -> None:
    assert usage["total_tokens"] == read(usage) + written(usage)
    for key, details in usage.items():
        if isinstance(details, dict):
            whole = read(usage) if key.startswith(("input", "prompt")) else written(usage)
            assert all(one <= whole for one in details.values())
            if "text_tokens" in details:
                kinds = ("text_tokens", "image_tokens", "audio_tokens")
                assert sum(details.get(one, 0) for one in kinds) == whole


def replies(client: Client, messages: Any) -> Iterator[Any]:
    text = messages[0]["content"]
    yield client.chat.create_chat_completion(messages, "gpt-4o")
    yield client.chat.create_chat_completion(messages, "gpt-5")
    yield client.chat.create_chat_completion(messages, "gpt-4o", n=3, tools=[TOOL])
    yield client.completions.create_completion("gpt-3.5-turbo-instruct", text)
    yield client.responses.create_response(text, "gpt-4o")
    yield client.responses.create_response(messages, "o3")
    yield client.responses.create_response(text, "gpt-4o", tools=[{"type": "web_search"}])
    yield client.embeddings.create_embedding([text, text], "text-embedding-3-small")
    yield client.images.create_image(text, model="gpt-image-1", n=2)
    yield client.audio.create_transcription(("a.wav", text.encode() * 40), "gpt-4o-transcribe")


def test_more_input_has_more_tokens_and_all_numbers_add_up(client: Client) -> None:
    few = [usage_of(one) for one in replies(client, MESSAGES)]
    many = [usage_of(one) for one in replies(client, LONG)]
    for one, other in zip(few, many, strict=True):
        assert_adds_up(one)
        assert_adds_up(other)
        assert read(one) < read(other)


def test_every_choice_and_every_input_counts(client: Client) -> None:
    one, three = (client.chat.create_chat_completion(MESSAGES, "gpt-4o", n=n)["usage"] for n in (1, 3))
    assert written(three) == 3 * written(one)
    assert read(three) == read(one)
    inputs = (["one two"], ["one two"] * 4, [1, 2, 3, 4, 5])
    counted = [client.embeddings.create_embedding(one, "m")["usage"]["prompt_tokens"] for one in inputs]
    assert counted == [2, 8, 5]


def test_reasoning_counts_as_output_but_not_without_effort(client: Client) -> None:
    create = client.responses.create_response
    plain, reasoned = (create("Hi", model)["usage"] for model in ("gpt-4o", "gpt-5"))
    assert plain["output_tokens_details"]["reasoning_tokens"] == 0
    thought = reasoned["output_tokens_details"]["reasoning_tokens"]
    assert thought > 0
    assert thought % 64 == 0
    assert written(reasoned) > thought
    none = create("Hi", "gpt-5.1", reasoning={"effort": "none"})["usage"]
    assert none["output_tokens_details"]["reasoning_tokens"] == 0


def test_what_a_conversation_has_said_before_is_read_again(client: Client) -> None:
    first = client.responses.create_response("A long question about everything", "gpt-4o")
    other = client.responses.create_response("Why?", "gpt-4o")
    later = client.responses.create_response("Why?", "gpt-4o", previous_response_id=first["id"])
    assert read(later["usage"]) == read(other["usage"]) + first["usage"]["total_tokens"]


def test_streams_end_with_the_usage_of_the_whole_reply(server: Server, client: Client) -> None:
    for said in ("Hi", "A longer answer with some more words"):
        server.stream(client.chat.create_chat_completion, text=said)
        *_, last = client.chat.create_chat_completion(
            LONG, "gpt-4o", stream=True, stream_options={"include_usage": True}
        )
        assert_adds_up(usage_of(last))
        assert written(usage_of(last)) == tokens_of(said)
    *_, completed = client.responses.create_response("Hello you", "gpt-4o", stream=True)
    assert read(usage_of(completed)) == 2
    *_, done = client.audio.create_transcription(("a.wav", b"0" * 9000), "gpt-4o-transcribe", stream=True)
    assert_adds_up(usage_of(done))
    assert read(usage_of(done)) == 64 + 9000 // 1600


def test_a_finished_run_has_the_tokens_of_its_thread(client: Client) -> None:
    assistant = client.assistants.create_assistant("gpt-4o", instructions="Be kind and brief.")
    thread = client.threads.create_thread(messages=LONG)
    run = client.threads.create_run(thread["id"], assistant["id"])
    assert run["usage"] is None
    while run["status"] != "completed":
        run = client.threads.get_run(thread["id"], run["id"])
    usage = run["usage"]
    assert usage is not None
    assert_adds_up(usage)
    assert read(usage) > 100
    assert written(usage) > 0


def test_what_is_scripted_stays_and_the_rest_agrees(server: Server, client: Client) -> None:
    create = client.chat.create_chat_completion
    server.reply(create, {"choices": [{"message": {"content": "one two three"}}]})
    assert written(create(MESSAGES, "gpt-4o")["usage"]) == 3
    server.reply(create, {"usage": {"prompt_tokens": 500}})
    usage = create(MESSAGES, "gpt-4o")["usage"]
    assert read(usage) == 500
    assert_adds_up(usage)
    server.reply(create, {"usage": {"total_tokens": 7}})
    assert create(MESSAGES, "gpt-4o")["usage"]["total_tokens"] == 7


def test_the_count_of_tokens_is_that_of_the_call(client: Client) -> None:
    text = "How many tokens are these?"
    counted = client.responses.get_input_token_counts(input=text, model="gpt-4o")["input_tokens"]
    assert counted == read(client.responses.create_response(text, "gpt-4o")["usage"])


def test_an_answer_that_reaches_the_limit_is_cut_off(client: Client) -> None:
    chat = client.chat.create_chat_completion(MESSAGES, "gpt-4o", max_completion_tokens=4)
    assert chat["choices"][0]["finish_reason"] == "length"
    assert written(chat["usage"]) == 4
    *_, last = client.chat.create_chat_completion(MESSAGES, "gpt-4o", max_tokens=4, stream=True)
    assert last["choices"][0]["finish_reason"] == "length"
    enough = client.chat.create_chat_completion(MESSAGES, "gpt-4o", max_completion_tokens=40)
    assert enough["choices"][0]["finish_reason"] == "stop"


def test_a_response_that_reaches_the_limit_is_incomplete(client: Client) -> None:
    text: Any = {"format": {"type": "json_schema", "name": "a", "schema": SCHEMA, "strict": True}}
    reply = client.responses.create_response("Hi", "gpt-4o", max_output_tokens=16, text=text)
    assert reply["status"] == "incomplete"
    assert reply["incomplete_details"] == {"reason": "max_output_tokens"}
    assert written(reply["usage"]) == 16
    *_, last = client.responses.create_response("Hi", "gpt-4o", max_output_tokens=16, text=text, stream=True)
    assert last["type"] == "response.incomplete"


def test_a_scripted_text_and_a_call_are_never_cut_off(server: Server, client: Client) -> None:
    create = client.chat.create_chat_completion
    server.reply(create, {"choices": [{"message": {"content": "one two three four"}}]})
    reply = create(MESSAGES, "gpt-4o", max_completion_tokens=2)["choices"][0]
    assert (reply["message"]["content"], reply["finish_reason"]) == ("one two three four", "stop")
    called = create(MESSAGES, "gpt-4o", max_completion_tokens=2, tools=[TOOL])["choices"][0]
    assert called["finish_reason"] == "tool_calls"


def test_other_apis_count_all_arguments(tmp_path: Path) -> None:
    spec = tmp_path / "other.json"
    spec.write_text(json.dumps(OTHER))
    with serve(spec=str(spec)) as server:
        client: Any = Client("test", spec=str(spec), base_url=server.base_url)
        usage = client.questions.ask(question="one two three four")["usage"]
    assert read(usage) == 4
    assert_adds_up(usage)


@given(st.text(max_size=60), st.integers(0, 20))
def test_a_cut_text_is_a_beginning_with_at_most_so_many_tokens(text: str, most: int) -> None:
    cut = cut_to(text, most)
    assert text.startswith(cut)
    assert tokens_of(cut) == min(tokens_of(text), most)
