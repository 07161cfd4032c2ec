"""The rate limits of the embedded server."""

from __future__ import annotations

import time
from typing import Any

import pytest

from typed_openai import Client, RateLimitError, response_info
from typed_openai.testing import LimitScript, Server, serve

MODEL = "text-embedding-3-small"


def _client(server: Server) -> Client:
    return Client(api_key="k", base_url=server.base_url, max_retries=0)


def _embed(client: Client, text: str = "Hello", model: str = MODEL) -> Any:
    return client.embeddings.create_embedding(text, model)


def test_replies_announce_what_is_left() -> None:
    with serve() as server:
        server.script_limits(LimitScript(requests=3, tokens=100, seconds=60))
        limit = response_info(_embed(_client(server))).rate_limit
        left = limit.limit_requests, limit.remaining_requests, limit.limit_tokens
        assert left == (3, 2, 100)
        assert limit.remaining_tokens is not None
        assert 90 < limit.remaining_tokens < 100
        assert limit.reset_requests == pytest.approx(60, abs=1)


def test_a_request_beyond_a_limit_is_refused_until_the_end_of_the_period() -> None:
    with serve() as server:
        server.script_limits(LimitScript(requests=2, seconds=0.4))
        client = _client(server)
        for _ in range(2):
            _embed(client)
        with pytest.raises(RateLimitError) as found:
            _embed(client)
        assert found.value.code == "rate_limit_exceeded"
        _embed(client, model="text-embedding-3-large")
        time.sleep(int(found.value.headers["retry-after-ms"]) / 1000)
        _embed(client)


def test_steady_limits_grow_all_the_time() -> None:
    with serve() as server:
        server.script_limits(LimitScript(requests=10, seconds=2, steady=True))
        client = _client(server)
        for _ in range(10):
            _embed(client)
        time.sleep(0.25)
        _embed(client)


def test_tokens_are_limited() -> None:
    with serve() as server:
        server.script_limits(LimitScript(tokens=20, seconds=60))
        client = _client(server)
        _embed(client)
        with pytest.raises(RateLimitError, match="tokens"):
            _embed(client, "x" * 200)


def test_unannounced_limits_have_no_headers() -> None:
    with serve() as server:
        server.script_limits(LimitScript(requests=1, announced=False))
        client = _client(server)
        assert response_info(_embed(client)).rate_limit.limit_requests is None
        with pytest.raises(RateLimitError) as found:
            _embed(client)
        assert "retry-after-ms" in found.value.headers


def test_clear_removes_the_limits() -> None:
    with serve() as server:
        server.script_limits(LimitScript(requests=1))
        client = _client(server)
        _embed(client)
        server.clear()
        _embed(client)
        _embed(client)
