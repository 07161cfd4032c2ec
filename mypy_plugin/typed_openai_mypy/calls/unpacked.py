"""The values that ``*argument`` and ``**argument`` pass to a call.

A TypedDict that has several mistakes, or that holds the arguments of another operation, is one mistake.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from mypy.nodes import ArgKind, CallExpr, Expression, IndexExpr, RefExpr, StarExpr, TupleExpr
from mypy.types import Instance, ProperType, TupleType, Type, TypedDictType, get_proper_type, has_type_vars

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.description import Descriptions
from typed_openai_mypy.api.fullnames import PARAMS
from typed_openai_mypy.calls.callees import Callee
from typed_openai_mypy.explain.explainer import Explainer, Problem
from typed_openai_mypy.messages import call_messages, value_messages
from typed_openai_mypy.packages import canonical
from typed_openai_mypy.syntax.tree import display_of
from typed_openai_spec import spelling
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Misfit:
    """A mistake in a key of an unpacked TypedDict, or in the set of its keys."""

    text: str
    key: str = ""
    is_surplus: bool = False


def explain_unpacked(
    explainer: Explainer, call: CallExpr, callee: Callee, index: int, absent: Sequence[str]
) -> tuple[list[Problem], list[str]]:
    """The mistakes of one unpacked argument, and the absent arguments that these mistakes do not explain."""
    argument, kind = call.args[index], call.arg_kinds[index]
    explainer.skip(argument)
    found = get_proper_type(explainer.checker.type_of(argument))
    if not isinstance(found, TypedDictType):
        return list(_first_misfit(explainer, call, callee, index, found)), list(absent)
    if kind is ArgKind.ARG_STAR:
        return [Problem(argument, call_messages.keys_unpacked(shapes.name_of(found)))], []
    misfits = [*_surplus(found, callee), *_wrong_values(explainer, callee, index, found)]
    meant = {spelling.nearest(one.key, absent) for one in misfits if one.is_surplus}
    left = [name for name in absent if name not in meant]
    other = _other_operation(explainer.program.descriptions, found, callee)
    if other and (misfits or absent):
        return [Problem(argument, _not_its_arguments(found, callee, misfits, absent, other))], []
    if len(misfits) > 1:
        return [Problem(argument, _not_its_arguments(found, callee, misfits, left, ""))], []
    return [Problem(argument, one.text) for one in misfits], left


def whole_params(
    explainer: Explainer, call: CallExpr, callee: Callee, indexes: Container[int]
) -> dict[int, Problem]:
    """The problems of arguments, among ``indexes``, that are dicts of arguments and should be unpacked."""
    told: dict[int, Problem] = {}
    descriptions = explainer.program.descriptions
    for wanted, actuals in zip(callee.signature.arg_types, callee.mapping, strict=True):
        for index in actuals:
            may_hold = isinstance(call.args[index], (RefExpr, CallExpr, IndexExpr))  # displays are unnamed
            if index not in indexes or call.arg_kinds[index].is_star() or not may_hold:
                continue
            found = get_proper_type(explainer.checker.type_of(call.args[index]))
            operation = _operation(descriptions, found) if isinstance(found, TypedDictType) else ""
            if isinstance(found, TypedDictType) and operation and not explainer.checker.fits(found, wanted):
                text = call_messages.whole_arguments(shapes.name_of(found), callee.label, operation)
                told[index] = Problem(call.args[index], text)
    return told


def _surplus(found: TypedDictType, callee: Callee) -> Iterator[Misfit]:
    """Yield the keys that are not the name of an argument."""
    if any(kind is ArgKind.ARG_STAR2 for kind in callee.signature.arg_kinds):
        return
    for key in sorted(set(found.items) - set(callee.names)):
        near = spelling.nearest(key, set(callee.names) - set(found.items))
        yield Misfit(call_messages.unexpected_keyword(key, callee.label, near, None), key, is_surplus=True)


def _wrong_values(explainer: Explainer, callee: Callee, index: int, found: TypedDictType) -> Iterator[Misfit]:
    signature = callee.signature
    for name, wanted, actuals in zip(signature.arg_names, signature.arg_types, callee.mapping, strict=True):
        given = found.items.get(name or "") if index in actuals else None
        if not name or given is None or has_type_vars(wanted):
            continue
        if not explainer.checker.fits(given, wanted):
            yield Misfit(value_messages.mismatch(name, wanted, given), name)


def _not_its_arguments(
    found: TypedDictType, callee: Callee, misfits: Sequence[Misfit], missing: Sequence[str], other: str
) -> str:
    surplus = [one.key for one in misfits if one.is_surplus]
    wrong = [one.key for one in misfits if not one.is_surplus]
    return call_messages.other_arguments(
        shapes.name_of(found), callee.label, other, (missing, surplus, wrong)
    )


def _other_operation(descriptions: Descriptions, found: TypedDictType, callee: Callee) -> str:
    """The operation that params are of, where it is not the one that is called."""
    name = _operation(descriptions, found)
    return "" if name == callee.label else name


def _operation(descriptions: Descriptions, found: TypedDictType) -> str:
    declared = found.fallback.type
    if canonical(declared.module_name) != PARAMS:
        return ""
    operation = descriptions.of(declared.fullname).operation_of_params(declared.fullname)
    return "" if operation is None else operation.qualified_name


def _first_misfit(
    explainer: Explainer, call: CallExpr, callee: Callee, index: int, found: ProperType
) -> Iterator[Problem]:
    """Yield the mistakes of an unpacked list, mapping or tuple.

    Only the first misfit of a list or mapping is reported; each one of a tuple is.
    """
    argument, signature = call.args[index], callee.signature
    mark = "**" if call.arg_kinds[index] is ArgKind.ARG_STAR2 else "*"
    for number, (wanted, actuals) in enumerate(zip(signature.arg_types, callee.mapping, strict=True)):
        given = _given(found, callee, (index, number)) if index in actuals else None
        if given is None or has_type_vars(wanted) or explainer.checker.fits(given, wanted):
            continue
        path = callee.path(number)
        if isinstance(found, TupleType):
            node = _item(argument, _order(callee, (index, number)))
            yield Problem(node, value_messages.mismatch(path, wanted, given))
        elif mark == "**" and (params := _params_of(explainer.program.descriptions, callee)):
            yield Problem(argument, call_messages.untyped_arguments(found, callee.label, params))
            return
        else:
            yield Problem(argument, call_messages.unpacked_values(mark, path, wanted, given))
            return


def _params_of(descriptions: Descriptions, callee: Callee) -> str:
    """The name of the TypedDict of all arguments of the operation that is called; or nothing."""
    definition = callee.signature.definition
    return (
        "" if definition is None else descriptions.of(definition.fullname).params_called(definition.fullname)
    )


def _item(argument: Expression, order: int) -> Expression:
    """The item of an unpacked tuple display; any other argument as a whole."""
    display = display_of(argument)
    if not isinstance(display, TupleExpr) or any(isinstance(one, StarExpr) for one in display.items):
        return argument
    return display.items[order]


def _order(callee: Callee, place: tuple[int, int]) -> int:
    """The index of the item in an unpacked tuple that is passed to a formal."""
    index, number = place
    return [one for one, actuals in enumerate(callee.mapping) if index in actuals].index(number)


def _given(found: ProperType, callee: Callee, place: tuple[int, int]) -> Type | None:
    """The type that an unpacked argument passes to a formal; None if it is unknown."""
    if isinstance(found, TupleType):
        order = _order(callee, place)
        return found.items[order] if order < len(found.items) else None
    if isinstance(found, Instance) and len(found.args) in (1, 2):
        return found.args[-1]
    return None
