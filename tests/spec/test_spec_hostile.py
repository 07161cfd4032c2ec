"""Descriptions are untrusted: any content is harmless, or rejected with one of the project's errors."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.spec.hostile import NAMES, PROSE, as_text, description, hostile, tame

from typed_openai_spec.compile import build_document, index_files
from typed_openai_spec.files.canonical import canonical, files
from typed_openai_spec.files.source import joined, parsed
from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.openapi.document import read_api
from typed_openai_spec.problems import DescriptionError
from typed_openai_spec.validation.bounded_regex import matches

HEAD = b"openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.slow(seconds=1)
@given(document=hostile(PROSE + NAMES))
@settings(max_examples=60, deadline=None, suppress_health_check=RELAXED)
def test_any_text_in_any_place_gives_an_index_and_comes_back_from_the_canonical_form(
    document: dict[str, Any],
) -> None:
    read = parsed(as_text(document), "any")
    api, problems = read_api(read)
    assert all(str(one).isprintable() for one in problems)
    for path, text in index_files(api).items():
        assert path.removeprefix("operations/").removesuffix(".json").isidentifier()
        json.loads(text)
    written = files(canonical(read, facts_only=False))
    assert all(path.count("/") <= 1 and ".." not in path and path.isascii() for path in written)
    again = joined({path: parse_yaml(text.encode(), path) for path, text in written.items()})
    assert read_api(again)[0] == api


def test_the_tame_description_is_understood() -> None:
    problems = read_api(description(tame))[1]
    assert [one.text for one in problems if one.kind == "lost"] == [
        "{path_argument} in the path is not declared as a parameter"
    ]


REFUSED = {
    "a tag that would run something": HEAD + b'paths: !!python/object/apply:os.system ["false"]',
    "a tag by another name": b"%TAG ! tag:yaml.org,2002:python/\n---\npaths: !object/apply:os.system [id]",
    "a value that is no JSON": HEAD + b"paths: {}\nx-a: !!set {a, b}",
    "a truth that is none": HEAD + b"paths: {}\nx-a: !!bool a",
    "a key twice": HEAD + b"paths: {}\npaths: {}",
    "a key that is a list": HEAD + b"paths: {}\n? [a]\n: b",
    "an alias of what it is in": HEAD + b"paths: {}\nx-a: &a [*a]",
    "aliases of aliases": HEAD
    + b"x-0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"x-%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12))
    + b"paths: {}",
    "deep YAML": HEAD + b"paths: {}\nx-a: " + b"[" * 10_000 + b"]" * 10_000,
    "deep JSON": b'{"openapi":"3.1.0","paths":{},"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "a number of 10,000 digits": HEAD + b"paths: {}\nx-a: " + b"9" * 10_000,
    "no number": b'{"openapi":"3.1.0","paths":{},"x":NaN}',
    "an infinite number": b'{"openapi":"3.1.0","paths":{},"x":1e999}',
    "a control character": HEAD + b"paths: {}\nx-a: '\0'",
    "half a surrogate pair": b'{"openapi":"3.1.0","paths":{},"x":"\\ud800"}',
    "no UTF-8": HEAD + b"paths: {}\nx-a: \xe9",
    "two documents": HEAD + b"paths: {}\n---\na: 1",
    "nothing": b"",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_text_that_is_no_plain_description_is_refused_in_one_line(text: bytes) -> None:
    with pytest.raises(DescriptionError, match=r"^it: ") as caught:
        parsed(text, "it")
    assert str(caught.value).isprintable()


def test_what_only_looks_like_something_else_is_text() -> None:
    read = parsed(HEAD + b"paths: {}\nx-a: [yes, 2020-01-01, 0x1f, .inf, .nan, 1_000]", "it")
    assert read["x-a"] == ["yes", "2020-01-01", "0x1f", ".inf", ".nan", "1_000"]


@pytest.mark.parametrize(
    "reference",
    [
        "../../etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1:1/x.yaml",
        "./schemas/x.yaml#/X",
        "#/components/schemas/%2e%2e%2fX",
        "#/components/schemas/~1~1X",
        "#/paths/~1a/get",
        "#/components/schemas/T/properties/a",
        "#",
        "#/components/schemas/",
        "",
    ],
)
def test_a_reference_to_anywhere_else_is_a_problem_and_nothing_is_read(reference: str) -> None:
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {"200": {"$ref": reference}}}}},
        "components": {"schemas": {"S": {"properties": {"x": {"$ref": reference}}}}},
    }
    _, problems = read_api(document)
    assert problems
    assert all(one.place.startswith("/") for one in problems)


def _diamonds(depth: int) -> dict[str, Any]:
    """Return unions of the same two unions, level by level, with 2^depth paths to the bottom."""
    found: dict[str, Any] = {f"A{depth}": {"type": "string"}, f"B{depth}": {"properties": {"x": {}}}}
    for level in range(depth):
        below = [{"$ref": f"#/components/schemas/{one}{level + 1}"} for one in "AB"]
        for name in "AB":
            found[f"{name}{level}"] = {"oneOf": [*below, {"type": "array", "items": below[1]}]}
    return found


def test_unions_that_share_their_members_take_no_longer_than_others() -> None:
    whole = {"schema": {"$ref": "#/components/schemas/A0"}}
    body = {"content": {"application/json": whole, "multipart/form-data": whole}}
    operation = {"requestBody": body, "responses": {"200": {"content": {"application/json": whole}}}}
    document = {
        "openapi": "3.1.0",
        "info": {},
        "paths": {"/a": {"post": operation}},
        "components": {"schemas": _diamonds(40)},
    }
    assert len(build_document(document).api.components) > 80


PIECES = (
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    r"\d",
    r"\w",
    "^",
    "$",
    r"\b",
    "(a|b)",
    "(a|)",
    "(?=a)",
    "(?!b)",
    "(?:ab)",
)
patterns = st.recursive(
    st.sampled_from(PIECES),
    lambda inner: st.builds(
        lambda parts, mark: f"(?:{''.join(parts)}){mark}",
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}", "*?"]),
    ),
    max_leaves=6,
)


@given(pattern=patterns, text=st.text("ab1 \n", max_size=6))
@settings(max_examples=300, deadline=None)
def test_a_pattern_matches_what_pythons_own_matcher_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) is (re.search(pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("(a+)+$", "a" * 40 + "b", False),
        ("(a?){40}a{40}$", "a" * 39, False),
        (r"^(\w+\s?)*$", "a " * 100 + "!", False),
        (r"^([a-z]+-)*[a-z]+$", "ab-" * 50 + "c", True),
        ("^(?:(?:a|b)*c)*$", "ab" * 30, False),
        ("((){1000}){1000}", "x", True),
        ("(?=(a+)+$)b", "a" * 50, False),
    ],
)
def test_a_pattern_that_would_take_for_ever_is_judged_at_once(
    pattern: str, text: str, expected: bool
) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern", ["(?<no", "(" * 5000, "a{99999999999999}", "x{" + "9" * 5000 + "}", "[z-a]"]
)
def test_a_pattern_that_python_cannot_read_refuses_nothing(pattern: str) -> None:
    assert matches(pattern, "anything")
