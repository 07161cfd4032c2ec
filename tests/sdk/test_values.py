"""Values in JSON, paths, queries, headers and forms, with any content."""

from __future__ import annotations

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai._encoding import json_text as json_body
from typed_openai._encoding.form_data import SizedMultipartBody, multipart_body
from typed_openai._encoding.headers import merged_headers
from typed_openai._encoding.styles import styled_pairs
from typed_openai._encoding.urls import encoded_query, path_segment
from typed_openai.errors import CallError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def frozen(value: Any) -> Any:
    """Return the same value with other types for its arrays."""
    if isinstance(value, list):
        return (frozen(one) for one in value) if len(value) % 2 else tuple(map(frozen, value))
    return {key: frozen(one) for key, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.slow(seconds=1)
@given(JSON)
def test_json_values_arrive_as_they_were(value: Any) -> None:
    assert json.loads(json_body.encoded(value)) == value
    assert json.loads(json_body.encoded(frozen(value))) == value


@given(JSON, st.sampled_from([float("nan"), float("inf"), b"x", {1}, object(), "\udfff"]), st.integers(0, 2))
def test_what_json_cannot_hold_is_named_by_its_place(value: Any, wrong: Any, position: int) -> None:
    items = [value, value]
    items.insert(position, {"deep": wrong})
    with pytest.raises(CallError, match=rf"^items\[{position}\]\.deep: "):
        json_body.encoded({"items": (one for one in items)})


@given(st.text(max_size=12))
def test_a_path_parameter_is_one_segment_that_means_exactly_it(text: str) -> None:
    try:
        segment = path_segment(text, "id")
    except CallError:
        assert not text.strip(".") or any("\ud800" <= char <= "\udfff" for char in text)
    else:
        assert unquote(segment) == text
        assert segment.isascii()
        assert not set(segment) & set("/?#\\ \r\n")
        assert segment not in (".", "..")


@given(st.dictionaries(TEXT.filter(bool), TEXT, min_size=1, max_size=3))
def test_query_values_arrive_as_they_were(values: dict[str, str]) -> None:
    pairs = [pair for name, value in values.items() for pair in styled_pairs(name, value, "brackets")]
    assert parse_qsl(encoded_query(pairs), keep_blank_values=True) == list(values.items())


@pytest.mark.parametrize(
    ("value", "style", "expected"),
    [
        ([1, None, True], "brackets", [("a[]", "1"), ("a[]", "true")]),
        ((1, 2.5), "comma", [("a", "1,2.5")]),
        (["x", "y"], "plain", [("a", "x"), ("a", "y")]),
        ({"k": {"l": [1]}, "n": None}, "brackets", [("a[k][l][]", "1")]),
        ([{"k": "v"}], "brackets", [("a[][k]", "v")]),
        (None, "plain", []),
        ([], "comma", []),
    ],
)
def test_query_styles(value: object, style: str, expected: list[tuple[str, str]]) -> None:
    assert styled_pairs("a", value, style) == expected


@given(st.text(max_size=8))
def test_no_header_value_can_begin_another_line(value: str) -> None:
    try:
        (line,) = merged_headers({"X": value}).values()
    except CallError:
        return
    line.encode("latin-1")
    assert not set(line) & set("\r\n\0")


def test_later_headers_replace_earlier_ones_whatever_their_case() -> None:
    assert merged_headers({"A-b": "1", "C": 2}, {"a-B": "3"}, {"D": None, "E": [], "F": ""}) == {
        "a-B": "3",
        "C": "2",
        "D": None,
        "E": None,
        "F": "",
    }


@given(TEXT, TEXT, st.binary(max_size=20))
def test_a_form_of_any_names_has_exactly_its_parts_and_its_announced_size(
    name: str, file_name: str, content: bytes
) -> None:
    form = multipart_body({"a" + name: 1.5, "file": ("f" + file_name, content)}, frozenset({"file"}))
    body = b"".join(form)
    assert isinstance(form, SizedMultipartBody)
    assert len(form) == len(body) == len(b"".join(form))
    head = f"Content-Type: {form.content_type}\r\n\r\n".encode()
    first, second = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    assert first.get_payload(decode=True) == b"1.5"
    assert second.get_payload(decode=True) == content
