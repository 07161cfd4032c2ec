"""An exception while reads are judged leaves all lines as they are without that judgement.

Each module of the program has the same mistakes. While the plugin judges module number ``k``, or the
signature of a call in line ``k``, an exception is raised at the k-th step of its work, as in
:mod:`tests.plugin.test_plugin_injection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

pytestmark = pytest.mark.slow(seconds=30)

INJECTING = """\
import inspect
import sys

from typed_openai_mypy.plugin import plugin
from typed_openai_mypy.reading import empty_defaults, module_reads


class Injector:
    def __init__(self, steps):
        self.left = steps

    def __call__(self, frame, event, _argument):
        code = frame.f_code
        # An exception in a generator that is being closed goes nowhere.
        is_step = event == "call" and not code.co_flags & inspect.CO_GENERATOR
        if is_step and "typed_openai_mypy" in code.co_filename:
            self.left -= 1
            if self.left == 0:
                raise {kind}


def failing(function, number_of):
    def call(first, second):
        number = number_of(second)
        sys.setprofile(Injector(1 + number * {stride}) if number else None)
        try:
            return function(first, second)
        finally:
            sys.setprofile(None)

    return call


def number_of_module(module):
    return int(module.tree.fullname.partition("_")[2] or 0)


def line_of_call(context):
    return context.context.line


module_reads.judge = failing(module_reads.judge, number_of_module)
empty_defaults.signature = failing(empty_defaults.signature, line_of_call)
"""

READS = """\
from typed_openai.types import ChatCompletionResponseMessage as Message, CreateChatCompletionResponse as Reply


def read(message: Message, messages: list[Message], reply: Reply) -> None:
    text = message["refusal"]
    print(text.strip(), message["annotations"], message.get("anotations"))
    reason = reply["choices"][0]["finish_reason"]
    if "annotations" not in message or reason in ("stopp",):
        del message["audio"]
        message.pop("tool_calls")
    for one in messages:
        try:
            print([call["function"] for call in one.get("tool_calls") or [] if "function" in call])
        finally:
            print(lambda: one["tool_calls"])  # type: ignore[openai-absent]
    match reason:
        case "lenth":
            print(one)
        case _:
            pass
"""
MODULES = 100

DEFAULTS = """\
from typed_openai.types import CreateChatCompletionResponse as Reply


def read(reply: Reply) -> None:
"""
DEFAULT = '    print((reply.get("usage") or {}).get("total_tokens"))\n'
LINES = 80


def by_file(run: Run) -> Mapping[str, list[str]]:
    """The lines about each file, without its name."""
    found: dict[str, list[str]] = {}
    for one in run.diagnostics:
        name, _, rest = one.partition(":")
        found.setdefault(name, []).append(rest)
    return found


@pytest.mark.parametrize("kind", ["RuntimeError", "SystemExit"])
@pytest.mark.parametrize("stride", [1, 13])
def test_wherever_the_judgement_of_reads_fails_other_lines_stand(
    tmp_path: Path, run_mypy: RunMypy, kind: str, stride: int
) -> None:
    names = [f"module_{number}.py" for number in range(MODULES)]
    for name in names:
        (tmp_path / name).write_text(READS)
    options = "disable_error_code = openai-absent, openai-key, openai-value"
    unjudged = by_file(run_mypy(names[:1], folder=tmp_path, options=options))[names[0]]
    right = by_file(run_mypy(names[:1], folder=tmp_path))[names[0]]
    (tmp_path / "injecting.py").write_text(INJECTING.format(kind=kind, stride=stride))
    run = run_mypy(names, folder=tmp_path, plugin=str(tmp_path / "injecting.py"), cache=tmp_path / "cache")
    assert "INTERNAL ERROR" not in run.stderr + "\n".join(run.lines)
    assert run.stderr == ""
    found = by_file(run)
    assert {name: found[name] for name in names if found[name] not in (unjudged, right)} == {}
    assert sum(found[name] == unjudged for name in names) > MODULES / 2
    assert found[names[0]] == right


@pytest.mark.parametrize("kind", ["RuntimeError", "SystemExit"])
def test_wherever_the_signature_of_get_fails_mypys_own_lines_stand(
    tmp_path: Path, run_mypy: RunMypy, kind: str
) -> None:
    (tmp_path / "example.py").write_text(DEFAULTS + DEFAULT * LINES)
    native = run_mypy(["example.py"], folder=tmp_path, plugin=None).by_line(DEFAULTS)
    (tmp_path / "injecting.py").write_text(INJECTING.format(kind=kind, stride=1))
    run = run_mypy(
        ["example.py"], folder=tmp_path, plugin=str(tmp_path / "injecting.py"), cache=tmp_path / "cache"
    )
    assert "INTERNAL ERROR" not in run.stderr + "\n".join(run.lines)
    failed = run.by_line(DEFAULTS)
    assert {line: lines for line, lines in failed.items() if lines != native[line]} == {}
    assert len(failed) > 10
