"""Other people's test and tracing tools work with the client as the table in the documentation says.

Each row of the table is a tool, each column a kind of call. A cell is checked with the real package; one that
is not installed is skipped: ``tox -e tools`` installs all of them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
import requests_mock
import responses
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpserver import HTTPServer
from tests.sdk.conftest import Loopback
from tests.tools import recorders
from tests.tools.calls import CASES, KEY, Case

pytestmark = pytest.mark.slow(seconds=30)

PAGE: Final = Path(__file__).parents[2] / "docs" / "testing-tools.md"
NOWHERE: Final = "http://127.0.0.1:1/v1"

Recorder = Callable[[Case, Loopback, Path], list[Any]]
Check = Callable[[Case, Loopback, Path], None]


def direct(case: Case, server: Loopback) -> Any:
    """Return what a caller sees without any tool."""
    answer(case, server)
    return case.call({"api_key": KEY, "base_url": server.base_url})


def answer(case: Case, server: Loopback) -> None:
    server.answers.clear()
    server.reply(case.reply.body, case.reply.status, case.reply.content_type, retry_after="0")


def recorded_by(record: Recorder) -> Check:
    """Return the check of a tool that records: both runs give the value, and only the first one is sent."""

    def check(case: Case, server: Loopback, folder: Path) -> None:
        expected = direct(case, server)
        server.seen.clear()
        values = record(case, server, folder)
        texts = [one if record is recorders.pytest_recording else repr(one) for one in values]
        assert texts == [repr(expected)] * 2
        assert len(server.seen) == case.requests

    return check


def with_responses(case: Case, server: Loopback, folder: Path) -> None:
    expected = direct(case, server)
    reply = case.reply
    with responses.RequestsMock() as mocked:
        mocked.post(
            NOWHERE + reply.path,
            body=reply.body,
            status=reply.status,
            content_type=reply.content_type,
            headers={"Retry-After": "0"},
        )
        assert case.call({"api_key": KEY, "base_url": NOWHERE}) == expected
        assert len(mocked.calls) == case.requests


def with_requests_mock(case: Case, server: Loopback, folder: Path) -> None:
    expected = direct(case, server)
    reply = case.reply
    headers = {"content-type": reply.content_type, "retry-after": "0"}
    with requests_mock.Mocker() as mocked:
        mocked.post(NOWHERE + reply.path, content=reply.body, status_code=reply.status, headers=headers)
        assert case.call({"api_key": KEY, "base_url": NOWHERE}) == expected
        assert mocked.call_count == case.requests
        assert mocked.last_request.headers["Authorization"] == f"Bearer {KEY}"


def with_httpserver(case: Case, server: Loopback, folder: Path) -> None:
    expected = direct(case, server)
    reply = case.reply
    with HTTPServer(port=0) as other:
        other.expect_request(f"/v1{reply.path}", method="POST").respond_with_data(
            reply.body, reply.status, {"Retry-After": "0"}, content_type=reply.content_type
        )
        assert case.call({"api_key": KEY, "base_url": other.url_for("/v1")}) == expected
        other.check_assertions()
        assert len(other.log) == case.requests


def with_opentelemetry(case: Case, server: Loopback, folder: Path) -> None:
    expected = direct(case, server)
    server.seen.clear()
    spans, tracers = InMemorySpanExporter(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    instrumentor = RequestsInstrumentor()
    instrumentor.instrument(tracer_provider=tracers)
    try:
        assert case.call({"api_key": KEY, "base_url": server.base_url}) == expected
    finally:
        instrumentor.uninstrument()
    found = spans.get_finished_spans()
    assert [one.name for one in found] == ["POST"] * case.requests
    sent = [one.headers["traceparent"].split("-")[2] for one in server.seen]
    assert sent == [f"{one.context.span_id:016x}" for one in found if one.context is not None]
    assert KEY not in "".join(one.to_json() for one in found)


def with_sentry(case: Case, server: Loopback, folder: Path) -> None:
    """Sentry changes http.client for good, so that each check has a process of its own."""
    if find_spec("sentry_sdk") is None:
        pytest.skip('sentry-sdk is not installed: "tox -e tools" installs it')
    answer(case, server)
    name = next(name for name, one in CASES.items() if one is case)
    done = subprocess.run(
        [sys.executable, "-m", "tests.tools.under_sentry", name, server.base_url],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    status = case.reply.status
    assert (done.stdout, done.stderr) == (f"{[status] * case.requests}\n", "")
    assert all("sentry-trace" in one.headers for one in server.seen)


TOOLS: Final[Mapping[str, Check]] = {
    "cassettes": recorded_by(recorders.own_cassettes),
    "vcrpy": recorded_by(recorders.vcrpy),
    "pytest-recording": recorded_by(recorders.pytest_recording),
    "betamax": recorded_by(recorders.betamax),
    "responses": with_responses,
    "requests-mock": with_requests_mock,
    "pytest-httpserver": with_httpserver,
    "opentelemetry-instrumentation-requests": with_opentelemetry,
    "sentry-sdk": with_sentry,
}
"""The check of each tool, by its name in the table."""


def rows() -> Iterator[list[str]]:
    """Yield the cells of the table in the documentation, first those of its head."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and line.count("|") == len(CASES) + 3:
            cells = (one.strip() for one in line.strip("|").split("|"))
            yield [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", one).strip("`") for one in cells]


TABLE: Final = [*rows()]
CELLS: Final = {
    (row[0], column): cell for row in TABLE[1:] for column, cell in zip(TABLE[0], row, strict=True)
}


def test_the_table_has_all_tools_and_all_kinds_of_calls() -> None:
    assert [one.lower() for one in TABLE[0][1:-1]] == [*CASES]
    assert [row[0] for row in TABLE[1:]] == [*TOOLS]


# betamax writes down times with a function that Python 3.12 and newer warn about.
@pytest.mark.filterwarnings(r"ignore:datetime\.datetime\.utcnow:DeprecationWarning")
@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_works_as_the_table_says(tool: str, kind: str, server: Loopback, tmp_path: Path) -> None:
    cell = {key[1].lower(): one for key, one in CELLS.items() if key[0] == tool}[kind]
    assert cell in ("yes", "no")
    if cell == "yes":
        TOOLS[tool](CASES[kind], server, tmp_path)
    else:
        with pytest.raises(TypeError, match="SizedMultipartBody"):
            TOOLS[tool](CASES[kind], server, tmp_path)


def has_content(request: Any) -> tuple[bool, str]:
    return b"content" * 10_000 in request.body, "the file is not in the body"


def test_matchers_can_read_the_body_of_an_upload() -> None:
    with responses.RequestsMock() as mocked:
        mocked.post(f"{NOWHERE}/files", json={"id": "file-1"}, match=[has_content])
        assert CASES["uploads"].call({"api_key": KEY, "base_url": NOWHERE}) == {"id": "file-1"}
