"""The meaning of media types."""

from __future__ import annotations

import pytest

from typed_openai_spec.model.media import is_json, is_json_lines, is_text

JSON = (
    "application/json",
    "Application/JSON; charset=utf-8",
    "text/json",
    "application/x-json",
    "application/problem+json;profile=x",
    "*/*",
    "application/*",
)
LINES = (
    *("application/jsonl", "application/jsonlines", "application/x-ndjson", "application/NDJSON; a=b"),
    *("application/json-seq", "application/stream+json"),
)
OTHER = ("application/geojson", "text/plain", "image/*", "json", "", "a/json")


@pytest.mark.parametrize("media_type", [*JSON, *LINES, *OTHER])
def test_one_document_and_a_document_a_line_are_told_apart(media_type: str) -> None:
    assert is_json(media_type) == (media_type in JSON)
    assert is_json_lines(media_type) == (media_type in LINES)


@pytest.mark.parametrize("media_type", LINES)
def test_json_lines_are_text(media_type: str) -> None:
    assert is_text(media_type)
