"""The words after a type error that say what helps."""

from __future__ import annotations

from mypy.types import Instance, NoneType, Type, TypedDictType, UnionType, get_proper_type

from typed_openai_mypy import messages, shapes
from typed_openai_mypy.compat import Checker

_LONGEST = 80
"""Annotations of more characters than this are not worth repeating whole."""

_INVARIANT = {"builtins.list", "builtins.dict"}


def for_mismatch(checker: Checker, expected: Type, found: Type) -> str:
    """What helps where a value of type ``found`` stands for one of type ``expected``, or nothing."""
    proper = get_proper_type(found)
    if isinstance(proper, UnionType):
        return _narrow_none(checker, expected, proper)
    if isinstance(proper, Instance) and proper.type.fullname in _INVARIANT:
        return _annotate(checker, expected, proper)
    return _enclose(checker, expected, proper)


def _narrow_none(checker: Checker, expected: Type, found: UnionType) -> str:
    rest = [one for one in found.items if not isinstance(get_proper_type(one), NoneType)]
    if rest and len(rest) < len(found.items) and checker.fits(UnionType.make_union(rest), expected):
        return "; exclude None first"
    return ""


def _enclose(checker: Checker, expected: Type, found: Type) -> str:
    """One item stands for a list of them."""
    if not isinstance(found, (Instance, TypedDictType)):
        return ""
    return "; put it in a list" if checker.fits(checker.instance("builtins.list", [found]), expected) else ""


def _annotate(checker: Checker, expected: Type, found: Instance) -> str:
    """An inferred ``dict[str, str]`` or ``list[Member]`` fits once it is annotated."""
    for wanted in shapes.members(expected):
        if _is_plain(wanted, found):
            whole, part = messages.type_text(expected), messages.type_text(wanted)
            return f'; annotate it as "{whole if len(whole) <= _LONGEST else part}"'
        if isinstance(wanted, Instance) and wanted.type is found.type and _covariant(checker, wanted, found):
            return f'; "{found.type.name}" is invariant: annotate it as "{messages.type_text(wanted)}"'
    return ""


def _is_plain(wanted: Type, found: Type) -> bool:
    """Whether a plain dict, or a list of them, stands for a TypedDict, or a list of them."""
    wanted, found = get_proper_type(wanted), get_proper_type(found)
    if not isinstance(found, Instance):
        return False
    if isinstance(wanted, TypedDictType):
        return found.type.fullname == "builtins.dict"
    if not isinstance(wanted, Instance) or len(wanted.args) != 1 or len(found.args) != 1:
        return False
    return any(_is_plain(one, found.args[0]) for one in shapes.members(wanted.args[0]))


def _covariant(checker: Checker, wanted: Instance, found: Instance) -> bool:
    pairs = zip(found.args, wanted.args, strict=True)
    return all(checker.fits(one, other) for one, other in pairs)
