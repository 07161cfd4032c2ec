"""If anything fails inside the plugin, the user still gets mypy's own messages."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from typed_openai_mypy.compat import private_parts
from typed_openai_spec.index.reader import PACKAGED

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

SOURCE = """\
from typed_openai import Client

Client().chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o", temprature=0.5)
"""
CRASHES = """\
from mypy.nodes import CallExpr
from typed_openai_mypy.watching import watcher
from typed_openai_mypy.plugin import plugin

def crash(explainer, site):
    raise RuntimeError("crashed inside")

watcher.ANCHORS = {CallExpr: crash}
"""
CRASHES_AT_FIRST = """\
from typed_openai_mypy.watching import standard_code
from typed_openai_mypy.plugin import plugin

def crash(tree):
    raise RuntimeError("crashed inside")

standard_code.text_of = crash
"""
CRASHES_BEFORE_READS = """\
from typed_openai_mypy.reading import relevance
from typed_openai_mypy.plugin import plugin

def crash(found):
    raise RuntimeError("crashed inside")

relevance.typed_dicts = crash
"""
READ = """\
from typed_openai.types import ChatCompletionResponseMessage as Message

def read(message: Message) -> None:
    print(message["annotations"])
"""
LACKS = """\
from typed_openai_mypy.compat import private_parts
from typed_openai_spec.index.reader import PACKAGED
from typed_openai_mypy.plugin import plugin

private_parts.missing_parts = lambda: ("Errors._watchers",)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.py").write_text(SOURCE)
    return tmp_path


@pytest.fixture
def native(folder: Path, run_mypy: RunMypy) -> tuple[str, ...]:
    lines = run_mypy(["example.py"], folder=folder, plugin=None).lines
    assert "openai-arg" not in "".join(lines)
    return lines


def run_with(plugin: str, folder: Path, run_mypy: RunMypy, **environment: str) -> Run:
    (folder / "changed.py").write_text(plugin)
    return run_mypy(
        ["example.py"],
        folder=folder,
        cache=folder / "cache",
        plugin=str(folder / "changed.py"),
        environment=environment,
    )


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("plugin", [CRASHES, CRASHES_AT_FIRST])
def test_a_crash_inside_leaves_the_native_text(
    plugin: str, folder: Path, native: tuple[str, ...], run_mypy: RunMypy
) -> None:
    run = run_with(plugin, folder, run_mypy)
    assert run.lines == native
    assert run.stderr == ""


@pytest.mark.slow(seconds=2)
def test_a_crash_before_reads_are_judged_leaves_them_unjudged(folder: Path, run_mypy: RunMypy) -> None:
    (folder / "example.py").write_text(READ)
    (line,) = run_mypy(["example.py"], folder=folder).diagnostics
    assert line.endswith("[openai-absent]")
    run = run_with(CRASHES_BEFORE_READS, folder, run_mypy)
    assert (run.diagnostics, run.stderr) == ([], "")


CRASHES_IN_HOOKS = """\
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.plugin import plugin

def crash(*arguments):
    raise RuntimeError("crashed inside")

hook_context.checker_of = crash
"""
DYNAMIC = """\
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typed_openai import Client

client = Client()
client.call("createChatCompletions").colour
client.request("POST", "/embeddings", json={"modl": 3}).colour
ThreadPoolExecutor().submit(client.models.list_models)
partial(client.models.list_models)()
"""


@pytest.mark.slow(seconds=3)
def test_a_crash_in_a_hook_leaves_the_call_as_mypy_alone_has_it(folder: Path, run_mypy: RunMypy) -> None:
    (folder / "example.py").write_text(DYNAMIC)
    native = run_mypy(["example.py"], folder=folder, plugin=None)
    run = run_with(CRASHES_IN_HOOKS, folder, run_mypy)
    assert (run.lines, run.stderr) == (native.lines, "")
    (folder / "example.py").write_text(f"{DYNAMIC}# edited\n")
    assert "crashed inside" in run_with(CRASHES_IN_HOOKS, folder, run_mypy, TYPED_OPENAI_DEBUG="1").stderr


@pytest.mark.slow(seconds=2)
def test_the_hooks_of_a_mypy_that_lacks_a_part_leave_calls_alone(folder: Path, run_mypy: RunMypy) -> None:
    (folder / "example.py").write_text(DYNAMIC)
    native = run_mypy(["example.py"], folder=folder, plugin=None)
    run = run_with(LACKS, folder, run_mypy)
    assert run.lines == native.lines
    assert run.stderr.count("this mypy lacks Errors._watchers") == 1


@pytest.mark.slow(seconds=2)
def test_debugging_shows_why(folder: Path, native: tuple[str, ...], run_mypy: RunMypy) -> None:
    run = run_with(CRASHES, folder, run_mypy, TYPED_OPENAI_DEBUG="1")
    assert run.lines == native
    assert "RuntimeError: crashed inside" in run.stderr


@pytest.mark.slow(seconds=2)
def test_a_mypy_that_lacks_a_part_keeps_its_text_and_one_note_says_so(
    folder: Path, native: tuple[str, ...], run_mypy: RunMypy
) -> None:
    run = run_with(LACKS, folder, run_mypy)
    assert run.lines == native
    assert run.stderr.count("this mypy lacks Errors._watchers") == 1


def test_this_mypy_lacks_nothing() -> None:
    assert private_parts.missing_parts() == ()


@pytest.mark.slow(seconds=1)
def test_an_index_that_cannot_be_read_stops_mypy_with_one_clear_error(
    folder: Path, run_mypy: RunMypy
) -> None:
    spec = folder / "other" / "typed_openai_spec"
    shutil.copytree(PACKAGED.parent, spec)
    (spec / "packaged" / "api.json").write_text("{}")
    run = run_mypy(
        ["example.py"],
        folder=folder,
        cache=folder / "cache",
        environment={"PYTHONPATH": str(spec.parent)},
    )
    assert run.status == 2
    (line,) = [line for line in run.lines if "typed_openai_mypy: error: " in line]
    assert "api.json: index format None" in line
    assert "Traceback" not in run.stderr + "\n".join(run.lines)
