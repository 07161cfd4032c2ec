"""``text + chunk["choices"][0]["delta"]["content"]``: an operand of an API type that may be None."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import ComparisonExpr, Expression, IndexExpr, LambdaExpr, Node, OperatorAssignmentStmt, OpExpr
from mypy.types import Instance, NoneType, UnionType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.displays import statements
from typed_openai_mypy.displays.indexing import is_part_of_ours
from typed_openai_mypy.displays.literals import explain_appended
from typed_openai_mypy.displays.operator_methods import explain_operands
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem
from typed_openai_mypy.messages import replies
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.syntax.tree import Site


def explain_operation(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``a + b``, and ``a < b``."""
    expression = site.node
    if problems := explain_operands(explainer, site):
        return problems
    if isinstance(expression, OpExpr):
        if isinstance(site.function, LambdaExpr) and (problems := _explain_added(explainer, expression)):
            return problems
        return _explain_operands(explainer, expression.left, expression.right)
    assert isinstance(expression, ComparisonExpr)
    if len(expression.operands) != 2:
        return None
    return _explain_operands(explainer, *expression.operands)


def _explain_added(explainer: Explainer, total: OpExpr) -> list[Problem]:
    """``items + [item]`` in a lambda: the right list must have the type of the left one."""
    if total.op != "+":
        return []
    wanted = get_proper_type(explainer.checker.known_type(total.left))
    is_list = isinstance(wanted, Instance) and wanted.type.has_base("builtins.list")
    if not is_list or not shapes.mentions_ours(wanted):
        return []
    return explain_appended(explainer, total.right, wanted, statements.target_name(total.left))


def explain_augmented(explainer: Explainer, site: Site) -> list[Problem] | None:
    """``a += b``: the items that are added to a list of an API type, or else the operands."""
    statement = site.node
    assert isinstance(statement, OperatorAssignmentStmt)
    problems = statements.explain_augmented(explainer, site) or explain_operands(explainer, site)
    return problems or _explain_operands(explainer, statement.lvalue, statement.rvalue)


def _explain_operands(explainer: Explainer, left: Expression, right: Expression) -> list[Problem] | None:
    problems: list[Problem] = []
    for operand, other in ((left, right), (right, left)):
        explainer.skip(operand)
        found = get_proper_type(explainer.checker.known_type(operand))
        if not isinstance(operand, IndexExpr) or not isinstance(found, UnionType):
            continue
        rest = [one for one in shapes.members(found) if not isinstance(one, NoneType)]
        known = explainer.checker.known_type(other)
        fits = rest and explainer.checker.fits(known, UnionType.make_union(list(rest)))
        if fits and len(rest) < len(shapes.members(found)) and is_part_of_ours(explainer, operand):
            problems.append(Problem(operand, replies.none_by_key(type_text(found))))
    return problems


ANCHORS: Final[Mapping[type[Node], Anchor]] = {
    OpExpr: explain_operation,
    OperatorAssignmentStmt: explain_augmented,
}
