"""Effects of expressions on the state, and the contents of their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from mypy.nodes import (
    AssignmentExpr,
    CallExpr,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    GeneratorExpr,
    IndexExpr,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    OpExpr,
    RefExpr,
    SetComprehension,
    SetExpr,
    SliceExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
)

from typed_openai_mypy.reading.assigned_targets import assign_to
from typed_openai_mypy.reading.contents import STANDS, UNKNOWN, Content, container_of, displayed, joined
from typed_openai_mypy.reading.flow import Flow
from typed_openai_mypy.reading.reads import popped_from
from typed_openai_mypy.reading.references import literal_index, reference_of, reference_to
from typed_openai_mypy.syntax.tree import display_of

_SAME_ITEMS: Final = frozenset(
    f"builtins.{name}" for name in ("frozenset", "iter", "list", "reversed", "set", "sorted", "tuple")
) | {"collections.deque", "copy.copy", "copy.deepcopy", "itertools.chain", "itertools.islice"}
"""Functions whose result has the items of their first argument."""

_ONE_ITEM: Final = frozenset({"builtins.max", "builtins.min", "builtins.next"})
"""Functions whose result is an item of their first argument."""

_CALLING: Final = frozenset({"builtins.filter", "builtins.map", "builtins.sorted"}) | _ONE_ITEM
"""Functions that call a lambda with the items of another argument."""

_SAME: Final = frozenset({"copy.copy", "copy.deepcopy", "typing.cast"})


def _reference(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, (NameExpr, MemberExpr))
    if isinstance(expression, MemberExpr):
        flow.value(expression.expr)
    return flow.content_of(expression)


def _index(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, IndexExpr)
    if expression.analyzed is not None:  # a type: list[int]
        return UNKNOWN
    owner = flow.value(expression.base)
    flow.value(expression.index)
    flow.look(expression, owner)
    owners = flow.typed_dicts(expression.base) if owner.cases or owner.is_closed else []
    if owner.is_impossible or (owners and all(map(owner.excludes, owners))):
        return STANDS
    reference = reference_of(expression)
    known = None if reference is None else flow.state.known(reference)
    if known is not None:
        return known
    return owner if isinstance(expression.index, SliceExpr) else owner.item(literal_index(expression.index))


def _assigned(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, AssignmentExpr)
    content = flow.value(expression.value)
    flow.assign(expression.target, content, expression.value)
    return content


def _branching(flow: Flow, expression: Expression) -> Content:
    """The value of ``and`` and ``or``; any other operator has no content."""
    assert isinstance(expression, OpExpr)
    if expression.op not in {"and", "or"}:
        flow.value(expression.left)
        flow.value(expression.right)
        return UNKNOWN
    true, false = flow.branch(expression.left)
    found = [flow.content_of(expression.left)]
    goes_on, ends = (true, false) if expression.op == "and" else (false, true)
    then = flow.way(goes_on, lambda: found.append(flow.value(expression.right)))
    flow.state.go(flow.state.met([ends, then]))
    if expression.op == "or" and _is_never_empty(flow, expression.left):
        return found[0]
    return joined(found)


def _is_never_empty(flow: Flow, expression: Expression) -> bool:
    """Return whether a value is a TypedDict with a required key."""
    found = flow.typed_dicts(expression)
    return bool(found) and all(one.required_keys for one in found)


def _conditional(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, ConditionalExpr)
    found: list[Content] = []

    def take(part: Expression) -> Callable[[], None]:
        return lambda: found.append(_content_as(flow, part))

    true, false = flow.branch(expression.cond)
    ways = [flow.way(true, take(expression.if_expr)), flow.way(false, take(expression.else_expr))]
    flow.state.go(flow.state.met(ways))
    return joined(found)


def _content_as(flow: Flow, part: Expression) -> Content:
    """The content of a value, with the TypedDicts that it may be."""
    return flow.typed_content(flow.value(part), part)


def _call(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, CallExpr)
    display = display_of(expression)
    if display is not expression:
        return flow.value(display)
    flow.value(expression.callee)
    found = _arguments(flow, expression)
    if (owner := popped_from(expression)) is not None:
        content = flow.content_of(owner)
        flow.look(expression, content)
        flow.remove(owner, content, literal_index(expression.args[0]))
    flow.state.note_raising()
    return _result(expression, found, flow)


def _arguments(flow: Flow, call: CallExpr) -> list[Content]:
    """The contents of the arguments; a lambda may be called with the items of another one."""
    found: list[Content] = []
    takes_items = isinstance(call.callee, RefExpr) and call.callee.fullname in _CALLING
    others = [one for one in call.args if not isinstance(one, LambdaExpr)]
    contents = {one: flow.value(one) for one in others}
    items = contents[others[0]].item() if others else UNKNOWN
    for one in call.args:
        if isinstance(one, LambdaExpr):
            found.append(_function(flow, one, items if takes_items else UNKNOWN))
        else:
            found.append(contents[one])
    return found


def _result(call: CallExpr, given: list[Content], flow: Flow) -> Content:
    callee = call.callee
    if isinstance(callee, MemberExpr) and callee.name in {"copy", "values"} and not call.args:
        return flow.content_of(callee.expr)
    if not isinstance(callee, RefExpr) or not given:
        return UNKNOWN
    if callee.fullname in _SAME:
        return given[-1]
    if callee.fullname == "builtins.next" and len(given) == 2:
        return joined([given[0].item(), flow.typed_content(given[1], call.args[1])])
    make = _RESULTS.get(callee.fullname)
    return UNKNOWN if make is None else make(given)


def _same_items(given: Sequence[Content]) -> Content:
    return given[0]


def _one_item(given: Sequence[Content]) -> Content:
    return given[0].item()


def _numbered(given: Sequence[Content]) -> Content:
    return Content(is_closed=True, inner=Content(is_closed=True, places=(UNKNOWN, given[0].item())))


def _zipped(given: Sequence[Content]) -> Content:
    places = tuple(one.item() for one in given)
    return Content(is_closed=True, inner=Content(is_closed=True, places=places))


def _items(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, (ListExpr, SetExpr))
    return container_of([_content_as(flow, one) for one in expression.items])


def _tuple(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, TupleExpr)
    found = [_content_as(flow, one) for one in expression.items]
    if any(isinstance(one, StarExpr) for one in expression.items):
        return container_of(found)
    return Content(is_closed=True, places=tuple(found))


def _dict(flow: Flow, expression: Expression) -> Content:
    """A dict display: the keys of a TypedDict that it gives, or the contents of a dict's values."""
    assert isinstance(expression, DictExpr)
    given: list[str] = []
    values: list[Content] = []
    unpacked: list[Content] = []
    for key, value in expression.items:
        if key is not None:
            flow.value(key)
        content = _content_as(flow, value)
        if key is None:
            unpacked.append(content)
        else:
            values.append(content)
            given += [key.value] if isinstance(key, StrExpr) else []
    typed_dicts = flow.typed_dicts(expression)
    if not typed_dicts:
        return container_of(values) if not unpacked else UNKNOWN
    return displayed({*given, *(key for one in unpacked for key in one.certain_keys())}, typed_dicts)


def _comprehension(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, (ListComprehension, SetComprehension))
    return flow.value(expression.generator)


def _generator(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, GeneratorExpr)
    mark = flow.state.mark()
    _enter_loops(flow, expression)
    found = _content_as(flow, expression.left_expr) if flow.state.is_reached else UNKNOWN
    flow.state.go_back(mark)
    return container_of([found])


def _dict_comprehension(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, DictionaryComprehension)
    mark = flow.state.mark()
    _enter_loops(flow, expression)
    found = UNKNOWN
    if flow.state.is_reached:
        if expression.key is not None:
            flow.value(expression.key)
        found = _content_as(flow, expression.value)
    flow.state.go_back(mark)
    return container_of([found])


def _enter_loops(flow: Flow, loops: GeneratorExpr | DictionaryComprehension) -> None:
    """Assign to the variables of a comprehension, and go the way on which its conditions hold."""
    for index, sequence, conditions in zip(loops.indices, loops.sequences, loops.condlists, strict=True):
        if not flow.state.is_reached:
            return
        assign_to(flow, index, flow.value(sequence).item())
        for condition in conditions:
            if flow.state.is_reached:
                flow.state.go(flow.branch(condition)[0])


def _lambda(flow: Flow, expression: Expression) -> Content:
    assert isinstance(expression, LambdaExpr)
    return _function(flow, expression, UNKNOWN)


def _function(flow: Flow, expression: LambdaExpr, first: Content) -> Content:
    """Follow a lambda; ``first`` is what is known of its first argument."""
    for argument in expression.arguments:
        if argument.initializer is not None:
            flow.value(argument.initializer)
    known = {reference_to(one.variable): first for one in expression.arguments[:1] if first != UNKNOWN}
    flow.defer(expression, known)
    return UNKNOWN


_RESULTS: Final[Mapping[str, Callable[[Sequence[Content]], Content]]] = {
    **dict.fromkeys(_SAME_ITEMS, _same_items),
    **dict.fromkeys(_ONE_ITEM, _one_item),
    "builtins.enumerate": _numbered,
    "builtins.zip": _zipped,
}
"""The contents of the results of functions, by their names."""

VALUES: Final[Mapping[type[Node], Callable[[Flow, Expression], Content]]] = {
    NameExpr: _reference,
    MemberExpr: _reference,
    IndexExpr: _index,
    AssignmentExpr: _assigned,
    OpExpr: _branching,
    ConditionalExpr: _conditional,
    CallExpr: _call,
    ListExpr: _items,
    SetExpr: _items,
    TupleExpr: _tuple,
    DictExpr: _dict,
    ListComprehension: _comprehension,
    SetComprehension: _comprehension,
    GeneratorExpr: _generator,
    DictionaryComprehension: _dict_comprehension,
    LambdaExpr: _lambda,
}
