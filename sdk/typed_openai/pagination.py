"""Iteration over the items of a paginated list; each page is fetched when it is needed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, ParamSpec, TypedDict, TypeVar

from typed_openai._calls.endpoints import Endpoint
from typed_openai._dynamic.methods import ENDPOINT, call_of
from typed_openai.errors import CallError, InvalidReplyError
from typed_openai_spec.model import Paging

__all__ = ["paginate"]

Given = ParamSpec("Given")
Item = TypeVar("Item")


class _Page(TypedDict, Generic[Item]):
    """The fields that every page has."""

    data: list[Item]
    has_more: bool


def paginate(
    method: Callable[Given, _Page[Item]], /, *args: Given.args, **kwargs: Given.kwargs
) -> Iterator[Item]:
    """Iterate over all items of a list: ``paginate(client.files.list_files, limit=100)``.

    ``method`` is a method of a client's group that lists one page at a time, and the rest are its own
    arguments. They apply to each page (``limit`` is the size of a page), except for the cursor (``after``
    or ``page``), which sets the start. A page is fetched when its first item is needed. Empty pages are
    skipped, and the list ends when the server says that there is no more.

    Raises ``CallError`` at once if ``method`` is not such a method. Iterating raises the method's errors.
    It raises ``InvalidReplyError`` if a reply is not a page, if there is more but no cursor, or if a cursor
    is repeated, because such a list would never end.

    >>> client = Client()
    >>> for file in paginate(client.files.list_files, limit=100):
    ...     print(file["filename"])
    example.txt
    """
    endpoint = getattr(method, ENDPOINT, None)
    if not isinstance(endpoint, Endpoint):
        name = getattr(method, "__qualname__", type(method).__name__)
        raise CallError(f"paginate: expected a method of a client, as client.files.list_files; got {name}")
    paging = endpoint.operation.paging
    if paging is None:
        raise CallError(f"paginate: {endpoint.name} is not paginated")
    if deprecation := endpoint.operation.deprecation:
        warnings.warn(deprecation, DeprecationWarning, stacklevel=2)
    return _items(endpoint.name, paging, call_of(method), args, kwargs)


def _items(
    name: str, paging: Paging, call: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Iterator[Any]:
    page = call(*args, **kwargs)
    seen = {kwargs.get(paging.argument)}
    while True:
        items, is_last = _read(name, paging, page)
        # Before the items are yielded: the caller may change them.
        cursor = None if is_last else _next(name, paging, page, items)
        yield from items
        if cursor is None:
            return
        if cursor in seen:
            raise InvalidReplyError(
                f"{name}: endless pagination: the server repeated the cursor {cursor!r}",
                operation=name,
            )
        seen.add(cursor)
        page = call(*args, **{**kwargs, paging.argument: cursor})


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
