"""The operations for a request: its method, path and query, matched to the API's paths.

The most concrete path wins (OpenAPI 3.1, section 4.8.8.2). Among paths with placeholders, this is the one
with the earliest literal segment: ``GET /a/b/c`` reaches ``/a/b/{y}`` rather than ``/a/{x}/c``. A path
without the request's method does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final
from urllib.parse import quote, unquote

from typed_openai_spec.model import PLACEHOLDER, Operation
from typed_openai_spec.records import dataclass

Query = Sequence[tuple[str, str]]

_HOLE: Final = "{}"
"""A placeholder in a shape."""

# Characters that are not quoted in a segment (RFC 3986, section 3.3), and those of placeholders.
_KEPT: Final = "!$&'()*+,;=:@/%{}"
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_TEXT: Final = "(?:%[0-9A-F]{2}|[^%]|%(?![0-9A-F]{2}))"
"""A character of a segment. An escape counts as one, so that adjacent placeholders do not split it."""

_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Route:
    """An operation for a request, and the decoded values of its path's placeholders."""

    operation: Operation
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Path:
    """A path and the operations on it, which may name its placeholders differently."""

    segments: tuple[str, ...]
    operations: tuple[Operation, ...]

    @property
    def rank(self) -> tuple[tuple[bool, ...], tuple[int, ...]]:
        """Sort key: the most concrete path first, by literal segments, then by literal text."""
        has_hole = tuple(_HOLE in one for one in self.segments)
        return has_hole, tuple(-len(one.replace(_HOLE, "")) for one in self.segments)

    def values(self, segments: Sequence[str]) -> tuple[str, ...] | None:
        """Return the values of the placeholders; None if the path does not match."""
        found: list[str] = []
        for wanted, given in zip(self.segments, segments, strict=True):
            if wanted == _HOLE and given:
                found.append(given)
            elif wanted != given:
                match = _pattern(wanted).fullmatch(given) if _HOLE in wanted else None
                if match is None:
                    return None
                found += match.groups()
        return tuple(found)


class PathMatcher:
    """The paths of an API, for the lookup of a request's operations.

    Paths are compared as they are sent, percent-encoded, without the path of the base URL.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        by_shape: dict[str, list[Operation]] = {}
        for one in operations:
            by_shape.setdefault(shape_of(one.path), []).append(one)
        self._by_length: dict[int, list[_Path]] = {}
        for shape, found in by_shape.items():
            path = _Path(tuple(_normal(shape).split("/")), tuple(found))
            self._by_length.setdefault(len(path.segments), []).append(path)
        for paths in self._by_length.values():
            paths.sort(key=lambda one: one.rank)

    def routes(self, method: str, path: str, query: Query = ()) -> list[Route]:
        """Return the routes of a request, the most likely one first; empty if the path is unknown.

        Several operations can share a method and a path. Those whose fixed query was sent come first, then
        those whose parameters match the rest of the query.
        """
        for place, values in self._places(path):
            found = [one for one in place.operations if one.method == method and set(one.query) <= set(query)]
            if found:
                return [_route(one, values) for one in sorted(found, key=lambda one: _misfit(one, query))]
        return []

    def operations(self, path: str) -> list[Operation]:
        """Return the operations on a path, of any method and fixed query, the most concrete paths first."""
        return [one for place, _ in self._places(path) for one in place.operations]

    def _places(self, path: str) -> Iterator[tuple[_Path, tuple[str, ...]]]:
        segments = _normal(path).split("/")
        for place in self._by_length.get(len(segments), ()):
            values = place.values(segments)
            if values is not None:
                yield place, values


def shape_of(path: str) -> str:
    """Return a described path without the names of its placeholders: ``/files/{}/content``."""
    return PLACEHOLDER.sub(_HOLE, path)


def _route(operation: Operation, values: Iterable[str]) -> Route:
    names = PLACEHOLDER.findall(operation.path)
    return Route(operation, tuple(zip(names, map(unquote, values), strict=True)))


def _misfit(operation: Operation, query: Query) -> tuple[int, int]:
    """Return a score of how badly an operation matches a query that it allows; lower is better."""
    declared = {one.wire: one.required for one in operation.arguments if one.location == "query"}
    sent = {name.partition("[")[0] for name, _ in query} - {name for name, _ in operation.query}
    required = {name for name, needed in declared.items() if needed}
    return -len(operation.query), len(sent - declared.keys()) + len(required - sent)


def _normal(path: str) -> str:
    """Return the normalized form of a path (RFC 3986, section 6.2.2)."""
    return _ESCAPE.sub(_normal_escape, quote(path, safe=_KEPT, errors="replace"))


def _normal_escape(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


@cache
def _pattern(segment: str) -> re.Pattern[str]:
    """Return the pattern of a partly literal segment: ``{}.json``."""
    return re.compile(f"({_TEXT}+)".join(map(re.escape, segment.split(_HOLE))))
