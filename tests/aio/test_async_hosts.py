"""The async client in a web framework, in a notebook, and under pytest-asyncio."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
import requests
import uvicorn
from tests.docs.pages import blocks
from tests.faults.faulty import Faulty, Read, Send, Stall
from tests.nested_pytest import command

from typed_openai import testing

FASTAPI, NOTEBOOK = (one.text for one in blocks("async.md") if one.language == "py")

PYTEST_ASYNCIO = """
import asyncio
import pytest
from typed_openai.aio import AsyncClient

client = AsyncClient()

@pytest.mark.parametrize("number", range(3))
async def test_each_test_has_a_loop_of_its_own(number):
    async with asyncio.timeout(10):
        names = ["gpt-4o", "gpt-4o-mini"]
        models = await asyncio.gather(*map(client.models.retrieve_model, names))
    assert [one["id"] for one in models] == names

@pytest.fixture
async def events():
    async with await client.responses.create_response("Hi", "gpt-4o", stream=True) as events:
        yield events

async def test_a_fixture_keeps_a_stream_open(events):
    assert (await anext(events))["type"] == "response.created"
"""


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[testing.Server]:
    with testing.serve() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        yield server


@contextmanager
def hosted(app: Any) -> Iterator[str]:
    """Serve an application in a thread, and yield its URL."""
    host = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=host.run)
    thread.start()
    try:
        wait_for(lambda: host.started)
        (port,) = {one.getsockname()[1] for server in host.servers for one in server.sockets}
        yield f"http://127.0.0.1:{port}"
    finally:
        host.should_exit = True
        thread.join(10)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def page_app() -> Any:
    """The application of the page."""
    page: dict[str, Any] = {"__name__": "page"}
    exec(compile(FASTAPI, "async.md", "exec", dont_inherit=True), page)
    return page["app"]


def test_the_web_server_of_the_page_streams_an_answer() -> None:
    with hosted(page_app()) as url:
        answers = [requests.get(f"{url}/answer", {"question": "Hi"}, timeout=10).text for _ in range(2)]
    assert len(answers[0]) > 5
    assert answers == answers[:1] * 2


def test_a_browser_that_disconnects_ends_the_stream_of_the_web_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = b'data: {"type": "response.output_text.delta", "delta": "word "}\n\n'
    reply = Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    with Faulty((Read(), reply, Send(event), Stall())) as faulty:
        monkeypatch.setenv("OPENAI_BASE_URL", faulty.url())
        with hosted(page_app()) as url:
            with requests.get(f"{url}/answer", {"question": "Hi"}, stream=True, timeout=10) as answer:
                assert next(answer.iter_content(5)) == b"word "
            assert faulty.left.wait(5)


@pytest.mark.slow(seconds=1)
def test_the_cell_of_the_page_runs_again(tmp_path: Path) -> None:
    new: Any = nbformat.v4  # without types
    cells = [new.new_code_cell(text) for text in (NOTEBOOK, NOTEBOOK, 'print(reply["object"])')]
    notebook = new.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute(cwd=str(tmp_path))
    assert cells[2].outputs[0]["text"] == "response\n"


@pytest.mark.slow(seconds=1)
def test_one_client_serves_the_loops_of_all_tests(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(PYTEST_ASYNCIO)
    settings = ["asyncio_mode = auto", "asyncio_default_fixture_loop_scope = function"]
    (tmp_path / "pytest.ini").write_text("\n".join(["[pytest]", *settings]))
    words = [*command("asyncio"), "-W", "error"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "4 passed" in done.stdout, done.stdout + done.stderr
