"""The constants of an enumeration, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy.nodes import TypeInfo, Var
from mypy.types import Instance, ProperType, TupleType, get_proper_type

from typed_openai_spec.records import dataclass

_JSON: Final = frozenset({"builtins.str", "builtins.int", "builtins.bool"})
_NO_JSON: Final = frozenset({"builtins.float", "builtins.bytes", "builtins.complex"})
_AUTOMATIC: Final = "enum.auto"


@dataclass(frozen=True, slots=True)
class Constants:
    """The known values of an enumeration, and the number of those that ``auto()`` makes.

    ``unwritable`` are the names of the members whose values are certainly no strings or integers.
    """

    known: tuple[object, ...] = ()
    automatic: int = 0
    unwritable: tuple[str, ...] = ()


def constants_of(info: TypeInfo) -> Constants:
    """Return the constants of an enumeration; none are known of one that makes its values itself."""
    if any(name in base.names for base in info.mro if _is_own(base) for name in ("__new__", "__init__")):
        return Constants()
    members = [*_members(info)]
    known = dict.fromkeys(
        (type(one.last_known_value.value), one.last_known_value.value)
        for _, one in members
        if isinstance(one, Instance) and one.type.fullname in _JSON and one.last_known_value is not None
    )
    automatic = [
        name for name, one in members if isinstance(one, Instance) and one.type.fullname == _AUTOMATIC
    ]
    return Constants(
        tuple(value for _, value in known),
        len(automatic),
        tuple(name for name, one in members if _is_unwritable(one)),
    )


def _is_own(base: TypeInfo) -> bool:
    return not base.fullname.startswith(("enum.", "builtins."))


def _members(info: TypeInfo) -> Iterator[tuple[str, ProperType]]:
    """Yield the members, sorted, with the types of their values; an alias is a member of its own here."""
    for name in sorted(info.enum_members):
        node = info.names[name].node
        if isinstance(node, Var) and node.type is not None:
            yield name, get_proper_type(node.type)


def _is_unwritable(found: ProperType) -> bool:
    if isinstance(found, TupleType):
        return True
    return isinstance(found, Instance) and found.type.fullname in _NO_JSON
