"""The span of a call: its name, its attributes, its parent, its end."""

from __future__ import annotations

import copy
import gc
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.trace import SpanKind, StatusCode, get_current_span
from tests.telemetry.conftest import CHAT, KEY, MESSAGES, Recorded

import typed_openai
from typed_openai import default_client
from typed_openai.client import Client
from typed_openai.errors import APIConnectionError, BadRequestError, CallError, InternalServerError
from typed_openai.telemetry import instrument
from typed_openai.testing import serve


def test_a_call_has_one_span_with_the_facts_of_request_and_reply(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT, x_request_id="req_1")
    recorded.client(server).chat.create_chat_completion(
        MESSAGES,
        "gpt-4o",
        temperature=0.5,
        top_p=1,
        max_completion_tokens=100,
        frequency_penalty=0.25,
        presence_penalty=0,
        stop=["a", "b"],
        seed=7,
        n=2,
        reasoning_effort="low",
        response_format={"type": "json_object"},
        service_tier="flex",
    )
    assert recorded.span.name == "chat gpt-4o"
    assert recorded.span.kind is SpanKind.CLIENT
    assert recorded.span.status.status_code is StatusCode.UNSET
    port = int(server.base_url.rpartition(":")[2].partition("/")[0])
    assert recorded.found == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_p": 1.0,
        "gen_ai.request.max_tokens": 100,
        "gen_ai.request.frequency_penalty": 0.25,
        "gen_ai.request.presence_penalty": 0.0,
        "gen_ai.request.stop_sequences": ("a", "b"),
        "gen_ai.request.seed": 7,
        "gen_ai.request.choice.count": 2,
        "gen_ai.request.reasoning.level": "low",
        "gen_ai.output.type": "json",
        "openai.request.service_tier": "flex",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.finish_reasons": ("stop", "length"),
        "openai.response.service_tier": "default",
        "openai.response.system_fingerprint": "fp_1",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 4,
        "gen_ai.usage.cache_read.input_tokens": 3,
        "gen_ai.usage.reasoning.output_tokens": 2,
        "server.address": "127.0.0.1",
        "server.port": port,
        "http.response.status_code": 200,
        "http.response.header.x-request-id": ("req_1",),
    }


RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "model": "gpt-4o",
    "status": "completed",
    "output": [],
    "usage": {"input_tokens": 5, "output_tokens": 6, "input_tokens_details": {"cached_tokens": 0}},
}


@pytest.mark.parametrize(
    ("call", "reply", "name", "expected"),
    [
        (
            lambda client: client.responses.create_response(
                "Hi", "gpt-4o", previous_response_id="resp_0", text={"format": {"type": "text"}}
            ),
            RESPONSE,
            "chat gpt-4o",
            {
                "gen_ai.request.previous_response.id": "resp_0",
                "gen_ai.output.type": "text",
                "gen_ai.response.finish_reasons": ("completed",),
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.output_tokens": 6,
                "gen_ai.usage.cache_read.input_tokens": 0,
            },
        ),
        (
            lambda client: client.responses.create_response("Hi", "gpt-4o", max_output_tokens=1),
            {**RESPONSE, "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            "chat gpt-4o",
            {
                "gen_ai.request.max_tokens": 1,
                "gen_ai.response.finish_reasons": ("max_output_tokens",),
            },
        ),
        (
            lambda client: client.embeddings.create_embedding(
                "Hi", "text-embedding-3-small", dimensions=256, encoding_format="base64"
            ),
            {"object": "list", "data": [], "model": "m", "usage": {"prompt_tokens": 8, "total_tokens": 8}},
            "embeddings text-embedding-3-small",
            {
                "gen_ai.embeddings.dimension.count": 256,
                "gen_ai.request.encoding_formats": ("base64",),
                "gen_ai.response.model": "m",
                "gen_ai.usage.input_tokens": 8,
            },
        ),
        (
            lambda client: client.audio.create_transcription(b"x", "whisper-1"),
            {"text": "Hi", "usage": {"type": "tokens", "input_tokens": 1, "output_tokens": 2}},
            "transcription whisper-1",
            {"gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 2},
        ),
        (
            lambda client: client.request(
                "POST", "/chat/completions", json={"model": "m", "messages": MESSAGES, "stop": "x"}
            ),
            CHAT,
            "chat m",
            {"gen_ai.request.stop_sequences": ("x",), "gen_ai.usage.output_tokens": 4},
        ),
    ],
    ids=["response", "incomplete", "embedding", "transcription", "raw"],
)
def test_every_operation_of_a_model_is_read_by_the_same_table(
    call: Any, reply: object, name: str, expected: dict[str, Any], server: Any, recorded: Recorded
) -> None:
    server.reply(reply)
    call(recorded.client(server))
    assert recorded.span.name == name
    assert {one: recorded.found.get(one) for one in expected} == expected


def test_other_operations_have_their_own_name(server: Any, recorded: Recorded) -> None:
    server.reply({"object": "list", "data": [], "model": "no"})
    recorded.client(server).models.list_models()
    assert recorded.span.name == recorded.found["gen_ai.operation.name"] == "models.list_models"
    assert not {one for one in recorded.found if one.startswith(("gen_ai.response", "gen_ai.usage"))}


def test_tokens_of_a_stored_reply_are_not_counted_again(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    recorded.client(server).chat.get_chat_completion("chatcmpl-1")
    assert recorded.span.name == "fetch_response"
    assert recorded.found["gen_ai.response.model"] == "gpt-4o-2024-08-06"
    assert not {one for one in recorded.found if one.startswith("gen_ai.usage")}
    assert recorded.points("gen_ai.client.token.usage") == []


def test_a_path_without_an_operation_has_a_name_without_its_values(server: Any, recorded: Recorded) -> None:
    server.reply({})
    recorded.client(server).request("GET", "/things/17")
    assert recorded.span.name == "GET"
    assert not {one for one in recorded.found if one.startswith("gen_ai.")}


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://shop.openai.azure.com/openai/v1", "azure.ai.openai"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("https://notapi.groq.com/v1", "openai"),
        ("http://localhost:8000/v1", "openai"),
    ],
)
def test_the_provider_is_known_by_its_server(host: str, provider: str, recorded: Recorded) -> None:
    client = recorded.instrumented(Client(api_key=KEY, base_url=host, http_client=Refusing(), max_retries=0))
    with pytest.raises(APIConnectionError):
        client.models.list_models()
    assert recorded.found["gen_ai.provider.name"] == provider


class Refusing:
    """A session that has no connection."""

    def request(self, *args: object, **options: object) -> Any:
        raise ConnectionError("refused")


# Errors and retries


def test_an_error_has_its_class_its_status_and_no_text(server: Any, recorded: Recorded) -> None:
    server.reply({"error": {"message": "A secret of mine", "code": "x"}}, status=400)
    with pytest.raises(BadRequestError):
        recorded.client(server).chat.create_chat_completion(MESSAGES, "m")
    assert recorded.found["error.type"] == "BadRequestError"
    assert recorded.found["http.response.status_code"] == 400
    assert recorded.span.status.status_code is StatusCode.ERROR
    assert "secret" not in recorded.span.to_json()


def test_retries_are_events_of_the_only_span(server: Any, recorded: Recorded) -> None:
    server.reply({}, status=503, retry_after="0")
    server.reply({}, status=429, retry_after="0")
    server.reply(CHAT)
    recorded.client(server, max_retries=2).models.list_models()
    events = [(one.name, dict(one.attributes or {})) for one in recorded.span.events]
    assert [name for name, _ in events] == ["retry", "retry"]
    assert events[0][1] == {
        "error.type": "InternalServerError",
        "http.response.status_code": 503,
        "http.request.resend_count": 1,
        "retry.delay": 0.0,
    }
    assert (events[1][1]["error.type"], events[1][1]["http.request.resend_count"]) == ("RateLimitError", 2)
    assert recorded.found["http.response.status_code"] == 200
    assert "error.type" not in recorded.found


def test_a_wrong_call_has_no_span(server: Any, recorded: Recorded) -> None:
    with pytest.raises(CallError):
        recorded.client(server).models.retrieve_model(modl="m")
    assert recorded.spans == ()


def test_no_frame_of_an_error_shows_the_key(server: Any, recorded: Recorded) -> None:
    server.reply({}, status=500)
    with pytest.raises(InternalServerError) as caught:
        recorded.client(server, max_retries=0).chat.create_chat_completion(MESSAGES, "m")
    stack = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    # The frame of the test itself has the server, which has received the key.
    shown = [str(one.locals) for one in stack if __file__ != one.filename]
    assert any(one.filename.endswith("observed_sending.py") for one in stack)
    assert KEY not in "".join(shown) + recorded.span.to_json()


# Parents and children


@pytest.fixture
def traced_requests(recorded: Recorded) -> Iterator[None]:
    """The real instrumentation of requests."""
    instrumentor = RequestsInstrumentor()
    instrumentor.instrument(tracer_provider=recorded.tracers, meter_provider=recorded.meters)
    yield
    instrumentor.uninstrument()


@pytest.mark.usefixtures("traced_requests")
def test_spans_of_requests_are_children_and_servers_learn_of_them(server: Any, recorded: Recorded) -> None:
    server.reply({}, status=503, retry_after="0")
    server.reply(CHAT)
    with recorded.tracers.get_tracer("app").start_as_current_span("request of a user"):
        recorded.client(server).chat.create_chat_completion(MESSAGES, "m")
    first, second, call, outer = recorded.spans
    assert call.parent == outer.get_span_context()
    assert first.parent == second.parent == call.get_span_context()
    sent = [one.headers["traceparent"].split("-")[1:3] for one in server.seen]
    contexts = [one.get_span_context() for one in (first, second)]
    assert sent == [[f"{one.trace_id:032x}", f"{one.span_id:016x}"] for one in contexts if one]


def test_the_span_is_current_in_hooks_and_no_longer_after_the_call(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    seen: list[Any] = []
    client = recorded.client(server, on_request=lambda _: seen.append(get_current_span()))
    client.models.list_models()
    assert [one.get_span_context() for one in seen] == [recorded.span.get_span_context()]
    assert not get_current_span().get_span_context().is_valid


# Clients


def test_the_client_itself_is_instrumented_and_returned() -> None:
    client = Client(api_key=KEY)
    groups = client.chat
    assert instrument(client) is client
    assert client.chat is groups


def test_derived_clients_and_copies_are_instrumented_too(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    client = recorded.client(server)
    for one in (client.with_options(timeout=5), copy.copy(client), copy.deepcopy(client)):
        one.models.list_models()
    assert len(recorded.spans) == 3


def test_an_unpickled_client_is_not_instrumented(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    client = pickle.loads(pickle.dumps(recorded.client(server)))
    client.with_options(api_key=KEY).models.list_models()
    assert recorded.spans == ()


def test_instrumenting_again_replaces_the_providers(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    first = Recorded()
    client = first.client(server)
    client.models.list_models()
    recorded.instrumented(client).models.list_models()
    assert (len(first.spans), len(recorded.spans)) == (1, 1)


def test_a_package_stands_for_its_default_client(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_client, "_made", {})
    with serve() as server:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        assert recorded.instrumented(typed_openai) is typed_openai
        typed_openai.request("GET", "/models")
        default_client.default_client().models.list_models()
    assert [one.name for one in recorded.spans] == ["models.list_models"] * 2


@pytest.mark.parametrize("other", [3, gc, Client])
def test_anything_else_is_refused(other: Any) -> None:
    with pytest.raises(TypeError, match="instrument: expected a client"):
        instrument(other)
