"""Calls and values in a right and in a wrong form, in all places where a program may have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Final

from tests.plugin.blocks import NUMBER, Block
from tests.plugin.fuzz_layout import SpreadGiven, spread_call
from tests.plugin.fuzz_mutations import BROKEN
from tests.plugin.fuzz_places import CALLS, HANDED, HEAD, VALUES, Given, Lines, Place
from tests.plugin.fuzz_programs import Source
from tests.plugin.fuzz_values import is_name

EXAMPLE_HEAD: Final = f"""\
{HEAD}
from concurrent.futures import Executor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def later(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
    raise NotImplementedError


def take(*values: object) -> None: ...
def take_number(value: int) -> int: raise NotImplementedError
"""

LONGEST: Final = 12
"""The maximum number of lines of a call or value."""

_ON_ONE_LINE: Final = frozenset({"called in an f-string"})
"""Places that cannot be spread over lines, or take no comment."""

_TRIES: Final = 200
_BUSY: Final = frozenset({"chat", "embeddings", "files", "images", "responses"})
"""Groups with overloads and big unions."""
_SHARE_OF_BUSY: Final = 0.6


@dataclass(frozen=True)
class Example:
    """A block in its right form, and in one with a mistake."""

    place: str
    kind: str
    right: Block
    wrong: Block

    @property
    def has_companion(self) -> bool:
        """True if the right form also has an error, which is not about the mistake."""
        return self.place in COMPANIONS or self.place.startswith("big union")


def _with_call(form: str) -> Place:
    """Return a place for the whole call, which needs a result."""

    def made(one: Given) -> Lines:
        if one.operation.result.kind == "none":
            return None
        return form.format(n=one.number, call=one.call).split("\n")

    return made


def _with_value(form: str) -> Place:
    return lambda one: form.format(n=one.number, t=one.type, v=one.text).split("\n")


COMPANIONS: Final[Mapping[str, Place]] = {
    "result of another type": _with_call("result{n}: int = {call}"),
    "returned as another type": _with_call("def part{n}() -> int:\n    return {call}"),
    "unknown attribute of the result": _with_call("{call}.nme"),
    "operand beside a number": _with_call("{call} + 1"),
    "argument of another type": _with_call("take_number({call})"),
    "beside a wrong call": _with_call("take(len(3), {call})"),
    "before a wrong call": _with_call("take({call}, len(3))"),
    "beside a wrong attribute": _with_call("take('text'.uper(), {call})"),
    "beside a wrong operand": _with_call("result{n} = [1 + 'x', {call}]"),
    "beside an unknown name": _with_call("take(unknown_name, {call})"),
    "in a call with too many arguments": _with_call("len({call}, 1)"),
    "in an unknown function": _with_call("unknown_name({call})"),
    "value beside a wrong value": _with_value("one{n}: {t} = {v}; two{n}: int = 'text'"),
    "value in a wrong call": _with_value(
        "def part{n}(value: {t}, number: int) -> None: ...\npart{n}({v}, 'text')"
    ),
    "value in a tuple": _with_value("value{n}: tuple[{t}, int] = (\n    {v},\n    'text',\n)"),
}
"""Places where the statement has an error of its own, even if the call or value is right."""


def _handed(callee: str) -> Place:
    """Return a place where the method is passed on with its arguments."""
    name, _, first = callee.partition("|")

    def made(one: Given) -> Lines:
        call = spread_call(name, (), one.value)
        head, _, rest = call.partition("\n")
        return [head, f"    {first}{one.method},", *rest.split("\n")] if rest else None

    return made


def _handed_in_order(callee: str) -> Place:
    """Return a place like :func:`_handed`, for functions that take no keywords."""
    name, _, first = callee.partition("|")

    def made(one: Given) -> Lines:
        positional, rest = one.positional()
        if not positional or rest:
            return None
        head, *lines = spread_call(name, positional, {}).split("\n")
        return [head, f"    {first}{one.method},", *lines]

    return made


def _wrapped(lines: str, place: Place) -> Place:
    """Return a place inside a block."""

    def made(one: Given) -> Lines:
        inner = place(one)
        head = lines.format(n=one.number).split("\n")
        return None if inner is None else [*head, *(f"    {line}" for line in inner)]

    return made


CARRIERS: Final[Mapping[str, Place]] = {
    "to_thread over lines": _handed("asyncio.to_thread"),
    "awaited to_thread": _wrapped("async def part{n}() -> None:", _handed("await asyncio.to_thread")),
    "submit over lines": _handed("executor.submit"),
    "submit of any executor": _wrapped("def part{n}(pool: Executor) -> None:", _handed("pool.submit")),
    "run_in_executor": _wrapped(
        "def part{n}(loop: asyncio.AbstractEventLoop) -> None:",
        _handed_in_order("loop.run_in_executor|None, "),
    ),
    "partial over lines": _handed("partial"),
    "own carrier": _handed("later"),
    "call of an own carrier": _handed_in_order("later"),
}
"""Places where a method is passed to a function that calls it."""

PLACES: Final[Mapping[str, Place]] = {
    **{name: place for name, place in {**CALLS, **VALUES}.items() if name not in _ON_ONE_LINE | HANDED},
    **CARRIERS,
    **COMPANIONS,
}

_UNION_PLACES: Final = ("{}", "result77777: int = {}", "take({}, len(3))", "take({}.nme)")

_UNIONS: Final = (
    ("chat.create_chat_completion", "messages", {"role": "user", "content": "text"}, {"content": 1}),
    ("chat.create_chat_completion", "messages", {"role": "user", "content": "text"}, {"role": "usr"}),
    ("chat.create_chat_completion", "messages", {"role": "user", "content": "text"}, {"colour": 1}),
    ("chat.create_chat_completion", "tools", {"type": "function", "function": {"name": "f"}}, {"type": "f"}),
    ("responses.create_response", "input", {"role": "user", "content": "text"}, {"content": 1}),
    ("responses.create_response", "input", {"type": "item_reference", "id": "text"}, {"id": 1}),
    ("responses.create_response", "tools", {"type": "web_search"}, {"colour": 1}),
)
"""Operations, arguments that are lists of big unions, an item, and a change that makes it wrong."""


def _of_unions() -> Iterator[Example]:
    """Examples of mistakes in big unions, which mypy reports in many ways."""
    message = {"role": "user", "content": "text"}
    required = {"model": "gpt-4o", "messages": [message]}
    for method, argument, item, change in _UNIONS:
        others = required if method.startswith("chat") else {"model": "gpt-4o", "input": "text"}
        for place in _UNION_PLACES if method.startswith("chat") else _UNION_PLACES[:1]:
            right, wrong = (
                place.format(spread_call(f"client.{method}", (), {**others, argument: [one]}))
                for one in (item, {**item, **change})
            )
            yield Example(f"big union: {place}", argument, tuple(right.split("\n")), tuple(wrong.split("\n")))


_OF_VALUES: Final = frozenset({*VALUES, *(name for name in COMPANIONS if name.startswith("value "))})


class ExampleSource(Source):
    """Makes examples from a seed."""

    def examples(self, count: int) -> Iterator[Example]:
        """Examples of big unions, and ``count`` others at all places in turn."""
        yield from _of_unions()
        turns = cycle(PLACES)
        for _ in range(count):
            found = self._example(next(turns))
            if found is not None:
                yield found

    def _example(self, place: str) -> Example | None:
        for _ in range(_TRIES):
            given = self._given(place)
            found = self._written(given, place) if given is not None else None
            if found is not None:
                return found
        return None

    def _given(self, place: str) -> tuple[SpreadGiven, str] | None:
        groups = _BUSY if self._chance.random() < _SHARE_OF_BUSY else None
        operation = self._chance.choice(
            [one for one in self._api.operations if groups is None or one.group in groups]
        )
        is_value = place in _OF_VALUES
        typed = self._typed(operation) if is_value else ("", False, self._values.arguments(operation))
        if typed is None:
            return None
        kind, is_class, right = typed
        value, kinds = self._mistaken(right, 1)
        if BROKEN in kinds or (not is_value and not all(map(is_name, [*value, *right]))):
            return None
        return SpreadGiven(NUMBER, operation, kind, is_class, value, right, self._chance), kinds[0]

    def _written(self, made: tuple[SpreadGiven, str], place: str) -> Example | None:
        given, kind = made
        wrong, right = PLACES[place](given), PLACES[place](replace(given, value=given.right))
        if wrong is None or right is None:
            return None
        blocks = [tuple("\n".join(lines).split("\n")) for lines in (right, wrong)]
        if max(map(len, blocks)) > LONGEST or blocks[0] == blocks[1]:
            return None
        return Example(place, kind, *blocks)
