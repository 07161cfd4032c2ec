"""Aliases for types of fields that would cost mypy much time if they were written out.

mypy copies and compares the types of all fields whenever it looks through an object, each constant and each
member of a union included, but never what an alias stands for. Sets of hundreds of constants can double the
time that a package takes, and so can unions with None in hundreds of objects that all reach one another.
Readers have to look up an alias, so that there are no others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from typed_openai_spec.model import Literals, Ref, Schema, Union
from typed_openai_spec.model.walking import children
from typed_openai_stubgen.scope import Scope

LARGE: Final = 20
"""Minimum number of constants in a set that has an alias."""

MANY: Final = 100
"""Minimum number of objects in a recursion whose fields have aliases for unions like ``str | None``."""


@dataclass(slots=True)
class FieldAliases:
    """Names annotations of one module and records them; equal ones share an alias."""

    scope: Scope
    with_unions: bool = False
    _names: dict[str, str] = field(default_factory=dict)

    def constants(self, annotation: str, size: int, place: str) -> str:
        """Return the annotation of a set of ``size`` constants, or its alias with the name of a place."""
        return self._alias(annotation, place) if place and size >= LARGE else annotation

    def of_field(self, schema: Schema, annotation: str) -> str:
        """Return the annotation of a field, or its alias if it is a union of basic types."""
        is_named = self.with_unions and isinstance(schema, Union) and _is_basic(schema)
        return self._alias(annotation, annotation.replace(" | ", "_or_")) if is_named else annotation

    def _alias(self, annotation: str, text: str) -> str:
        if annotation not in self._names:
            self._names[annotation] = self.scope.private(text)
        return self._names[annotation]

    def stub(self) -> list[str]:
        """Return the declarations of all aliases."""
        if not self._names:
            return []
        alias = self.scope.use("typing.TypeAlias")
        return [*(f"{name}: {alias} = {text}" for text, name in self._names.items()), ""]


def _is_basic(schema: Schema) -> bool:
    """Return True for a type without constants and components."""
    return not isinstance(schema, Literals | Ref) and all(map(_is_basic, children(schema)))
