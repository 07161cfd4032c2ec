"""The matcher of requests to operations, alone and against a naive one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai_spec.index.path_matcher import PathMatcher
from typed_openai_spec.model import PLACEHOLDER, Argument, Operation, Result, Scalar

Pairs = Sequence[tuple[str, str]]


def operation(
    name: str, path: str, method: str = "GET", query: Pairs = (), parameters: Sequence[str] = ()
) -> Operation:
    arguments = tuple(Argument(one, one, "query", Scalar("string")) for one in parameters)
    return Operation(name, name, "g", method, path, arguments, Result("none"), query=tuple(query))


def reached(
    paths: Sequence[str], path: str, method: str = "GET", query: Pairs = ()
) -> dict[str, dict[str, str]]:
    """Return the paths of the routes, each with its values."""
    routes = PathMatcher(operation(one, one) for one in paths).routes(method, path, query)
    return {one.operation.path: dict(one.values) for one in routes}


@pytest.mark.parametrize(
    ("paths", "path", "wanted"),
    [
        (["/a/{x}/c", "/a/b/{y}"], "/a/b/c", "/a/b/{y}"),
        (["/a/{x}", "/a/b"], "/a/b", "/a/b"),
        (["/{x}/b/c", "/{x}/{y}/c", "/a/{y}/{z}"], "/a/b/c", "/a/{y}/{z}"),
        (["/a/{x}", "/a/{x}.json"], "/a/b.json", "/a/{x}.json"),
        (["/a/{x}.json/{y}", "/a/{x}/c"], "/a/b.json/c", "/a/{x}/c"),
        (["/a/{x}", "/a/{x}/"], "/a/b/", "/a/{x}/"),
        (["/a/{x}", "/a/{x}/"], "/a/b", "/a/{x}"),
        (["/a/{a/b}/c"], "/a/1/c", "/a/{a/b}/c"),
    ],
)
def test_the_most_concrete_path_wins(paths: list[str], path: str, wanted: str) -> None:
    for listed in (paths, paths[::-1]):
        assert list(reached(listed, path)) == [wanted]


def test_a_path_without_the_method_does_not_count() -> None:
    matcher = PathMatcher(
        [operation("a", "/a/b", "POST"), operation("b", "/a/{x}"), operation("c", "/a/{y}")]
    )
    assert [one.operation.name for one in matcher.routes("GET", "/a/b")] == ["b", "c"]
    assert [dict(one.values) for one in matcher.routes("GET", "/a/b")] == [{"x": "b"}, {"y": "b"}]
    assert [one.name for one in matcher.operations("/a/b")] == ["a", "b", "c"]
    assert matcher.routes("PUT", "/a/b") == []
    assert matcher.operations("/a/b/c") == []


def test_the_query_decides_between_operations_of_one_path() -> None:
    matcher = PathMatcher(
        [
            operation("plain", "/a", parameters=["x"]),
            operation("other", "/a", parameters=["y"]),
            operation("beta", "/a", query=[("beta", "true")]),
        ]
    )

    def named(query: Pairs) -> str:
        return matcher.routes("GET", "/a", query)[0].operation.name

    assert named([]) == "plain"
    assert named([("y[]", "1")]) == "other"
    assert named([("x", "1"), ("beta", "true")]) == "beta"
    assert named([("y", "1"), ("beta", "false")]) == "other"


@pytest.mark.parametrize(
    ("path", "sent", "values"),
    [
        ("/größe/{x}", "/gr%C3%B6%c3%9fe/1", {"x": "1"}),
        ("/a b", "/a%20b", {}),
        ("/a%20b", "/a%20b", {}),
        ("/models", "/mod%65ls", {}),
        ("/a/{x}", "/a/b%2Fc%20d", {"x": "b/c d"}),
        ("/a/{x}:stop", "/a/b%3Ac:stop", {"x": "b:c"}),
        ("/a/{x}", "/a/%zz", {"x": "%zz"}),
        ("/a/{x}", "/a/\udc80", {"x": "?"}),
    ],
)
def test_paths_are_compared_as_they_are_sent(path: str, sent: str, values: dict[str, str]) -> None:
    assert reached([path], sent) == {path: values}


@pytest.mark.parametrize("sent", ["/a%2Fb", "/a", "/a/", "//b", "a/b", "", "/a/b/", "/A/b"])
def test_other_paths_do_not_match(sent: str) -> None:
    assert reached(["/a/b", "/a/{x}"], sent) == {}


SEGMENTS = st.sampled_from(["a", "b", "ab", "a.b", "{x}", "{y}", "{x}.b", "a{y}", "{x}{y}", "", "ä", "a b"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=4).map(lambda found: "/" + "/".join(found))
VALUES = st.text("ab./%: ", min_size=1, max_size=3)
QUERIES = st.sampled_from([(), (("beta", "true"),), (("beta", "true"), ("v", "2"))])
OPERATIONS = st.lists(st.tuples(PATHS, st.sampled_from(["GET", "POST"]), QUERIES), min_size=1, max_size=8)


def _fits(path: str, sent: str) -> bool:
    """Match a path with one regular expression for the whole."""
    literals = PLACEHOLDER.split(path)[::2]
    pattern = "[^/]+".join(re.escape(quote(one)) for one in literals)
    return re.fullmatch(pattern, sent) is not None


def _beats(one: str, other: str) -> bool:
    """Compare two paths: at the first difference the literal segment wins."""
    for left, right in zip(one.split("/"), other.split("/"), strict=True):
        if ("{" in left) != ("{" in right):
            return "{" in right
    return False


@given(OPERATIONS, st.data())
def test_a_route_is_what_a_naive_search_finds(
    listed: list[tuple[str, str, Pairs]], data: st.DataObject
) -> None:
    operations = [
        operation(str(number), path, method, query) for number, (path, method, query) in enumerate(listed)
    ]
    meant = data.draw(st.sampled_from(operations))
    literals = PLACEHOLDER.split(meant.path)[::2]
    values = [quote(data.draw(VALUES), safe=":") for _ in literals[1:]] + [""]
    sent = "".join(quote(one) + value for one, value in zip(literals, values, strict=True))
    query = data.draw(QUERIES)
    on_path = [one for one in operations if _fits(one.path, sent)]
    able = [one for one in on_path if one.method == meant.method and set(one.query) <= set(query)]
    routes = PathMatcher(operations).routes(meant.method, sent, query)
    assert {one.name for one in PathMatcher(operations).operations(sent)} == {one.name for one in on_path}
    assert bool(routes) == bool(able)
    for route in routes:
        assert route.operation in able
        assert not any(_beats(one.path, route.operation.path) for one in able)
        filled = [value for _, value in route.values]
        assert unquote(sent) == "".join(
            one + value
            for one, value in zip(PLACEHOLDER.split(route.operation.path)[::2], [*filled, ""], strict=True)
        )
    assert [-len(one.operation.query) for one in routes] == sorted(
        -len(one.operation.query) for one in routes
    )
