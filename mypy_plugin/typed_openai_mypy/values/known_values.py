"""Static values of expressions, and the place of each of their parts.

Literals, displays of them, and names of ``Final`` and ``Literal`` type are known; everything else is
``UNKNOWN``. Nothing is evaluated: the syntax tree and the declared types suffice, and reading them cannot
change mypy's results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final

from mypy.nodes import (
    AssignmentExpr,
    ConditionalExpr,
    DictExpr,
    Expression,
    FloatExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    StarExpr,
    StrExpr,
    SymbolNode,
    TupleExpr,
    TypeInfo,
    UnaryExpr,
    Var,
)
from mypy.types import Instance, LiteralType, NoneType, TypedDictType, get_proper_type

from typed_openai_mypy.syntax.tree import display_of
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject, TypedObject

_CONSTANTS: Final[Mapping[str, object]] = {
    "builtins.True": True,
    "builtins.False": False,
    "builtins.None": None,
}


@dataclass(slots=True)
class Known:
    """Reads expressions; ``nodes`` has the expression at each place that was read.

    ``branches`` maps a conditional expression to the branch that is taken. One that is not in it is
    unknown, and is recorded in ``undecided``.
    """

    branches: Mapping[ConditionalExpr, Expression] = field(default_factory=dict)
    nodes: dict[Place, Expression] = field(default_factory=dict)
    undecided: list[ConditionalExpr] = field(default_factory=list)

    def value(self, expression: Expression, place: Place) -> object:
        """The JSON value of an expression at ``place``, as far as it is known."""
        expression = display_of(expression)
        self.nodes[place] = expression
        read = _READERS.get(type(expression))
        return UNKNOWN if read is None else read(self, expression, place)

    def items(self, expressions: Sequence[Expression], place: Place, start: int = 0) -> list[object]:
        """The values of an array's items, as far as they are known.

        An unpacked value may have any length: the positions after it are unknown.
        """
        items: list[object] = []
        for number, one in enumerate(expressions, start):
            if isinstance(one, StarExpr):
                return PartialArray(items)
            value = self.value(one, (*place, number))
            items.append(_by_type(one) if value is UNKNOWN else value)
        return items

    def key(self, expression: Expression) -> object:
        """The value of a key, which has no place of its own."""
        if isinstance(expression, StrExpr):
            return expression.value
        return Known(self.branches, undecided=self.undecided).value(expression, ())

    def node_at(self, place: Place) -> Expression | None:
        """The expression at a place inside the whole, or at the nearest place around it."""
        around = (place[:end] for end in range(len(place), 0, -1))
        return next((self.nodes[one] for one in around if one in self.nodes), None)


def readings() -> Iterator[Known]:
    """Yield a reading for each branch of the conditional expressions that are met.

    Finish one reading before the next is requested. The first one decides no condition; the others decide
    one condition each, not all combinations.
    """
    waiting: list[dict[ConditionalExpr, Expression]] = [{}]
    met: set[ConditionalExpr] = set()
    while waiting:
        known = Known(waiting.pop(0))
        yield known
        for one in known.undecided:
            if one not in met and len(met) < _MOST_CONDITIONALS:
                met.add(one)
                waiting += [{**known.branches, one: branch} for branch in (one.if_expr, one.else_expr)]


_MOST_CONDITIONALS: Final = 16


def _text(known: Known, node: Expression, place: Place) -> object:
    assert isinstance(node, (StrExpr, IntExpr, FloatExpr))
    return node.value


def _signed(known: Known, node: Expression, place: Place) -> object:
    assert isinstance(node, UnaryExpr)
    inner = known.value(node.expr, place)
    known.nodes[place] = node
    if isinstance(inner, bool) or not isinstance(inner, (int, float)):
        return UNKNOWN
    return {"-": -inner, "+": inner}.get(node.op, UNKNOWN)


def _joined(known: Known, node: Expression, place: Place) -> object:
    """``"a" + "b"``, ``"a" * 3``, ``24 * 3600``, ``[a] + [b]``, ``{**a} | {**b}``."""
    assert isinstance(node, OpExpr)
    if node.op not in _OPERATIONS:
        return UNKNOWN
    left = known.value(node.left, place)
    if isinstance(left, list) and not isinstance(left, PartialArray):
        right = display_of(node.right)
        whole = [*left, *known.items(right.items, place, len(left))] if isinstance(right, ListExpr) else []
        is_open = not isinstance(right, ListExpr) or any(isinstance(one, StarExpr) for one in right.items)
        known.nodes[place] = node
        return UNKNOWN if node.op != "+" else PartialArray(whole or left) if is_open else whole
    right_value = known.value(node.right, place)
    known.nodes[place] = node
    return _OPERATIONS[node.op](left, right_value)


def _added(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return left + right if _is_number(left) and _is_number(right) else UNKNOWN  # type: ignore[operator]  # numbers


def _repeated(left: object, right: object) -> object:
    if isinstance(right, str):
        left, right = right, left
    if isinstance(left, str):
        is_short = isinstance(right, int) and len(left) * right <= _LONGEST
        return left * right if is_short else UNKNOWN  # type: ignore[operator]  # an integer
    return left * right if _is_number(left) and _is_number(right) else UNKNOWN  # type: ignore[operator]  # numbers


def _subtracted(left: object, right: object) -> object:
    return left - right if _is_number(left) and _is_number(right) else UNKNOWN  # type: ignore[operator]  # numbers


def _merged(left: object, right: object) -> object:
    if not isinstance(left, dict) or not isinstance(right, dict):
        return UNKNOWN
    is_whole = not isinstance(left, PartialObject) and not isinstance(right, PartialObject)
    return {**left, **right} if is_whole else PartialObject({**left, **right})


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_OPERATIONS: Final[Mapping[str, Callable[[object, object], object]]] = {
    "+": _added,
    "-": _subtracted,
    "*": _repeated,
    "|": _merged,
}
_LONGEST: Final = 80_000_000
"""The maximum length of repeated text; the API's longest limits are shorter."""


def _chosen(known: Known, node: Expression, place: Place) -> object:
    assert isinstance(node, ConditionalExpr)
    branch = known.branches.get(node)
    if branch is None:
        known.undecided.append(node)
        return UNKNOWN
    return known.value(branch, place)


def _assigned(known: Known, node: Expression, place: Place) -> object:
    assert isinstance(node, AssignmentExpr)
    return known.value(node.value, place)


def _array(known: Known, node: Expression, place: Place) -> object:
    assert isinstance(node, (ListExpr, TupleExpr))
    return known.items(node.items, place)


def _object(known: Known, node: Expression, place: Place) -> object:
    assert isinstance(node, DictExpr)
    return read_object(known, node, node.items, place)


def read_object(
    known: Known, node: Expression, pairs: Iterable[tuple[Expression | None, Expression]], place: Place
) -> dict[str, object]:
    """The object of some keys and values (unpacked values have no key); ``node`` contains them all."""
    made: dict[str, object] = {}
    is_whole = True
    for key, value in pairs:
        inner = known.value(value, place) if key is None else None
        known.nodes[place] = node
        name = None if key is None else known.key(key)
        if isinstance(inner, dict):
            made |= inner
            is_whole = is_whole and not isinstance(inner, PartialObject)
        elif isinstance(name, str):
            made[name] = known.value(value, (*place, name))
        else:  # it may bring any keys, those before it among them
            made = dict.fromkeys(made, UNKNOWN)
            is_whole = False
    return made if is_whole else PartialObject(made)


def _name(known: Known, node: Expression, place: Place) -> object:
    assert isinstance(node, (NameExpr, MemberExpr))
    if node.fullname in _CONSTANTS:
        return _CONSTANTS[node.fullname]
    found = node.node if node.node is not None or isinstance(node, NameExpr) else _attribute(node)
    return _of_variable(found) if isinstance(found, Var) else UNKNOWN


def _attribute(node: MemberExpr) -> SymbolNode | None:
    """The member of that name in a class, or in the class of an object."""
    owner = node.expr.node if isinstance(node.expr, RefExpr) else None
    if isinstance(owner, Var):
        declared = get_proper_type(owner.type)
        owner = declared.type if isinstance(declared, Instance) else None
    found = owner.get(node.name) if isinstance(owner, TypeInfo) else None
    return None if found is None else found.node


def _by_type(item: Expression) -> object:
    """The known keys of an array's item according to its declared type."""
    variable = item.node if isinstance(item, NameExpr) else None
    declared = get_proper_type(variable.type) if isinstance(variable, Var) else None
    return TypedObject(declared.items) if isinstance(declared, TypedDictType) else UNKNOWN


def _of_variable(variable: Var) -> object:
    """The value of a variable that is constant by its declaration."""
    if variable.is_final and variable.final_value is not None:
        return variable.final_value
    declared = get_proper_type(variable.type)
    if isinstance(declared, Instance) and variable.is_final:
        declared = declared.last_known_value
    if isinstance(declared, LiteralType) and declared.fallback.type.fullname in _JSON_LITERALS:
        return declared.value
    return None if isinstance(declared, NoneType) else UNKNOWN


_JSON_LITERALS: Final = frozenset({"builtins.str", "builtins.int", "builtins.bool"})
"""The classes of literals that are JSON values, unlike bytes and members of enumerations."""

_READERS: Final[Mapping[type[Expression], Callable[[Known, Expression, Place], object]]] = {
    StrExpr: _text,
    IntExpr: _text,
    FloatExpr: _text,
    UnaryExpr: _signed,
    OpExpr: _joined,
    ListExpr: _array,
    TupleExpr: _array,
    DictExpr: _object,
    ConditionalExpr: _chosen,
    AssignmentExpr: _assigned,
    NameExpr: _name,
    MemberExpr: _name,
}
