"""The states of work that takes a while, by convention or by an override."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from typed_openai_spec.model import Literals, Object, Operation, Schema, Union, Waiting
from typed_openai_spec.openapi.schemas.keywords import Report, pointer
from typed_openai_spec.openapi.schemas.parser import Schemas

_STATUS: Final = "status"

_PENDING: Final = frozenset(
    """
    queued pending validating validating_files in_progress processing running generating searching
    interpreting finalizing cancelling starting
    """.split()
)
"""The usual names of states in which work goes on."""

_PARTS: Final = frozenset(one.name for one in fields(Waiting))


def waiting(operation: Operation, typed: Any, place: str, schemas: Schemas) -> Waiting | None:
    """Return the states of the work that the operation asks about; None if there is none.

    ``typed`` is an override: attributes of a :class:`Waiting` by name, or false.
    """
    if operation.method != "GET" or typed is False:
        return None
    if typed is not None and (not isinstance(typed, Mapping) or not set(typed) <= _PARTS):
        schemas.report(_place(place), f"expected {', '.join(sorted(_PARTS))}, or false", "it is ignored")
        typed = None
    given = typed or {}
    field = str(given.get("field", _STATUS))
    states = list(_states(operation, field, schemas))
    pending = tuple(map(str, given.get("pending", (one for one in states if one in _PENDING))))
    if states and (unknown := [one for one in pending if one not in states]):
        schemas.report(_place(place), f'"{field}" of the reply is never "{unknown[0]}"', "it is ignored")
    # A field may be any string; the override is all that is known about it then.
    known = tuple(one for one in pending if one in states or not states)
    return Waiting(field, known, str(given.get("cancel", ""))) if known else None


def _place(place: str) -> str:
    return pointer(place, "x-typed", "waiting")


def _states(operation: Operation, field: str, schemas: Schemas) -> Iterator[str]:
    """Yield the constants of a field of the reply."""
    reply = schemas.resolve(operation.result.schema) if operation.result.schema is not None else None
    found = reply.field(field) if operation.result.kind == "json" and isinstance(reply, Object) else None
    if found is not None:
        yield from _constants(found.schema, schemas)


def _constants(schema: Schema, schemas: Schemas) -> Iterator[str]:
    node = schemas.resolve(schema)
    for one in node.members if isinstance(node, Union) else ():
        yield from _constants(one, schemas)
    if isinstance(node, Literals):
        yield from (one for one in node.values if isinstance(one, str))


def with_cancellations(operations: Collection[Operation], report: Report) -> tuple[Operation, ...]:
    """Return the operations with those that cancel the work: the POST to ``/cancel`` below the work's path.

    An override names another one by its operationId.
    """
    by_place = {(one.method, one.path, one.query): one.id for one in operations}
    ids = {one.id for one in operations}
    return tuple(_with_cancellation(one, by_place, ids, report) for one in operations)


def _with_cancellation(
    operation: Operation, by_place: Mapping[Any, str], ids: Collection[str], report: Report
) -> Operation:
    waits = operation.waiting
    if waits is None:
        return operation
    if waits.cancel and waits.cancel not in ids:
        report(f"/paths/{operation.path}", f"no operation {waits.cancel}", "the work cannot be cancelled")
    found = waits.cancel or by_place.get(("POST", f"{operation.path}/cancel", operation.query), "")
    return replace(operation, waiting=replace(waits, cancel=found if found in ids else ""))
