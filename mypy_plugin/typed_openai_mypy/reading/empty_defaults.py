"""``reply.get("usage") or {}``: an empty dict in place of a value of the API that is missing.

The dict has the type ``dict[Never, Never]``, so that mypy refuses each key that is looked for in it, and asks
for an annotation if the value is assigned to a variable. Both are accepted here, as pyright accepts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mypy.errorcodes import INDEX
from mypy.errors import ErrorInfo
from mypy.nodes import (
    AssertStmt,
    AssignmentExpr,
    AssignmentStmt,
    CallExpr,
    ComparisonExpr,
    ConditionalExpr,
    DictExpr,
    Expression,
    IfStmt,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    OpExpr,
    StrExpr,
    TupleExpr,
    UnaryExpr,
    WhileStmt,
)
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.types import FunctionLike, Type

from typed_openai_mypy import codes
from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.ownership import is_api_type
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.config import Config
from typed_openai_mypy.explain.explainer import Problem
from typed_openai_mypy.messages import read_messages
from typed_openai_mypy.reading.reads import name_of
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.syntax.tree import Site, children, display_of

TypeOf = Callable[[Expression], Type | None]


def signature(options: Config, context: MethodSigContext | FunctionSigContext) -> FunctionLike:
    """The signature of ``dict.get``, which takes any key of an empty dict. Never raises."""
    declared = context.default_signature
    try:
        is_wanted = _is_wanted(options, context)
    except (Exception, SystemExit):  # mypy would crash; its own error stands
        note_failure()
        return declared
    if not is_wanted or not declared.arg_types:
        return declared
    text = context.api.named_generic_type("builtins.str", [])
    return declared.copy_modified(arg_types=[text, *declared.arg_types[1:]])


def _is_wanted(options: Config, context: MethodSigContext | FunctionSigContext) -> bool:
    """Return whether a call of ``dict.get`` is one of an empty dict in place of a value of the API."""
    call = context.context
    if not isinstance(context, MethodSigContext) or not shapes.is_empty_dict(context.type):
        return False
    if not isinstance(call, CallExpr) or not isinstance(call.callee, MemberExpr):
        return False
    return may_be_empty(
        call.callee.expr, lambda one: hook_context.type_of_expression(context.api, one)
    ) and not hook_context.wants_native_errors(options, context.api, call)


def may_explain(info: ErrorInfo) -> bool:
    """Return whether an error is about a key."""
    return info.code is INDEX


def explain(program: Program, checker: Checker, site: Site, info: ErrorInfo) -> Sequence[Problem]:
    """``(reply.get("usage") or {})["total_tokens"]``: the empty dict does not have the key.

    Empty if an error is not about that, or if the values of the API do not have the key, either.
    """
    item = site.parent
    if not may_explain(info) or not isinstance(item, IndexExpr) or site.node is not item.index:
        return ()
    if not isinstance(item.index, StrExpr) or not may_be_empty(item.base, checker.stored_type):
        return ()
    if program.is_disabled(codes.ABSENT) or not checker.is_enabled(codes.ABSENT):
        return ()
    found, key = checker.stored_type(item.base), item.index.value
    if not any(key in one.items for one in (() if found is None else shapes.typed_dicts(found))):
        return ()
    name = name_of(next(alternatives(item.base)), checker.stored_types)
    return [Problem(item, read_messages.absent_from_empty(name, key), code=codes.ABSENT)]


def is_needless(checker: Checker, site: Site) -> bool:
    """Return whether mypy asks for the annotation of a variable only because an empty dict has no types."""
    return any(may_be_empty(one, checker.stored_type) for one in _assigned(site)) and not any(
        _is_indexed(site, one) for one in _targets(site)
    )


def _targets(site: Site) -> Iterator[Expression]:
    """The targets of the assignment at a place."""
    assignment = next((one for one in site.trail if isinstance(one, (AssignmentExpr, AssignmentStmt))), None)
    if isinstance(assignment, AssignmentExpr):
        yield assignment.target
    elif isinstance(assignment, AssignmentStmt):
        for one in assignment.lvalues:
            yield from one.items if isinstance(one, (ListExpr, TupleExpr)) else [one]


def _is_indexed(site: Site, target: Expression) -> bool:
    """Return whether ``target["key"]`` is read in the same function or file, without a test of the target.

    Such a read fails if the value is an empty dict.
    """
    if not isinstance(target, NameExpr):
        return False
    is_read = False
    waiting: list[Node] = [site.function or site.trail[0]]
    while waiting:
        node = waiting.pop()
        if any(_is_variable(one, target) for one in _tested(node)):
            return False
        base = node.base if isinstance(node, IndexExpr) and isinstance(node.index, StrExpr) else None
        is_read |= _is_variable(base, target)
        waiting += children(node)
    return is_read


def _is_variable(expression: Expression | None, variable: NameExpr) -> bool:
    named = expression.target if isinstance(expression, AssignmentExpr) else expression
    return isinstance(named, NameExpr) and named.node is variable.node


def _tested(node: Node) -> Sequence[Expression]:
    """The values of which a condition depends on whether they are empty, or have a key."""
    if isinstance(node, IfStmt):
        return node.expr
    if isinstance(node, ConditionalExpr):
        return [node.cond]
    if isinstance(node, OpExpr):
        return [node.left] if node.op in {"and", "or"} else []
    if isinstance(node, UnaryExpr):
        return [node.expr] if node.op == "not" else []
    if isinstance(node, ComparisonExpr):
        return node.operands if {"in", "not in"} & {*node.operators} else []
    return [node.expr] if isinstance(node, (AssertStmt, WhileStmt)) else []


def _assigned(site: Site) -> Iterator[Expression]:
    """The values at a place that a statement or expression assigns, outermost first."""
    is_inside = False
    for one in site.trail:
        if isinstance(one, (AssignmentExpr, AssignmentStmt)):
            is_inside = True
        elif is_inside and isinstance(one, Expression):
            yield one
            is_inside = isinstance(one, TupleExpr)


def may_be_empty(expression: Expression, type_of: TypeOf) -> bool:
    """Return whether a value is one of the API, or an empty dict display in its place."""
    parts = [*alternatives(expression)]
    if not any(isinstance(one, DictExpr) and not one.items for one in parts):
        return False
    found = (type_of(one) for one in parts if not isinstance(one, DictExpr))
    return any(is_api_type(each) for one in found if one is not None for each in shapes.typed_dicts(one))


def alternatives(expression: Expression) -> Iterator[Expression]:
    """The expressions that a value may come from: operands, branches, the default of ``get``."""
    expression = display_of(expression)
    if isinstance(expression, OpExpr) and expression.op == "or":
        yield from alternatives(expression.left)
        yield from alternatives(expression.right)
    elif isinstance(expression, ConditionalExpr):
        yield from alternatives(expression.if_expr)
        yield from alternatives(expression.else_expr)
    elif isinstance(expression, AssignmentExpr):
        yield from alternatives(expression.value)
    else:
        yield expression
        if isinstance(expression, CallExpr) and _is_get(expression):
            yield from alternatives(expression.args[1])


def _is_get(call: CallExpr) -> bool:
    return isinstance(call.callee, MemberExpr) and call.callee.name == "get" and len(call.args) == 2
