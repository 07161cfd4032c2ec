"""The size of the strict schema of a type. What is not known is left out: it is never estimated too large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mypy.types import Instance, LiteralType, ProperType, Type

from typed_openai_mypy.beyond.enumerations import constants_of
from typed_openai_mypy.beyond.schema_types import TypeWalk
from typed_openai_spec.validation.strict_limits import SchemaSize, long_enumeration

_RENAMING: Final = ("attr.", "attrs.", "msgspec.", "pydantic.")
"""The packages whose classes may call their fields otherwise in JSON."""


def excesses(wanted: Iterable[tuple[str, Type]], name: str) -> Iterator[str]:
    """Yield the messages about the limits that the schema of some types exceeds.

    ``wanted`` are the types with their fields. ``name`` is what has the schema: a type, or a function whose
    parameters the fields are.
    """
    size = SchemaSize()
    walk = TypeWalk()
    for field, one in wanted:
        if field:
            size.add_names([field])
        for part in walk.parts(one, f"{name}.{field}"):
            if part.fields is not None:
                size.add_names(() if _may_rename(part.type) else part.fields)
            elif isinstance(part.type, LiteralType):
                size.add_constants([part.type.value])
            elif isinstance(part.type, Instance) and part.type.type.is_enum:
                yield from _of_enumeration(part.type, size)
    yield from (f"{name}: {text}" for text in size.excesses())


def _of_enumeration(found: Instance, size: SchemaSize) -> Iterator[str]:
    constants = constants_of(found.type)
    values = [*constants.known, *[None] * constants.automatic]
    size.add_constants(values)
    yield from (f"{found.type.name}: {text}" for text in long_enumeration(values))


def _may_rename(found: ProperType) -> bool:
    bases = found.type.mro if isinstance(found, Instance) else ()
    return any(base.fullname.startswith(_RENAMING) or "attrs" in base.metadata for base in bases)
