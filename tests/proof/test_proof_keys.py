"""Required keys: checkers reject each object of each component if any of them is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.proof.checkers import ALL, Checker
from tests.proof.differences import KEYS, disagreements
from tests.proof.keys import described, program
from tests.proof.programs import Program

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Object

pytestmark = pytest.mark.slow(seconds=15)


@pytest.fixture(scope="module")
def written() -> Program:
    return program(packaged().api())


def test_every_component_with_a_required_key_is_there(written: Program) -> None:
    needed = {
        one.name
        for one in described(packaged().api())
        if isinstance(one.schema, Object) and any(field.required for field in one.schema.fields)
    }
    assert needed <= {one.of for one in written.statements}


def test_the_description_needs_each_key(written: Program) -> None:
    assert [one.text for one in written.statements if one.fits] == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("checker", ALL, ids=lambda one: one.name)
def test_the_checker_needs_each_key(checker: Checker, written: Program, tmp_path: Path) -> None:
    new, gone = disagreements(checker, [written], KEYS, tmp_path)
    assert new == []
    assert gone == []
