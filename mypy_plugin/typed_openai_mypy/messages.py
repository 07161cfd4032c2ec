"""Every sentence that is printed: one small function for each, one line each.

Names and values come from the code at hand and from the API's description; both are clipped, so
that a line stays a line. Nothing here depends on the order of a set or of a TypedDict's keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import accumulate
from typing import Final

from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    TupleType,
    Type,
    TypeAliasType,
    TypedDictType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy import shapes
from typed_openai_mypy.fullnames import is_ours

LONGEST: Final = 380
"""The most characters that a message may have, mypy's own addition of the code left out."""

_READABLE: Final = {"_SequenceNotStr": "Sequence"}
"""What the stubs' own protocols stand for."""

_LONGEST_NAME: Final = 64
_LONGEST_TYPE: Final = 120
_MOST_VALUES: Final = 6
_LONGEST_CHOICE: Final = 100
_MOST_MEMBERS: Final = 4


def unexpected_keyword(name: str, label: str, near: str | None, missing: str | None) -> str:
    return clipped(f"unexpected keyword {_quoted(name)} for {label}{_hint(near, missing, 'argument')}")


def missing_arguments(names: Sequence[str], label: str) -> str:
    return clipped(f"missing required {_several('argument', names)} for {label}")


def too_many_positionals(label: str, taken: Sequence[str]) -> str:
    names = f": {', '.join(taken)}" if taken else ""
    return clipped(f"too many positional arguments for {label}; it takes {len(taken)}{names}")


def repeated_argument(name: str, label: str) -> str:
    return clipped(f"argument {_quoted(name)} is given twice for {label}")


def unpacked_values(mark: str, name: str, expected: Type, found: Type) -> str:
    return clipped(
        f'values of "{mark}" for {name}: expected "{type_text(expected)}", got "{type_text(found)}"'
    )


def unknown_key(path: str, key: str, owner: str, near: str | None, missing: str | None) -> str:
    return clipped(f"{_at(path)}unknown key {_quoted(key)} for {owner}{_hint(near, missing, 'key')}")


def unknown_keys(path: str, keys: Sequence[str], owner: str) -> str:
    return clipped(f"{_at(path)}unknown {_several('key', keys)} for {owner}")


def missing_keys(path: str, keys: Sequence[str], owner: str, values: Sequence[shapes.Value] = ()) -> str:
    """``values`` are those that the one missing key may have, where they are known."""
    expected = f"; expected {choice(values)}" if values else ""
    return clipped(f"{_at(path)}missing {_several('key', keys)} for {owner}{expected}")


def other_keys(path: str, missing: Sequence[str], unknown: Sequence[str], owner: str) -> str:
    """Keys are missing and others are given in their place."""
    return clipped(
        f"{_at(path)}missing {_several('key', missing)} for {owner}; unknown {_several('key', unknown)}"
    )


def key_of_some(key: str, lacking: Sequence[str], count: int) -> str:
    """A key that only some of ``count`` members have; ``lacking`` are the names of the others."""
    shown = ", ".join(lacking[:_MOST_MEMBERS])
    more = f", ... ({len(lacking) - _MOST_MEMBERS} more)" if len(lacking) > _MOST_MEMBERS else ""
    return clipped(
        f"{len(lacking)} of {count} members lack the key {_quoted(key)}: {shown}{more}; narrow first"
    )


def list_by_key(key: str) -> str:
    return clipped(
        f"a list is indexed by numbers, not by {_quoted(key)}; take an item first: [0][{_quoted(key)}]"
    )


def key_not_literal(path: str, owner: str) -> str:
    return clipped(f"{_at(path)}a key of {owner} must be a string literal")


def keys_unknown(path: str, found: Type, owner: str) -> str:
    return clipped(f'{_at(path)}"{type_text(found)}" cannot be unpacked into {owner}: its keys are not known')


def not_one_of(path: str, values: Sequence[shapes.Value], found: Type, others: Sequence[Type] = ()) -> str:
    """A value that is none of the listed ones (nor fits one of the ``others``)."""
    got = shapes.exact(found)
    rest = f" or {_type_text(others[0])}" if others else ""
    rest += f", ... ({len(others) - 1} more)" if len(others) > 1 else ""
    if not isinstance(got, LiteralType):
        text = "None" if isinstance(got, NoneType) else f'"{type_text(found)}"'
        return clipped(f"{_at(path)}expected {choice(values)}{rest}; got {text}")
    close = nearest(got.value, [one for one in values if isinstance(one, str)]) if _is_text(got) else None
    hint = f"; did you mean {literal(close)}?" if close is not None and len(values) > 1 else ""
    return clipped(f"{_at(path)}expected {choice(values)}{rest}; got {literal(got.value)}{hint}")


def several_members(path: str, found: Type) -> str:
    return clipped(f'{_at(path)}"{type_text(found)}" leaves several members; narrow it to one value first')


def mismatch(path: str, expected: Type, found: Type, hint: str = "") -> str:
    """A value of another type than expected."""
    values, others = shapes.literal_members(expected)
    got = shapes.exact(found)
    if shapes.literals(expected) is not None:
        return not_one_of(path, shapes.literals(expected) or (), found)
    if isinstance(got, LiteralType) and any(type(one) is type(got.value) for one in values):
        return not_one_of(path, values, found, [one for one in others if not isinstance(one, NoneType)])
    found = got.fallback if isinstance(got, LiteralType) else found
    wanted, given = type_text(expected), type_text(found)
    if wanted == given:
        wanted, given = str(get_proper_type(expected)), str(get_proper_type(found))
    return clipped(f'{_at(path)}expected "{wanted}", got "{given}"{hint}')


def limited(path: str, expected: Type, found: Type, other: str) -> str:
    """A value that would fit, were it not for the keyword ``other``."""
    return f'{mismatch(path, expected, found)}; with "{other}" leave "{path}" out'


def outdated(name: str, replacement: str) -> str:
    """What is deprecated, and what to use instead where that is known; ``name`` is empty for a field."""
    verb = "" if replacement.startswith("no ") else "use "
    told = f"{name} is deprecated" if name else "deprecated"
    return clipped(f"{told}; {verb}{replacement}" if replacement else told)


def unknown_operation(name: str, near: str | None) -> str:
    return clipped(f"the API has no operation {_quoted(name)}{_hint(near, None, '')}")


def unknown_path(method: str, path: str, near: str | None) -> str:
    return clipped(f"the API has no path {_quoted(f'{method} {path}')}{_hint(near, None, '')}")


def other_methods(method: str, path: str, methods: Sequence[str]) -> str:
    """A path that takes other methods only."""
    return clipped(f"the API has no {_quoted(f'{method} {path}')}; that path takes {', '.join(methods)}")


def nearest(word: object, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that ``word`` most likely misspells, or None."""
    matches = get_close_matches(str(word), sorted(set(known)), n=1, cutoff=cutoff)
    return matches[0] if matches else None


def key_path(path: str, key: str) -> str:
    """The path of a key inside the value at ``path``."""
    if not key.isidentifier():
        return f"{path}[{literal(key)}]"
    return f"{path}.{clipped(key, _LONGEST_NAME)}" if path else clipped(key, _LONGEST_NAME)


def literal(value: shapes.Value) -> str:
    """A value as it is written in code, clipped."""
    text = repr(value)
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 4]}...{text[-1]}"


def choice(values: Sequence[shapes.Value]) -> str:
    """``'a'`` or ``one of 'a', 'b', ... (7 more)``: as many as there is room for."""
    distinct = list(dict.fromkeys(map(literal, values)))
    if len(distinct) == 1:
        return distinct[0]
    ends = accumulate(len(one) + 2 for one in distinct)
    room = max(2, sum(end <= _LONGEST_CHOICE for end in ends))
    shown = distinct if len(distinct) <= min(room, _MOST_VALUES) else distinct[: min(room, _MOST_VALUES - 1)]
    more = f", ... ({len(distinct) - len(shown)} more)" if len(shown) < len(distinct) else ""
    return f"one of {', '.join(shown)}{more}"


def type_text(shown: Type) -> str:
    """A short name of a type: our aliases and TypedDicts by name, long unions cut."""
    text = _type_text(shown)
    if len(text) > _LONGEST_TYPE:
        text = re.sub(r"(?<=\w)\[[^\[\]]{20,}\]", "[...]", text)
    return clipped(text, _LONGEST_TYPE)


def clipped(text: str, longest: int = LONGEST) -> str:
    """The text on one line, cut where it is too long."""
    text = " ".join(text.split("\n"))
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _type_text(shown: Type) -> str:
    if isinstance(shown, TypeAliasType) and shown.alias is not None and is_ours(shown.alias.fullname):
        return f"{shown.alias.name}[{_joined(shown.args)}]" if shown.args else shown.alias.name
    proper = get_proper_type(shown)
    if isinstance(proper, UnionType):
        return _union_text(proper)
    if isinstance(proper, TypedDictType):
        return shapes.name_of(proper)
    if isinstance(proper, Instance):
        name = _READABLE.get(proper.type.name, proper.type.name)
        is_empty = any(isinstance(get_proper_type(one), UninhabitedType) for one in proper.args)
        return f"{name}[{_joined(proper.args)}]" if proper.args and not is_empty else name
    if isinstance(proper, TupleType):
        return f"tuple[{_joined(proper.items)}]"
    if isinstance(proper, (CallableType, Overloaded)):
        return _signature_text(proper)
    return re.sub(r"\b(?:builtins|typing)\.", "", str(proper))


def _union_text(union: UnionType) -> str:
    """Members that are aliases of ours keep their names; literals come together."""
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
            parts.append(_type_text(item))
    if values:
        listed = choice(values).removeprefix("one of ")
        parts.append(f"Literal[{listed}]")
    parts = list(dict.fromkeys(parts))
    if len(parts) > _MOST_MEMBERS:
        cut = len(parts) - _MOST_MEMBERS + 1
        parts = [*parts[: _MOST_MEMBERS - 1], f"... ({cut} more)"]
    return " | ".join(parts)


def _signature_text(shown: CallableType | Overloaded) -> str:
    if isinstance(shown, Overloaded):
        return "overloaded function"
    return f"Callable[[{_joined(shown.arg_types)}], {_type_text(shown.ret_type)}]"


def _joined(types: Iterable[Type], separator: str = ", ") -> str:
    return separator.join(_type_text(one) for one in types)


def _hint(near: str | None, missing: str | None, what: str) -> str:
    if near is not None:
        return f"; did you mean {_quoted(near)}?"
    return f"; the missing {what} is {_quoted(missing)}" if missing is not None else ""


def _several(what: str, names: Sequence[str]) -> str:
    return f"{what}{'s' if len(names) > 1 else ''} {', '.join(map(_quoted, names))}"


def _is_text(value: LiteralType) -> bool:
    return isinstance(value.value, str)


def _quoted(name: str) -> str:
    return f'"{clipped(name, _LONGEST_NAME)}"'


def _at(path: str) -> str:
    return f"{path}: " if path else ""
