"""Chooses the overload of an operation by a call's literal arguments, such as ``stream=True``.

mypy tries one overload after another. The plugin excludes those that a literal argument rules out, so that
mypy need not try them. Even if the call does not fit the remaining one, the result has its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Final, TypeAlias

from mypy.nodes import (
    BytesExpr,
    CallExpr,
    DictExpr,
    Expression,
    FloatExpr,
    IntExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    StrExpr,
    SymbolNode,
)
from mypy.types import CallableType, Instance, Overloaded, Type, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.compat import hook_context, kept_results
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.values.known_values import Known
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.wording import UNKNOWN


@dataclass(frozen=True, slots=True)
class Plan:
    """The overload that a call means. If the call ``is_wrong``, mypy sees it with any arguments allowed.

    ``unlike`` maps the numbers of formals to the types of arguments that fit although mypy's quick check
    rejects them: a ``bool`` for ``Literal[True]``.
    """

    meant: CallableType
    is_wrong: bool
    unlike: Mapping[int, Type]

    def settles(self, overload: CallableType) -> bool:
        """Return whether the plan determines an overload's signature, so that it need not be narrowed."""
        return self.is_wrong or overload is not self.meant

    def signature(self, overload: CallableType) -> CallableType:
        """Return the signature that mypy sees for an overload."""
        if overload is not self.meant:
            return kept_results.excluded(overload)
        return kept_results.loosened(overload) if self.is_wrong else overload

    def eased(self, narrowed: CallableType) -> CallableType:
        """The meant overload, narrowed, in a form that mypy does not reject because of another mistake."""
        if not self.unlike:
            return narrowed
        wanted = [*narrowed.arg_types]
        for number, found in self.unlike.items():
            wanted[number] = UnionType.make_union([wanted[number], found])
        return narrowed.copy_modified(arg_types=wanted)


Key: TypeAlias = str | int
"""The name of an argument, or its number if it has none."""

Formals: TypeAlias = Mapping[Key, tuple[Type, bool]]
"""Arguments of an overload by name or number: the type, and true if the argument is required."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """A call of an overloaded operation, with the number of the overload that it means, and its plan."""

    call: CallExpr
    overloaded: Overloaded
    number: int | None
    plan: Plan | None


_last: Final[list[_Choice]] = []
"""The last choice. mypy asks for it at each overload of a call, and again if the call has errors."""


def plan_of(api: object, call: CallExpr, overload: CallableType) -> Plan | None:
    """Return the plan of a call; None if its literal arguments do not determine an overload."""
    checker = hook_context.checker_of(api)
    found = hook_context.type_of_expression(api, call.callee)
    if checker is None or not isinstance(found, Overloaded):
        return None
    if not any(one is overload for one in found.items):
        return None
    is_known = bool(_last) and _last[0].call is call and _last[0].overloaded is found
    if not is_known or overload is found.items[0]:
        _last[:] = [_choice(checker, api, call, found)]
    return _last[0].plan


def excludes(call: CallExpr, overload: CallableType) -> bool:
    """Return whether the last plan was made for a call and means another overload than this one."""
    if not _last or _last[0].call is not call:
        return False
    plan, others = _last[0].plan, _last[0].overloaded.items[1:]
    return plan is not None and overload is not plan.meant and any(one is overload for one in others)


def _choice(checker: Checker, api: object, call: CallExpr, found: Overloaded) -> _Choice:
    number = _meant(checker, call, found.items)
    plan = None if number is None else _plan(checker, api, call, found, found.items[number])
    return _Choice(call, found, number, plan)


def _plan(checker: Checker, api: object, call: CallExpr, found: Overloaded, meant: CallableType) -> Plan:
    with checker.untouched() if any(map(_is_evaluated, call.args)) else nullcontext():
        mapping = checker.arguments(call, meant)
        unlike = list(_unlike(checker, call, meant, mapping))
        is_wrong = not takes_all(call, meant, mapping) or not all(
            _fits(checker, meant, *one) for one in unlike
        )
        types = {} if is_wrong else {place: checker.type_of(argument) for place, argument in unlike}
    if is_wrong:
        kept_results.report_no_overload(api, found, call)
    return Plan(meant, is_wrong, types)


def meant_overload(checker: Checker, call: CallExpr, overloads: Sequence[CallableType]) -> int | None:
    """The number of the first overload that accepts the literal arguments; None if one of these is unknown.

    It is None as well if the overloads differ only in arguments without a name. If no overload accepts the
    arguments, it is the last one that has all of them, because the last one accepts the most values.
    """
    if _last and _last[0].call is call and _are_same(_last[0].overloaded.items, overloads):
        return _last[0].number
    return _meant(checker, call, overloads)


def _are_same(some: Sequence[CallableType], others: Sequence[CallableType]) -> bool:
    """Return whether overloads are those of one function; mypy copies their types."""
    definition = some[0].definition
    return definition is not None and definition is others[0].definition and len(some) == len(others)


def _meant(checker: Checker, call: CallExpr, overloads: Sequence[CallableType]) -> int | None:
    if any(kind.is_star() for kind in call.arg_kinds):
        return None
    telling = _telling(overloads)
    known = _literals(call, telling) if any(telling) else None
    if known is None:
        return None
    having = [number for number, one in enumerate(telling) if _has(one, known)]
    taking = (number for number in having if _takes(checker, telling[number], known))
    return next(taking, having[-1] if having else None)


def allowed_overloads(
    checker: Checker, call: CallExpr, overloads: Sequence[CallableType]
) -> Sequence[CallableType]:
    """The overloads that accept the literal arguments so far; others may follow, as in ``partial``."""
    telling = _telling(overloads)
    known = _literals(call, telling) or {}
    pairs = zip(overloads, telling, strict=True)
    taking = [one for one, taken in pairs if known.keys() <= taken.keys() and _takes(checker, taken, known)]
    return taking or overloads


def _literals(call: CallExpr, telling: Sequence[Formals]) -> dict[Key, object] | None:
    """The values of the arguments in which overloads differ; None if one of them is unknown."""
    names = {name for one in telling for name in one}
    given = {name: one for name, one in zip(call.arg_names, call.args, strict=True) if name in names}
    known: dict[Key, object] = {
        name: Known().value(one, ()) for name, one in given.items() if name is not None
    }
    if UNKNOWN in known.values() or not all(map(_is_literal, known.values())):
        return None
    return known


def _is_literal(value: object) -> bool:
    return value is None or isinstance(value, (str, bool, int))


def _has(taken: Formals, known: Mapping[Key, object]) -> bool:
    """Return whether an overload has all of the arguments that are given, and requires no other."""
    required = {name for name, (_, is_required) in taken.items() if is_required}
    return required <= known.keys() <= taken.keys()


def _takes(checker: Checker, taken: Formals, known: Mapping[Key, object]) -> bool:
    return all(checker.takes_value(taken[name][0], one) for name, one in known.items())


_known: Final[dict[SymbolNode, Sequence[Formals]]] = {}
"""For each function, by its first overload, the arguments in which the overloads differ."""


def forget() -> None:
    """Drop what is known about overloads: their definitions may have changed."""
    _known.clear()
    _last.clear()


def _telling(overloads: Sequence[CallableType]) -> Sequence[Formals]:
    definition = overloads[0].definition
    if definition is None:
        return _differing(overloads)
    if definition not in _known or len(_known[definition]) != len(overloads):
        _known[definition] = _differing(overloads)
    return _known[definition]


def _differing(overloads: Sequence[CallableType]) -> Sequence[Formals]:
    every = [formals(one) for one in overloads]
    telling = {key for key in telling_keys(every) if isinstance(key, str)}
    return [{key: formal for key, formal in one.items() if key in telling} for one in every]


def telling_keys(overloads: Sequence[Formals]) -> frozenset[Key]:
    """The arguments that the overloads do not share."""
    first, *others = overloads
    keys = {key for one in overloads for key in one}
    return frozenset(key for key in keys if any(one.get(key) != first.get(key) for one in others))


def formals(overload: CallableType) -> dict[Key, tuple[Type, bool]]:
    """The arguments of an overload: the type, and true if the argument is required."""
    every = enumerate(zip(overload.arg_types, overload.arg_kinds, strict=True))
    return {
        key: (wanted, kind.is_required())
        for number, (wanted, kind) in every
        if (key := key_of(overload, number)) is not None
    }


def key_of(overload: CallableType, number: int) -> Key | None:
    """The name of a formal; in the API's own functions the number of one without a name; else None."""
    name, definition = overload.arg_names[number], overload.definition
    if name is not None or overload.arg_kinds[number].is_star():
        return name
    return number if definition is not None and is_ours(definition.fullname) else None


def number_of(overload: CallableType, key: Key) -> int | None:
    """The number of the formal with a key; None if an overload lacks it."""
    if isinstance(key, str):
        return overload.arg_names.index(key) if key in overload.arg_names else None
    is_there = key < len(overload.arg_names) and key_of(overload, key) == key
    return key if is_there else None


def _fits(checker: Checker, meant: CallableType, number: int, argument: Expression) -> bool:
    return checker.attempt(argument, meant.arg_types[number]).good


def _unlike(
    checker: Checker, call: CallExpr, meant: CallableType, mapping: Sequence[Sequence[int]]
) -> Iterator[tuple[int, Expression]]:
    """The arguments that mypy's quick check rejects for an overload, with the numbers of their formals.

    Arguments whose types would take long to find are skipped.
    """
    for number, (wanted, actuals) in enumerate(zip(meant.arg_types, mapping, strict=True)):
        for index in actuals:
            if _is_unlike(checker, call.args[index], wanted):
                yield number, call.args[index]


def takes_all(call: CallExpr, signature: CallableType, mapping: Sequence[Sequence[int]]) -> bool:
    """Return whether each argument has its place, and each required one is given."""
    placed = {index for actuals in mapping for index in actuals}
    required = zip(signature.arg_kinds, mapping, strict=True)
    return len(placed) == len(call.args) and all(given or not kind.is_required() for kind, given in required)


def _is_unlike(checker: Checker, argument: Expression, wanted: Type) -> bool:
    """Return whether mypy's quick check rejects an argument by its shape alone."""
    if isinstance(argument, StrExpr):
        return not kept_results.is_similar(checker.instance("builtins.str"), wanted)
    if isinstance(argument, DictExpr):
        return not any(isinstance(one, Instance) for one in shapes.members(wanted))
    if isinstance(argument, _LISTS):
        return not kept_results.is_similar(checker.instance("builtins.list"), wanted)
    if not isinstance(argument, _PLAIN) and not _is_attribute(argument):
        return False
    return not kept_results.is_similar(checker.type_of(argument), wanted)


def _is_evaluated(argument: Expression) -> bool:
    """Return whether the type of an argument is needed, because its shape is not enough."""
    return not isinstance(argument, (DictExpr, StrExpr, *_LISTS))


def _is_attribute(expression: Expression) -> bool:
    """Return whether an expression is a chain of attributes that starts at a variable."""
    while isinstance(expression, MemberExpr):
        expression = expression.expr
    return isinstance(expression, NameExpr)


_LISTS: Final = (ListComprehension, ListExpr)
"""Expressions that are lists, whatever their items."""

_PLAIN: Final = (BytesExpr, FloatExpr, IntExpr, NameExpr)
"""Expressions whose types are found quickly."""
