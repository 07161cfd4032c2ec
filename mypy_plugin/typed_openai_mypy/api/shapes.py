"""Questions about types: pure functions over mypy's type objects."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

from mypy.nodes import TypeAlias as Alias
from mypy.nodes import TypeInfo
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    ProperType,
    TupleType,
    Type,
    TypeAliasType,
    TypedDictType,
    TypeOfAny,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.api.fullnames import ANONYMOUS, OMIT, is_ours

T = TypeVar("T")

Value: TypeAlias = object
"""A literal's value: a string, a number, a boolean, or None for the type ``None``."""

COROUTINE: Final = "typing.Coroutine"

_DEEPEST = 6
"""The number of levels of nested types that are searched for an API type; deeper ones take too much time."""


def members(expected: Type) -> list[ProperType]:
    """The members of a union, with those of nested unions and aliases; any other type as the only member.

    ``Omit`` is none of them: it is about the argument, not about its value.
    """
    proper = _expanded(expected)
    if not isinstance(proper, UnionType):
        return [proper]
    return [one for item in proper.items for one in members(item) if not is_omit(one)]


def _expanded(expected: Type) -> ProperType:
    """The type that an alias stands for.

    For an alias without type variables, it is always the same object: mypy makes a copy each time, of which
    nothing would be remembered.
    """
    while isinstance(expected, TypeAliasType) and expected.alias is not None:
        if expected.args or expected.alias.alias_tvars or expected.alias.no_args:
            break
        expected = expected.alias.target
    return get_proper_type(expected)


def awaited(result: Type) -> Type:
    """The type of what an awaitable gives; any other type as it is."""
    proper = get_proper_type(result)
    if isinstance(proper, Instance) and proper.type.fullname in {COROUTINE, "typing.Awaitable"}:
        return proper.args[-1]
    return result


def is_omit(tested: Type) -> bool:
    """Return whether a type is that of the value which leaves an argument out."""
    proper = get_proper_type(tested)
    proper = proper.fallback if isinstance(proper, LiteralType) else proper
    return isinstance(proper, Instance) and proper.type.fullname == OMIT


def omit_in(tested: Type) -> Type | None:
    """The member of a type that is the value which leaves an argument out, or None."""
    proper = get_proper_type(tested)
    return next(filter(is_omit, proper.items if isinstance(proper, UnionType) else [proper]), None)


def without_omit(expected: Type) -> Type:
    """The type of an argument's value: without ``Omit``, with the name of an alias that is left alone."""
    proper = get_proper_type(expected)
    if not isinstance(proper, UnionType) or omit_in(proper) is None:
        return expected
    return UnionType.make_union([one for one in proper.items if not is_omit(one)])


def typed_dicts(expected: Type) -> list[TypedDictType]:
    """The TypedDicts among the members."""
    return [one for one in members(expected) if isinstance(one, TypedDictType)]


def literals(expected: Type) -> tuple[Value, ...] | None:
    """The values of a type made only of literals (and None), in order; None for another type."""
    known = _literals.get(id(expected))
    if known is None:
        if len(_literals) > _MOST_REMEMBERED:
            _literals.clear()
        known = _literals[id(expected)] = expected, _values_of(expected)
    return known[1]


_literals: Final[dict[int, tuple[Type, tuple[Value, ...] | None]]] = {}
"""The literals of types, by identity: those of a TypedDict's fields are needed again and again."""

_MOST_REMEMBERED: Final = 10_000


def _values_of(expected: Type) -> tuple[Value, ...] | None:
    values: list[Value] = []
    for one in members(expected):
        if isinstance(one, LiteralType):
            values.append(one.value)
        elif isinstance(one, NoneType):
            values.append(None)
        else:
            return None
    return tuple(values) if any(value is not None for value in values) else None


def literal_members(expected: Type) -> tuple[tuple[Value, ...], list[ProperType]]:
    """The literal values among the members, and the other members."""
    every = members(expected)
    values = tuple(one.value for one in every if isinstance(one, LiteralType))
    return values, [one for one in every if not isinstance(one, LiteralType)]


def exact(found: Type) -> ProperType:
    """The most precise type: ``Literal['a']`` for the ``str`` of ``"a"``.

    For a member of an enum, mypy knows only the name, which is not a value of the API: the enum is
    returned.
    """
    proper = get_proper_type(found)
    if isinstance(proper, Instance) and proper.last_known_value is not None:
        proper = proper.last_known_value
    if isinstance(proper, LiteralType) and proper.is_enum_literal():
        return proper.fallback
    return proper


def texts(found: Type) -> list[str]:
    """The strings that a value is known to be one of; empty if it may be anything else."""
    exactly = [exact(one) for one in members(found)]
    known = [one.value for one in exactly if isinstance(one, LiteralType) and isinstance(one.value, str)]
    return known if len(known) == len(exactly) else []


def name_of(typed_dict: TypedDictType) -> str:
    """The name under which a TypedDict was declared; one without a name is the query of a request."""
    declared = typed_dict.fallback.type
    return "the query" if declared.fullname in ANONYMOUS else shown_name(declared)


def shown_name(declared: TypeInfo | Alias) -> str:
    """The name of a type in messages: the types that only the stubs have are private there."""
    is_private = declared.name[:1] == "_" and declared.name[1:2].isupper() and is_ours(declared.fullname)
    return declared.name[1:] if is_private else declared.name


def shared_keys(candidates: Sequence[TypedDictType]) -> Mapping[str, int]:
    """For each key that is a literal in some candidate, how many candidates have it as one."""
    return remembered(_shared, candidates, lambda: _counted(candidates))


Known: TypeAlias = "dict[Hashable, tuple[Sequence[Type], T]]"
"""Cached facts about sequences of types, by identity; the types are kept alive."""

_shared: Final[Known[Mapping[str, int]]] = {}


def remembered(known: Known[T], types: Sequence[Type], make: Callable[[], T], *more: Hashable) -> T:
    """Return the value of ``make`` for a sequence of types (and ``more``), computed once per ``known``."""
    key = (*map(id, types), *more)
    found = known.get(key)
    if found is None:
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        found = known[key] = types, make()
    return found[1]


def _counted(candidates: Sequence[TypedDictType]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for candidate in candidates:
        for key, field in candidate.items.items():
            if literals(field) is not None:
                counts[key] = counts.get(key, 0) + 1
    return counts


def mentions_ours(tested: Type, depth: int = 0) -> bool:
    """Return whether a type is, contains or returns an API type."""
    if depth > _DEEPEST:
        return False
    if isinstance(tested, TypeAliasType) and tested.alias is not None and is_ours(tested.alias.fullname):
        return True
    proper = get_proper_type(tested)
    if isinstance(proper, (TypedDictType, Instance)) and is_ours(_declared(proper)) and not is_omit(proper):
        return True
    return any(mentions_ours(part, depth + 1) for part in _parts(proper))


def _declared(proper: TypedDictType | Instance) -> str:
    return proper.fallback.type.fullname if isinstance(proper, TypedDictType) else proper.type.fullname


def _parts(proper: ProperType) -> Iterator[Type]:
    if isinstance(proper, (UnionType, TupleType)):
        yield from proper.items
    elif isinstance(proper, TypedDictType):
        yield from proper.items.values()
    elif isinstance(proper, Instance):
        yield from proper.args
    elif isinstance(proper, CallableType):
        yield proper.ret_type
    elif isinstance(proper, Overloaded):
        yield from (item.ret_type for item in proper.items)


def is_empty_dict(tested: Type) -> bool:
    """Return whether a type is that of an empty dict display, or of a variable that was inferred from one."""
    proper = get_proper_type(tested)
    if not isinstance(proper, Instance) or proper.type.fullname != "builtins.dict":
        return False
    arguments = [*map(get_proper_type, proper.args)]
    return all(isinstance(one, UninhabitedType) for one in arguments) or all(
        isinstance(one, AnyType) and one.type_of_any == TypeOfAny.from_error for one in arguments
    )


_SIMPLE: Final = frozenset(f"builtins.{one}" for one in ("bool", "bytes", "float", "int", "str"))


def simple_class(expected: Type) -> str | None:
    """The name of a builtin class of scalars; None for any other type, even an alias or a known value."""
    if not isinstance(expected, Instance) or expected.last_known_value is not None:
        return None
    fullname = expected.type.fullname
    return fullname if fullname in _SIMPLE else None


def is_unknown(tested: Type) -> bool:
    """Return whether a type is ``Any``."""
    return isinstance(get_proper_type(tested), AnyType)
