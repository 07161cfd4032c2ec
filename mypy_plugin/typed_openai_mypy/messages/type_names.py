"""Short names of types in messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    Overloaded,
    TupleType,
    Type,
    TypeAliasType,
    TypedDictType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.messages.fragments import choice, clipped

_READABLE: Final = {"_SequenceNotStr": "Sequence"}
"""The types that the stubs' own protocols stand for."""

_LONGEST_TYPE: Final = 120
MOST_MEMBERS: Final = 4


def type_text(shown: Type) -> str:
    """A short name of a type: the API's aliases and TypedDicts by name, long unions cut."""
    text = uncut_type_text(shown)
    if len(text) > _LONGEST_TYPE:
        text = re.sub(r"(?<=\w)\[[^\[\]]{20,}\]", "[...]", text)
    return clipped(text, _LONGEST_TYPE)


def expected_text(expected: Type) -> str:
    """A short name of an expected type, without ``Omit``, which is no value."""
    return type_text(shapes.without_omit(expected))


def uncut_type_text(shown: Type) -> str:
    """A short name of a type, of any length."""
    if isinstance(shown, TypeAliasType) and shown.alias is not None and _has_own_name(shown):
        name = shapes.shown_name(shown.alias)
        return f"{name}[{_joined(shown.args)}]" if shown.args else name
    proper = get_proper_type(shown)
    if isinstance(proper, UnionType):
        return _union_text(proper)
    if isinstance(proper, TypedDictType):
        return shapes.name_of(proper)
    if isinstance(proper, Instance):
        name = _READABLE.get(proper.type.name) or shapes.shown_name(proper.type)
        is_empty = any(isinstance(get_proper_type(one), UninhabitedType) for one in proper.args)
        more = ", ..." if proper.type.fullname == "builtins.tuple" else ""
        return f"{name}[{_joined(proper.args)}{more}]" if proper.args and not is_empty else name
    if isinstance(proper, TupleType):
        return f"tuple[{_joined(proper.items)}]"
    if isinstance(proper, (CallableType, Overloaded)):
        return _signature_text(proper)
    if isinstance(proper, LiteralType) and proper.is_enum_literal():
        return uncut_type_text(proper.fallback)
    return re.sub(r"\b(?:builtins|typing)\.", "", str(proper))


def _has_own_name(shown: TypeAliasType) -> bool:
    """An alias of the API, or a recursive one, which has no other text that ends."""
    return shown.is_recursive or (shown.alias is not None and is_ours(shown.alias.fullname))


def _union_text(union: UnionType) -> str:
    """Keep the names of members that are aliases of the API, and group literals."""
    parts: list[str] = []
    values: list[shapes.Value] = []
    plain = {one.type.fullname for one in map(get_proper_type, union.items) if isinstance(one, Instance)}
    for item in union.items:
        proper = get_proper_type(item)
        if isinstance(proper, LiteralType) and proper.fallback.type.fullname in plain:
            continue  # any string will do, so the known ones are no news
        if isinstance(proper, LiteralType) and not isinstance(item, TypeAliasType):
            values.append(proper.value)
        else:
            parts.append(uncut_type_text(item))
    if values:
        listed = choice(values).removeprefix("one of ")
        parts.append(f"Literal[{listed}]")
    return _cut_union(list(dict.fromkeys(parts)))


def _cut_union(parts: Sequence[str]) -> str:
    """As many members as fit, and the number of the others."""
    shown = len(parts) if len(parts) <= MOST_MEMBERS else MOST_MEMBERS - 1
    while shown > 2 and sum(len(one) + 3 for one in parts[:shown]) > _LONGEST_TYPE - 10:
        shown -= 1
    more = [f"... ({len(parts) - shown} more)"] if shown < len(parts) else []
    return " | ".join([*parts[:shown], *more])


def _signature_text(shown: CallableType | Overloaded) -> str:
    if isinstance(shown, Overloaded):
        return "overloaded function"
    taken = "..." if shown.is_ellipsis_args else f"[{_joined(shown.arg_types)}]"
    return f"Callable[{taken}, {uncut_type_text(shown.ret_type)}]"


def _joined(types: Iterable[Type], separator: str = ", ") -> str:
    return separator.join(uncut_type_text(one) for one in types)
