"""Decides whether an error is about the API by the types at its place, without evaluating anything.

This is the last of three questions. The first two are cheaper: can the file see a client package through
its imports (``visibility``), and can the text of the error be about types of the API (``words``)? Only an
error that passes all three is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
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
    GeneratorExpr,
    IndexExpr,
    LambdaExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    RefExpr,
    ReturnStmt,
    SymbolNode,
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
    Parameters,
    Type,
    TypedDictType,
    TypeType,
    TypeVarLikeType,
    TypeVarType,
    get_proper_type,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.declared import declared_type, inherited_type, member_type, type_of_node
from typed_openai_mypy.api.fullnames import CLONING, is_ours
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.compat.partial_types import partial_signature
from typed_openai_mypy.syntax.owners import Owner


def is_concerned(checker: Checker, owner: Owner) -> bool:
    """Return whether the types that mypy found at the owner of an error belong to the API."""
    types = _TYPES.get(type(owner.site.node))
    return types is not None and (_is_of_package(owner) or any(map(_concerns, types(checker, owner))))


def _is_of_package(owner: Owner) -> bool:
    """Return whether an error is about an attribute of a client package itself."""
    node = owner.site.node
    module = node.expr.node if isinstance(node, MemberExpr) and isinstance(node.expr, RefExpr) else None
    return isinstance(module, MypyFile) and is_ours(module.fullname)


def _known(checker: Checker, expression: Expression) -> Type | None:
    """The type that mypy found for an expression, or else its declared type."""
    found = checker.stored_type(expression)
    return declared_type(expression) if found is None else found


def is_generic(checker: Checker, call: CallExpr) -> bool:
    """Return whether the type expected of a call may determine the types expected of its arguments."""
    node = call.callee.node if isinstance(call.callee, RefExpr) else None
    if isinstance(node, TypeInfo):
        return bool(node.defn.type_vars)
    found = get_proper_type(_known(checker, call.callee))
    if not isinstance(found, FunctionLike):
        return True
    return any(one.variables or declared_variables(one.definition) for one in found.items)


def declared_variables(definition: SymbolNode | None) -> Sequence[TypeVarLikeType]:
    """The type variables of a function; mypy stores a called function's type without them."""
    declared = get_proper_type(type_of_node(definition))
    items = declared.items if isinstance(declared, FunctionLike) else ()
    return [variable for one in items for variable in one.variables]


def makes_container(call: CallExpr) -> bool:
    """Return whether a call constructs an instance of a generic class: ``tuple([...])``."""
    node = call.callee.node if isinstance(call.callee, RefExpr) else None
    return isinstance(node, TypeInfo) and bool(node.defn.type_vars)


def _concerns(found: Type | None) -> bool:
    if found is None:
        return False
    proper = get_proper_type(found)
    if isinstance(proper, FunctionLike):
        return any(map(_takes_ours, proper.items))
    bases = proper.type.bases if isinstance(proper, Instance) else ()
    return any(map(shapes.mentions_ours, (found, *bases)))


def _takes_ours(signature: CallableType) -> bool:
    definition = signature.definition
    if definition is not None and is_ours(definition.fullname):
        return True
    variables = (*signature.variables, *declared_variables(definition))
    bounds = [bound for one in variables for bound in (one.upper_bound, *getattr(one, "values", ()))]
    return any(map(shapes.mentions_ours, (*signature.arg_types, signature.ret_type, *bounds)))


def _of_call(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    call = owner.site.node
    assert isinstance(call, CallExpr)
    for find in (partial(_known, checker), declared_type):
        callee = find(call.callee)
        for one in shapes.members(callee) if callee is not None else ():
            yield from _called(one)
    yield partial_signature(declared_type(call.callee))
    if isinstance(call.callee, RefExpr) and isinstance(call.callee.node, TypeInfo):
        yield call.callee.node.typeddict_type
    if isinstance(call.callee, RefExpr) and call.callee.fullname in CLONING and call.args:
        cloned = _bounded(_known(checker, call.args[0]))
        yield member_type(cloned.type, "__init__") if isinstance(cloned, Instance) else None
    if isinstance(call.callee, MemberExpr):
        receiver = _known(checker, call.callee.expr)
        proper = get_proper_type(receiver)
        yield receiver if isinstance(proper, TypedDictType) else None
        yield from proper.args if isinstance(proper, Instance) else ()
    for argument in call.args:
        if isinstance(argument, (RefExpr, CallExpr, IndexExpr)):
            given = _known(checker, argument)
            yield given if isinstance(get_proper_type(given), FunctionLike) else None
            yield _known(checker, argument.callee) if isinstance(argument, CallExpr) else None
        elif isinstance(argument, LambdaExpr) and argument in owner.focus:
            yield from (one.variable.type for one in argument.arguments)


def _called(callee: Type) -> Iterator[Type | None]:
    """The type of the callee, with ``__call__`` of an instance and ``__init__`` of a class."""
    yield callee
    proper = get_proper_type(callee)
    if isinstance(proper, Instance):
        for one in proper.args:
            yield from one.arg_types if isinstance(one, Parameters) else [one]
        yield member_type(proper.type, "__call__")
        yield partial_signature(proper)
    elif isinstance(proper, TypeType):
        made = _bounded(proper.item)
        yield member_type(made.type, "__init__") if isinstance(made, Instance) else None


def _bounded(found: Type | None) -> Type | None:
    """The type itself, or the upper bound of a type variable such as ``Self``."""
    proper = get_proper_type(found)
    return get_proper_type(proper.upper_bound) if isinstance(proper, TypeVarType) else proper


def _of_index(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, IndexExpr)
    yield from _origins(checker, owner, node.base)
    yield from _special_methods(checker, owner)


def _of_member(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, MemberExpr)
    yield from _origins(checker, owner, node.expr)


def _origins(checker: Checker, owner: Owner, part: Expression) -> Iterator[Type | None]:
    """The types of the values that a value was taken from; for a variable, also those of its assignment."""
    yield from _chain(checker, part)
    if not isinstance(part, NameExpr):
        return
    from typed_openai_mypy.syntax.origins import origin_of  # noqa: PLC0415  most errors are about calls

    origin = origin_of(checker.tree, owner.site, part)
    if origin is not None:
        yield from _chain(checker, origin.expression)


def _chain(checker: Checker, part: Expression) -> Iterator[Type | None]:
    """The type of an expression and of each expression that it was taken from, key by key."""
    while True:
        yield _known(checker, part)
        if isinstance(part, IndexExpr):
            part = part.base
        elif isinstance(part, CallExpr):
            part = part.callee
        elif isinstance(part, (AwaitExpr, MemberExpr)):
            part = part.expr
        elif isinstance(part, AssignmentExpr):
            part = part.value
        else:
            return


def _of_operands(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, (ComparisonExpr, OpExpr, OperatorAssignmentStmt))
    for operand in _operands(node):
        yield from _origins(checker, owner, operand)
    yield from _special_methods(checker, owner)


def _special_methods(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    """The special methods that the syntax calls on instances of the user's classes."""
    from typed_openai_mypy.syntax.special_methods import special_calls  # noqa: PLC0415  as above

    for call in special_calls(owner.site):
        found = _known(checker, call.owner)
        for one in shapes.members(found) if found is not None else ():
            yield member_type(one.type, call.method) if isinstance(one, Instance) else None


def _operands(node: ComparisonExpr | OpExpr | OperatorAssignmentStmt) -> Iterable[Expression]:
    if isinstance(node, ComparisonExpr):
        return node.operands
    return (node.left, node.right) if isinstance(node, OpExpr) else (node.lvalue, node.rvalue)


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
    yield _known(checker, target)
    yield inherited_type(target)
    if isinstance(target, (IndexExpr, MemberExpr)):
        base = target.base if isinstance(target, IndexExpr) else target.expr
        yield from _chain(checker, base)
        found = get_proper_type(_known(checker, base))
        name = target.name if isinstance(target, MemberExpr) else "__setitem__"
        yield member_type(found.type, name) if isinstance(found, Instance) else None
    for item in getattr(target, "items", ()):
        yield from _of_target(checker, item)


def _of_result(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    """The declared result of the enclosing function."""
    function = owner.site.function
    declared = function.type if isinstance(function, FuncDef) else None
    yield declared.ret_type if isinstance(declared, CallableType) else None


def _of_class(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    node = owner.site.node
    assert isinstance(node, ClassDef)
    yield member_type(node.info, "__init_subclass__")


def _of_method(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    """The overridden methods in classes of a client package."""
    node = owner.site.node
    assert isinstance(node, FuncDef)
    for base in node.info.mro[1:] if node.info else ():
        if is_ours(base.fullname) and node.name in base.names:
            yield member_type(base, node.name) or Instance(base, [])


def _of_given(checker: Checker, owner: Owner) -> Iterator[Type | None]:
    """The types of the operands of ``await``, ``for`` and ``with``."""
    node = owner.site.node
    expression = node.sequences if isinstance(node, GeneratorExpr) else getattr(node, "expr", None)
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
    GeneratorExpr: _of_given,
    WithStmt: _of_given,
}
"""For each kind of syntax, the types that decide whether its errors are about the API."""
