"""Hints after a type error."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import DictExpr, Expression, LambdaExpr, ListExpr
from mypy.types import (
    CallableType,
    Instance,
    NoneType,
    Type,
    TypeAliasType,
    TypedDictType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.containers import item_types
from typed_openai_mypy.api.fullnames import RECEIVERS, STREAMS
from typed_openai_mypy.compat.base_classes import as_base
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.messages.enclosing import for_shape
from typed_openai_mypy.messages.type_names import expected_text, type_text

_LONGEST = 80
"""Longer annotations are not repeated in full."""

_INVARIANT = {"builtins.list", "builtins.dict"}
_BINARY = '; open it in binary mode: open(path, "rb")'


def for_mismatch(checker: Checker, expression: Expression, expected: Type, found: Type) -> str:
    """The hint for an expression of type ``found`` where ``expected`` is expected; empty if there is none."""
    proper = get_proper_type(found)
    if isinstance(proper, UnionType):
        return _narrow(checker, expected, proper)
    if isinstance(proper, NoneType) and shapes.without_omit(expected) is not expected:
        return "; give OMIT to leave it out"
    if isinstance(proper, Instance) and proper.type.fullname in STREAMS:
        return _plain_reply(expected)
    if isinstance(proper, Instance) and _is_file(proper, "builtins.str") and _takes_files(expected):
        return _BINARY if proper.type.name != "StringIO" else "; pass bytes: getvalue().encode()"
    if (values := shapes.literals(expected)) is not None and isinstance(proper, Instance):
        return _literal(checker, expected, values, proper)
    if isinstance(proper, CallableType) and checker.fits(proper.ret_type, expected):
        return "; call it: (...)"
    if not isinstance(proper, (Instance, TypedDictType)):
        return ""
    if isinstance(proper, Instance) and (receiver := _as_receiver(proper)) is not None:
        return f'; it receives "{type_text(receiver.args[0])}"'
    is_display = isinstance(expression, (DictExpr, ListExpr))
    is_container = isinstance(proper, Instance) and proper.type.fullname in _INVARIANT
    if isinstance(proper, Instance) and is_container and not is_display:
        if any(isinstance(one, LambdaExpr) for one in getattr(expression, "args", ())):
            return f'; instead of the lambda, use a function that returns "{expected_text(expected)}"'
        return _annotate(checker, expected, proper) or for_shape(checker, expression, expected, proper)
    return for_shape(checker, expression, expected, proper)


def _as_receiver(found: Instance) -> Instance | None:
    return next((base for one in RECEIVERS if (base := as_base(found, one)) is not None), None)


def _literal(checker: Checker, expected: Type, values: Sequence[shapes.Value], found: Instance) -> str:
    """The hint for a plain string (or number) where literals are expected."""
    if found.last_known_value is not None or not any(
        checker.takes_value(found, one) for one in values if one is not None
    ):
        return ""
    value = shapes.without_omit(expected)
    named = value if isinstance(value, TypeAliasType) else None
    return f'; annotate it as "{type_text(named)}"' if named else "; annotate it as a Literal of these"


def _plain_reply(expected: Type) -> str:
    """The hint for a stream where the whole reply is expected."""
    return "; iterate over it, or do not stream" if shapes.typed_dicts(expected) else ""


def _is_file(found: Instance, content: str) -> bool:
    """Return whether a type is a file whose content is of the named class."""
    base = as_base(found, "typing.IO")
    held = get_proper_type(base.args[0]) if base is not None else None
    return isinstance(held, Instance) and held.type.fullname == content


def _takes_files(expected: Type) -> bool:
    return any(
        isinstance(one, Instance) and _is_file(one, "builtins.bytes") for one in shapes.members(expected)
    )


def _narrow(checker: Checker, expected: Type, found: UnionType) -> str:
    """The hint for a union of which only some members fit: ``None`` does not, or a stream does not."""
    if shapes.omit_in(found) is not None and checker.fits(shapes.without_omit(found), expected):
        return "; exclude OMIT first"
    rest = [one for one in found.items if not isinstance(get_proper_type(one), NoneType)]
    if rest and len(rest) < len(found.items) and checker.fits(UnionType.make_union(rest), expected):
        is_optional = shapes.without_omit(expected) is not expected
        return "; exclude None first" + (", or give OMIT in its place" if is_optional else "")
    streams = [one for one in shapes.members(found) if _is_stream(one)]
    if streams and any(checker.fits(one, expected) for one in found.items):
        return "; pass stream as a literal, or narrow the result first"
    return ""


def _is_stream(member: Type) -> bool:
    proper = get_proper_type(member)
    return isinstance(proper, Instance) and proper.type.fullname in STREAMS


def _annotate(checker: Checker, expected: Type, found: Instance) -> str:
    """The hint for an inferred ``dict[str, str]`` or ``list[Member]``, which fits if it is annotated."""
    for wanted in shapes.members(expected):
        if _is_plain(wanted, found):
            return f'; annotate it as "{_annotation(expected, wanted, found)}"'
        if isinstance(wanted, Instance) and wanted.type is found.type and _covariant(checker, wanted, found):
            return f'; "{found.type.name}" is invariant: annotate it as "{type_text(wanted)}"'
    for item in item_types(checker, expected, "builtins.list"):
        if _is_plain(item, found) or any(_is_plain(one, found) for one in shapes.members(item)):
            return f'; put it in a list, and annotate it as "{type_text(item)}"'
    return ""


def _annotation(expected: Type, wanted: Type, found: Instance) -> str:
    """The annotation for a variable: a list of the expected items for a list, or else the expected type."""
    wanted = get_proper_type(wanted)
    if isinstance(wanted, Instance) and found.type.fullname == "builtins.list":
        return f"list[{type_text(wanted.args[0])}]"
    whole = expected_text(expected)
    return whole if len(whole) <= _LONGEST else type_text(wanted)


def _is_plain(wanted: Type, found: Type) -> bool:
    """Return whether a plain dict is used as a TypedDict, or a list of dicts as a list of TypedDicts."""
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
