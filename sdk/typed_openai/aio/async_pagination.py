"""Iteration over the items of a paginated list with ``async for``."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
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
    method: Callable[Given, Awaitable[_Page[Item]]], /, *args: Given.args, **kwargs: Given.kwargs
) -> AsyncIterator[Item]:
    """Iterate over all items of a list with ``async for``.

    ``method`` is a method of an async client's group, and the rest are its own arguments, as for
    :func:`typed_openai.paginate`. A page is fetched when its first item is needed. Raises the errors of
    :func:`typed_openai.paginate`.

    >>> async def main() -> None:
    ...     client = AsyncClient()
    ...     async for file in paginate(client.files.list_files, limit=2):
    ...         print(file["filename"])
    >>> asyncio.run(main())  # three files: two pages
    example.txt
    example.txt
    example.txt
    """
    endpoint, paging = paginated(method, awaits=True)
    if deprecation := endpoint.operation.deprecation:
        warnings.warn(deprecation, DeprecationWarning, stacklevel=2)
    return _items(PageWalk(endpoint.name, paging, kwargs), call_of(method), args)


async def _items(
    walk: PageWalk, call: Callable[..., Awaitable[Any]], args: tuple[Any, ...]
) -> AsyncIterator[Any]:
    while (arguments := walk.next_page()) is not None:
        for item in walk.items(await call(*args, **arguments)):
            yield item
