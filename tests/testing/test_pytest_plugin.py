"""The fixtures and markers for pytest, in projects of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.nested_pytest import command

pytestmark = pytest.mark.slow(seconds=10)

Running = Callable[..., str]


@pytest.fixture
def run_pytest(tmp_path: Path) -> Running:
    """Return a function that runs pytest on a test file, and returns what it prints."""

    def run(text: str, *options: str, passed: bool = True, preamble: str = IMPORTS) -> str:
        (tmp_path / "test_example.py").write_text(preamble + text)
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
        words = [*command(), *options]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is passed, done.stdout + done.stderr
        return done.stdout

    return run


IMPORTS = """
import pytest
import typed_openai
from typed_openai import Client
from typed_openai.testing import Server

MESSAGES = [{"role": "user", "content": "Hi"}]

def ask(client: Client) -> str:
    reply = client.chat.create_chat_completion(MESSAGES, "gpt-4o")
    return reply["choices"][0]["message"]["content"]

"""


def test_the_client_is_one_of_the_server(run_pytest: Running) -> None:
    run_pytest("""
def test_calls(openai_server: Server, openai_client: Client) -> None:
    reply = {"choices": [{"message": {"content": "Ciao"}}]}
    openai_server.reply(openai_client.chat.create_chat_completion, reply)
    assert ask(openai_client) == "Ciao"
    assert openai_client.organization.list_groups()["object"] == "list"
    assert [one.operation for one in openai_server.requests] == [
        "chat.create_chat_completion", "organization.list_groups"
    ]

def test_has_a_server_of_its_own(openai_server: Server) -> None:
    assert openai_server.requests == ()

def test_clients_without_arguments_use_it(openai_server: Server) -> None:
    with Client() as client:
        ask(client)
    assert openai_server.requests[0].api_key == "test"
""")


def test_markers_script_from_outside_to_inside(run_pytest: Running) -> None:
    run_pytest("""
pytestmark = pytest.mark.openai_script("models.retrieve_model", reply={"owned_by": "module"})

@pytest.mark.openai_script("models.retrieve_model", reply={"owned_by": "first"})
@pytest.mark.openai_script("models.retrieve_model", reply={"owned_by": "second"})
@pytest.mark.openai_script("models.retrieve_model", fail=404, message="gone")
@pytest.mark.openai_script("responses.create_response", text="Ciao")
@pytest.mark.openai_script(tool_call=("get_weather", {"city": "Rome"}))
def test_scripted(openai_client: Client) -> None:
    found = [openai_client.models.retrieve_model("m")["owned_by"] for _ in range(3)]
    assert found == ["module", "first", "second"]
    with pytest.raises(typed_openai.NotFoundError, match="gone"):
        openai_client.models.retrieve_model("m")
    events = list(openai_client.responses.create_response("Hi", "gpt-4o", stream=True))
    assert "Ciao" in [one.get("text") for one in events]
    tool = {"type": "function", "name": "get_weather", "strict": False, "parameters": {}}
    (call,) = openai_client.responses.create_response("Hi", "gpt-4o", tools=[tool])["output"]
    assert call["arguments"] == '{"city": "Rome"}'
""")


def test_unused_scripts_are_errors_unless_the_test_has_failed(run_pytest: Running) -> None:
    printed = run_pytest(
        """
def test_unused(openai_server: Server) -> None:
    openai_server.reply("models.list_models", {"data": []})

@pytest.mark.openai_server(verify=False)
@pytest.mark.openai_script("models.list_models", reply={"data": []})
def test_allowed(openai_server: Server) -> None:
    pass

@pytest.mark.openai_server(strict=True)
@pytest.mark.openai_script("models.list_models", reply={"data": []})
def test_failed(openai_client: Client) -> None:
    assert False, "its own failure"
""",
        passed=False,
    )
    assert "1 failed, 2 passed, 1 error" in printed
    assert "reply to models.list_models (test_example.py:" in printed
    assert "its own failure" in printed


def test_a_strict_server_answers_by_scripts_alone(run_pytest: Running) -> None:
    printed = run_pytest(
        """
@pytest.mark.openai_server(strict=True)
def test_unexpected(openai_client: Client) -> None:
    with pytest.raises(typed_openai.BadRequestError):
        openai_client.models.list_models()
""",
        passed=False,
    )
    assert "unexpected requests:" in printed
    assert "GET /v1/models (models.list_models)" in printed


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        (
            'openai_script("models.list_models", reply={"data": 1})',
            "models.list_models: data: expected array, got integer",
        ),
        (
            'openai_script("models.list_model", reply={})',
            'unknown operation "models.list_model"; did you mean "models.list_models"?',
        ),
        ('openai_script("models.list_models", repyl={})', 'got none; did you mean "reply"?'),
        (
            'openai_script("models.list_models", reply={}, time=1)',
            'unknown key "time"; did you mean "times"?',
        ),
        ("openai_script(reply={})", "operation: required, but missing"),
        (
            "openai_server(sede=1)",
            'openai_server: expected seed, strict, delay, api_key, spec, verify; got "sede"',
        ),
    ],
)
def test_wrong_markers_say_where_and_what(run_pytest: Running, marker: str, said: str) -> None:
    printed = run_pytest(
        f"""
@pytest.mark.{marker}
def test_wrong(openai_server: Server) -> None:
    pass
""",
        passed=False,
    )
    assert said in printed
    if marker.startswith("openai_script"):
        assert "test_example.py::test_wrong: openai_script: " in printed


def test_each_worker_has_its_own_servers(run_pytest: Running) -> None:
    tests = """
@pytest.mark.parametrize("number", range(12))
def test_alone(openai_server: Server, openai_client: Client, number: int) -> None:
    made = openai_client.files.create_file((f"{number}.txt", b"x"), "assistants")
    assert openai_client.files.list_files()["data"] == [made]
    assert len(openai_server.requests) == 2
"""
    assert "12 passed" in run_pytest(tests, "-n", "2")


def test_another_api_is_served(run_pytest: Running, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\nservers: [{url: https://shop.test/v1}]\n"
        "paths: {/items: {get: {operationId: ListItems, responses: {'200': {content: {application/json:"
        " {schema: {type: array, items: {type: string}}}}}}}}}\n"
    )
    run_pytest("""
@pytest.mark.openai_server(spec="shop.yaml")
def test_shop(openai_client) -> None:
    assert openai_client.call("ListItems")
""")


def test_tests_that_do_not_ask_for_it_pay_nothing(
    run_pytest: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The plugins of other packages import requests themselves.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    run_pytest(
        """
import sys

def test_nothing_is_loaded() -> None:
    loaded = list(sys.modules)
    assert "typed_openai.testing" not in loaded
    assert "typed_openai.client" not in loaded
    assert "requests" not in loaded
    assert not any(one.startswith("typed_openai_spec") for one in loaded)
""",
        "-p",
        "typed_openai._pytest_plugin",
        "-p",
        "typed_openai._cassette_fixture",
        preamble="",
    )


def test_the_markers_and_fixtures_are_listed(run_pytest: Running) -> None:
    assert "@pytest.mark.openai_script(operation" in run_pytest("", "--markers")
    assert "Run an embedded server" in run_pytest("", "--fixtures")


@pytest.mark.parametrize("marker", ['openai_script("models.list_models", reply={})', "openai_cassette()"])
def test_a_marker_without_its_fixture_is_refused(run_pytest: Running, marker: str) -> None:
    shown = run_pytest(f"@pytest.mark.{marker}\ndef test_it(): pass\n", passed=False)
    assert f"{marker.partition('(')[0]}: the test does not use" in shown
