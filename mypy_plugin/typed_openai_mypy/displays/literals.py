"""Dict, list, set and tuple displays: descends to the wrong key, value or item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from mypy.nodes import (
    DictExpr,
    Expression,
    GeneratorExpr,
    ListComprehension,
    ListExpr,
    Node,
    SetExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
)
from mypy.types import TupleType, Type, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.containers import item_types, mapping_types
from typed_openai_mypy.explain.explainer import Alike, Explainer, Problem, Rule
from typed_openai_mypy.messages import value_messages
from typed_openai_mypy.messages.enclosing import is_for_a_list
from typed_openai_mypy.messages.fragments import literal
from typed_openai_mypy.messages.type_names import type_text
from typed_openai_mypy.syntax.tree import PLAIN, display_of
from typed_openai_mypy.values.entries import entries_of, literal_key
from typed_openai_mypy.values.members import explain_members

_HINTS: Final[Mapping[tuple[type[Node], ...], str]] = {
    (ListExpr, TupleExpr): "; leave out the *[...] around the items",
    (ListComprehension, GeneratorExpr): '; assign it first to a variable annotated as "list[{}]"',
}
"""Hints for a display or a comprehension that is unpacked into a list; ``{}`` is the items' type."""


def explain_dict(
    explainer: Explainer, display: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """A dict display where a TypedDict or a mapping is expected."""
    assert isinstance(display, DictExpr)
    if candidates := shapes.typed_dicts(expected):
        return explain_members(explainer, entries_of(explainer, display, path), candidates, expected)
    if is_for_a_list(explainer.checker, display, expected):
        explainer.skip(display)
        return [explainer.mismatch(display, expected, explainer.checker.type_of(display), path)]
    mappings = mapping_types(explainer.checker, expected)
    if not mappings:
        return None
    return min((_mapping(explainer, display, keys, values, path) for keys, values in mappings), key=len)


def explain_list(
    explainer: Explainer, display: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """A list display where a list, sequence or iterable is expected."""
    assert isinstance(display, ListExpr)
    return _explain_sequence(explainer, display, expected, path)


def explain_set(explainer: Explainer, display: Expression, expected: Type, path: str) -> list[Problem] | None:
    """A set display where a set or an iterable is expected."""
    assert isinstance(display, SetExpr)
    wanted = item_types(explainer.checker, expected, "builtins.set")
    if len(wanted) != 1:
        return None
    only = explainer.focused(display, display.items)
    items = display.items if only is None else [display.items[only]]
    return [problem for one in items for problem in explainer.check(one, wanted[0], f"{path}[...]")]


def explain_tuple(
    explainer: Explainer, display: Expression, expected: Type, path: str
) -> list[Problem] | None:
    """A tuple display where a tuple of that length, or a sequence, is expected."""
    assert isinstance(display, TupleExpr)
    tuples = [
        one
        for one in shapes.members(expected)
        if isinstance(one, TupleType) and len(one.items) == len(display.items)
    ]
    if tuples:
        nearest = _nearest(explainer, display, tuples)
        return [
            problem
            for index, item in enumerate(display.items)
            for problem in explainer.check(
                item, UnionType.make_union([one.items[index] for one in nearest]), f"{path}[{index}]"
            )
        ]
    return _explain_sequence(explainer, display, expected, path)


def _nearest(explainer: Explainer, display: TupleExpr, tuples: Sequence[TupleType]) -> Sequence[TupleType]:
    """The tuples of which the most items fit."""
    if len(tuples) == 1:
        return tuples
    found = [explainer.checker.type_of(item) for item in display.items]
    fitting = [sum(map(explainer.checker.fits, found, one.items)) for one in tuples]
    return [one for one, count in zip(tuples, fitting, strict=True) if count == max(fitting)]


def explain_appended(
    explainer: Explainer, expression: Expression, expected: Type, path: str
) -> list[Problem]:
    """Items that are added to a list: their indexes are unknown."""
    if isinstance(expression, ListExpr):
        return _explain_sequence(explainer, expression, expected, path, first=None) or []
    return explainer.check(expression, expected, path)


def _explain_sequence(
    explainer: Explainer,
    display: ListExpr | TupleExpr,
    expected: Type,
    path: str,
    *,
    first: int | None = 0,
) -> list[Problem] | None:
    """Check the items against the union of all fitting containers' item types, then against each alone.

    ``first`` is the index of the first item, None if it is unknown.
    """
    fullname = "builtins.list" if isinstance(display, ListExpr) else "builtins.tuple"
    _, wanted, union = explainer.once(
        ("item types", id(display), id(expected)), lambda: _item_types(explainer, expected, fullname)
    )
    if not wanted:
        return None
    problems = _items(explainer, display, union, path, first)
    if problems or len(wanted) == 1:
        return problems
    return min((_items(explainer, display, one, path, first) for one in wanted), key=len)


def _item_types(explainer: Explainer, expected: Type, fullname: str) -> tuple[Type, list[Type], Type]:
    """The item types of the fitting containers, one by one and as a union; ``expected`` is kept alive."""
    wanted = item_types(explainer.checker, expected, fullname)
    return expected, wanted, UnionType.make_union(wanted)


def _items(
    explainer: Explainer,
    display: ListExpr | TupleExpr,
    wanted: Type,
    path: str,
    first: int | None,
) -> list[Problem]:
    """The mistakes of the items; those after an unpacked list have no index."""
    items = display.items
    only = explainer.focused(display, items)
    star = explainer.once(("star", id(display)), lambda: _first_star(items))
    problems: list[Problem] = []

    def checked(number: int) -> list[Problem]:
        item = items[number]
        place = "..." if first is None or number > star else str(first + number)
        if isinstance(item, StarExpr):
            iterable = explainer.checker.instance("typing.Iterable", [wanted])
            return explainer.check(item.expr, iterable, f"{path}[{place}:]")
        return explainer.check(item, wanted, f"{path}[{place}]")

    for number in range(len(items)) if only is None else [only]:
        problems += checked(number)
    if problems and only is not None and _is_any_of_class(items[only], wanted):
        explainer.alike.append(Alike(problems[0], lambda: _alike(items, only, checked)))
    return problems or _unpacked_displays(explainer, items if only is None else [items[only]], wanted, path)


def _alike(
    items: Sequence[Expression], only: int, checked: Callable[[int], list[Problem]]
) -> Iterator[Problem]:
    """The mistakes of the other items of the same class."""
    for number, item in enumerate(items):
        if number != only and type(item) is type(items[only]):
            yield from checked(number)


def _is_any_of_class(item: Expression, wanted: Type) -> bool:
    """Return whether an item is a literal that is wrong for its class alone, whatever its value."""
    return isinstance(item, PLAIN) and shapes.simple_class(wanted) is not None


def _first_star(items: Sequence[Expression]) -> int:
    """The index of the first unpacked item."""
    return next((number for number, one in enumerate(items) if isinstance(one, StarExpr)), len(items))


def _unpacked_displays(
    explainer: Explainer, items: Sequence[Expression], wanted: Type, path: str
) -> list[Problem]:
    """``[*[item]]``: mypy evaluates the unpacked display without the expected type of the items."""
    checker, problems = explainer.checker, list[Problem]()
    iterable = checker.instance("typing.Iterable", [wanted])
    for one in (item.expr for item in items if isinstance(item, StarExpr)):
        hint = next((text for kinds, text in _HINTS.items() if isinstance(display_of(one), kinds)), None)
        if hint is not None and not checker.fits(found := checker.type_of(one), iterable):
            told = hint.format(type_text(wanted))
            problems.append(Problem(one, value_messages.mismatch(f"*{path}", iterable, found, told)))
    return problems


def _mapping(explainer: Explainer, display: DictExpr, keys: Type, values: Type, path: str) -> list[Problem]:
    problems: list[Problem] = []
    are_strings = shapes.simple_class(keys) == "builtins.str"
    for key, value in display.items:
        if key is None:
            wanted = explainer.checker.instance("typing.Mapping", [keys, values])
            problems += explainer.check(value, wanted, path)
            continue
        name = literal_key(explainer, key)
        inner = f"{path}[...]" if name is None else f"{path}[{literal(name)}]"
        if key.line > 0 and not (are_strings and isinstance(key, StrExpr)):
            problems += explainer.check(key, keys, f"key of {path}" if path else "key")
        problems += explainer.check(value, values, inner)
    return problems


RULES: Final[Mapping[type[Node], Rule]] = {
    DictExpr: explain_dict,
    ListExpr: explain_list,
    SetExpr: explain_set,
    TupleExpr: explain_tuple,
}
