"""Recorded requests type-check as literal calls, except for what is listed as a leniency.

Checkers get the calls that together have every key and kind of value of all requests.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from tests.evidence.calls import covering, program
from tests.evidence.judging import Judge
from tests.evidence.shapes import recorded
from tests.proof.checkers import MYPY, PYRIGHT, Checker
from tests.proof.programs import Program

from typed_openai_mypy import codes
from typed_openai_spec.index.reader import packaged

pytestmark = pytest.mark.slow(seconds=13)

# Findings beyond types: the server takes what is deprecated, and a shape has neither real numbers nor texts.
_BEYOND: Final = [one.code for one in codes.BEYOND]
WITH_PLUGIN: Final = replace(
    MYPY,
    name="mypy with the plugin",
    command=(sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "."),
    files={
        "mypy.ini": f"[mypy]\nplugins = typed_openai_mypy.plugin\ndisable_error_code = {', '.join(_BEYOND)}\n"
    },
)


@pytest.fixture(scope="module")
def calls() -> Program:
    api = packaged().api()
    judge = Judge(api)
    requests = (one for one in recorded() if one.direction == "request" and not judge.mismatches(one))
    return program(api, covering(tuple(requests)))


def test_the_calls_are_of_many_operations(calls: Program) -> None:
    assert len({one.of for one in calls.statements}) > 30
    assert len(calls.statements) > 200


@pytest.mark.timeout(900)
@pytest.mark.parametrize("checker", [MYPY, WITH_PLUGIN, PYRIGHT], ids=lambda one: one.name)
def test_recorded_requests_type_check_as_literal_calls(
    checker: Checker, calls: Program, tmp_path: Path
) -> None:
    calls.write(tmp_path)
    lines = checker.lines(tmp_path)
    assert {f"{line}: {text}" for found in lines.values() for line, text in found.items()} == set()
