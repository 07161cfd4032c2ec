"""The metrics of calls."""

from __future__ import annotations

from typing import Any

import pytest
from tests.telemetry.conftest import CHAT, MESSAGES, Recorded

from typed_openai.errors import RateLimitError

SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)


def attributes(server: Any, **more: str) -> dict[str, Any]:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "server.address": "127.0.0.1",
        "server.port": int(server.base_url.rpartition(":")[2].partition("/")[0]),
        **{name.replace("__", "."): value for name, value in more.items()},
    }


def test_durations_and_tokens_are_measured(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    recorded.client(server).chat.create_chat_completion(MESSAGES, "gpt-4o")
    (duration,) = recorded.points("gen_ai.client.operation.duration")
    model = {"gen_ai.response.model": "gpt-4o-2024-08-06"}
    assert duration.attributes == attributes(server) | model
    assert (duration.count, duration.explicit_bounds) == (1, SECONDS)
    tokens = recorded.points("gen_ai.client.token.usage")
    assert {(one.attributes or {})["gen_ai.token.type"]: one.sum for one in tokens} == {
        "input": 10,
        "output": 4,
    }
    assert {tuple(one.explicit_bounds) for one in tokens} == {TOKENS}


def test_a_failed_call_is_measured_with_its_error(server: Any, recorded: Recorded) -> None:
    server.reply({}, status=429)
    with pytest.raises(RateLimitError):
        recorded.client(server, max_retries=0).chat.create_chat_completion(MESSAGES, "gpt-4o")
    (duration,) = recorded.points("gen_ai.client.operation.duration")
    assert duration.attributes == attributes(server, error__type="RateLimitError")


def test_the_duration_covers_all_tries(server: Any, recorded: Recorded) -> None:
    server.reply({}, status=503, retry_after="0")
    server.reply(CHAT)
    recorded.client(server).chat.create_chat_completion(MESSAGES, "gpt-4o")
    (duration,) = recorded.points("gen_ai.client.operation.duration")
    assert duration.count == 1


def test_points_refer_to_the_span_of_their_call(server: Any, recorded: Recorded) -> None:
    server.reply(CHAT)
    recorded.client(server).chat.create_chat_completion(MESSAGES, "gpt-4o")
    (duration,) = recorded.points("gen_ai.client.operation.duration")
    context = recorded.span.get_span_context()
    assert context is not None
    assert [one.span_id for one in duration.exemplars] == [context.span_id]
