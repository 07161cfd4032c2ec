"""Values from replies, and tuples, are accepted as arguments, but no plain str for a list of strings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.proof.checkers import ALL, Checker
from tests.proof.differences import ROUND_TRIPS, disagreements
from tests.proof.judge import SPEC
from tests.proof.programs import Program
from tests.proof.round_trips import BARE, RETURNED, TUPLE, program

from typed_openai_spec.files.source import patched, read, read_overrides
from typed_openai_spec.index.reader import packaged

pytestmark = pytest.mark.slow(seconds=15)


@pytest.fixture(scope="module")
def written() -> Program:
    return program(packaged().api())


def test_every_component_of_both_sides_is_given_back(written: Program) -> None:
    both = {one.name for one in packaged().components.values() if one.input and one.output}
    assert {one.of for one in written.statements if one.kind == RETURNED} == both


def test_texts_and_tuples_are_tried_all_over(written: Program) -> None:
    kinds = [(one.kind, one.fits) for one in written.statements]
    assert kinds.count((BARE, False)) > 100
    assert kinds.count((BARE, True)) > 5
    assert kinds.count((TUPLE, True)) > 100


@pytest.mark.timeout(600)
@pytest.mark.parametrize("checker", ALL, ids=lambda one: one.name)
def test_the_checker_takes_what_the_api_takes(checker: Checker, written: Program, tmp_path: Path) -> None:
    new, gone = disagreements(checker, [written], ROUND_TRIPS, tmp_path)
    assert new == []
    assert gone == []


def test_no_override_takes_an_alternative_away() -> None:
    raw = read(SPEC / "openai")
    ours = patched(raw, read_overrides(SPEC / "overrides"))["components"]["schemas"]
    for name, schema in raw["components"]["schemas"].items():
        for key in ("oneOf", "anyOf"):
            kept = ours[name].get(key, ())
            missing = [one for one in schema.get(key, ()) if not any(_says_all(other, one) for other in kept)]
            assert not missing, f"{name}: {missing}"


def _says_all(schema: Any, other: Any) -> bool:
    """Return whether a schema has all keywords of another one; it may have additional limits."""
    if not isinstance(schema, dict) or not isinstance(other, dict):
        return bool(schema == other)
    return all(key in schema and _says_all(schema[key], value) for key, value in other.items())
