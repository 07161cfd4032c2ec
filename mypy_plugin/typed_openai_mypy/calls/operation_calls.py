"""Calls of operations, of anything that takes API types, and of the constructors of API TypedDicts.

The order of the checks follows mypy's ``ExpressionChecker.check_callable_call``: the places of the arguments,
their number, then the type of each.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from mypy.nodes import ArgKind, CallExpr, DictExpr, Expression, LambdaExpr, ListExpr, Node
from mypy.types import (
    CallableType,
    FunctionLike,
    Type,
    TypedDictType,
    UnionType,
    get_proper_type,
    has_type_vars,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.calls.callees import Callee, callee_of, constructed, may_fill
from typed_openai_mypy.calls.dict_methods import explain_method
from typed_openai_mypy.calls.handed_over import carried, is_partial, own_arguments
from typed_openai_mypy.calls.paging_arguments import explain_given, explain_result
from typed_openai_mypy.calls.unpacked import explain_unpacked, whole_params
from typed_openai_mypy.compat.expansion import with_result
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem, Rule
from typed_openai_mypy.explain.extra_fields import is_extra
from typed_openai_mypy.messages import call_messages, value_messages
from typed_openai_mypy.messages.fragments import written
from typed_openai_mypy.syntax.tree import Site, contains, display_of
from typed_openai_mypy.values.entries import entries_of_call, with_keywords
from typed_openai_mypy.values.meaning import argument_meant
from typed_openai_mypy.values.members import explain_items


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
    meant = explainer.once(("carried", id(call)), lambda: carried(explainer.checker, call))
    if meant is not None:
        return _explain_carried(explainer, call, meant)
    if result := explainer.once(("result", id(call)), lambda: explain_result(explainer, call)):
        return _of_whole(result)
    return _explain_spelled_out(explainer, call)


def _explain_carried(explainer: Explainer, call: CallExpr, meant: CallExpr) -> list[Problem]:
    """The mistakes of a call that passes on an operation's method, and of the call ``meant`` by it."""
    given_itself = [*own_arguments(explainer.checker, call)]
    own = [one for given in given_itself for one in explainer.check(*given)]
    passed = [*meant.args, *(one for one, _, _ in given_itself)]
    if told := explain_given(explainer, call, meant) or _lost_keywords(call, meant, passed):
        return [*own, *_of_whole(told)]
    passed_on = _explain_spelled_out(explainer, meant, later=is_partial(call)) or []
    return [*own, *(replace(one, carried=meant.callee) for one in passed_on)]


def _explain_spelled_out(
    explainer: Explainer, call: CallExpr, *, later: bool = False
) -> list[Problem] | None:
    """The mistakes in the arguments. Dict displays that are unpacked into them count as keywords."""
    spelled_out = explainer.once(("spelled out", id(call)), lambda: with_keywords(explainer, call))
    problems = _explain_arguments(explainer, spelled_out, later=later)
    if spelled_out is call:
        return problems
    if not problems:
        return _explain_arguments(explainer, call, later=later)
    return [*problems, *_faultless_displays(explainer, call, problems)]


def _faultless_displays(
    explainer: Explainer, call: CallExpr, problems: Sequence[Problem]
) -> Iterator[Problem]:
    """Yield what mypy has against unpacked displays beside the mistakes of other arguments."""
    callee = _callee(explainer, call)
    if callee is None:
        return
    for index, (argument, kind) in enumerate(zip(call.args, call.arg_kinds, strict=True)):
        is_display = kind is ArgKind.ARG_STAR2 and isinstance(display_of(argument), DictExpr)
        if is_display and not any(_concern(one.node, argument) for one in problems):
            yield from explain_unpacked(explainer, call, callee, index, ())[0]


def _callee(explainer: Explainer, call: CallExpr) -> Callee | None:
    return explainer.once(("callee", id(call)), lambda: callee_of(explainer, call))


def _concern(node: Node, argument: Expression) -> bool:
    """Return True if a mistake is in an argument, or in all of the call."""
    return contains(argument, node) or contains(node, argument)


def _of_whole(problems: Iterable[Problem]) -> list[Problem]:
    """Problems about the arguments of a call taken together."""
    return [replace(one, is_arity=True) for one in problems]


def _lost_keywords(call: CallExpr, meant: CallExpr, passed: Sequence[Expression]) -> list[Problem]:
    """``run_in_executor`` takes arguments without names only; ``passed`` are those that are not lost."""
    carrier = written(call.callee).rpartition(".")[2]
    pairs = zip(call.arg_names, call.args, strict=True)
    lost = ((name, one) for name, one in pairs if name is not None and one not in passed)
    if any(meant.arg_names) or (first := next(lost, None)) is None:
        return []
    return [Problem(first[1], call_messages.keyword_not_passed_on(first[0], carrier or "the call"))]


def _explain_arguments(explainer: Explainer, call: CallExpr, *, later: bool = False) -> list[Problem] | None:
    """The mistakes in the arguments; with ``later``, more of them may follow."""
    callee = _callee(explainer, call)
    if callee is None:
        return None
    only = explainer.focused(call, call.args)
    if only is not None and not call.arg_kinds[only].is_star():
        if only in _unplaced(call, callee):
            return _surplus_positional(explainer, call, callee, only, later=later)
        every = (_explain_argument(explainer, call, one, only) for one in (callee, *callee.others))
        return next((one for one in every if one), [])  # all members of a union have the same mistake
    if callee.others:
        return _explain_members(explainer, call, callee)
    whole = whole_params(explainer, call, callee, range(len(call.args)))
    arity = _arity(explainer, call, callee, whole, later=later)
    return [*_of_whole(arity), *_values(explainer, call, callee, whole)]


def _explain_members(explainer: Explainer, call: CallExpr, callee: Callee) -> list[Problem]:
    """The arguments that some members of a union lack or do not take; values are checked elsewhere."""
    every = (_arity(explainer, call, one, {}) for one in (callee, *callee.others))
    return _of_whole(dict.fromkeys(problem for problems in every for problem in problems))


def _arity(
    explainer: Explainer, call: CallExpr, callee: Callee, whole: Mapping[int, Problem], *, later: bool = False
) -> list[Problem]:
    """The mistakes in the places and the number of the arguments; with ``later``, more of them may follow.

    ``whole`` are the problems of arguments that are dicts of arguments.
    """
    absent = [] if later else _absent_names(explainer, call, callee)
    unpacked: list[Problem] = []
    for index, kind in enumerate(call.arg_kinds):
        if kind.is_star():
            problems, absent = explain_unpacked(explainer, call, callee, index, absent)
            unpacked += problems
    return [
        *_surplus(explainer, call, callee, absent, later=later),
        *([] if whole else _absent(explainer, call, callee, absent[len(_unplaced(call, callee)) :])),
        *_repeated(explainer, call, callee),
        *unpacked,
        *whole.values(),
    ]


def _explain_constructor(explainer: Explainer, call: CallExpr, made: TypedDictType) -> list[Problem] | None:
    name = shapes.name_of(made)
    if (given := entries_of_call(call)) is not None:
        return explain_items(explainer, given, made, name)
    return explainer.check(call.args[0], made, "") if len(call.args) == 1 else None


def _unplaced(call: CallExpr, callee: Callee) -> list[int]:
    """The positional arguments without a place; they may be meant for required ones that are absent."""
    used = {index for actuals in callee.mapping for index in actuals}
    return [
        index for index, kind in enumerate(call.arg_kinds) if kind is ArgKind.ARG_POS and index not in used
    ]


def _surplus(
    explainer: Explainer, call: CallExpr, callee: Callee, absent: Sequence[str], *, later: bool
) -> Iterator[Problem]:
    """Arguments that the signature does not take; of surplus positional ones, only the first."""
    used = {index for actuals in callee.mapping for index in actuals}
    free = sorted(callee.names_anywhere - {name for name in call.arg_names if name is not None})
    is_reported = False
    for index, (name, argument) in enumerate(zip(call.arg_names, call.args, strict=True)):
        if call.arg_kinds[index].is_star() or index in used:
            continue
        if name is not None:
            explainer.skip(argument)
            if is_extra(explainer.program, callee.signature, name):
                yield Problem(argument, call_messages.beside_arguments(name, callee.label))
                continue
            near = argument_meant(explainer.program.descriptions, name, callee.signature, free)
            paired = _only_absent(explainer, call, callee) if near is None and not later else None
            yield Problem(argument, call_messages.unexpected_keyword(name, callee.label, near, paired))
        elif not is_reported:
            is_reported = True
            explainer.skip(argument)
            meant = absent[: len(_unplaced(call, callee))]
            text = call_messages.too_many_positionals(callee.label, _positionals(callee), meant)
            yield Problem(argument, text)


def _surplus_positional(
    explainer: Explainer, call: CallExpr, callee: Callee, index: int, *, later: bool
) -> list[Problem]:
    """The mistake of surplus positional arguments, at the first of them, for an error about any of them.

    mypy also compares them with arguments that can only be passed by name.
    """
    first = call.args[_unplaced(call, callee)[0]]
    arity = explainer.once(("surplus", id(call)), lambda: _arity(explainer, call, callee, {}, later=later))
    found = [one for one in arity if one.node is first]
    return [replace(one, scope=call.args[index], is_arity=True) for one in found]


def _positionals(callee: Callee) -> list[str]:
    pairs = zip(callee.signature.arg_names, callee.signature.arg_kinds, strict=True)
    return [name or "..." for name, kind in pairs if kind.is_positional()]


def _absent(explainer: Explainer, call: CallExpr, callee: Callee, absent: Sequence[str]) -> Iterator[Problem]:
    """Required arguments that are not given, except those that a misspelt keyword meant."""
    unknown = [name for name in call.arg_names if name is not None and name not in callee.names]
    free = set(callee.names) - set(call.arg_names)
    descriptions = explainer.program.descriptions
    meant = {argument_meant(descriptions, name, callee.signature, free) for name in unknown}
    if len(absent) == len(unknown) == 1 and meant == {None}:
        return
    if left := [name for name in absent if name not in meant]:
        yield Problem(call, call_messages.missing_arguments(left, callee.label))


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
            yield Problem(call.args[actuals[1]], call_messages.repeated_argument(name or "...", callee.label))


def _gives_by_name(explainer: Explainer, call: CallExpr, index: int) -> bool:
    """Return whether the places of an argument are known; not those of an unpacked list or plain dict."""
    if not call.arg_kinds[index].is_star():
        return True
    return isinstance(get_proper_type(explainer.checker.type_of(call.args[index])), TypedDictType)


def _explain_argument(explainer: Explainer, call: CallExpr, callee: Callee, index: int) -> list[Problem]:
    """The mistakes of one argument."""
    if whole := whole_params(explainer, call, callee, [index]):
        return _of_whole(whole.values())
    number = explainer.once(("number", id(callee), index), lambda: callee.number(index))
    return [] if number is None else _value(explainer, call, callee, (index, number))


def _values(
    explainer: Explainer, call: CallExpr, callee: Callee, reported: Container[int]
) -> Iterator[Problem]:
    """Arguments of the wrong type, without those that are already reported or unpacked."""
    for number, actuals in enumerate(callee.mapping):
        for index in actuals:
            if index not in reported and not call.arg_kinds[index].is_star():
                yield from _value(explainer, call, callee, (index, number))


def _value(explainer: Explainer, call: CallExpr, callee: Callee, place: tuple[int, int]) -> list[Problem]:
    """The mistakes of one argument, checked against the union of all meant overloads, then against one."""
    index, number = place
    argument, wanted = call.args[index], callee.signature.arg_types[number]
    if has_type_vars(wanted):
        explainer.skip(argument)
        return []
    path = callee.path(number, call, index)
    widened = explainer.once(("widened", id(callee), number), lambda: _widened(explainer, callee, number))
    problems = [] if widened is None else explainer.check(argument, widened, path)
    if problems or (widened is not None and callee.is_open):
        return problems
    problems = explainer.check(argument, wanted, path)
    limiting = explainer.once(("limiting", id(callee)), lambda: callee.limiting(call)) if problems else None
    if limiting not in (None, callee.signature.arg_names[number]):
        found = explainer.checker.type_of(argument, wanted)
        taken = callee.taken(number, callee.overloads)
        if any(explainer.checker.fits(found, one) for one in taken):
            return [Problem(argument, value_messages.limited(path, wanted, found, limiting))]
    return problems


def _widened(explainer: Explainer, callee: Callee, number: int) -> Type | None:
    """The union of the types that the meant overloads take for an argument; None if it adds nothing."""
    wanted = callee.signature.arg_types[number]
    widest = _widest(explainer, callee.taken(number, callee.meant) or [wanted])
    return None if widest == wanted else widest


def _widest(explainer: Explainer, types: Sequence[Type]) -> Type:
    """The type that accepts everything that one of the types accepts."""
    fits = explainer.checker.fits
    widest = (one for one in types if all(fits(other, one) for other in types))
    return next(widest, None) or UnionType.make_union(list(types))


def explain_generic(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """``field(default_factory=lambda: [...])``: the call's expected type determines the arguments'."""
    assert isinstance(expression, CallExpr)
    function = explainer.checker.type_of(expression.callee)
    for one in shapes.members(function):
        for item in one.items if isinstance(one, FunctionLike) else ():
            if problems := _passed_on(explainer, expression, item, expected, path):
                return problems
    return None


def _passed_on(
    explainer: Explainer, call: CallExpr, signature: CallableType, expected: Type, path: str
) -> list[Problem]:
    """The mistakes in displays and lambdas, if all arguments have places in a signature."""
    mapping = explainer.checker.arguments(call, signature)
    if {index for actuals in mapping for index in actuals} != set(range(len(call.args))):
        return []
    problems: list[Problem] = []
    for number, (wanted, actuals) in enumerate(zip(signature.arg_types, mapping, strict=True)):
        taken = with_result(wanted, signature, expected)
        for index in actuals if taken is not None else ():
            argument = display_of(call.args[index])
            if taken is not None and isinstance(argument, (DictExpr, LambdaExpr, ListExpr)):
                name = signature.arg_names[number] if isinstance(argument, LambdaExpr) else None
                problems += explainer.check(call.args[index], taken, name or path)
    return problems


RULES: Final[Mapping[type[Node], Rule]] = {CallExpr: explain_generic}
ANCHORS: Final[Mapping[type[Node], Anchor]] = {CallExpr: explain_call}
