"""API methods passed to a function that cannot use their results: ``paginate`` needs pages."""

from __future__ import annotations

from mypy.nodes import AwaitExpr, CallExpr, FuncDef
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    Type,
    TypedDictType,
    get_proper_type,
    has_type_vars,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import PAGINATE
from typed_openai_mypy.compat.callable_types import slot_of
from typed_openai_mypy.compat.expansion import without_variables
from typed_openai_mypy.explain.explainer import Explainer, Problem
from typed_openai_mypy.messages import call_messages
from typed_openai_mypy.messages.fragments import written


def explain_given(explainer: Explainer, call: CallExpr, meant: CallExpr) -> list[Problem]:
    """The mistake of a call that passes on a method with a result of the wrong type."""
    function = get_proper_type(explainer.checker.type_of(meant.callee))
    wanted = _wanted(get_proper_type(explainer.checker.callee_type(call)))
    if wanted is None or not isinstance(function, FunctionLike):
        return []
    results = [one.ret_type for one in function.items]
    definition = function.items[0].definition
    if definition is None or any(explainer.checker.fits(one, wanted[1]) for one in results):
        return []
    label = explainer.program.descriptions.label(definition.fullname)
    if wanted[0] not in PAGINATE:
        return [Problem(meant.callee, call_messages.other_result(label, wanted[1], results[0]))]
    reply, page = shapes.awaited(results[0]), shapes.awaited(wanted[1])
    if (is_awaited := reply is not results[0]) is not (page is not wanted[1]):
        return [Problem(meant.callee, call_messages.pages_of_other_client(label, is_awaited=is_awaited))]
    whole = _whole_list(page, reply)
    return [Problem(meant.callee, call_messages.no_pages(label, reply, whole))]


def explain_result(explainer: Explainer, call: CallExpr) -> list[Problem]:
    """``submit(method())``: a method of the API is called where the method itself is expected."""
    if not any(isinstance(one, (CallExpr, AwaitExpr)) for one in call.args):
        return []
    callee = get_proper_type(explainer.checker.type_of(call.callee))
    slot = slot_of(callee) if isinstance(callee, CallableType) else None
    if slot is None or not isinstance(callee, CallableType):
        return []
    given = explainer.checker.arguments(call, callee)[slot.function]
    made = call.args[given[0]] if len(given) == 1 else None
    made = made.expr if isinstance(made, AwaitExpr) else made
    if not isinstance(made, CallExpr) or isinstance(
        get_proper_type(explainer.checker.type_of(made)), (FunctionLike, AnyType)
    ):
        return []
    method = explainer.checker.callee_type(made)
    definition = method.items[0].definition if isinstance(method, FunctionLike) else None
    descriptions = explainer.program.descriptions
    if definition is None or descriptions.operation_called(definition.fullname) is None:
        return []
    explainer.skip(made)
    label = descriptions.label(definition.fullname)
    carrier, itself = written(call.callee).rpartition(".")[2], written(made.callee)
    return [Problem(made, call_messages.result_handed_over(label, carrier or "the call", itself))]


def _wanted(callee: Type) -> tuple[str, Type] | None:
    """The full name of the callee, and the result type that it expects of the function it takes."""
    definition = callee.definition if isinstance(callee, CallableType) else None
    declared = definition.type if isinstance(definition, FuncDef) else None
    if definition is None or not isinstance(declared, CallableType) or not declared.arg_types:
        return None
    formals = without_variables(declared).arg_types
    taken = next((one for one in map(get_proper_type, formals) if isinstance(one, CallableType)), None)
    return None if taken is None or has_type_vars(taken.ret_type) else (definition.fullname, taken.ret_type)


def _whole_list(page: Type, reply: Type) -> str:
    """The key of a list that both a page and a reply have; empty if there is none."""
    page, reply = get_proper_type(page), get_proper_type(reply)
    if not isinstance(page, TypedDictType) or not isinstance(reply, TypedDictType):
        return ""
    lists = (key for key, field in page.items.items() if isinstance(get_proper_type(field), Instance))
    held = (key for key in lists if key in reply.items and _is_list(reply.items[key]))
    return next(held, "")


def _is_list(field: Type) -> bool:
    proper = get_proper_type(field)
    return isinstance(proper, Instance) and proper.type.fullname == "builtins.list"
