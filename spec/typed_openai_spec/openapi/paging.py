"""The pagination of an operation's list, by convention or by an override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from typed_openai_spec.model import Array, Object, Operation, Paging, Scalar
from typed_openai_spec.openapi.schemas.keywords import pointer
from typed_openai_spec.openapi.schemas.parser import Schemas

# The query arguments that take a cursor, each with the reply fields that may hold the next one. The first
# field that exists is used; "" stands for the last item's id.
_CURSORS: Final = (("page", ("next_page",)), ("after", ("next", "last_id", "")))
_MORE: Final = "has_more"
_PARTS: Final = tuple(one.name for one in fields(Paging))


def paging(operation: Operation, typed: Any, place: str, schemas: Schemas) -> Paging | None:
    """Return the pagination of the operation's list; None if it is not paginated.

    ``typed`` is an override: the attributes of a :class:`Paging` by name, or false.
    """
    here = pointer(place, "x-typed", "paging")
    match typed:
        case None:
            return _by_convention(operation, schemas)
        case False:
            return None
        case {"argument": str(), **rest} if set(rest) <= set(_PARTS):
            return _declared(operation, typed, here, schemas)
        case _:
            schemas.report(here, f"expected {', '.join(_PARTS)}, or false", "it is ignored")
            return _by_convention(operation, schemas)


def _declared(operation: Operation, typed: Mapping[str, Any], place: str, schemas: Schemas) -> Paging | None:
    if operation.argument(typed["argument"]) is None:
        schemas.report(place, f"no argument {typed['argument']}", "the list has one page")
        return None
    return Paging(**{name: str(value) for name, value in typed.items()})


def _by_convention(operation: Operation, schemas: Schemas) -> Paging | None:
    reply = schemas.resolve(operation.result.schema) if operation.result.schema is not None else None
    if operation.result.kind != "json" or not isinstance(reply, Object):
        return None
    lists = [one.name for one in reply.fields if isinstance(schemas.resolve(one.schema), Array)]
    more = reply.field(_MORE)
    if len(lists) != 1 or more is None or schemas.resolve(more.schema) != Scalar("boolean"):
        return None
    for name, cursors in _CURSORS:
        argument = operation.argument(name)
        if argument is not None and argument.location == "query":
            for cursor in cursors:
                if not cursor or reply.field(cursor) is not None:
                    return Paging(name, lists[0], _MORE, cursor)
    return None
