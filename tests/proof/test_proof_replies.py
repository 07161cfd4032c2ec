"""Values of replies, both ways: checkers and pydantic agree with the description about each component.

Checkers judge written-out values, in which an undeclared key is a mistake; pydantic judges JSON from the
server, in which it is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from tests.proof.checkers import ALL, Checker
from tests.proof.differences import REPLIES, WIRE, disagreements, unexplained
from tests.proof.judge import Judge
from tests.proof.programs import Program, Statement
from tests.proof.replies import program, reply_components, statements
from tests.proof.requests import RIGHT

from typed_openai import types
from typed_openai_spec.index.reader import packaged

pytestmark = [pytest.mark.slow(seconds=30), pytest.mark.explored]


@pytest.fixture(scope="module")
def written() -> Program:
    return program(packaged().api())


def test_every_component_of_a_reply_is_there(written: Program) -> None:
    named = {one.name for one in reply_components(packaged().api())}
    assert {one.of for one in written.statements if one.fits} == named
    assert len([one for one in written.statements if not one.fits]) > len(named)


def test_what_is_drawn_from_the_model_fits_the_description(written: Program) -> None:
    refused = [one for one in written.statements if one.kind == RIGHT and not one.fits]
    assert unexplained(refused, REPLIES, "mypy")[0] == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("checker", ALL, ids=lambda one: one.name)
def test_the_checker_is_of_the_judges_mind(checker: Checker, written: Program, tmp_path: Path) -> None:
    new, gone = disagreements(checker, [written], REPLIES, tmp_path)
    assert new == []
    assert gone == []


def test_pydantic_is_of_the_judges_mind() -> None:
    api = packaged().api()
    adapters: dict[str, TypeAdapter[Any]] = {}
    found = []
    for one in statements(api, Judge(closed=False)):
        if one.of not in adapters:
            adapters[one.of] = TypeAdapter(getattr(types, one.of))
        if _takes(adapters[one.of], one) is not one.fits:
            found.append(one)
    new, gone = unexplained(found, WIRE, "pydantic")
    assert new == []
    assert gone == []


def _takes(adapter: TypeAdapter[Any], one: Statement) -> bool:
    try:
        adapter.validate_python(one.value, strict=True)
    except ValidationError:
        return False
    return True
