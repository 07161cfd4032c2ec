"""Titles are prose: no name depends on them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spec.titles import retitle, schemas_within

from typed_openai_spec.compile import build_document, index_files
from typed_openai_spec.files.canonical import canonical
from typed_openai_spec.files.source import read
from typed_openai_spec.index.reader import PACKAGED

SPEC = Path(__file__).parents[2] / "spec"
EXAMPLES = 3 if settings.get_profile("gate") is settings.default else 30


@pytest.fixture(scope="module")
def packaged() -> dict[str, str]:
    return {one.relative_to(PACKAGED).as_posix(): one.read_text() for one in PACKAGED.rglob("*.json")}


@pytest.mark.slow(seconds=10)
@settings(max_examples=EXAMPLES)
@given(st.integers(min_value=1))
def test_titles_at_random_change_nothing_in_the_whole_api(packaged: dict[str, str], seed: int) -> None:
    document = read(SPEC / "openai")
    retitle(document, Random(seed))
    built = build_document(document, SPEC / "overrides")
    assert (built.dead, built.problems) == ((), ())
    assert index_files(built.api) == packaged


@pytest.mark.slow(seconds=1)
def test_titles_are_no_facts() -> None:
    document = read(SPEC / "openai")
    facts = canonical(document)
    assert retitle(document, Random(1)) > 1000
    assert any("title" in one for one in schemas_within(document))
    assert canonical(document) == facts
