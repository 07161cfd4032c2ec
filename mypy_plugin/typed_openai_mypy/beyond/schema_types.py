"""A walk over a type and the types inside it, as the client makes a strict JSON Schema of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final

from mypy.nodes import TypeInfo, Var
from mypy.types import (
    Instance,
    ProperType,
    TupleType,
    Type,
    TypeAliasType,
    TypedDictType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.compat.base_classes import field_type
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.strict_types import HINTS

_FIELDS_BY: Final = frozenset({"dataclass", "attrs", "dataclass_transform"})
"""The keys of mypy's metadata about classes whose annotations are fields."""

_TAKEN: Final = {"dataclass": "is_in_init", "attrs": "init"}
"""The key of an attribute in that metadata that says if the constructor takes it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A type inside a type. ``place`` is the field that has it, and ``fields`` are its own."""

    type: ProperType
    place: str
    fields: Mapping[str, Type] | None = None


@dataclass(slots=True)
class TypeWalk:
    """A walk that meets each class and each alias of a ``type`` statement once."""

    _seen: set[str] = field(default_factory=set)

    def parts(self, wanted: Type, place: str = "") -> Iterator[Part]:
        """Yield the type and those inside it; a type without a schema has none inside."""
        if isinstance(wanted, TypeAliasType) and _is_named(wanted) and self._is_known(str(wanted)):
            return
        found = get_proper_type(wanted)
        if isinstance(found, UnionType):
            for one in found.items:
                yield from self.parts(one, place)
        elif isinstance(found, Instance) and found.type.is_enum:
            if not self._is_known(found.type.fullname):
                yield Part(found, place)
        elif (record := _record(found)) is not None:
            name, fields = record
            if not self._is_known(str(found)):
                yield Part(found, place, fields)
                for key, one in fields.items():
                    yield from self.parts(one, f"{name}.{key}")
        else:
            yield Part(found, place)
            if isinstance(found, Instance) and (_is_array(found) or found.type.fullname not in HINTS):
                for one in found.args:
                    yield from self.parts(one, place)

    def _is_known(self, key: str) -> bool:
        is_known = key in self._seen
        self._seen.add(key)
        return is_known


def _is_named(wanted: TypeAliasType) -> bool:
    """Return whether an alias has a name at run time, or refers to itself."""
    return wanted.is_recursive or (wanted.alias is not None and wanted.alias.python_3_12_type_alias)


def _is_array(found: Instance) -> bool:
    return found.type.fullname == "builtins.tuple"


def _record(found: ProperType) -> tuple[str, Mapping[str, Type]] | None:
    """Return the name and the fields of a type that is an object in JSON."""
    if isinstance(found, TypedDictType):
        return found.fallback.type.name, found.items
    if isinstance(found, TupleType) and found.partial_fallback.type.is_named_tuple:
        info = found.partial_fallback.type
        return info.name, dict(zip(_named_tuple_fields(info), found.items, strict=False))
    if isinstance(found, Instance) and found.type.fullname not in HINTS and _has_fields(found.type):
        fields = {name: one for name in _names(found.type) if (one := field_type(found, name)) is not None}
        return found.type.name, fields
    return None


def _named_tuple_fields(info: TypeInfo) -> list[str]:
    """Return the names of the fields in their order; a type from mypy's cache has its attributes sorted."""
    return next(
        (one.metadata["namedtuple"]["fields"] for one in info.mro if "namedtuple" in one.metadata), []
    )


def _has_fields(info: TypeInfo) -> bool:
    return any(not _FIELDS_BY.isdisjoint(base.metadata) for base in info.mro)


def _names(info: TypeInfo) -> list[str]:
    """Return the names of the annotated attributes of a class that its constructor takes, sorted."""
    taken = {
        one["name"]: one[key]
        for base in reversed(info.mro)
        for kind, key in _TAKEN.items()
        for one in base.metadata.get(kind, {}).get("attributes", ())
    }
    nodes = {name: symbol.node for base in info.mro for name, symbol in base.names.items()}
    return sorted(
        name
        for name, node in nodes.items()
        if isinstance(node, Var)
        and not node.is_classvar
        and not name.startswith("_")
        # The attributes of a frozen dataclass are properties, too.
        and taken.get(name, not node.is_property)
    )
