"""The walk through a paginated list: the arguments of each page's call, and its items. Nothing here calls."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import iscoroutinefunction
from typing import Any

from typed_openai._calls.endpoints import Endpoint
from typed_openai._dynamic.methods import ENDPOINT
from typed_openai.errors import CallError, InvalidReplyError
from typed_openai_spec.model import Paging


def paginated(method: Any, *, awaits: bool = False) -> tuple[Endpoint, Paging]:
    """Return the endpoint of a client's method and its paging; ``awaits`` is True for an async client.

    Raises ``CallError`` if there is none, or if the method belongs to the other kind of client.
    """
    endpoint = getattr(method, ENDPOINT, None)
    if not isinstance(endpoint, Endpoint):
        name = getattr(method, "__qualname__", type(method).__name__)
        raise CallError(f"paginate: expected a method of a client, as client.files.list_files; got {name}")
    paging = endpoint.operation.paging
    if paging is None:
        raise CallError(f"paginate: {endpoint.name} is not paginated")
    if iscoroutinefunction(method) is not awaits:
        owner, package = ("Client", "typed_openai") if awaits else ("AsyncClient", "typed_openai.aio")
        raise CallError(f"paginate: {endpoint.name} is a method of {owner}; use {package}.paginate with it")
    return endpoint, paging


class PageWalk:
    """The pages of one list, in order."""

    def __init__(self, name: str, paging: Paging, arguments: Mapping[str, Any]) -> None:
        self._name = name
        self._paging = paging
        self._arguments = arguments
        self._seen = {arguments.get(paging.argument)}
        self._cursor: str | None = None
        self._is_first = True

    def next_page(self) -> Mapping[str, Any] | None:
        """Return the arguments of the next call; None after the last page.

        Raises ``InvalidReplyError`` for a repeated cursor.
        """
        if self._is_first:
            self._is_first = False
            return self._arguments
        if self._cursor is None:
            return None
        if self._cursor in self._seen:
            raise InvalidReplyError(
                f"{self._name}: endless pagination: the server repeated the cursor {self._cursor!r}",
                operation=self._name,
            )
        self._seen.add(self._cursor)
        return {**self._arguments, self._paging.argument: self._cursor}

    def items(self, page: Any) -> list[Any]:
        """Return a page's items, which the caller may change. Raises ``InvalidReplyError`` for no page."""
        items, is_last = _read(self._name, self._paging, page)
        self._cursor = None if is_last else _next(self._name, self._paging, page, items)
        return items


def _read(name: str, paging: Paging, page: Any) -> tuple[list[Any], bool]:
    """Return the page's items, and True if it is the last page."""
    items = page.get(paging.items) if isinstance(page, dict) else None
    if not isinstance(items, list):
        found = f"{paging.items} = {items!r:.60}" if isinstance(page, dict) else _kind_of(page)
        raise InvalidReplyError(
            f'{name}: expected a page with a list "{paging.items}", got {found}', operation=name
        )
    return items, not page.get(paging.more or paging.cursor)


def _next(name: str, paging: Paging, page: dict[str, Any], items: list[Any]) -> str:
    """Return the cursor of the next page."""
    cursor = page.get(paging.cursor)
    if not cursor and items and isinstance(items[-1], dict):
        cursor = items[-1].get("id")
    if not isinstance(cursor, str) or not cursor:
        raise InvalidReplyError(
            f'{name}: there are more pages, but no cursor: expected "{paging.cursor or "id"}"',
            operation=name,
        )
    return cursor


def _kind_of(reply: object) -> str:
    """Return the common name of a reply's type; "list" for subclasses of list."""
    return "list" if isinstance(reply, list) else type(reply).__name__
