"""What is known of an expression's value before the program runs, and where each part of it stands.

Literals, displays of them, and names of ``Final`` and ``Literal`` type are known; all else is
``UNKNOWN``. Nothing is evaluated: what the syntax tree and the declared types say is enough, and
cannot change what mypy thinks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from mypy.nodes import (
    DictExpr,
    Expression,
    FloatExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
    UnaryExpr,
    Var,
)
from mypy.types import Instance, LiteralType, NoneType, get_proper_type

from typed_openai_mypy.explain import display_of
from typed_openai_spec.violations import UNKNOWN, PartialArray, PartialObject, join

_CONSTANTS: Final[Mapping[str, object]] = {
    "builtins.True": True,
    "builtins.False": False,
    "builtins.None": None,
}


@dataclass(slots=True)
class Known:
    """Reads expressions; ``nodes`` is the expression at each place that was read."""

    nodes: dict[str, Expression] = field(default_factory=dict)

    def value(self, expression: Expression, place: str) -> object:
        """The JSON value of an expression at ``place``, as far as it is known."""
        expression = display_of(expression)
        self.nodes[place] = expression
        read = _READERS.get(type(expression))
        return UNKNOWN if read is None else read(self, expression, place)

    def node_at(self, place: str) -> Expression | None:
        """The expression at a place, or at the nearest place around it."""
        around = [one for one in self.nodes if place == one or place.startswith((f"{one}.", f"{one}["))]
        return self.nodes[max(around, key=len)] if around else None


def _text(known: Known, node: Expression, place: str) -> object:
    assert isinstance(node, (StrExpr, IntExpr, FloatExpr))
    return node.value


def _negative(known: Known, node: Expression, place: str) -> object:
    assert isinstance(node, UnaryExpr)
    inner = node.expr
    return -inner.value if node.op == "-" and isinstance(inner, (IntExpr, FloatExpr)) else UNKNOWN


def _joined(known: Known, node: Expression, place: str) -> object:
    """``"a" + "b"`` and ``"a" * 3``, as people write long texts."""
    assert isinstance(node, OpExpr)
    left, right = known.value(node.left, place), known.value(node.right, place)
    known.nodes[place] = node
    if node.op == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if node.op == "*" and isinstance(left, str) and isinstance(right, int) and right <= _MOST_REPEATED:
        return left * right
    return UNKNOWN


_MOST_REPEATED: Final = 1_000_000


def _array(known: Known, node: Expression, place: str) -> object:
    assert isinstance(node, (ListExpr, TupleExpr))
    items = [known.value(one, f"{place}[{number}]") for number, one in enumerate(node.items)]
    if not any(isinstance(one, StarExpr) for one in node.items):
        return items
    # What is unpacked may be of any length: the positions after it are not known.
    first = next(number for number, one in enumerate(node.items) if isinstance(one, StarExpr))
    return PartialArray(items[:first])


def _object(known: Known, node: Expression, place: str) -> object:
    assert isinstance(node, DictExpr)
    made: dict[str, object] = {}
    is_whole = True
    for key, value in node.items:
        inner = known.value(value, place) if key is None else None
        known.nodes[place] = node
        name = None if key is None else known.value(key, f"{place}.<key>")
        if isinstance(inner, dict):
            made |= inner
            is_whole = is_whole and not isinstance(inner, PartialObject)
        elif isinstance(name, str):
            made[name] = known.value(value, join(place, name))
        else:
            is_whole = False
    return made if is_whole else PartialObject(made)


def _name(known: Known, node: Expression, place: str) -> object:
    assert isinstance(node, (NameExpr, MemberExpr))
    if node.fullname in _CONSTANTS:
        return _CONSTANTS[node.fullname]
    return _of_variable(node.node) if isinstance(node.node, Var) else UNKNOWN


def _of_variable(variable: Var) -> object:
    """The value of a variable that cannot have another one."""
    if variable.is_final and variable.final_value is not None:
        return variable.final_value
    declared = get_proper_type(variable.type)
    if isinstance(declared, Instance) and variable.is_final:
        declared = declared.last_known_value
    if isinstance(declared, LiteralType) and declared.fallback.type.fullname in _JSON_LITERALS:
        return declared.value
    return None if isinstance(declared, NoneType) else UNKNOWN


_JSON_LITERALS: Final = frozenset({"builtins.str", "builtins.int", "builtins.bool"})
"""The classes of literals that are JSON values: bytes and the members of enumerations are none."""

_READERS: Final[Mapping[type[Expression], Callable[[Known, Expression, str], object]]] = {
    StrExpr: _text,
    IntExpr: _text,
    FloatExpr: _text,
    UnaryExpr: _negative,
    OpExpr: _joined,
    ListExpr: _array,
    TupleExpr: _array,
    DictExpr: _object,
    NameExpr: _name,
    MemberExpr: _name,
}
