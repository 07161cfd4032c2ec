"""Calls of tools that run at the same time, and their exactly-once ledger."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
import trio
from tests.sdk.conftest import Loopback
from tests.sdk.tool_replies import SAID, item, response

from typed_openai.aio import AsyncClient
from typed_openai.client import Client
from typed_openai.errors import CallError
from typed_openai.tool_errors import RunError, ToolError
from typed_openai.tool_functions import tool
from typed_openai.tool_kits import Tools
from typed_openai.tool_runs import ToolCall

PATIENCE = 10
SPOKEN: ContextVar[str] = ContextVar("SPOKEN", default="")


def calls(*numbers: int, name: str = "meet") -> dict[str, Any]:
    return response(*(item(name, {"number": one}, f"call_{one}") for one in numbers))


def run(kit: Tools, server: Loopback, **settings: Any) -> dict[str, str]:
    client = Client(api_key="k", base_url=server.base_url)
    given = {"input": "Hi", **settings}
    return dict(kit.run(client.responses.create_response, model="gpt-5.5", **given).outputs)


async def run_async(kit: Tools, server: Loopback) -> dict[str, str]:
    async with AsyncClient(api_key="k", base_url=server.base_url) as client:
        return dict((await kit.run(client.responses.create_response, "Hi", "gpt-5.5")).outputs)


def test_calls_of_one_reply_run_at_the_same_time_and_keep_their_order(server: Loopback) -> None:
    barrier, ended = threading.Barrier(3), list[int]()

    @tool
    def meet(number: int) -> int:
        barrier.wait(PATIENCE)
        while len(ended) < 3 - number:
            time.sleep(0.001)
        ended.append(number)
        return number

    server.reply(calls(1, 2, 3))
    server.reply(response(SAID))
    assert [*run(Tools(meet), server).values()] == ["1", "2", "3"] == sorted(map(str, ended))
    assert ended == [3, 2, 1]
    sent = [
        one["call_id"] for one in server.seen[1].json["input"] if one.get("type") == "function_call_output"
    ]
    assert sent == ["call_1", "call_2", "call_3"]


@pytest.mark.parametrize("start", [asyncio.run, lambda main: trio.run(lambda: main)], ids=["asyncio", "trio"])
def test_coroutine_functions_and_functions_meet_in_an_async_run(
    start: Callable[[Any], Any], server: Loopback
) -> None:
    here: set[int] = set()

    async def pause() -> None:
        await (trio.sleep(0.001) if start is not asyncio.run else asyncio.sleep(0.001))

    @tool
    async def meet(number: int) -> int:
        here.add(number)
        while len(here) < 3:
            await pause()
        return number

    @tool
    def other(number: int) -> int:
        here.add(number)
        while len(here) < 3:
            time.sleep(0.001)
        if number == 3:
            raise ToolError("no")
        return number

    server.reply(response(*calls(1, 2)["output"], *calls(3, name="other")["output"]))
    server.reply(response(SAID))
    assert start(run_async(Tools(meet, other), server)) == {"call_1": "1", "call_2": "2", "call_3": "no"}


def test_no_more_calls_than_allowed_run_at_the_same_time(server: Loopback) -> None:
    running, most, lock = 0, 0, threading.Lock()

    @tool
    def meet(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return number

    server.reply(calls(*range(6)))
    server.reply(response(SAID))
    assert len(run(Tools(meet, max_parallel=2), server)) == 6
    assert most == 2
    with pytest.raises(CallError, match=r"^Tools: max_parallel: expected at least 1, got 0$"):
        Tools(meet, max_parallel=0)


def test_one_call_at_a_time_runs_in_the_thread_of_the_run(server: Loopback) -> None:
    threads: list[int] = []

    @tool
    def meet(number: int) -> int:
        threads.append(threading.get_ident())
        return number

    server.reply(calls(1, 2))
    server.reply(response(SAID))
    run(Tools(meet, max_parallel=1), server)
    assert threads == [threading.get_ident()] * 2
    threads.clear()
    server.answers.clear()
    server.reply(calls(1))
    server.reply(response(SAID))
    run(Tools(meet), server)
    assert threads != [threading.get_ident()]


def test_tools_have_the_context_of_the_run(server: Loopback) -> None:
    @tool
    def meet(number: int) -> str:
        return SPOKEN.get()

    server.reply(calls(1, 2))
    server.reply(response(SAID))
    token = SPOKEN.set("here")
    try:
        assert [*run(Tools(meet), server).values()] == ["here", "here"]
    finally:
        SPOKEN.reset(token)


def test_a_failure_ends_the_run_when_all_that_began_have_ended(server: Loopback) -> None:
    begun: list[int] = []

    @tool
    def meet(number: int) -> int:
        begun.append(number)
        time.sleep(0.02 * number)
        if number != 2:
            raise ValueError(f"broken {number}")
        return number

    server.reply(calls(1, 2, 3, 4))
    store = Store()
    with pytest.raises(ValueError, match="broken 1") as caught:
        run(Tools(meet, max_parallel=3, save=store), server)
    assert caught.value.__notes__ == ["meet failed, too: ValueError: broken 3"]
    assert sorted(begun) == [1, 2, 3]
    assert '"1.1":["call_2","2"]' in store.text.replace(" ", "")


def test_a_cancelled_run_cancels_its_tools(server: Loopback) -> None:
    cancelled: list[int] = []

    @tool
    async def meet(number: int) -> None:
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(run_async(Tools(meet), server), 0.5)

    server.reply(calls(1, 2))
    asyncio.run(main())
    assert sorted(cancelled) == [1, 2]


def test_a_tool_that_cancels_itself_ends_the_run(server: Loopback) -> None:
    @tool
    async def meet(number: int) -> None:
        raise asyncio.CancelledError

    server.reply(calls(1, 2))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run_async(Tools(meet), server))


async def _later(number: int) -> None: ...


@tool
def hidden(number: int) -> Any:
    return _later(number)


def test_a_coroutine_needs_an_async_client(server: Loopback) -> None:
    server.reply(calls(1, 2, name="hidden"))
    with pytest.raises(CallError, match=r"^run: a tool is a coroutine function"):
        run(Tools(hidden), server)


class Crash(BaseException):
    """The end of a process, as far as one can play it in the same."""


class Store:
    """Keeps the state; crashes at one of the saves, before or after the text is kept."""

    def __init__(self, crash_at: int = 0, *, after: bool = False) -> None:
        self.text = ""
        self.saves = 0
        self._crash_at = crash_at
        self._after = after

    def load(self) -> str | None:
        return self.text or None

    def save(self, text: str) -> None:
        self.saves += 1
        if self.saves == self._crash_at and not self._after:
            raise Crash
        self.text = text
        if self.saves == self._crash_at:
            raise Crash


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("max_parallel", [1, 2, 8])
@pytest.mark.parametrize("after", [False, True])
def test_no_effect_happens_twice_wherever_a_run_crashes(
    max_parallel: int, after: bool, server: Loopback
) -> None:
    crash_at = 1
    while True:
        effects, approvals, settled = Counter[int](), Counter[int](), Counter[int]()
        store = Store(crash_at, after=after)

        @tool
        def pay(number: int) -> str:
            effects[number] += 1  # noqa: B023  # called in this round
            return f"paid {number}"

        def approve(call: ToolCall) -> bool:
            approvals[call.arguments["number"]] += 1  # noqa: B023  # as above
            return bool(call.arguments["number"] != 3)

        def settle(call: ToolCall) -> str:
            number: int = call.arguments["number"]
            settled[number] += 1  # noqa: B023  # as above
            effects[number] = max(effects[number], 1)  # noqa: B023  # as above
            return f"paid {number}"

        kit = Tools(pay, approve=approve, settle=settle, save=store, max_parallel=max_parallel)
        server.answers.clear()
        server.reply(calls(1, 2, 3, 4, name="pay"))
        server.reply(response(SAID))
        try:
            outputs = run(kit, server)
        except Crash:
            time.sleep(0.01)  # tools that run in threads come to their end
            server.answers.clear()
            if '"reply":null' in store.text.replace(" ", "") or not store.text:
                server.reply(calls(1, 2, 3, 4, name="pay") if not store.text else response(SAID))
            server.reply(response(SAID))
            outputs = run(kit, server)
        assert [*outputs.values()] == ["paid 1", "paid 2", "the call was not approved", "paid 4"]
        assert effects == {1: 1, 2: 1, 4: 1}
        # A crash between the answer and the save of it is the only one after which it is asked for again.
        assert max(approvals.values()) <= (1 if after else 2)
        assert sum(approvals.values()) <= 4 + (not after)
        assert set(settled) <= {1, 2, 4}
        if store.saves < crash_at:
            break
        crash_at += 1
    assert crash_at > 8


_CRASHING = """
import os, signal, sys, time
from pathlib import Path
from typed_openai import Client, Tools, tool

effects, place = Path(sys.argv[2]), Path(sys.argv[3])

def approve(call):
    with open(f"{effects}.approved", "a") as file:
        file.write(f"{call.arguments['amount']}\\n")
    return True

@tool
def pay(amount: int) -> str:
    with effects.open("a") as file:
        file.write(f"{amount}\\n")
    if amount == 2:
        while '"paid 1"' not in place.read_text() or "3" not in effects.read_text():
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGKILL)
    if amount > 2:
        time.sleep(60)
    return f"paid {amount}"

client = Client(api_key="k", base_url=sys.argv[1])
kit = Tools(pay, approve=approve, save=place, max_parallel=3)
kit.run(client.responses.create_response, "Pay.", "gpt-5.5")
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_a_killed_run_repeats_no_effect_of_calls_that_ran_beside_each_other(
    server: Loopback, tmp_path: Path
) -> None:
    effects, place = tmp_path / "effects", tmp_path / "run.json"
    paying = response(*(item("pay", {"amount": one}, f"call_{one}") for one in (1, 2, 3, 4, 5)))
    server.reply(paying)
    command = [sys.executable, "-c", _CRASHING, server.base_url, str(effects), str(place)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    # The fourth call began when the first one had ended; the fifth had no place.
    assert sorted(effects.read_text().split()) in (["1", "2", "3"], ["1", "2", "3", "4"])
    server.answers.clear()
    server.reply(response(SAID))
    asked: list[str] = []

    @tool
    def pay(amount: int) -> str:
        with effects.open("a") as file:
            file.write(f"{amount}\n")
        return f"paid {amount}"

    def refuse(call: ToolCall) -> bool:
        raise AssertionError("all calls were approved before the crash")

    def settle(call: ToolCall) -> str:
        asked.append(call.id)
        done = str(call.arguments["amount"]) in effects.read_text().split()
        return f"paid {call.arguments['amount']}, as before" if done else "not paid"

    with pytest.raises(RunError, match=r"^pay: the call call_2 was begun and not finished"):
        run(Tools(pay, approve=refuse, save=place), server, input="Pay.")
    outputs = run(Tools(pay, approve=refuse, save=place, settle=settle), server, input="Pay.")
    amounts = Counter(effects.read_text().split())
    assert set(amounts.values()) == {1}
    assert asked[:2] == ["call_2", "call_3"]
    assert "call_1" not in asked
    assert "call_5" not in asked
    assert (outputs["call_1"], outputs["call_5"]) == ("paid 1", "paid 5")
    approved = Path(f"{effects}.approved").read_text().split()
    assert approved == ["1", "2", "3", "4", "5"]
