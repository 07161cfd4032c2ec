"""Telemetry costs others nothing, explains what is missing, and never breaks a call."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from tests.telemetry.conftest import CHAT, KEY, MESSAGES, Recorded

from typed_openai._calls.send import Sending
from typed_openai._telemetry.instruments import Instruments
from typed_openai._telemetry.reply_reading import ReplyReading
from typed_openai.client import Client
from typed_openai.telemetry import instrument


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_only_telemetry_imports_opentelemetry() -> None:
    code = """
import sys
import typed_openai, typed_openai.client, typed_openai.aio, typed_openai.testing
typed_openai.Client(api_key="x").chat
print([one for one in sys.modules if one.startswith(("opentelemetry", "typed_openai._telemetry"))])
"""
    assert python(code) == "[]\n"


def test_a_missing_package_is_explained() -> None:
    code = """
import sys
sys.modules["opentelemetry"] = None
import typed_openai
assert all(getattr(typed_openai, name, None) is not None for name in dir(typed_openai))
from typed_openai import telemetry
"""
    last = python(code).splitlines()[-1]
    assert 'ImportError: typed_openai.telemetry needs OpenTelemetry: pip install "typed-openai[otel]"' in last


def test_a_client_that_is_not_instrumented_sends_with_the_plain_class() -> None:
    assert type(Client(api_key=KEY)._sending) is Sending


def test_without_a_provider_calls_work(server: Any) -> None:
    server.reply(CHAT)
    client = instrument(Client(api_key=KEY, base_url=server.base_url))
    assert client.chat.create_chat_completion(MESSAGES, "m")["id"] == "chatcmpl-1"


def test_a_span_that_is_not_sampled_still_has_metrics(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    client = Client(api_key=KEY, base_url=server.base_url)
    instrument(client, tracer_provider=TracerProvider(sampler=ALWAYS_OFF), meter_provider=recorded.meters)
    client.chat.create_chat_completion(MESSAGES, "m")
    assert len(recorded.points("gen_ai.client.operation.duration")) == 1


class Broken(SpanProcessor):
    """A processor with a bug."""

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        raise ZeroDivisionError("A secret")

    def on_end(self, span: Any) -> None:
        raise ZeroDivisionError("A secret")


def test_a_broken_processor_breaks_no_call(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    server.reply(CHAT)
    tracers = TracerProvider()
    tracers.add_span_processor(Broken())
    client = instrument(
        Client(api_key=KEY, base_url=server.base_url), tracer_provider=tracers, meter_provider=MeterProvider()
    )
    with caplog.at_level(logging.WARNING, "typed_openai"):
        assert client.chat.create_chat_completion(MESSAGES, "m")["id"] == "chatcmpl-1"
    assert "telemetry of a call failed: ZeroDivisionError in begin" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("reply", [{"choices": 7, "usage": []}, {"model": 1, "choices": [3]}, [1]])
def test_an_odd_reply_breaks_no_call(reply: object, server: Any, recorded: Recorded) -> None:
    server.reply(reply)
    client = recorded.client(server, capture_content=True)
    assert client.request("POST", "/chat/completions", json={"model": ["m"], "stop": {}, "n": 1.5}) == reply
    assert recorded.span.name == "chat"


def test_a_broken_meter_breaks_no_call(
    server: Any, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Instruments, "count_tokens", fail)
    server.reply(CHAT)
    assert recorded.client(server).chat.create_chat_completion(MESSAGES, "m")["id"] == "chatcmpl-1"
    assert recorded.span.name == "chat m"


def test_an_event_that_cannot_be_read_is_delivered(
    server: Any, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ReplyReading, "add", fail)
    server.events(b'data: {"id": "1"}\n\ndata: [DONE]\n\n')
    stream = recorded.client(server).chat.create_chat_completion(MESSAGES, "m", stream=True)
    assert [dict(one) for one in stream] == [{"id": "1"}]
    assert recorded.span.name == "chat m"
