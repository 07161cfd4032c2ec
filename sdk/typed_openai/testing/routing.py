"""Routing for the embedded server: the operations of a request, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Iterable

from typed_openai_spec import spelling
from typed_openai_spec.index.path_matcher import PathMatcher, Query, Route
from typed_openai_spec.model import Operation


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


class Router:
    """The routes of an API, with an error for each request without a route.

    ``matcher`` is that of the operations, if there is one already.
    """

    def __init__(self, operations: Iterable[Operation], matcher: PathMatcher | None = None) -> None:
        listed = tuple(operations)
        self._paths = dict.fromkeys(one.path for one in listed)
        self._matcher = matcher or PathMatcher(listed)

    def routes(self, method: str, path: str, query: Query) -> list[Route]:
        """Return the routes of a request, the most likely one first: one path may have several operations.

        ``path`` is as it was sent, without the base URL's own path. Raises :class:`NoRoute` or
        :class:`WrongMethod`.
        """
        if routes := self._matcher.routes(method, path, query):
            return routes
        there = [one for one in self._matcher.operations(path) if set(one.query) <= set(query)]
        if there:
            raise WrongMethod(path, tuple(sorted({one.method for one in there})))
        raise NoRoute(path, spelling.nearest(path, self._paths) or "")
