"""Calls of the async client: the synchronous client's arguments, replies and errors, awaited."""

from __future__ import annotations

import asyncio
import copy
import inspect
import os
import pickle
import threading
import time
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest
from tests.faults.faulty import Close, Faulty, Read, Send, Stall, Wait

from typed_openai import CallError, Client, MissingKeyError, NotFoundError, resources, response_info
from typed_openai.aio import AsyncClient, async_resources, paginate
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import class_name

pytestmark = pytest.mark.timeout(30)

MESSAGES = [{"role": "user", "content": "Hello"}]
COLOUR: ContextVar[str] = ContextVar("colour", default="none")


def test_every_operation_is_a_coroutine_method_with_the_same_signature_and_docs(client: AsyncClient) -> None:
    for group, operations in packaged().groups.items():
        ours, theirs = (
            getattr(async_resources, f"Async{class_name(group)}"),
            getattr(resources, class_name(group)),
        )
        assert type(getattr(client, group)) is ours
        for name in operations:
            method, other = getattr(ours, name), getattr(theirs, name)
            assert inspect.iscoroutinefunction(method), f"{group}.{name}"
            assert inspect.signature(method) == inspect.signature(other)
            assert str(method.__doc__) == str(other.__doc__)
            assert method.__module__ == "typed_openai.aio.async_resources"
            assert method.__qualname__ == f"Async{class_name(group)}.{name}"


def test_a_call_returns_the_reply_in_every_event_loop(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.reply({"id": "m"}, x_request_id="req-1")

    async def main() -> Any:
        return await client.models.retrieve_model("m")

    reply = run(main)
    assert (reply, response_info(reply).request_id) == ({"id": "m"}, "req-1")


def test_one_client_serves_several_event_loops_in_turn(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.reply({"id": "m"})

    async def main() -> Any:
        return await client.call("retrieveModel", "m"), await client.request("GET", "/models/m")

    assert run(main) == run(main) == asyncio.run(main()) == ({"id": "m"}, {"id": "m"})


def test_one_client_serves_event_loops_of_several_threads_at_once(server: Any, client: AsyncClient) -> None:
    server.reply({"id": "m"})
    replies: list[Any] = []

    async def main() -> None:
        replies.extend(await asyncio.gather(*(client.models.retrieve_model("m") for _ in range(20))))

    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [{"id": "m"}] * 80


def test_errors_of_the_server_and_of_the_call_are_raised_where_it_is_awaited(
    server: Any, client: AsyncClient, run: Callable[..., Any]
) -> None:
    server.reply({"error": {"message": "no such model"}}, status=404)

    async def missing() -> None:
        await client.models.retrieve_model("m")

    async def wrong() -> None:
        await client.models.retrieve_model(modl="m")

    with pytest.raises(NotFoundError, match="no such model"):
        run(missing)
    with pytest.raises(CallError, match='did you mean "model"'):
        run(wrong)
    assert len(server.seen) == 1


def test_at_most_max_concurrency_calls_run_at_a_time(server: Any) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def answer(handler: Any) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"{}")

    server.answer(answer)

    async def main() -> list[Any]:
        async with AsyncClient(api_key="k", base_url=server.base_url, max_concurrency=3) as client:
            return await asyncio.gather(*(client.models.retrieve_model("m") for _ in range(12)))

    assert asyncio.run(main()) == [{}] * 12
    assert most == 3


def test_all_threads_share_the_connections(server: Any) -> None:
    server.reply({})
    hosts = set()

    def tell(handler: Any) -> None:
        hosts.add(handler.client_address)
        handler.send_response(200)
        handler.send_header("Content-Length", "2")
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(b"{}")

    server.answers.clear()
    server.answer(tell)

    async def main() -> None:
        async with AsyncClient(api_key="k", base_url=server.base_url) as client:
            await asyncio.gather(*(client.models.retrieve_model("m") for _ in range(8)))
            opened = len(hosts)
            for _ in range(5):
                await asyncio.gather(*(client.models.retrieve_model("m") for _ in range(4)))
            assert len(hosts) == opened <= 8

    asyncio.run(main())


def test_cookies_are_the_same_in_all_threads(server: Any, client: AsyncClient) -> None:
    server.reply({}, set_cookie="session=1; Path=/")

    async def main() -> None:
        await client.models.retrieve_model("m")
        await asyncio.gather(*(client.models.retrieve_model("m") for _ in range(5)))

    asyncio.run(main())
    assert [one.headers.get("cookie") for one in server.seen] == [None] + ["session=1"] * 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_has_threads_and_connections_of_its_own(server: Any, client: AsyncClient) -> None:
    server.reply({"id": "m"})

    async def main() -> bool:
        replies = await asyncio.gather(*(client.models.retrieve_model("m") for _ in range(4)))
        return replies == [{"id": "m"}] * 4

    assert asyncio.run(main())
    if (child := os.fork()) == 0:
        os._exit(0 if asyncio.run(main()) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert asyncio.run(main())


def test_hooks_see_the_context_variables_of_the_task(server: Any, run: Callable[..., Any]) -> None:
    server.reply({})
    seen = []

    async def main() -> None:
        COLOUR.set("red")
        client = AsyncClient(
            api_key="k", base_url=server.base_url, on_request=lambda _: seen.append(COLOUR.get())
        )
        async with client:
            await client.models.retrieve_model("m")

    run(main)
    assert seen == ["red"]


def test_a_closed_client_refuses_calls_with_one_clear_error(server: Any, run: Callable[..., Any]) -> None:
    async def main() -> list[str]:
        async with AsyncClient(api_key="k", base_url=server.base_url) as client:
            pass
        errors = []
        for call in (client.models.list_models(), client.request("GET", "/models")):
            with pytest.raises(CallError) as caught:
                await call
            errors.append(str(caught.value))
        await client.aclose()
        return errors

    assert run(main) == [
        "models.list_models: the client is closed; create another one",
        "request: the client is closed; create another one",
    ]


def test_calls_that_run_while_the_client_is_closed_leave_no_connection() -> None:
    reply = Send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    answer = (Read(), Wait(0.2), reply)
    with Faulty((*answer, Close()), (*answer, Stall())) as server:

        async def main() -> None:
            client = AsyncClient(api_key="k", base_url=server.url(), max_concurrency=1)
            calls = [asyncio.ensure_future(client.models.list_models()) for _ in range(2)]
            await asyncio.sleep(0.1)
            await client.aclose()
            assert await asyncio.gather(*calls) == [{}, {}]
            assert await asyncio.to_thread(server.left.wait, 2)
            assert client.models  # it still exists

        asyncio.run(main())


def test_a_call_without_an_event_loop_fails_at_once(client: AsyncClient) -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        client.models.list_models().send(None)


def test_pages_are_walked_through(server: Any, client: AsyncClient, run: Callable[..., Any]) -> None:
    server.reply({"data": [{"id": "a"}, {"id": "b"}], "has_more": True, "object": "list"})
    server.reply({"data": [{"id": "c"}], "has_more": False, "object": "list"})

    async def main() -> list[str]:
        return [one["id"] async for one in paginate(client.files.list_files, limit=2)]

    assert run(main) == ["a", "b", "c"]
    assert [one.path for one in server.seen] == ["/v1/files?limit=2", "/v1/files?limit=2&after=b"]


def test_only_methods_of_lists_are_paginated(client: AsyncClient) -> None:
    with pytest.raises(CallError, match=r"paginate: models\.list_models is not paginated"):
        paginate(client.models.list_models)


@pytest.mark.parametrize("name", ["max_concurrency", "max_streams"])
@pytest.mark.parametrize("value", [0, -1, True, 1.5, "3", None])
def test_a_wrong_limit_is_refused(name: str, value: object) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(CallError, match=f"{name}: expected 1 or more, got {value!r}"):
        AsyncClient(**wrong)
    with pytest.raises(CallError, match=f"{name}: expected 1 or more, got {value!r}"):
        AsyncClient().with_options(**wrong)


def test_an_unknown_setting_names_the_async_client() -> None:
    wrong: dict[str, Any] = {"tiemout": 3}
    with pytest.raises(
        CallError, match='unexpected keyword "tiemout" for AsyncClient; did you mean "timeout"'
    ):
        AsyncClient(**wrong)


def test_names_of_settings_are_suggested_for_each_kind_of_client() -> None:
    client = AsyncClient(api_key="k")
    cases: tuple[tuple[str, Any], ...] = (
        ('"max_concurency" for AsyncClient; did you mean "max_concurrency"?', AsyncClient),
        ('"max_stream" for with_options; did you mean "max_streams"?', client.with_options),
        ('"max_streams" for Client; only AsyncClient has it', Client),
        ('"max_streams" for with_options; only AsyncClient has it', Client().with_options),
    )
    for wrong, call in cases:
        name = wrong.split('"')[1]
        with pytest.raises(CallError) as caught:
            call(**{name: 5})
        assert str(caught.value) == f"unexpected keyword {wrong}"


def test_wrong_positions_and_a_missing_key_are_those_of_the_async_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings: Any = ["k", *[None] * 7, 5, 0]
    with pytest.raises(CallError, match="AsyncClient takes 10 positional arguments, got 11"):
        AsyncClient(*settings, None)  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(CallError, match='"api_key" for AsyncClient is passed twice'):
        AsyncClient("k", api_key="k")  # type: ignore[misc]  # wrong on purpose
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(MissingKeyError, match=r"pass api_key=\.\.\. to the client or openai_api_key"):
        asyncio.run(AsyncClient().models.list_models())


def test_the_method_that_closes_is_named() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'close'; await aclose\(\) in its place"):
        AsyncClient().close()


def test_settings_are_kept_by_with_options_copies_and_pickles(server: Any) -> None:
    server.reply({})
    client = AsyncClient("sk-1", base_url=server.base_url, max_concurrency=7, timeout=5)
    changed = client.with_options(max_retries=0)
    assert changed._limits == client._limits
    assert (changed._client._settings.max_retries, changed._client._settings.timeout.connect) == (0, 5)

    async def main() -> None:
        for one in (changed, copy.copy(client), copy.deepcopy(client)):
            await one.models.list_models()
            await one.aclose()

    asyncio.run(main())
    assert [one.headers["authorization"] for one in server.seen] == ["Bearer sk-1"] * 3
    pickled = pickle.dumps(client)
    assert b"sk-1" not in pickled
    restored = pickle.loads(pickled)
    assert (restored._limits, repr(restored)) == (client._limits, repr(client))


def test_settings_are_read_only_and_groups_are_listed(client: AsyncClient) -> None:
    with pytest.raises(AttributeError, match="with_options\\(max_concurrency="):
        client.max_concurrency = 3  # type: ignore[attr-defined]
    assert {"chat", "files", "call", "aclose"} <= set(dir(client))
    with pytest.raises(AttributeError, match="AsyncClient has no attribute 'chats'; did you mean 'chat'"):
        client.chats  # noqa: B018
    assert repr(client.chat) == f"<AsyncChat of {client!r}>"
    assert repr(client).startswith("<typed_openai.aio.AsyncClient of http://127.0.0.1")


def test_a_deprecated_operation_warns_where_it_is_awaited(server: Any, client: AsyncClient) -> None:
    server.reply({})

    async def main() -> None:
        await client.assistants.list_assistants()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(main())
    assert [(one.category, one.filename) for one in caught] == [(DeprecationWarning, __file__)]


def test_the_key_is_in_no_frame_of_an_error(client: AsyncClient) -> None:
    async def main() -> None:
        await client.models.retrieve_model("m", openai_api_key="sk-secret-123456", tiemout=3)

    with pytest.raises(CallError) as caught:
        asyncio.run(main())
    trace = caught.tb
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            assert "sk-secret" not in repr(trace.tb_frame.f_locals)
        trace = trace.tb_next  # type: ignore[assignment]


def test_a_description_of_another_api_has_its_own_groups(server: Any, tmp_path: Any) -> None:
    description = tmp_path / "api.yaml"
    description.write_text(
        "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\nservers: [{url: 'http://127.0.0.1:9'}]\n"
        "paths:\n  /pets:\n    get:\n      operationId: listPets\n      responses:\n"
        "        '200': {description: d, content: {application/json: {schema: {type: array, items: {}}}}}\n"
    )
    server.reply([1])

    async def main() -> Any:
        async with AsyncClient(spec=description, base_url=server.base_url) as client:
            return await client.pets.list_pets()

    assert asyncio.run(main()) == [1]


def test_the_curl_command_is_the_synchronous_clients() -> None:
    settings: dict[str, Any] = {"api_key": "k", "base_url": "https://api.test/v1"}
    assert AsyncClient(**settings).as_curl("listFiles", limit=1) == Client(**settings).as_curl(
        "listFiles", limit=1
    )
