"""Tracebacks without variables show the same places as those with them."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback

from typed_openai._security.tracebacks import without_locals


def failed() -> ValueError:
    secret = "not to be shown"
    try:
        json.loads(f'{{"key": {secret}')
    except ValueError as error:
        return error
    raise AssertionError


def test_each_line_is_shown_as_before_with_the_marks_below_it() -> None:
    error = failed()
    before = traceback.format_exception(error)
    assert traceback.format_exception(without_locals(error)) == before


def test_no_frame_has_a_variable() -> None:
    frames = [frame for frame, _ in traceback.walk_tb(without_locals(failed()).__traceback__)]
    assert len(frames) > 2
    assert [frame.f_locals for frame in frames] == [{}] * len(frames)


UNCAUGHT = """
import json
from typed_openai._security.tracebacks import without_locals
try:
    json.loads("{")
except ValueError as error:
    if {replaced}:
        without_locals(error)
    raise
"""


def test_the_interpreter_prints_it_as_before() -> None:
    printed = []
    for replaced in (False, True):
        command = [sys.executable, "-c", UNCAUGHT.replace("{replaced}", str(replaced))]
        printed.append(subprocess.run(command, capture_output=True, text=True, check=False).stderr)
    assert "JSONDecodeError" in printed[0]
    assert printed[0] == printed[1]
