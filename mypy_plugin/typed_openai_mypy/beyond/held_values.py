"""Mistakes between values that variables hold: choices of a kit's tools, and answers in grown lists.

A value is only used if it is certain. These rules are about several values together, so that nothing is found
here that the values themselves show.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import field

from mypy.errorcodes import ErrorCode
from mypy.nodes import CallExpr, Expression, ListExpr, MemberExpr, MypyFile, NameExpr, Node, OpExpr, StarExpr
from mypy.types import Instance, get_proper_type

from typed_openai_mypy.api.fullnames import KIT, KIT_TOOLS
from typed_openai_mypy.beyond.bounds import beyond_types
from typed_openai_mypy.packages import canonical
from typed_openai_mypy.syntax.histories import History, history_of
from typed_openai_mypy.syntax.tree import display_of, end_of, index_of, start_of
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_mypy.values.kit_tools import tools_of
from typed_openai_mypy.values.known_values import Known
from typed_openai_spec.model import Object
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.dependents import check_pairings
from typed_openai_spec.validation.tool_choices import check_choices
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import PartialArray, PartialObject


def find(
    given: Given, tree: MypyFile, call: CallExpr, harmless: Container[Node]
) -> Iterator[tuple[ErrorCode, Place, str]]:
    """Yield the mistakes of a call; ``harmless`` are earlier calls that do not change their arguments."""
    for body in given.operation.bodies:
        schema = given.description.validator.resolve(body.schema)
        if not isinstance(schema, Object) or not (schema.pairings or schema.tool_choices):
            continue
        sent = given.body(body.fields)
        lists = _Lists(tree, call, given.known)
        held = {
            wire: value
            for wire in _fields_of(schema)
            if (value := _held(given, wire, schema, lists)) is not None
        }
        if not held or not lists.are_held:
            continue
        whole = {**sent, **held}
        made = whole if given.is_whole else PartialObject(whole)
        broken = [*check_pairings(made, schema, ()), *check_choices(made, schema, ())]
        if broken and all(one.is_certain(harmless) for one in lists.histories):
            yield from beyond_types(broken)


def _fields_of(schema: Object) -> list[str]:
    fields = [one.field for one in schema.pairings] + [one.among for one in schema.tool_choices]
    return [*dict.fromkeys(fields)]


def _held(given: Given, wire: str, schema: Object, lists: _Lists) -> list[object] | None:
    """Return the items of a field that are known if those of variables are; None for a field without any."""
    argument = next((one for one in given.operation.arguments if one.wire == wire), None)
    if argument is None:
        return None
    expression = given.known.nodes.get((argument.name,)) if argument.name in given.values else None
    items = [] if expression is None else lists.items(expression, (argument.name,))
    choice = next((one for one in schema.tool_choices if one.among == wire), None)
    if given.kit is not None and choice is not None and "function" in dict(choice.kinds):
        return lists.with_kit(items, given.kit, dict(choice.kinds)["function"])
    return None if expression is None else items


@dataclass(slots=True)
class _Lists:
    """Reads lists with the values that variables hold. ``are_held`` is true if there were any."""

    tree: MypyFile
    call: CallExpr
    known: Known
    are_held: bool = False
    histories: list[History] = field(default_factory=list)

    def items(self, expression: Expression, place: Place, start: int = 0) -> list[object]:
        """Return the items of a list, as far as they are known."""
        expression = display_of(expression)
        if isinstance(expression, ListExpr):
            return self._joined([*expression.items], place, start)
        if isinstance(expression, OpExpr) and expression.op == "+":
            return self._joined([StarExpr(expression.left), StarExpr(expression.right)], place, start)
        if isinstance(expression, MemberExpr) and (names := self._kit_tools(expression)) is not None:
            return names
        if isinstance(expression, NameExpr) and (history := self._history(expression)) is not None:
            return self._joined([StarExpr(one) for one in history.parts], place, start)
        return PartialArray()

    def with_kit(self, items: list[object], kit: Expression, path: Place) -> list[object]:
        """Return the tools of a request and those of the kit that makes it."""
        names = tools_of(self.tree, kit)
        self.are_held = True
        if names is None or isinstance(items, PartialArray):
            return PartialArray(items)
        return [*items, *(_tool(one, path) for one in names)]

    def _joined(self, expressions: list[Expression], place: Place, start: int) -> list[object]:
        found: list[object] = []
        for one in expressions:
            number = start + len(found)
            if isinstance(one, StarExpr):
                inner = self.items(one.expr, place, number)
                found += inner
                if isinstance(inner, PartialArray):
                    return PartialArray(found)
            else:
                found += self.known.items([one], place, number)
        return found

    def _kit_tools(self, expression: MemberExpr) -> list[object] | None:
        path = KIT_TOOLS.get(expression.name)
        if path is None or not _is_kit(expression.expr):
            return None
        names = tools_of(self.tree, expression.expr)
        self.are_held = True
        return PartialArray() if names is None else [_tool(one, path) for one in names]

    def _history(self, name: NameExpr) -> History | None:
        inner = index_of(self.tree).site(start_of(self.call), end_of(self.call))
        site = next((one for one in inner.around() if one.node is self.call), None)
        history = None if site is None else history_of(self.tree, site, name)
        if history is not None:
            self.are_held = True
            self.histories.append(history)
        return history


def _is_kit(expression: Expression) -> bool:
    variable = expression.node if isinstance(expression, NameExpr) else None
    declared = get_proper_type(getattr(variable, "type", None))
    return isinstance(declared, Instance) and canonical(declared.type.fullname) == KIT


def _tool(name: str, path: Place) -> object:
    """Return the data of a tool, of which only the type and the name are known."""
    value: object = name
    for key in reversed(path):
        value = PartialObject({str(key): value})
    assert isinstance(value, dict)
    return PartialObject({"type": "function", **value})
