"""The limits and the cancellation of a call hold while its token is exchanged, and concern no other call."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from tests.sdk.test_workload_identity import Authority, client_of, identity_of, subject

from typed_openai import APITimeoutError, CallError, Timeout, TokenError
from typed_openai.aio import AsyncClient
from typed_openai.identity import WorkloadIdentity


@pytest.fixture
def authority(server: Any) -> Authority:
    made = Authority()
    server.answer(made)
    return made


def exchanges(server: Any) -> int:
    return sum(one.path == "/oauth/token" for one in server.seen)


def test_the_total_time_of_a_call_ends_its_exchange(server: Any, authority: Authority) -> None:
    authority.delay = 5.0
    client = client_of(server, api_key=identity_of(server), timeout=Timeout(total=0.3))
    begun = time.monotonic()
    with pytest.raises(TokenError, match=r"http://127.* within total=0.3 seconds") as caught:
        client.models.list_models()
    assert time.monotonic() - begun < 2
    assert isinstance(caught.value.__cause__, APITimeoutError)


@pytest.mark.slow(seconds=1)
def test_a_call_with_little_time_takes_none_from_the_others(server: Any, authority: Authority) -> None:
    authority.delay = 0.8
    client = client_of(server, api_key=identity_of(server))
    found: list[Any] = []
    patient = threading.Thread(target=lambda: found.append(client.models.list_models()))
    patient.start()
    time.sleep(0.2)
    begun = time.monotonic()
    with pytest.raises(TokenError, match=r"within total=0.2 seconds: another call is exchanging it"):
        client.models.list_models(timeout=Timeout(total=0.2))
    assert time.monotonic() - begun < 0.5
    patient.join(5)
    assert found == [{"data": []}]
    assert exchanges(server) == 1


@pytest.mark.slow(seconds=1)
def test_a_call_makes_the_exchange_that_another_had_no_time_for(server: Any, authority: Authority) -> None:
    authority.delay = 0.5
    client = client_of(server, api_key=identity_of(server))
    failed: list[Exception] = []

    def hurry() -> None:
        try:
            client.models.list_models(timeout=Timeout(total=0.3))
        except TokenError as error:
            failed.append(error)

    first = threading.Thread(target=hurry)
    first.start()
    time.sleep(0.1)
    assert client.models.list_models() == {"data": []}
    first.join(5)
    assert len(failed) == 1
    assert exchanges(server) == 2


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("place", [0, 1])
def test_cancelling_a_call_ends_its_thread_and_no_other_call(
    place: int, server: Any, authority: Authority
) -> None:
    authority.delay = 1.0
    before = set(threading.enumerate())

    def threads() -> int:
        begun = set(threading.enumerate()) - before
        return sum(one.name == "typed-openai-call" for one in begun)

    async def main() -> None:
        client = AsyncClient(api_key=identity_of(server), base_url=server.base_url)
        calls = []
        for _ in range(2):
            calls.append(asyncio.ensure_future(client.models.list_models()))
            await asyncio.sleep(0.2)
        calls[place].cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await calls[place]
        assert not hasattr(caught.value, "__notes__")
        # An idle thread ends with its client.
        await client.aclose()
        await asyncio.sleep(0.2)
        assert threads() == 1
        assert await calls[1 - place] == {"data": []}

    asyncio.run(main())


def test_a_receiver_that_is_cancelled_ends_the_exchange(server: Any, authority: Authority) -> None:
    authority.delay = 5.0
    client = client_of(server, api_key=identity_of(server))
    before = threading.active_count()
    handle = client.request("POST", "/events", stream_to=[].append)
    time.sleep(0.2)
    handle.cancel()
    handle.wait(1)
    deadline = time.monotonic() + 2
    # The server's thread goes on.
    while threading.active_count() > before + 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before + 1


def test_an_identity_that_needs_itself_is_refused(server: Any, authority: Authority) -> None:
    made: list[WorkloadIdentity] = []

    def own() -> str:
        return made[0]()

    made.append(identity_of(server, own))
    with pytest.raises(CallError, match="the token is needed by the callable that it is exchanged for"):
        made[0]()
    assert identity_of(server, subject)() == "issued-1"
