"""A description that was cut off is refused, even if what is left is valid."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from typed_openai_spec.files.cut_off import refuse_cut_off
from typed_openai_spec.files.source import parsed, read
from typed_openai_spec.files.texts import to_yaml
from typed_openai_spec.problems import DescriptionError


def _take(text: bytes) -> None:
    refuse_cut_off(parsed(text, "the file"), text, "the file")


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return read(Path(__file__).parents[2] / "spec" / "openai")


@pytest.fixture(scope="module")
def published(facts: dict[str, Any]) -> bytes:
    """The whole description, with the paths first, as it is published."""
    order = ("openapi", "info", "servers", "security", "paths", "webhooks", "components")
    return to_yaml({name: facts[name] for name in order if name in facts}).encode()


@pytest.mark.slow(seconds=2)
def test_a_whole_description_is_not_refused(published: bytes, facts: dict[str, Any]) -> None:
    _take(published)
    _take(json.dumps(facts).encode())
    _take(b"{openapi: 3.1.0, paths: {}}")


@pytest.mark.slow(seconds=15)
def test_a_description_that_ends_anywhere_is_refused(published: bytes) -> None:
    random = Random(16)
    for _ in range(6):
        text = published[: random.randrange(len(published) - 1)]
        if not text.endswith(b"\n"):
            with pytest.raises(DescriptionError):
                _take(text)


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_description_that_ends_with_a_line_is_refused(published: bytes, share: float) -> None:
    lines = published.splitlines(keepends=True)
    with pytest.raises(DescriptionError, match=r"cut off: \d+ of \d+ references have no target, such as #/"):
        _take(b"".join(lines[: int(len(lines) * share)]))


def test_a_single_reference_without_a_target_is_an_ordinary_problem() -> None:
    right = "{$ref: '#/paths/~1a%20b/get/parameters/0/schema'}"
    others = ", ".join(f"p{number}: {right}" for number in range(20))
    text = (
        "openapi: 3.1.0\n"
        "paths: {/a b: {get: {parameters: [{schema: {type: string}}]}}}\n"
        "components: {schemas: {A: {properties: {"
        f"{others}, wrong: {{$ref: '#/components/schemas/B'}}}}}}}}}}\n"
    )
    _take(text.encode())
    with pytest.raises(
        DescriptionError, match="1 of 2 references have no target, such as #/components/schemas/B"
    ):
        _take(text.replace(others, f"p: {right}").encode())


def test_a_reference_among_data_is_none() -> None:
    _take(
        b"openapi: 3.1.0\npaths: {}\nx-data: {$ref: '#/a'}\n"
        b"components: {schemas: {A: {example: {$ref: '#/b'}}}}\n"
    )
