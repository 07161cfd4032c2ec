"""Every operation, both ways: checkers accept the calls that the description allows, and reject the others.

``jsonschema`` over the description is the oracle for each call. mypy without the plugin and pyright, both
strict, must agree with it about every line. ``PROOF_SEED`` and ``PROOF_MUTATIONS`` select another or a
longer run.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.proof.checkers import ALL, Checker
from tests.proof.differences import CALLS, disagreements, unexplained
from tests.proof.mutations import KINDS
from tests.proof.programs import Program
from tests.proof.requests import RIGHT, programs

from typed_openai_spec.index.reader import packaged

pytestmark = [pytest.mark.slow(seconds=35), pytest.mark.explored]


@pytest.fixture(scope="module")
def program() -> tuple[Program, Program]:
    return programs(packaged().api())


def test_every_operation_is_called_right_and_wrong(program: tuple[Program, Program]) -> None:
    right, changed = program
    wrong = {one.of for one in changed.statements if not one.fits}
    ids = {one.id for one in packaged().operations()}
    assert {one.of for one in right.statements if one.fits} == ids == wrong


def test_every_kind_of_mistake_is_made_many_times(program: tuple[Program, Program]) -> None:
    made = Counter(one.kind for one in program[1].statements if not one.fits)
    assert made.keys() == KINDS.keys()
    assert min(made.values()) > 100, made


def test_what_is_drawn_from_the_model_fits_the_description(program: tuple[Program, Program]) -> None:
    refused = [one for one in program[0].statements if not one.fits]
    assert unexplained(refused, CALLS, "mypy")[0] == []
    assert {one.kind for one in program[0].statements} == {RIGHT}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("checker", ALL, ids=lambda one: one.name)
def test_the_checker_is_of_the_judges_mind(
    checker: Checker, program: tuple[Program, Program], tmp_path: Path
) -> None:
    new, gone = disagreements(checker, program, CALLS, tmp_path)
    assert new == []
    assert gone == []
