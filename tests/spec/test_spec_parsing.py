"""YAML and JSON texts are read strictly, by YAML 1.2, and written so that they read the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai_spec.files.texts import MAX_DEPTH, parse_yaml, to_yaml
from typed_openai_spec.problems import DescriptionError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", "off"),
        ("yes", "yes"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("010", 10),
        ("-7", -7),
        ("1e3", 1000.0),
        ("2.", 2.0),
        (".5", 0.5),
        ("0x10", "0x10"),
        ("true", True),
        ("~", None),
        ("", None),
        ("<<", "<<"),
    ],
)
def test_a_plain_scalar_is_what_yaml_1_2_says(text: str, value: object) -> None:
    read = parse_yaml(f"key: {text}".encode(), "text")["key"]
    assert read == value
    assert type(read) is type(value)


def test_keys_are_strings_as_they_are_written() -> None:
    text = b"{200: a, default: b, true: c, null: d, 1.0: e, on: f}"
    assert list(parse_yaml(text, "text")) == ["200", "default", "true", "null", "1.0", "on"]


@pytest.mark.parametrize(
    "text", ["a: 1\nb: 2\na: 3", "200: a\n'200': b", '{"a": 1, "a": 2}', "x: {a: 1, a: 1}"]
)
def test_a_repeated_key_is_refused(text: str) -> None:
    with pytest.raises(DescriptionError, match="duplicate key"):
        parse_yaml(text.encode(), "text")


@pytest.mark.parametrize(
    "text",
    [
        b"a: [1, 2",
        b"a: 'open",
        b"\xff\xfe\xfa",
        b"a: !!python/object/apply:os.system [echo]",
        b"a: !unknown b",
        b"[a]: b",
        b"? {a: b}\n: c",
        b"a: \x00",
        b'{"a": ',
        b'{"a": NaN}',
        b'{"a": "\\ud800"}',
        b"a: 1e999",
        b'{"a": [-1e999]}',
    ],
)
def test_a_broken_text_is_one_clear_error_that_names_the_file(text: bytes) -> None:
    with pytest.raises(DescriptionError, match=r"^some\.yaml: ") as caught:
        parse_yaml(text, "some.yaml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [b"a: !!timestamp 2024-01-01", b"a: !!binary aGVsbG8=", b"a: !!set {b, c}"])
def test_values_that_json_does_not_have_are_refused(text: bytes) -> None:
    with pytest.raises(DescriptionError, match="plain JSON values"):
        parse_yaml(text, "text")


def test_json_is_read_where_yaml_would_stumble() -> None:
    text = '\ufeff{\n\t"a": "\\ud83d\\ude00 \\/",\n\t"b": [1e3, null]\n}'
    assert parse_yaml(text.encode(), "text") == {"a": "\U0001f600 /", "b": [1000.0, None]}


def test_yaml_that_begins_like_json_is_read_as_yaml() -> None:
    assert parse_yaml(b"{a: off, b: [1, x]}", "text") == {"a": "off", "b": [1, "x"]}


def test_an_alias_stands_for_what_it_repeats() -> None:
    assert parse_yaml(b"a: &one {x: 1}\nb: *one", "text") == {"a": {"x": 1}, "b": {"x": 1}}


def test_aliases_that_expand_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(DescriptionError, match="holds more than"):
        parse_yaml("\n".join(lines).encode(), "text")


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}"])
def test_a_value_that_contains_itself_is_refused(text: str) -> None:
    with pytest.raises(DescriptionError):
        parse_yaml(text.encode(), "text")


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 10_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ("{a: ", "}")])
def test_nesting_beyond_any_real_description_is_refused(depth: int, opening: str, closing: str) -> None:
    text = opening * depth + "1" + closing * depth
    with pytest.raises(DescriptionError):
        parse_yaml(text.encode(), "text")


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_AMBIGUOUS = st.sampled_from(
    [
        "off",
        "1e3",
        "010",
        "08",
        "0x1F",
        "1_0",
        "2024-01-01",
        "=",
        "<<",
        "~",
        "null",
        "",
        " ",
        ".5",
        "-",
        "1:30",
    ]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT | _AMBIGUOUS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT | _AMBIGUOUS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(_VALUES)
def test_what_is_written_reads_back_the_same(value: object) -> None:
    read = parse_yaml(to_yaml({"value": value}).encode(), "text")["value"]
    assert json.dumps(read) == json.dumps(value)
