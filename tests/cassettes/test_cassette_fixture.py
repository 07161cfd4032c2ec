"""The fixture ``openai_cassette``, in projects of their own that pytest runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.nested_pytest import command
from tests.sdk.conftest import Loopback

pytestmark = pytest.mark.slow(seconds=8)

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def project(tmp_path: Path, server: Loopback) -> Path:
    """A folder for tests. The client is that of the environment."""
    server.reply({"data": []})
    return tmp_path


@pytest.fixture
def run(project: Path, server: Loopback) -> Run:
    def run(*words: str, **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            [*command(), *words],
            cwd=project,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
                "OPENAI_BASE_URL": server.base_url,
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


TESTS = """
import pytest
from typed_openai import Client

def test_plain(openai_cassette):
    Client().models.list_models()

class TestGroup:
    @pytest.mark.parametrize("text", ["a", "b/c"])
    def test_each(self, openai_cassette, text):
        Client().embeddings.create_embedding(text, "m")

@pytest.mark.openai_cassette("own/place.jsonl", paced=True)
def test_marked(openai_cassette):
    Client().models.list_models()
"""


def test_each_test_has_a_cassette_and_needs_no_key_afterwards(
    project: Path, run: Run, server: Loopback
) -> None:
    (project / "test_it.py").write_text(TESTS)
    status, printed = run("--strict-markers", OPENAI_API_KEY="sk-0123456789abcdef")
    assert (status, len(server.seen)) == (0, 4), printed
    assert sorted(str(one.relative_to(project)) for one in project.rglob("*.jsonl")) == [
        "cassettes/test_it/TestGroup.test_each[a].jsonl",
        "cassettes/test_it/TestGroup.test_each[b-c]-0e02db3c.jsonl",
        "cassettes/test_it/test_plain.jsonl",
        "own/place.jsonl",
    ]
    status, printed = run()
    assert (status, len(server.seen)) == (0, 4), printed
    status, printed = run(OPENAI_API_KEY="sk-0123456789abcdef", TYPED_OPENAI_CASSETTES="record")
    assert (status, len(server.seen)) == (0, 8), printed
    status, printed = run("--openai-cassettes=record", OPENAI_API_KEY="sk-0123456789abcdef")
    assert (status, len(server.seen)) == (0, 12), printed


CAUGHT = """
from typed_openai import Client

def test_it(openai_cassette):
    try:
        Client().embeddings.create_embedding({text!r}, "m")
    except Exception:
        pass
"""


def test_an_unexpected_call_fails_the_test_even_if_its_error_is_caught(project: Path, run: Run) -> None:
    file = project / "test_it.py"
    file.write_text(CAUGHT.format(text="one"))
    assert run(OPENAI_API_KEY="sk-0123456789abcdef")[0] == 0
    file.write_text(CAUGHT.format(text="two"))
    status, printed = run()
    assert status == 1
    assert "CassetteError: cassettes/test_it/test_it.jsonl:2: no recording of POST" in printed
    assert '+ "two"' in printed


FAILS = """
from typed_openai import Client

def test_it(openai_cassette):
    Client().models.list_models()
    assert False
"""


def test_a_test_that_fails_writes_no_cassette(project: Path, run: Run) -> None:
    (project / "test_it.py").write_text(FAILS)
    status, printed = run(OPENAI_API_KEY="sk-0123456789abcdef")
    assert (status, "1 failed" in printed, [*project.rglob("*.jsonl")]) == (1, True, []), printed


SHARED = """
import pytest
from typed_openai import Client

@pytest.mark.openai_cassette("shared.jsonl")
@pytest.mark.parametrize("number", [1, 2])
def test_it(openai_cassette, number):
    Client().models.list_models()
"""


def test_two_tests_with_one_cassette_are_an_error(project: Path, run: Run) -> None:
    (project / "test_it.py").write_text(SHARED)
    status, printed = run(OPENAI_API_KEY="sk-0123456789abcdef")
    assert status == 1
    expected = (
        "shared.jsonl:1: recorded by test_it.py::test_it[1]; test_it.py::test_it[2] must have a cassette"
    )
    assert expected in printed


WRONG = """
import pytest

@pytest.mark.openai_cassette({marker})
def test_it(openai_cassette):
    pass
"""


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("paht='a'", 'openai_cassette: expected path, mode, paced, ignore, only, strict; got "paht"'),
        ("'a', 'b'", "strict; got a second positional argument"),
        ("mode='recrod'", 'mode: expected once, replay, record or extend, got "recrod"'),
    ],
)
def test_a_wrong_marker_is_an_error(project: Path, run: Run, marker: str, said: str) -> None:
    (project / "test_it.py").write_text(WRONG.format(marker=marker))
    status, printed = run()
    assert status == 1
    assert said in printed


IDLE = """
import sys

def test_it():
    loaded = {name for name in sys.modules if name.startswith("typed_openai.")}
    assert loaded == {"typed_openai._cassette_fixture", "typed_openai._pytest_plugin"}
"""


def test_the_plugin_imports_nothing_for_other_tests(project: Path, run: Run) -> None:
    (project / "test_it.py").write_text(IDLE)
    assert run()[0] == 0


def test_workers_have_cassettes_of_their_own(project: Path, run: Run) -> None:
    (project / "test_it.py").write_text(TESTS)
    for _ in range(2):
        status, printed = run("-n2", OPENAI_API_KEY="sk-0123456789abcdef")
        assert status == 0, printed
