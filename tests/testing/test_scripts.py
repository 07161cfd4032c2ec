"""Scripts: the answers of the embedded server that a test chooses."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any, Final

import pytest

from typed_openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    Client,
    InternalServerError,
    RateLimitError,
    StreamTruncatedError,
    paginate,
)
from typed_openai.aio import AsyncClient
from typed_openai.testing import RecordedRequest, ScriptError, Server, serve

MESSAGES: Final[Any] = [{"role": "user", "content": "Hi"}]
TOOL: Final[Any] = {"type": "function", "name": "get_weather", "strict": False, "parameters": {}}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(server: Server) -> Client:
    return Client("test", base_url=server.base_url, max_retries=0, timeout=10)


def text_of(reply: Any) -> Any:
    return reply["choices"][0]["message"]["content"]


def test_a_part_of_a_reply_is_completed(server: Server, client: Client) -> None:
    server.reply(
        client.chat.create_chat_completion,
        {"choices": [{"message": {"content": "Ciao"}}, {"message": {"content": "Hallo"}}]},
    )
    reply = client.chat.create_chat_completion(MESSAGES, "gpt-4o")
    assert [one["message"]["content"] for one in reply["choices"]] == ["Ciao", "Hallo"]
    assert [one["index"] for one in reply["choices"]] == [0, 1]
    assert reply["model"] == "gpt-4o-2024-08-06"
    assert reply["choices"][0]["finish_reason"] == "stop"
    assert text_of(client.chat.create_chat_completion(MESSAGES, "gpt-4o")) != "Ciao"


@pytest.mark.slow(seconds=1)
def test_members_of_a_union_are_completed_by_their_type(server: Server, client: Client) -> None:
    server.reply(
        client.responses.create_response,
        {
            "output": [
                {"type": "function_call", "name": "f"},
                {"type": "message", "content": [{"text": "Ciao"}]},
            ]
        },
    )
    call, message = client.responses.create_response("Hi", "gpt-4o")["output"]
    assert call["type"] == "function_call"
    assert (call["name"], call["arguments"]) == ("f", "{}")
    assert message["type"] == "message"
    assert message["role"] == "assistant"


def test_a_scripted_reply_is_streamed_too(server: Server, client: Client) -> None:
    server.reply("chat.create_chat_completion", {"choices": [{"message": {"content": "one two"}}]})
    chunks = list(client.chat.create_chat_completion(MESSAGES, "gpt-4o", stream=True))
    assert [one["choices"][0]["delta"].get("content") for one in chunks] == ["", "one ", "two", None]


def test_scripts_answer_in_order_and_as_often_as_asked(server: Server, client: Client) -> None:
    for name, times in (("a", 2), ("b", 1), ("c", None)):
        server.reply(client.models.retrieve_model, {"owned_by": name}, times=times)
    server.reply(client.models.retrieve_model, {"owned_by": "never"}, times=0)
    assert [client.models.retrieve_model("m")["owned_by"] for _ in range(5)] == ["a", "a", "b", "c", "c"]


def test_a_condition_chooses_the_requests(server: Server, client: Client) -> None:
    def is_long(request: RecordedRequest) -> bool:
        return len(request.arguments["messages"]) > 1  # type: ignore[arg-type]  # a list

    server.reply(
        client.chat.create_chat_completion, {"choices": [{"message": {"content": "long"}}]}, when=is_long
    )
    server.reply(
        client.chat.create_chat_completion,
        {"choices": [{"message": {"content": "o1"}}]},
        when={"model": "o1"},
    )
    assert text_of(client.chat.create_chat_completion(MESSAGES, "gpt-4o")) not in ("long", "o1")
    assert text_of(client.chat.create_chat_completion(MESSAGES, "o1")) == "o1"
    assert text_of(client.chat.create_chat_completion(MESSAGES * 2, "gpt-4o")) == "long"


def test_a_text_is_streamed_with_all_its_events(server: Server, client: Client) -> None:
    server.stream(client.responses.create_response, text="one two")
    plain = client.responses.create_response("Hi", "gpt-4o")
    assert plain["output"]
    events: list[Any] = list(client.responses.create_response("Hi", "gpt-4o", stream=True))
    assert [one["delta"] for one in events if one["type"] == "response.output_text.delta"] == ["one ", "two"]
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == "one two"


def test_other_streams_have_the_text_too(server: Server, client: Client) -> None:
    server.stream(client.audio.create_transcription, text="one two")
    events: list[Any] = list(
        client.audio.create_transcription(("a.mp3", b"x"), "gpt-4o-transcribe", stream=True)
    )
    assert "".join(one.get("delta", "") for one in events) == "one two"
    assert events[-1]["text"] == "one two"


def test_single_events_are_sent_as_they_are(server: Server, client: Client) -> None:
    server.stream(
        client.responses.create_response,
        events=[
            {"type": "response.output_text.delta", "delta": "Hi"},
            {"type": "response.completed", "response": {"output": []}},
        ],
    )
    delta, done = client.responses.create_response("Hi", "gpt-4o", stream=True)
    assert delta["type"] == "response.output_text.delta"
    assert delta["delta"] == "Hi"
    assert done["type"] == "response.completed"
    assert (done["response"]["output"], done["response"]["object"]) == ([], "response")


@pytest.mark.parametrize("arguments", [{"city": "Rome"}, '{"city": "Ro'], ids=["whole", "cut"])
def test_a_tool_is_called_with_the_arguments(server: Server, client: Client, arguments: Any) -> None:
    server.reply_tool_call("get_weather", arguments)
    assert client.responses.create_response("Hi", "gpt-4o")["output"][0]["type"] == "message"
    (call,) = client.responses.create_response("Hi", "gpt-4o", tools=[TOOL])["output"]
    assert call["type"] == "function_call"
    expected = arguments if isinstance(arguments, str) else json.dumps(arguments)
    assert (call["name"], call["arguments"]) == ("get_weather", expected)


def test_the_same_script_calls_a_tool_in_a_chat(server: Server, client: Client) -> None:
    server.reply_tool_call("get_weather", {"city": "Rome"})
    tool: Any = {"type": "function", "function": {"name": "get_weather"}}
    reply = client.chat.create_chat_completion(MESSAGES, "gpt-4o", tools=[tool], tool_choice="none")
    assert reply["choices"][0]["finish_reason"] == "tool_calls"
    (call,) = reply["choices"][0]["message"]["tool_calls"]
    assert call["type"] == "function"
    assert call["function"] == {"name": "get_weather", "arguments": '{"city": "Rome"}'}


def test_texts_and_files_are_scripted(server: Server, client: Client) -> None:
    server.reply(client.files.download_file, b"content")
    server.reply(client.audio.create_transcription, "Ciao", when={"response_format": "text"})
    assert client.files.download_file("file-1").read() == b"content"
    made = client.audio.create_transcription(("a.mp3", b"x"), "whisper-1", response_format="text")
    assert made == "Ciao"


def test_a_scripted_object_is_kept_as_it_is(server: Server, client: Client) -> None:
    server.reply(client.batches.create_batch, {"id": "batch_mine", "status": "failed"})
    client.batches.create_batch("24h", "/v1/responses", "file-1")
    assert [client.batches.retrieve_batch("batch_mine")["status"] for _ in range(2)] == ["failed"] * 2


def test_failures_are_for_one_operation_or_any(server: Server, client: Client) -> None:
    server.fail(429, client.models.list_models, message="slow down", headers={"retry-after": "0"})
    server.fail(500)
    with pytest.raises(InternalServerError):
        client.files.list_files()
    with pytest.raises(RateLimitError, match="slow down"):
        client.models.list_models()
    client.models.list_models()
    assert [one.scripted for one in server.requests] == ["scripted failure 500", "scripted failure 429", ""]


def test_a_reset_connection_is_tried_again(server: Server) -> None:
    client = Client("test", base_url=server.base_url, max_retries=2)
    server.fail("reset", client.models.list_models, times=1)
    assert client.models.list_models()["object"] == "list"
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", ["reset", "truncate"])
def test_a_broken_reply_is_an_error(server: Server, client: Client, fault: Any) -> None:
    server.fail(fault, client.models.list_models)
    with pytest.raises(APIConnectionError):
        client.models.list_models()


@pytest.mark.parametrize("fault", ["reset", "truncate"])
@pytest.mark.parametrize("after", [0, 2])
def test_a_stream_breaks_after_some_events(server: Server, client: Client, fault: Any, after: int) -> None:
    server.fail(fault, client.responses.create_response, after=after)
    with pytest.raises((StreamTruncatedError, APIConnectionError)) as caught:
        for _ in client.responses.create_response("Hi", "gpt-4o", stream=True):
            pass
    if isinstance(caught.value, StreamTruncatedError):
        assert len(caught.value.events) == after


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("after", [0, 2])
def test_a_stalled_stream_ends_in_time(server: Server, after: int) -> None:
    client = Client("test", base_url=server.base_url, max_retries=0, timeout=0.5)
    server.fail("stall", client.responses.create_response, after=after)
    begun, received = time.monotonic(), list[object]()
    with pytest.raises(APITimeoutError):
        received.extend(client.responses.create_response("Hi", "gpt-4o", stream=True))
    assert (len(received), time.monotonic() - begun < 5) == (after, True)


def test_a_stalled_connection_ends_with_the_server() -> None:
    with serve() as server:
        client = Client("test", base_url=server.base_url, max_retries=0)
        server.fail("stall", client.models.list_models)
        failures: list[Exception] = []

        def call() -> None:
            try:
                client.models.list_models()
            except APIConnectionError as error:
                failures.append(error)

        thread = threading.Thread(target=call)
        thread.start()
        while not server.requests:
            time.sleep(0.01)
    thread.join(10)
    assert len(failures) == 1


async def _asked(server: Server) -> str:
    async with AsyncClient("test", base_url=server.base_url) as client:
        server.reply(client.models.retrieve_model, {"owned_by": "me"})
        return str((await client.models.retrieve_model("m"))["owned_by"])


def test_methods_of_the_async_client_are_scripted(server: Server) -> None:
    assert asyncio.run(_asked(server)) == "me"


@pytest.mark.parametrize(
    ("operation", "value", "said"),
    [
        ("chat.create_chat_completion", {"choices": 5}, "choices: expected array, got integer"),
        (
            "chat.create_chat_completion",
            {"choises": []},
            'choises: unknown key; did you mean "choices"?',
        ),
        ("responses.create_response", {"output": [{"type": "mesage"}]}, "did you mean 'message'?"),
        (
            "responses.create_response",
            {"output": [{"type": "message", "content": [{"txt": ""}]}]},
            "content[0].txt",
        ),
        ("models.list_models", "text", 'models.list_models: expected a JSON value, got "str"'),
        ("files.download_file", {}, 'files.download_file: expected "bytes", got "dict"'),
        ("chat.create_completion", {}, 'unknown operation "chat.create_completion"; did you mean'),
        (print, {}, 'expected a method of a client, or "group.name"; got "print"'),
    ],
)
def test_what_does_not_fit_is_refused_at_once(server: Server, operation: Any, value: Any, said: str) -> None:
    with pytest.raises(ScriptError) as caught:
        server.reply(operation, value)
    assert said in str(caught.value)
    assert server.unused_scripts == ()


def test_wrong_scripts_say_what_is_expected(server: Server) -> None:
    with pytest.raises(ScriptError, match=r"models\.list_models does not stream"):
        server.stream("models.list_models", text="x")
    with pytest.raises(ScriptError, match=r"events\[0\]: delta: expected string, got integer"):
        server.stream(
            "responses.create_response", events=[{"type": "response.output_text.delta", "delta": 1}]
        )
    with pytest.raises(ScriptError, match="expected text or events, and not both"):
        server.stream("responses.create_response")
    with pytest.raises(ScriptError, match="the arguments are not JSON"):
        server.reply_tool_call("f", {"a": object()})
    with pytest.raises(ValueError, match=r'got "rset"; did you mean "reset"\?'):
        server.fail("rset")  # type: ignore[arg-type]  # a typing mistake
    with pytest.raises(ValueError, match="from 100 to 599, got 99"):
        server.fail(99)
    with pytest.raises(ValueError, match="times: expected a number of requests, or None for any, got -1"):
        server.fail(500, times=-1)
    with pytest.raises(ValueError, match="when: expected a function or a mapping"):
        server.fail(500, when=5)  # type: ignore[arg-type]  # a typing mistake


def surprised() -> None:
    with serve(strict=True) as server:
        client = Client("test", base_url=server.base_url, max_retries=0)
        server.reply(client.models.list_models, {"data": []}, times=2)
        client.models.list_models()
        with pytest.raises(BadRequestError, match=r"no script answers files.list_files"):
            client.files.list_files()
        with pytest.raises(APIStatusError, match="lmit"):
            client.request("GET", "/files", params={"lmit": 1})


def test_a_strict_server_reports_what_was_not_scripted_and_not_used() -> None:
    with pytest.raises(AssertionError) as caught:
        surprised()
    lines = str(caught.value).splitlines()
    assert [lines[0], *lines[2:]] == [
        "unused scripts:",
        "unexpected requests:",
        "  GET /v1/files (files.list_files)",
    ]
    assert lines[1].startswith("  reply to models.list_models (test_scripts.py:")


def test_an_error_of_the_test_itself_is_not_hidden() -> None:
    def fails() -> None:
        with serve(strict=True) as server:
            server.fail(500)
            raise KeyError

    with pytest.raises(KeyError):
        fails()


def test_scripts_are_forgotten_with_the_requests(server: Server) -> None:
    server.fail(500)
    server.clear()
    server.verify()
    assert server.unused_scripts == ()


def test_each_script_answers_once_whatever_the_number_of_threads(server: Server, client: Client) -> None:
    server.reply(client.models.retrieve_model, {"owned_by": "me"}, times=10)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(client.models.retrieve_model("m")["owned_by"]))
        for _ in range(20)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found.count("me") == 10


def test_a_scripted_page_agrees_with_its_items(server: Server, client: Client) -> None:
    server.reply(client.files.list_files, {"data": [{"id": "file-1"}, {"id": "file-2"}], "has_more": True})
    server.reply(client.files.list_files, {"data": [{"id": "file-3"}]}, when={"after": "file-2"})
    first = client.files.list_files()
    assert (first["first_id"], first["last_id"], first["has_more"]) == ("file-1", "file-2", True)
    last = client.files.list_files(after="file-2")
    assert (last["first_id"], last["last_id"], last["has_more"]) == ("file-3", "file-3", False)
    server.reply(client.files.list_files, {"data": []})
    empty = client.files.list_files()
    assert (empty["first_id"], empty["last_id"], empty["has_more"]) == (None, None, False)


def test_scripted_pages_are_paginated(server: Server, client: Client) -> None:
    server.reply(client.organization.list_groups, {"data": [{"id": "a"}], "has_more": True})
    server.reply(client.organization.list_groups, {"data": [{"id": "b"}]})
    with_key = client.with_options(admin_api_key="test")
    assert [one["id"] for one in paginate(with_key.organization.list_groups)] == ["a", "b"]
    assert len(server.requests) == 2


def test_scripts_of_another_kind_wait_for_a_call_that_they_fit(server: Server, client: Client) -> None:
    create: Any = client.audio.create_transcription
    server.reply(create, "plain")
    server.reply(create, {"text": "in JSON"})
    file = ("a.wav", b"RIFF")
    assert create(file, "whisper-1")["text"] == "in JSON"
    assert server.unused_scripts
    assert create(file, "whisper-1", response_format="text") == "plain"
    assert not server.unused_scripts


def test_a_condition_on_an_unknown_argument_is_refused(server: Server, client: Client) -> None:
    with pytest.raises(ScriptError, match=r'when: unknown argument "modle"; did you mean "model"'):
        server.reply(client.chat.create_chat_completion, {}, when={"modle": "gpt-4o"})
    with serve(lenient=True) as other:
        other.fail(500, "models.list_models", when={"unknown": 1})


def test_a_condition_that_fails_is_named_with_its_script(server: Server, client: Client) -> None:
    def broken(request: RecordedRequest) -> bool:
        return bool(request.arguments["nothing"])

    server.reply(client.models.list_models, {"data": []}, when=broken)
    with pytest.raises(
        InternalServerError, match=r"condition of .*list_models \(test_scripts.py:\d+\) failed"
    ):
        client.models.list_models()
    with pytest.raises(AssertionError, match="unexpected requests"):
        server.verify()


def test_headers_of_a_failure_have_one_line(server: Server) -> None:
    with pytest.raises(ValueError, match="headers: expected texts of one line"):
        server.fail(500, headers={"x-a": "1\r\nx-b: 2"})


def test_scripted_events_agree_with_their_place_in_the_stream(server: Server, client: Client) -> None:
    create = client.responses.create_response
    server.stream(
        create,
        events=[
            {"type": "response.created"},
            {"type": "response.output_text.delta", "delta": "one two"},
            {"type": "response.incomplete", "response": {"incomplete_details": {"reason": "content_filter"}}},
        ],
    )
    created, _, ended = found = list(create("Hi", "gpt-4o", stream=True))
    assert [one["sequence_number"] for one in found] == [0, 1, 2]
    assert created["type"] == "response.created"
    assert created["response"]["status"] == "in_progress"
    assert (created["response"]["output"], created["response"]["usage"]) == ([], None)
    assert ended["type"] == "response.incomplete"
    assert ended["response"]["status"] == "incomplete"
    assert ended["response"]["usage"]["output_tokens"] == 2


@pytest.mark.parametrize(
    ("item", "kinds"),
    [
        ({"type": "mcp_call", "name": "f", "arguments": "{}"}, ["in_progress", "delta", "done", "completed"]),
        (
            {"type": "mcp_call", "name": "f", "error": {"type": "http_error"}},
            ["in_progress", "delta", "done", "failed"],
        ),
        ({"type": "mcp_list_tools", "server_label": "l"}, ["in_progress", "completed"]),
        (
            {"type": "code_interpreter_call", "code": "1"},
            ["in_progress", "delta", "done", "interpreting", "completed"],
        ),
        (
            {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "so"}]},
            ["delta", "done"],
        ),
    ],
    ids=str,
)
def test_items_are_streamed_with_their_own_events(
    server: Server, client: Client, item: Any, kinds: list[str]
) -> None:
    server.reply(client.responses.create_response, {"output": [item]})
    events = list(client.responses.create_response("Hi", "gpt-4o", stream=True))
    between = [one["type"] for one in events if "output_item" not in one["type"]][2:-1]
    assert [one.rpartition(".")[2] for one in between] == kinds
