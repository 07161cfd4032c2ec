"""An exception anywhere inside the plugin leaves mypy's own lines, and mypy's checker, unchanged.

Each function of the program below has one mistake. While the plugin handles the mistake of function number
``k``, an exception is raised at the k-th step of its work. A step is a call of one of the plugin's
functions, so that one run covers as many failure points as there are functions. The output of
``reveal_type`` after each mistake shows whether the checker has changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = pytest.mark.slow(seconds=8)

INJECTING = """\
import inspect
import sys

from typed_openai_mypy.watching.first_look import Gate
from typed_openai_mypy.plugin import plugin

STRIDE = {stride}
judge = Gate.__call__


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


def judge_and_fail(self, file, info):
    if not file.endswith("example.py") or info.severity != "error":
        return judge(self, file, info)
    function = info.local_ctx[1] or ""
    sys.setprofile(Injector(int(function.rpartition("_")[2] or 0) * STRIDE))
    try:
        return judge(self, file, info)
    except ({kind}):
        return False
    finally:
        sys.setprofile(None)


Gate.__call__ = judge_and_fail
"""
HEADER = """\
from collections.abc import Callable, Sequence
from typed_openai import Client, types

client = Client()
Messages = list[types.ChatCompletionRequestMessage]
"""
MISTAKES = (
    "kept: types.VectorStoreExpirationAfter = {{'anchor': 'last_active_at', 'days': str(extra := 1)}}",
    "client.models.retrieve_model(len([one for one in found]))",
    "kept: list[types.Metadata] = [dict(a=one) for one in found]",
    "make: Callable[[str], types.VectorStoreExpirationAfter] = lambda a: {{'anchor': a, 'days': 1}}",
    "client.models.retrieve_model('m')['idd']",
    "client.files.list_files(lmit=3)",
    "kept: types.Metadata = {{'a': (1 if text else 'b')}}",
)
FUNCTION = """\
def mistaken_{number}(found: Sequence[int], text: str | None) -> None:
    later = []
    if text is not None:
        {mistake}
        reveal_type(text)
        later.append(text)
    reveal_type(later)
    reveal_type(text)
"""


def program(functions: int) -> str:
    """A function with each mistake in turn."""
    made = (
        FUNCTION.format(number=number, mistake=MISTAKES[number % len(MISTAKES)].format())
        for number in range(functions)
    )
    return HEADER + "\n\n".join(made)


def by_function(lines: Sequence[str], source: str) -> Mapping[int, list[str]]:
    """Group the messages by the function that they are about."""
    starts = [number for number, line in enumerate(source.splitlines(), 1) if line.startswith("def ")]
    found: dict[int, list[str]] = {number: [] for number in range(len(starts))}
    for line in lines:
        match = re.match(r"example\.py:(\d+):", line)
        if match:
            function = sum(start <= int(match[1]) for start in starts) - 1
            found[function].append(line)
    return found


@pytest.mark.parametrize("kind", ["RuntimeError", "SystemExit"])
@pytest.mark.parametrize("stride", [1, 7])
def test_wherever_the_plugin_fails_mypys_own_lines_stand(
    tmp_path: Path, run_mypy: RunMypy, kind: str, stride: int
) -> None:
    source = program(140)
    (tmp_path / "example.py").write_text(source)
    (tmp_path / "injecting.py").write_text(INJECTING.format(stride=stride, kind=kind))
    native = by_function(run_mypy(["example.py"], folder=tmp_path, plugin=None).lines, source)
    right = by_function(run_mypy(["example.py"], folder=tmp_path).lines, source)
    run = run_mypy(
        ["example.py"],
        folder=tmp_path,
        plugin=str(tmp_path / "injecting.py"),
        cache=tmp_path / "cache",
    )
    assert "INTERNAL ERROR" not in run.stderr + "\n".join(run.lines)
    assert run.stderr == "", "the first function is judged without a failure, and loads what is needed"
    failing = by_function(run.lines, source)
    wrong = {
        number: lines for number, lines in failing.items() if lines not in (native[number], right[number])
    }
    assert wrong == {}
    failed = [number for number, lines in failing.items() if lines == native[number] != right[number]]
    assert len(failed) > 20, "the exceptions are raised while the plugin is at work"
