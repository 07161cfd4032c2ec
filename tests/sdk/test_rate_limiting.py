"""Calls that wait for the server's rate limits in place of meeting status 429."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from typed_openai import (
    APITimeoutError,
    CallError,
    Client,
    RateLimiter,
    RateLimitError,
    Timeout,
    WaitInfo,
)
from typed_openai.testing import LimitScript, Server, cassette

pytestmark = pytest.mark.timeout(120)

MODEL = "text-embedding-3-small"
THREADS = 64

SCRIPTS = {
    "windows": LimitScript(requests=30, seconds=0.5),
    "steady": LimitScript(requests=30, seconds=0.5, steady=True),
    "tokens in windows": LimitScript(requests=1000, tokens=90, seconds=0.5),
    "steady tokens": LimitScript(tokens=90, seconds=0.5, steady=True),
    "both": LimitScript(requests=60, tokens=120, seconds=0.5, steady=True),
}


def _client(fake: Server, limiter: RateLimiter | None, **settings: Any) -> Client:
    return Client(**{"api_key": "k", "base_url": fake.base_url, "rate_limiter": limiter, **settings})


def _embed(client: Client, text: str = "Hello", **options: Any) -> Any:
    return client.embeddings.create_embedding(text, MODEL, **options)


def _call_at_once(clients: Sequence[Client], calls: int) -> None:
    """Make calls in 64 threads, which take the clients in turn."""
    numbers = count()

    def call(number: int) -> None:
        _embed(clients[next(numbers) % len(clients)], f"text {number:03d}")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(call, range(calls)))


def _statuses(fake: Server) -> Counter[int | None]:
    return Counter(one.status for one in fake.requests)


@pytest.mark.slow(seconds=9)
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_calls_of_64_threads_never_meet_status_429(fake: Server, script: LimitScript) -> None:
    fake.script_limits(script)
    _call_at_once([_client(fake, RateLimiter(), max_retries=0)], 100)
    assert _statuses(fake) == {200: 100}


def test_without_a_limiter_the_same_calls_meet_status_429(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=30, seconds=60))
    with pytest.raises(RateLimitError):
        _call_at_once([_client(fake, None, max_retries=0)], 100)
    assert _statuses(fake)[429] > 0


@pytest.mark.slow(seconds=1)
def test_several_clients_share_a_limiter(fake: Server) -> None:
    fake.script_limits(SCRIPTS["windows"])
    limiter = RateLimiter()
    clients = [_client(fake, limiter, max_retries=0) for _ in range(3)]
    _call_at_once([*clients, clients[0].with_options(max_retries=1)], 100)
    assert _statuses(fake) == {200: 100}
    assert len(limiter.families()) == 1


@pytest.mark.slow(seconds=1)
def test_the_limit_is_used_up(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=20, seconds=0.5))
    begun = time.monotonic()
    _call_at_once([_client(fake, RateLimiter(), max_retries=0)], 60)
    # Three windows would do; a slow machine may need more.
    assert time.monotonic() - begun < 5 * 0.5 + 1


@pytest.mark.slow(seconds=2)
def test_unannounced_limits_cost_fewer_refusals_than_without_a_limiter(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=10, seconds=0.4, announced=False))
    _call_at_once([_client(fake, RateLimiter(), max_retries=100)], 64)
    assert _statuses(fake)[200] == 64


def test_the_pause_of_one_refusal_holds_for_all_calls(fake: Server) -> None:
    limiter = RateLimiter()
    client = _client(fake, limiter)
    fake.fail_next(429, headers={"retry-after-ms": "300"})
    threads = [threading.Thread(target=_embed, args=(client,)) for _ in range(8)]
    begun = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert time.monotonic() - begun >= 0.3
    assert _statuses(fake) == {429: 1, 200: 8}


@pytest.mark.slow(seconds=1)
def test_waiting_takes_no_processor_time(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=1.5))
    client = _client(fake, RateLimiter(), max_retries=0)
    _embed(client)
    begun = time.process_time()
    threads = [threading.Thread(target=_embed, args=(client,)) for _ in range(1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert time.process_time() - begun < 0.5


def test_families_do_not_hold_each_other_back(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=60))
    client = _client(fake, RateLimiter(max_wait=5), max_retries=0)
    _embed(client)
    begun = time.monotonic()
    client.embeddings.create_embedding("Hello", "text-embedding-3-large")
    assert time.monotonic() - begun < 5
    with pytest.raises(APITimeoutError):
        _embed(client)


def test_requests_without_a_model_are_not_held_back(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=60))
    client = _client(fake, RateLimiter(max_wait=0))
    _embed(client)
    for _ in range(3):
        client.models.list_models()


def test_a_wait_longer_than_the_total_time_fails_at_once(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=60))
    client = _client(fake, RateLimiter(), timeout=Timeout(total=5))
    _embed(client)
    begun = time.monotonic()
    with pytest.raises(
        APITimeoutError, match=r"not sent within total=5 seconds: the rate limit needs \d+.* s more"
    ) as found:
        _embed(client)
    assert time.monotonic() - begun < 2
    assert found.value.was_sent is False
    assert len(fake.requests) == 1


def test_the_wait_counts_within_the_total_time(fake: Server) -> None:
    # The call before it is not answered, so that the length of the wait is unknown.
    limiter = RateLimiter()
    answered = threading.Event()
    client = _client(fake, limiter, on_request=lambda _: answered.wait(10))
    first = threading.Thread(target=_embed, args=(client,))
    first.start()
    _until(lambda: limiter.families() and limiter.families()[0].in_flight == 1)
    begun = time.monotonic()
    with pytest.raises(APITimeoutError, match=r"total=0\.3 seconds"):
        _embed(client, timeout=Timeout(total=0.3))
    assert 0.3 <= time.monotonic() - begun < 3
    answered.set()
    first.join()
    assert limiter.families()[0].waiting == 0


def test_max_wait_limits_a_wait(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=60))
    client = _client(fake, RateLimiter(max_wait=0.1))
    _embed(client)
    with pytest.raises(APITimeoutError, match=r"max_wait=0\.1 seconds"):
        _embed(client)


def test_a_late_try_raises_the_error_of_the_one_before(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=60))
    client = _client(fake, RateLimiter(max_wait=0.1), max_retries=3)
    _embed(client)
    client = _client(fake, RateLimiter(max_wait=0.1), max_retries=3)
    with pytest.raises(RateLimitError) as found:
        _embed(client)
    assert "max_wait=0.1" in "".join(found.value.__notes__)


def test_a_stream_is_answered_when_it_begins(fake: Server) -> None:
    limiter = RateLimiter(max_wait=5)
    client = _client(fake, limiter)
    streams = [client.responses.create_response("Hi", "gpt-5.5", stream=True) for _ in range(3)]
    assert limiter.families()[0].in_flight == 0
    for one in streams:
        one.close()


def test_a_lost_request_does_not_block_the_next(fake: Server) -> None:
    limiter = RateLimiter(max_wait=5)
    broken = Client(api_key="k", base_url="http://127.0.0.1:9", rate_limiter=limiter, max_retries=0)
    for _ in range(2):
        with pytest.raises(Exception, match="no connection"):
            _embed(broken)
    assert limiter.families()[0].in_flight == 0


def test_the_hook_sees_a_wait_before_it_begins(fake: Server) -> None:
    waits: list[WaitInfo] = []
    fake.script_limits(LimitScript(requests=1, seconds=0.4))
    client = _client(fake, RateLimiter(on_wait=waits.append))
    _embed(client)
    _embed(client)
    (wait,) = waits
    assert (wait.operation, wait.family, wait.ahead) == ("embeddings.create_embedding", MODEL, 0)
    assert wait.seconds is not None
    assert 0 < wait.seconds <= 0.4


@pytest.mark.slow(seconds=1)
def test_calls_wait_in_their_order(fake: Server) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=0.2))
    limiter = RateLimiter()
    client = _client(fake, limiter)
    _embed(client)
    threads = []
    for number in range(4):
        threads.append(threading.Thread(target=_embed, args=(client, f"text {number}")))
        threads[-1].start()
        _until(lambda most=number: limiter.families()[0].waiting + len(fake.requests) - 1 > most)
    for one in threads:
        one.join()
    texts = [one.body["input"] for one in fake.requests if isinstance(one.body, dict)]
    assert texts == ["Hello", "text 0", "text 1", "text 2", "text 3"]


def test_own_functions_decide_about_families_and_tokens(fake: Server) -> None:
    fake.script_limits(LimitScript(tokens=1000, seconds=60))
    limiter = RateLimiter(family=lambda _: "all", count_tokens=lambda fields: len(str(fields["input"])))
    client = _client(fake, limiter)
    _embed(client)
    client.embeddings.create_embedding("Hello", "text-embedding-3-large")
    assert [one.family for one in limiter.families()] == ["all"]


@pytest.mark.slow(seconds=1)
def test_replays_of_cassettes_do_not_wait(fake: Server, tmp_path: Any) -> None:
    fake.script_limits(LimitScript(requests=1, seconds=0.5))
    for _ in range(2):
        with cassette(tmp_path / "calls.jsonl"):
            begun = time.monotonic()
            client = _client(fake, RateLimiter())
            for number in range(3):
                _embed(client, f"text {number}")
            taken = time.monotonic() - begun
    assert taken < 0.5
    assert len(fake.requests) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_does_not_wait_for_threads_of_its_parent(fake: Server) -> None:
    limiter = RateLimiter(max_wait=5)
    answered = threading.Event()
    client = _client(fake, limiter, on_request=lambda _: answered.wait(10))
    first = threading.Thread(target=_embed, args=(client,))
    first.start()
    _until(lambda: limiter.families() and limiter.families()[0].in_flight == 1)
    if (child := os.fork()) == 0:
        answered.set()
        try:
            _embed(_client(fake, limiter))
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    answered.set()
    first.join()
    assert status == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"first_calls": 0}, "first_calls: expected 1 or more, got 0"),
        ({"first_calls": True}, "first_calls: expected 1 or more, got True"),
        ({"max_wait": -1}, "max_wait: expected a number of seconds, at least 0, or None, got -1"),
        ({"family": 1}, 'family: expected a callable, got "int"'),
        ({"count_tokens": None}, 'count_tokens: expected a callable, got "NoneType"'),
        ({"on_wait": 1}, 'on_wait: expected a callable, got "int"'),
    ],
)
def test_wrong_settings_of_a_limiter_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(CallError) as found:
        RateLimiter(**settings)
    assert str(found.value) == message


@pytest.mark.parametrize(("given", "found"), [(5, '"int"'), (RateLimiter, "the class itself")])
def test_a_client_takes_only_limiters(given: Any, found: str) -> None:
    with pytest.raises(CallError, match=f"rate_limiter: expected a RateLimiter or None, got {found}"):
        Client(rate_limiter=given)


def _until(condition: Any) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
