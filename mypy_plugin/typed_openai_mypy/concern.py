"""Which errors are about our API: answered from the types that mypy has already found, evaluating nothing.

It is the last of three questions, the cheapest first: whether the file can see our packages through its imports
(:mod:`.reach`), whether the error's text could be about our types (:mod:`.words`), and whether the types at its
place are ours. Only an error that passes all three is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from mypy.nodes import (
    Argument,
    AssignmentExpr,
    AssignmentStmt,
    AwaitExpr,
    CallExpr,
    ClassDef,
    ComparisonExpr,
    Expression,
    ForStmt,
    FuncDef,
    IndexExpr,
    MemberExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    RefExpr,
    ReturnStmt,
    TypeInfo,
    Var,
    WithStmt,
    YieldExpr,
    YieldFromExpr,
)
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    Type,
    TypedDictType,
    TypeType,
    get_proper_type,
)

from typed_openai_mypy import shapes
from typed_openai_mypy.compat import Checker
from typed_openai_mypy.fullnames import is_ours
from typed_openai_mypy.owners import Owner

def is_concerned(checker: Checker, owner: Owner) -> bool:
    """Return whether the types that mypy found at an owner of an error are ours."""
    types = _TYPES.get(type(owner.site.node))
    return types is not None and any(map(_concerns, types(checker, owner)))


def _concerns(found: Type | None) -> bool:
    if found is None:
        return False
    proper = get_proper_type(found)
    if isinstance(proper, FunctionLike):
        return any(map(_takes_ours, proper.items))
    return shapes.mentions_ours(found)


def _takes_ours(signature: CallableType) -> bool:
    definition = signature.definition
    if definition is not None and is_ours(definition.fullname):
        return True
    return any(map(shapes.mentions_ours, (*signature.arg_types, signature.ret_type)))


def _of_call(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    call = owner.site.node
    assert isinstance(call, CallExpr)
    callee = checker.stored_type(call.callee)
    for one in shapes.members(callee) if callee is not None else ():
        yield from _called(checker, one)
    if isinstance(call.callee, RefExpr) and isinstance(call.callee.node, TypeInfo):
        yield call.callee.node.typeddict_type
    if isinstance(call.callee, MemberExpr):
        receiver = checker.stored_type(call.callee.expr)
        yield receiver if isinstance(get_proper_type(receiver), TypedDictType) else None
    for argument in call.args:
        if isinstance(argument, (RefExpr, CallExpr, IndexExpr)):
            given = checker.stored_type(argument)
            yield given if isinstance(get_proper_type(given), FunctionLike) else None


def _called(checker: Checker, callee: Type) -> Iterator[Type | None]:
    """What is called, and what stands behind an instance or a class."""
    yield callee
    proper = get_proper_type(callee)
    if isinstance(proper, Instance):
        yield from proper.args
        yield _declared(proper.type, "__call__")
    elif isinstance(proper, TypeType) and isinstance(proper.item, Instance):
        yield _declared(proper.item.type, "__init__")


def _declared(owner: TypeInfo, name: str) -> Type | None:
    found = owner.get(name)
    node = found.node if found is not None else None
    return node.type if isinstance(node, (FuncDef, Var)) else None


def _of_index(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, IndexExpr)
    yield from _chain(checker, node.base)


def _of_member(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, MemberExpr)
    yield from _chain(checker, node.expr)


def _chain(checker: Checker, part: Expression) -> Iterator[Type | None]:
    """The type of an expression, and of what it was taken out of, key by key."""
    yield checker.stored_type(part)
    while isinstance(part, (IndexExpr, MemberExpr, CallExpr)):
        part = part.base if isinstance(part, IndexExpr) else part.callee if isinstance(part, CallExpr) else part.expr
        yield checker.stored_type(part)


def _of_operands(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, (ComparisonExpr, OpExpr, OperatorAssignmentStmt))
    for operand in _operands(node):
        yield from _chain(checker, operand)
        found = get_proper_type(checker.stored_type(operand))
        for name in _methods(node) if isinstance(found, Instance) else ():
            yield _declared(found.type, name) if isinstance(found, Instance) else None


def _operands(node: ComparisonExpr | OpExpr | OperatorAssignmentStmt) -> Iterable[Expression]:
    if isinstance(node, ComparisonExpr):
        return node.operands
    return (node.left, node.right) if isinstance(node, OpExpr) else (node.lvalue, node.rvalue)


def _methods(node: ComparisonExpr | OpExpr | OperatorAssignmentStmt) -> Iterator[str]:
    """The methods that may stand for an operator."""
    if isinstance(node, ComparisonExpr):
        yield "__contains__"
        return
    name = OPERATORS.get(node.op, "")
    yield f"__{name}__"
    yield f"__r{name}__"
    yield f"__i{name}__"


OPERATORS: Final[Mapping[str, str]] = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "@": "matmul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "^": "xor",
    "|": "or",
}
"""The name inside the special method of each operator."""


def _of_assignment(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    if isinstance(node, AssignmentStmt):
        yield node.type
        for target in node.lvalues:
            yield from _of_target(checker, target)
    elif isinstance(node, AssignmentExpr):
        yield from _of_target(checker, node.target)
    elif isinstance(node, Argument):
        yield node.variable.type


def _of_target(checker: Checker, target: Expression) -> Iterator[Type | None]:
    if isinstance(target, RefExpr) and isinstance(target.node, Var):
        yield target.node.type
    yield checker.stored_type(target)
    if isinstance(target, (IndexExpr, MemberExpr)):
        base = target.base if isinstance(target, IndexExpr) else target.expr
        yield from _chain(checker, base)
        found = get_proper_type(checker.stored_type(base))
        yield _declared(found.type, "__setitem__") if isinstance(found, Instance) else None
    for item in getattr(target, "items", ()):
        yield from _of_target(checker, item)


def _of_result(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    """What the function around gives."""
    function = owner.site.function
    declared = function.type if isinstance(function, FuncDef) else None
    yield declared.ret_type if isinstance(declared, CallableType) else None


def _of_class(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, ClassDef)
    yield _declared(node.info, "__init_subclass__")


def _of_method(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    """The methods of the same name in our classes."""
    node = owner.site.node
    assert isinstance(node, FuncDef)
    for base in node.info.mro[1:] if node.info else ():
        if is_ours(base.fullname) and node.name in base.names:
            yield _declared(base, node.name) or Instance(base, [])


def _of_given(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    """What an expression inside a statement is, as ``await`` and ``for`` take it."""
    expression = getattr(owner.site.node, "expr", None)
    for one in expression if isinstance(expression, list) else [expression]:
        if isinstance(one, Expression):
            yield from _chain(checker, one)


_TYPES: Final[Mapping[type[Node], Callable[[Checker, Owner], Iterator[Type | None]]]] = {
    CallExpr: _of_call,
    IndexExpr: _of_index,
    MemberExpr: _of_member,
    ComparisonExpr: _of_operands,
    OpExpr: _of_operands,
    OperatorAssignmentStmt: _of_operands,
    AssignmentStmt: _of_assignment,
    AssignmentExpr: _of_assignment,
    Argument: _of_assignment,
    ReturnStmt: _of_result,
    YieldExpr: _of_result,
    YieldFromExpr: _of_result,
    ClassDef: _of_class,
    FuncDef: _of_method,
    AwaitExpr: _of_given,
    ForStmt: _of_given,
    WithStmt: _of_given,
}
"""The types that say whether an error of a kind of syntax is about our API."""

