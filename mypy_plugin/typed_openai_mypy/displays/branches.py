"""Expressions that pass on the expected type: conditionals, comprehensions, lambdas, operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import (
    AssignmentExpr,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    GeneratorExpr,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    Node,
    OpExpr,
    ReturnStmt,
)
from mypy.types import CallableType, Type, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.containers import item_types, mapping_types
from typed_openai_mypy.calls.dict_methods import partial
from typed_openai_mypy.displays.literals import explain_appended
from typed_openai_mypy.explain.explainer import Explainer, Problem, Rule
from typed_openai_mypy.messages import value_messages
from typed_openai_mypy.messages.fragments import written
from typed_openai_mypy.messages.shortening import place_of
from typed_openai_mypy.syntax.tree import display_of


def explain_conditional(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """``a if condition else b``: each branch as it is narrowed by the condition."""
    assert isinstance(expression, ConditionalExpr)
    problems: list[Problem] = []
    for truth, branch in ((True, expression.if_expr), (False, expression.else_expr)):
        with explainer.checker.branch(expression.cond, truth):
            problems += explainer.check(branch, expected, path)
    explainer.skip(expression.cond)
    return problems


def explain_operator(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """``a or b``, ``a and b``, lists added or repeated, dicts merged: each operand has the expected type."""
    assert isinstance(expression, OpExpr)
    if expression.op == "*" and isinstance(expression.left, ListExpr):
        return explainer.check(expression.left, expected, path)
    if expression.op == "|":
        return _explain_merged(explainer, expression, expected, path)
    if expression.op in {"and", "or"}:
        with explainer.checker.branch(expression.left, expression.op == "and"):
            problems = explainer.check(expression.right, expected, path)
        if expression.op == "or" and isinstance(expression.left, (DictExpr, ListExpr, OpExpr)):
            problems = [*explainer.check(expression.left, expected, path), *problems]
        return problems or None
    if expression.op == "+" and any(isinstance(one, ListExpr) for one in (expression.left, expression.right)):
        problems = [
            *explainer.check(expression.left, expected, path),
            *explain_appended(explainer, expression.right, expected, path),
        ]
        return problems or _explain_sum(explainer, expression, expected, path)
    return None


def _explain_merged(explainer: Explainer, merged: OpExpr, expected: Type, path: str) -> list[Problem] | None:
    """``base | {...}``: each display has some of the keys."""
    members: list[Type] = [partial(one) for one in shapes.typed_dicts(expected)]
    wanted = UnionType.make_union(members or [expected])
    problems: list[Problem] = []
    for operand in (merged.left, merged.right):
        if isinstance(display_of(operand), (DictExpr, OpExpr)):
            problems += explainer.check(operand, wanted, path)
    return problems or None


def _explain_sum(explainer: Explainer, total: OpExpr, expected: Type, path: str) -> list[Problem]:
    """``[{...}] + items``: mypy evaluates the left operand without the expected type."""
    found = explainer.checker.type_of(total.left)
    if not isinstance(total.left, ListExpr) or explainer.checker.fits(found, expected):
        return []
    hint = f"; write [..., *{written(total.right)}], without the +"
    return [Problem(total.left, value_messages.mismatch(path, expected, found, hint))]


def explain_comprehension(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """A list comprehension or generator: its element, with the types of the loop's variables inside."""
    if isinstance(expression, ListComprehension):
        loops, fullname = expression.generator, "builtins.list"
    else:
        assert isinstance(expression, GeneratorExpr)
        loops, fullname = expression, "typing.Generator"
    wanted = item_types(explainer.checker, expected, fullname)
    if len(wanted) != 1:
        return None
    with explainer.checker.comprehension(loops):
        return explainer.check(loops.left_expr, wanted[0], f"{path}[...]")


def explain_dict_comprehension(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """A dict comprehension: its key and its value."""
    assert isinstance(expression, DictionaryComprehension)
    mappings = mapping_types(explainer.checker, expected)
    loop_key = expression.key
    if len(mappings) != 1 or loop_key is None:
        return None
    with explainer.checker.comprehension(expression):
        key, value = mappings[0]
        problems = explainer.check(loop_key, key, f"key of {path}" if path else "key")
        return problems + explainer.check(expression.value, value, f"{path}[...]")


def explain_lambda(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """A lambda: its body against the result type of the expected function."""
    assert isinstance(expression, LambdaExpr)
    functions = [one for one in shapes.members(expected) if isinstance(one, CallableType)]
    body = expression.body.body
    if len(functions) != 1 or len(body) != 1 or not isinstance(body[0], ReturnStmt) or body[0].expr is None:
        return None
    problems = explainer.check(body[0].expr, functions[0].ret_type, f"{path}()")
    return problems or _inside(explainer, expression, expected, path)


def _inside(explainer: Explainer, expression: Expression, expected: Type, path: str) -> list[Problem]:
    """The mistakes in a function that result from its parameters' types, in mypy's wording and places."""
    own_errors = explainer.checker.own_errors(expression)
    found = explainer.checker.errors_in(expression, expected)
    problems: list[Problem] = []
    for info in found[:1] if not own_errors else []:
        problems.append(Problem(place_of(info), value_messages.inside(path, info.message)))
    return problems


def explain_walrus(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """``(name := value)``: the value."""
    assert isinstance(expression, AssignmentExpr)
    if not isinstance(expression.value, (DictExpr, ListExpr)):
        return None
    return explainer.check(expression.value, expected, path)


RULES: Final[Mapping[type[Node], Rule]] = {
    ConditionalExpr: explain_conditional,
    OpExpr: explain_operator,
    ListComprehension: explain_comprehension,
    GeneratorExpr: explain_comprehension,
    DictionaryComprehension: explain_dict_comprehension,
    LambdaExpr: explain_lambda,
    AssignmentExpr: explain_walrus,
}
