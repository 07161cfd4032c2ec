"""Iteration over the items of a paginated list; each page is fetched when it is needed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any, Generic, ParamSpec, TypedDict, TypeVar

from typed_openai._dynamic.methods import call_of
from typed_openai._dynamic.page_walk import PageWalk, paginated

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
    >>> for file in paginate(client.files.list_files, limit=2):  # three files: two pages
    ...     print(file["filename"])
    example.txt
    example.txt
    example.txt
    """
    endpoint, paging = paginated(method)
    if deprecation := endpoint.operation.deprecation:
        warnings.warn(deprecation, DeprecationWarning, stacklevel=2)
    return _items(PageWalk(endpoint.name, paging, kwargs), call_of(method), args)


def _items(walk: PageWalk, call: Callable[..., Any], args: tuple[Any, ...]) -> Iterator[Any]:
    while (arguments := walk.next_page()) is not None:
        yield from walk.items(call(*args, **arguments))
