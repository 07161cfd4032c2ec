"""Find the operation for a method, a path and a query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from typed_openai_spec import spelling
from typed_openai_spec.model import PLACEHOLDER, Operation


@dataclass(frozen=True, slots=True)
class Route:
    """An operation with the decoded values of its path's placeholders."""

    operation: Operation
    values: tuple[tuple[str, str], ...]


class NoRoute(LookupError):
    """Raised if no operation has the path. ``nearest`` is the closest known path, or empty."""

    def __init__(self, path: str, nearest: str) -> None:
        super().__init__(path)
        self.nearest = nearest


class WrongMethod(LookupError):
    """Raised if the path is known, but not for that method. ``allowed`` holds the methods that it has."""

    def __init__(self, path: str, allowed: tuple[str, ...]) -> None:
        super().__init__(path)
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class _Template:
    """A path with placeholders, and its operations."""

    path: str
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    rank: tuple[bool, ...]
    """True for each segment with a placeholder: the smallest template is the most literal one."""
    operations: tuple[Operation, ...]


class Router:
    """Routes requests to operations: literal segments win over placeholders, a fixed query over none.

    If several operations are left, the one whose query parameters were sent wins.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        by_path: dict[str, list[Operation]] = {}
        for one in operations:
            by_path.setdefault(one.path, []).append(one)
        templates = [_template(path, found) for path, found in by_path.items()]
        self._templates = sorted(templates, key=lambda one: one.rank)

    def route(self, method: str, path: str, query: Sequence[tuple[str, str]]) -> Route:
        """Return the most likely of the :meth:`routes`."""
        return self.routes(method, path, query)[0]

    def routes(self, method: str, path: str, query: Sequence[tuple[str, str]]) -> list[Route]:
        """Return the routes of a request, the most likely one first: one path may have several operations.

        ``path`` is as it was sent, without the base URL's own path. Raises :class:`NoRoute` or
        :class:`WrongMethod`.
        """
        allowed: set[str] = set()
        for template in self._templates:
            match = template.pattern.fullmatch(path)
            if match is None:
                continue
            values = tuple(zip(template.names, map(unquote, match.groups()), strict=True))
            there = [one for one in template.operations if set(one.query) <= set(query)]
            allowed.update(one.method for one in there)
            there = [one for one in there if one.method == method]
            if there:
                ordered = sorted(there, key=lambda one: _misfit(one, query))
                return [Route(one, values) for one in ordered]
        if allowed:
            raise WrongMethod(path, tuple(sorted(allowed)))
        raise NoRoute(path, self._nearest(path))

    def _nearest(self, path: str) -> str:
        return spelling.nearest(path, (one.path for one in self._templates)) or ""


def _template(path: str, operations: Sequence[Operation]) -> _Template:
    pieces = PLACEHOLDER.split(path)
    literals, names = pieces[::2], pieces[1::2]
    pattern = r"([^/]+)".join(re.escape(one) for one in literals)
    rank = tuple("{" in segment for segment in path.split("/"))
    return _Template(path, re.compile(pattern), tuple(names), rank, tuple(operations))


def _misfit(operation: Operation, query: Sequence[tuple[str, str]]) -> tuple[int, int]:
    """Return a score of how badly a possible operation matches a query; lower is better."""
    declared = {one.wire: one.required for one in operation.arguments if one.location == "query"}
    sent = {name.partition("[")[0] for name, _ in query} - {name for name, _ in operation.query}
    required = {name for name, needed in declared.items() if needed}
    return -len(operation.query), len(sent - declared.keys()) + len(required - sent)
