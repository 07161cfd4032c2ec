"""Calls: of our operations, of anything that takes our types, and of our TypedDicts' constructors.

The order of the checks follows mypy's ``ExpressionChecker.check_callable_call``: which argument goes
where, how many there are, then the type of each.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

from mypy.nodes import CallExpr, Node
from mypy.types import Type, TypedDictType, UnionType, get_proper_type, has_type_vars

from typed_openai_mypy import messages, shapes
from typed_openai_mypy.explain import Anchor, Explainer, Problem
from typed_openai_mypy.features.callees import Callee, callee_of, constructed, may_fill
from typed_openai_mypy.features.carried import carried, is_partial
from typed_openai_mypy.features.entries import entries_of_call, with_keywords
from typed_openai_mypy.features.extras import is_extra
from typed_openai_mypy.features.handing import explain_given
from typed_openai_mypy.features.members import explain_items
from typed_openai_mypy.features.methods import explain_method
from typed_openai_mypy.features.unpacked import explain_unpacked, whole_params
from typed_openai_mypy.tree import Site


def explain_call(explainer: Explainer, site: Site) -> list[Problem] | None:
    """The mistakes of a call."""
    call = site.node
    assert isinstance(call, CallExpr)
    if (made := constructed(call)) is not None:
        return _explain_constructor(explainer, call, made)
    if call.analyzed is not None:
        return None
    if (problems := explain_method(explainer, call)) is not None:
        return problems
    if (meant := carried(explainer.checker, call)) is not None:
        told = explain_given(explainer, call, meant)
        return told or _explain_arguments(explainer, with_keywords(meant), later=is_partial(call))
    spelled_out = with_keywords(call)
    problems = _explain_arguments(explainer, spelled_out)
    return problems or (_explain_arguments(explainer, call) if spelled_out is not call else problems)


def _explain_arguments(explainer: Explainer, call: CallExpr, *, later: bool = False) -> list[Problem] | None:
    """The mistakes in the arguments; with ``later``, more of them may follow."""
    callee = callee_of(explainer, call)
    if callee is None:
        return None
    absent = [] if later else _absent_names(explainer, call, callee)
    unpacked: list[Problem] = []
    for index, kind in enumerate(call.arg_kinds):
        if kind.is_star():
            problems, absent = explain_unpacked(explainer, call, callee, index, absent)
            unpacked += problems
    whole = whole_params(explainer, call, callee)
    return [
        *_surplus(explainer, call, callee),
        *([] if whole else _absent(call, callee, absent)),
        *_repeated(explainer, call, callee),
        *unpacked,
        *whole.values(),
        *_values(explainer, call, callee, whole),
    ]


def _explain_constructor(explainer: Explainer, call: CallExpr, made: TypedDictType) -> list[Problem] | None:
    name = shapes.name_of(made)
    if (given := entries_of_call(call)) is not None:
        return explain_items(explainer, given, made, name)
    return explainer.check(call.args[0], made, "") if len(call.args) == 1 else None


def _surplus(explainer: Explainer, call: CallExpr, callee: Callee) -> Iterator[Problem]:
    """Arguments that go nowhere; the first of the surplus positional ones stands for all."""
    used = {index for actuals in callee.mapping for index in actuals}
    free = sorted(callee.names_anywhere - {name for name in call.arg_names if name is not None})
    told = False
    for index, (name, argument) in enumerate(zip(call.arg_names, call.args, strict=True)):
        if call.arg_kinds[index].is_star() or index in used:
            continue
        if name is not None:
            explainer.skip(argument)
            if is_extra(callee.signature, name):
                yield Problem(argument, messages.beside_arguments(name, callee.label))
                continue
            near = messages.nearest(name, free)
            paired = _only_absent(explainer, call, callee) if near is None else None
            yield Problem(argument, messages.unexpected_keyword(name, callee.label, near, paired))
        elif not told:
            told = True
            explainer.skip(argument)
            yield Problem(argument, messages.too_many_positionals(callee.label, _positionals(callee)))


def _positionals(callee: Callee) -> list[str]:
    pairs = zip(callee.signature.arg_names, callee.signature.arg_kinds, strict=True)
    return [name or "..." for name, kind in pairs if kind.is_positional()]


def _absent(call: CallExpr, callee: Callee, absent: Sequence[str]) -> Iterator[Problem]:
    """Required arguments that are not given, except those that a misspelt keyword meant."""
    unknown = [name for name in call.arg_names if name is not None and name not in callee.names]
    free = set(callee.names) - set(call.arg_names)
    meant = {messages.nearest(name, free) for name in unknown}
    if len(absent) == len(unknown) == 1 and meant == {None}:
        return
    if left := [name for name in absent if name not in meant]:
        yield Problem(call, messages.missing_arguments(left, callee.label))


def _only_absent(explainer: Explainer, call: CallExpr, callee: Callee) -> str | None:
    absent = _absent_names(explainer, call, callee)
    unknown = [name for name in call.arg_names if name is not None and name not in callee.names]
    return absent[0] if len(absent) == len(unknown) == 1 else None


def _absent_names(explainer: Explainer, call: CallExpr, callee: Callee) -> list[str]:
    if any(may_fill(explainer, call, index) for index in range(len(call.args))):
        return []
    signature = callee.signature
    every = zip(signature.arg_names, signature.arg_kinds, callee.mapping, strict=True)
    return [
        name or f"argument {number}"
        for number, (name, kind, actuals) in enumerate(every, 1)
        if kind.is_required() and not actuals
    ]


def _repeated(explainer: Explainer, call: CallExpr, callee: Callee) -> Iterator[Problem]:
    signature = callee.signature
    for name, kind, actuals in zip(signature.arg_names, signature.arg_kinds, callee.mapping, strict=True):
        certain = all(_gives_by_name(explainer, call, index) for index in actuals)
        if len(actuals) > 1 and not kind.is_star() and certain:
            yield Problem(call.args[actuals[1]], messages.repeated_argument(name or "...", callee.label))


def _gives_by_name(explainer: Explainer, call: CallExpr, index: int) -> bool:
    """Whether it is known what an argument gives: any but an unpacked list, or a mapping of any keys."""
    if not call.arg_kinds[index].is_star():
        return True
    return isinstance(get_proper_type(explainer.checker.type_of(call.args[index])), TypedDictType)


def _values(explainer: Explainer, call: CallExpr, callee: Callee, told: Container[int]) -> Iterator[Problem]:
    """Arguments of the wrong type, without those that are ``told`` or unpacked."""
    signature = callee.signature
    for number, (wanted, actuals) in enumerate(zip(signature.arg_types, callee.mapping, strict=True)):
        for index in actuals:
            path = callee.path(number, call, index)
            if has_type_vars(wanted):
                explainer.skip(call.args[index])
            elif index not in told and not call.arg_kinds[index].is_star():
                yield from _value(explainer, call, callee, (index, number), path)


def _value(
    explainer: Explainer, call: CallExpr, callee: Callee, place: tuple[int, int], path: str
) -> list[Problem]:
    """The mistakes of one argument: where it fits no overload, held against all of them together."""
    index, number = place
    argument, wanted = call.args[index], callee.signature.arg_types[number]
    name = callee.signature.arg_names[number]
    widened = _widest(explainer, callee.taken(name, callee.meant) or [wanted])
    if widened != wanted and (problems := explainer.check(argument, widened, path)):
        return problems
    problems = explainer.check(argument, wanted, path)
    limiting = callee.limiting(call)
    if problems and limiting not in (None, name):
        found = explainer.checker.type_of(argument, wanted)
        if any(explainer.checker.fits(found, one) for one in callee.taken(name, callee.overloads)):
            return [Problem(argument, messages.limited(path, wanted, found, limiting))]
    return problems


def _widest(explainer: Explainer, types: Sequence[Type]) -> Type:
    """The type that takes all that any of the types takes."""
    fits = explainer.checker.fits
    widest = (one for one in types if all(fits(other, one) for other in types))
    return next(widest, None) or UnionType.make_union(list(types))


ANCHORS: Final[Mapping[type[Node], Anchor]] = {CallExpr: explain_call}
