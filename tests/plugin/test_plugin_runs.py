"""The messages are the same in every kind of run, and a change of their sources is noticed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import typed_openai_mypy

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = pytest.mark.slow(seconds=25)

SOURCE = """\
from typed_openai import Client

client = Client()
client.chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o", temprature=0.5)
client.responses.create_response([{"type": "functon_call_output", "call_id": "c", "output": "42"}], "gpt-4o")
print(client.chat.create_chat_completion([{"content": "hello"}], "gpt-4o"))
client.chat.create_chat_completion()
client.request("POST", "/embeddings", json={"modl": "m", "input": "hello"})
client.embeddings.create_embedding("hello", "m", dimensions=0)
"""


@pytest.fixture(scope="module")
def plain(run_mypy: RunMypy, cold: Path) -> list[str]:
    """The output of a run from scratch, which leaves its cache in ``cold``."""
    found = run_mypy(["example.py"], folder=cold, cache=cold / "cold").diagnostics
    assert len(found) == 7
    assert all("[openai-" in line for line in found)
    return found


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("from scratch")
    (folder / "example.py").write_text(SOURCE)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.py").write_text(SOURCE)
    return tmp_path


@pytest.fixture
def warm(folder: Path, cold: Path, plain: list[str]) -> Path:
    """A folder with the cache of a run that printed what ``plain`` has."""
    shutil.copytree(cold / "cold", folder / "cold")
    return folder


def test_a_warm_run_prints_the_same(warm: Path, plain: list[str], run_mypy: RunMypy) -> None:
    again = run_mypy(["example.py"], folder=warm, cache=warm / "cold")
    assert again.diagnostics == plain


def test_an_edit_with_the_stubs_from_the_cache_prints_the_same(
    warm: Path, plain: list[str], run_mypy: RunMypy
) -> None:
    (warm / "example.py").write_text(SOURCE + "# edited\n")
    edited = run_mypy(["example.py"], folder=warm, cache=warm / "cold")
    assert edited.diagnostics == plain


WAYS = {
    "from scratch": ["--no-incremental"],
    "cache in files": ["--no-sqlite-cache"],
    "cache in a data base": ["--sqlite-cache"],
    "cache as JSON": ["--no-fixed-format-cache"],
    "cache as JSON in files": ["--no-fixed-format-cache", "--no-sqlite-cache"],
    "parallel": ["--num-workers", "2"],
    "native parser": ["--native-parser"],
    "Python's parser": ["--no-native-parser"],
}


@pytest.fixture(scope="module")
def known_options(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The help text of the tested mypy."""
    return "\n".join(run_mypy.bare("mypy", "--help", folder=tmp_path_factory.mktemp("help")).lines)


@pytest.mark.parametrize("arguments", WAYS.values(), ids=WAYS)
def test_other_ways_to_run_find_the_same_cold_and_after_an_edit(
    folder: Path, plain: list[str], run_mypy: RunMypy, arguments: list[str], known_options: str
) -> None:
    if unknown := [one for one in arguments if one.startswith("--") and not is_known(one, known_options)]:
        pytest.skip(f"this mypy has no {unknown[0]}")
    for text in (SOURCE, SOURCE + "# edited\n"):
        (folder / "example.py").write_text(text)
        run = run_mypy(["example.py"], *arguments, folder=folder, cache=folder / "other")
        assert (run.status, run.diagnostics) == (1, plain)


def is_known(option: str, known_options: str) -> bool:
    """Return whether mypy's help has an option, or the one that it negates."""
    positive = option.replace("--no-", "--")
    return option in known_options or positive in known_options


def test_json_output_has_the_same_codes_and_texts(folder: Path, plain: list[str], run_mypy: RunMypy) -> None:
    run = run_mypy(["example.py"], "--output", "json", folder=folder, cache=folder / "other")
    said = [json.loads(line) for line in run.lines]
    told = [f"{one['file']}:{one['line']}:{one['column'] + 1}: error: {one['message']}" for one in said]
    assert [f"{text}  [{one['code']}]" for text, one in zip(told, said, strict=True)] == plain


def test_the_daemon_prints_the_same_at_every_run(folder: Path, plain: list[str], run_mypy: RunMypy) -> None:
    config = run_mypy.configure(folder)

    def dmypy(*arguments: str) -> list[str]:
        command = ["--status-file", str(folder / "dmypy.json"), *arguments]
        return run_mypy.bare("mypy.dmypy", *command, folder=folder).diagnostics

    def check() -> list[str]:
        return dmypy("run", "--", "--config-file", str(config), "example.py")

    try:
        assert check() == plain
        (folder / "example.py").write_text(SOURCE + "client.models.list_models(colour=1)\n")
        *before, added = check()
        assert before == plain
        assert "colour" in added
        (folder / "example.py").write_text(SOURCE)
        assert check() == plain
    finally:
        dmypy("stop")


def test_switching_the_code_off_reaches_files_that_did_not_change(
    warm: Path, plain: list[str], run_mypy: RunMypy
) -> None:
    off = run_mypy(
        ["example.py"],
        folder=warm,
        cache=warm / "cold",
        options="[typed_openai_mypy]\ndisable = openai-arg",
    )
    native = run_mypy(["example.py"], folder=warm, cache=warm / "native", plugin=None)
    assert set(native.diagnostics) <= set(off.diagnostics)
    assert not any(line.endswith("[openai-arg]") for line in off.diagnostics)
    again = run_mypy(["example.py"], folder=warm, cache=warm / "cold")
    assert again.diagnostics == plain


@pytest.fixture
def copied(folder: Path) -> Path:
    """A copy of the plugin that is found before the installed one."""
    copy = folder / "changed" / "typed_openai_mypy"
    shutil.copytree(Path(typed_openai_mypy.__file__).parent, copy)
    return copy


def change(plugin: Path) -> None:
    messages = plugin / "messages" / "call_messages.py"
    messages.write_text(messages.read_text().replace("missing required", "lacking"))


def test_a_change_of_the_plugin_reaches_files_that_did_not_change(
    warm: Path, plain: list[str], copied: Path, run_mypy: RunMypy
) -> None:
    change(copied)
    run = run_mypy(
        ["example.py"],
        folder=warm,
        cache=warm / "cold",
        environment={"PYTHONPATH": str(copied.parent)},
    )
    assert len(run.diagnostics) == len(plain)
    assert any("lacking arguments" in line for line in run.diagnostics)


def test_the_daemon_restarts_when_the_plugin_changes(folder: Path, copied: Path, run_mypy: RunMypy) -> None:
    config = run_mypy.configure(folder)

    def dmypy(*arguments: str) -> str:
        command = ["--status-file", str(folder / "dmypy.json"), *arguments]
        environment = {"PYTHONPATH": str(copied.parent)}
        run = run_mypy.bare("mypy.dmypy", *command, folder=folder, environment=environment)
        return "\n".join(run.lines)

    try:
        assert "missing required" in dmypy("run", "--", "--config-file", str(config), "example.py")
        change(copied)
        assert "lacking arguments" in dmypy("run", "--", "--config-file", str(config), "example.py")
    finally:
        dmypy("stop")


@pytest.fixture
def dmypy(folder: Path, run_mypy: RunMypy) -> Iterator[Callable[..., list[str]]]:
    """A separate daemon; the fixture is a function that returns its output."""

    def run(*arguments: str) -> list[str]:
        command = ["--status-file", str(folder / "dmypy.json"), *arguments]
        environment = {"TYPED_OPENAI_CACHE": str(folder / "compiled")}
        return run_mypy.bare("mypy.dmypy", *command, folder=folder, environment=environment).diagnostics

    yield run
    run("stop")


def test_the_daemon_s_other_commands_print_the_same(
    folder: Path, plain: list[str], run_mypy: RunMypy, dmypy: Callable[..., list[str]]
) -> None:
    config = run_mypy.configure(folder)
    dmypy("start", "--", "--config-file", str(config))
    assert dmypy("check", "example.py") == plain
    assert dmypy("recheck") == plain
    (folder / "example.py").write_text(SOURCE + "client.call('listModelz')\n")
    *before, added = dmypy("recheck")
    assert before == plain
    assert 'did you mean "listModels"?' in added
    (folder / "example.py").write_text(SOURCE)
    assert dmypy("check", "example.py") == plain


def test_the_daemon_notices_other_options_and_another_description(
    folder: Path, plain: list[str], run_mypy: RunMypy, dmypy: Callable[..., list[str]]
) -> None:
    def check(options: str) -> list[str]:
        config = run_mypy.configure(folder, options=f"[typed_openai_mypy]\n{options}")
        return dmypy("run", "--", "--config-file", str(config), "example.py")

    assert check("") == plain
    without = check("disable = openai-limit")
    assert without == plain[:-1]
    description = folder / "api.yaml"
    description.write_text(DESCRIPTION)
    assert "dimensions: expected at least 7, got 0" in check("spec = api.yaml")[-1]
    description.write_text(DESCRIPTION.replace("7", "8"))
    assert "dimensions: expected at least 8, got 0" in check("spec = api.yaml")[-1]


DESCRIPTION = """\
openapi: 3.1.0
info: {title: A gateway, version: "1"}
paths:
  /embeddings:
    post:
      operationId: createEmbedding
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [input, model]
              properties:
                input: {type: string}
                model: {type: string}
                dimensions: {type: integer, minimum: 7}
      responses: {"200": {description: done, content: {application/json: {schema: {type: object}}}}}
"""
