"""Places in realistic programs for a value or a call: definitions and a statement.

In a site, ``$T`` is the value's type, ``$V`` the value, ``$C`` the call and ``$N`` a number that makes names
unique.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

FOREIGN_HEAD: Final = """\
from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial, reduce, wraps
from queue import Queue
from typing import (
    Annotated, Any, AnyStr, ClassVar, Concatenate, Final, Generic, NamedTuple, Optional, ParamSpec, Protocol,
    Self, TypeAlias, TypedDict, TypeVar, Union, overload,
)

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")
flag = bool(os.sep)


def logged(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return inner


def named(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    return lambda function: function


def same(value: R) -> R:
    return value


def ignore(*values: object) -> None: ...
def is_on() -> bool: raise NotImplementedError
def text_of(number: int) -> str: raise NotImplementedError
class Readable:
    def read(self, size: int | None = None) -> bytes: raise NotImplementedError


def maybe_number() -> int | None: raise NotImplementedError


class FirstOfManyClasses: ...
class SecondOfManyClasses: ...
class ThirdOfManyClasses: ...
class FourthOfManyClasses: ...


def take_one_of_many(
    value: FirstOfManyClasses | SecondOfManyClasses | ThirdOfManyClasses | list[FourthOfManyClasses] | None,
) -> None: ...
"""
"""Definitions for programs without the API."""

SITE_HEAD: Final = f"""\
{FOREIGN_HEAD}
from typed_openai import Client, params, types

client = Client()


def given_client(function: Callable[Concatenate[Client, P], R]) -> Callable[P, R]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(client, *args, **kwargs)

    return inner
"""


class Site(NamedTuple):
    """Top-level definitions, and a statement that may be anywhere, or in any coroutine if it needs one."""

    setup: str
    statement: str
    is_async: bool = False


def _to(signature: str, statement: str) -> Site:
    """A function without a result, and a call of it."""
    return Site(f"def take$N({signature}) -> None: ...", statement)


def _method(signature: str, statement: str) -> Site:
    """A class with one method, and a use of an instance ``one``."""
    return Site(f"class Taker$N:\n    def {signature}: ...\none$N = Taker$N()", statement)


def _holder(kind: str, statement: str) -> Site:
    """A data class of that kind with one field, and a use of it."""
    return Site(f"{kind}\nclass Holder$N:\n    value: $T\n    count: int = 0", statement)


CALLABLES: Final[Mapping[str, Site]] = {
    "function": _to("value: $T", "take$N($V)"),
    "keyword": _to("*, value: $T", "take$N(value=$V)"),
    "either of two": _to("value: $T | int", "take$N($V)"),
    "optional": _to("value: Optional[$T] = None", "take$N($V)"),
    "annotated": _to("value: Annotated[$T, 'text']", "take$N($V)"),
    "sequence": _to("values: Sequence[$T]", "take$N([$V])"),
    "mapping": _to("values: Mapping[str, $T]", "take$N({'key': $V})"),
    "unpacked list": _to("*values: $T", "take$N(*[$V])"),
    "tuple": _to("values: tuple[$T, int]", "take$N(($V, 1))"),
    "beside wrong number": _to("value: $T, number: int", "take$N($V, number='text')"),
    "alias": Site(
        "Alias$N: TypeAlias = Union[$T, int]\ndef take$N(value: Alias$N) -> None: ...", "take$N($V)"
    ),
    "protocol": Site(
        "class Tool$N(Protocol):\n    def __call__(self, value: $T) -> None: ...\n"
        "def tool$N(value: $T) -> None: ...\none$N: Tool$N = tool$N",
        "one$N($V)",
    ),
    "method of a protocol": Site(
        "class Tool$N(Protocol):\n    def run(self, value: $T) -> int: ...\n"
        "def go$N(tool: Tool$N) -> int:\n    return tool.run($V)",
        "ignore(go$N)",
    ),
    "decorated": Site("@logged\ndef take$N(value: $T) -> None: ...", "take$N($V)"),
    "decorated twice": Site("@named('x')\n@logged\ndef take$N(value: $T) -> None: ...", "take$N(value=$V)"),
    "given a client": Site("@given_client\ndef take$N(one: Client, value: $T) -> None: ...", "take$N($V)"),
    "argument of a decorator": Site(
        "def mark$N(value: $T) -> Callable[[Callable[P, R]], Callable[P, R]]:\n    return lambda one: one",
        "@mark$N($V)\ndef marked$N() -> None: ...",
    ),
    "overloads": Site(
        "@overload\ndef ask$N(value: $T) -> str: ...\n@overload\ndef ask$N(value: int) -> int: ...\n"
        "def ask$N(value: object) -> object:\n    return value",
        "ask$N($V)",
    ),
    "callback": Site("def each$N(function: Callable[[], $T]) -> None: ...", "each$N(lambda: $V)"),
    "callback with an argument": Site(
        "def each$N(function: Callable[[int], $T]) -> None: ...", "each$N(lambda number: $V)"
    ),
    "partial": _to("value: $T", "partial(take$N, $V)()"),
    "partial with a keyword": _to("value: $T, number: int", "partial(take$N, value=$V)(number=1)"),
    "map": _to("value: $T", "list(map(take$N, [$V]))"),
    "to_thread": _to("value: $T", "asyncio.run(asyncio.to_thread(take$N, $V))"),
    "generic": Site(
        "def pick$N(value: $T, other: R) -> R:\n    return other", "ignore(pick$N($V, 1).bit_length())"
    ),
    "bound variable": Site(
        "B$N = TypeVar('B$N', bound=$T)\ndef keep$N(first: B$N, *more: B$N) -> B$N:\n    return first\n"
        "known$N: $T = $R",
        "keep$N(known$N, $V)",
    ),
    "keywords": Site("def ask$N(**values: $T) -> None: ...", "ask$N(value=$V)"),
    "unpacked keywords": Site("def ask$N(value: $T) -> None: ...", "ask$N(**{'value': $V})"),
}

OBJECTS: Final[Mapping[str, Site]] = {
    "__setitem__": _method("__setitem__(self, key: int, value: $T) -> None", "one$N[0] = $V"),
    "__add__": _method("__add__(self, value: $T) -> int", "ignore(one$N + $V)"),
    "__radd__": _method("__radd__(self, value: $T) -> int", "ignore($V + one$N)"),
    "__iadd__": Site(
        "class Taker$N:\n    def __iadd__(self, value: $T) -> Self:\n        return self\n"
        "class Owner$N:\n    one = Taker$N()",
        "Owner$N.one += $V",
    ),
    "__lshift__": _method("__lshift__(self, value: $T) -> int", "one$N << $V"),
    "__contains__": _method("__contains__(self, value: $T) -> bool", "ignore($V in one$N)"),
    "__getitem__": _method("__getitem__(self, value: $T) -> int", "ignore(one$N[$V])"),
    "__call__": _method("__call__(self, value: $T) -> None", "one$N($V)"),
    "__enter__": Site(
        "@contextmanager\ndef opened$N(value: $T) -> Iterator[int]:\n    yield 1",
        "with opened$N($V) as number$N:\n    ignore(number$N.bit_length())",
    ),
    "yielded by a context manager": Site(
        "@contextmanager\ndef opened$N() -> Iterator[$T]:\n    yield $V", "with opened$N():\n    pass"
    ),
    "fluent": Site(
        "class Taker$N:\n    def add(self, value: $T) -> Self:\n        return self\none$N = Taker$N()",
        "one$N.add($V).add($R)",
    ),
    "class method": Site(
        "class Taker$N:\n    def __init__(self, value: $T) -> None: ...\n    @classmethod\n"
        "    def made(cls) -> Self:\n        return cls($V)",
        "Taker$N.made()",
    ),
    "class": Site("class Taker$N:\n    def __init__(self, value: $T) -> None: ...", "Taker$N(value=$V)"),
    "class in a variable": Site(
        "class Taker$N:\n    def __init__(self, value: $T) -> None: ...\nkind$N: type[Taker$N] = Taker$N",
        "kind$N($V)",
    ),
    "class keyword": Site(
        "class Base$N:\n    def __init_subclass__(cls, *, value: $T) -> None: ...",
        "class Sub$N(Base$N, value=$V): ...",
    ),
    "property": Site(
        "class Taker$N:\n    @property\n    def value(self) -> $T:\n        return $R\n    @value.setter\n"
        "    def value(self, value: $T) -> None: ...\none$N = Taker$N()",
        "one$N.value = $V",
    ),
    "result of a property": Site(
        "class Taker$N:\n    @cached_property\n    def value(self) -> $T:\n        return $V",
        "ignore(Taker$N().value)",
    ),
    "static method": Site(
        "class Taker$N:\n    @staticmethod\n    def take(value: $T) -> None: ...", "Taker$N.take($V)"
    ),
    "abstract method": Site(
        "class Base$N(ABC):\n    @abstractmethod\n    def value(self) -> $T: ...\n"
        "class Sub$N(Base$N):\n    def value(self) -> $T:\n        return $V",
        "Sub$N().value()",
    ),
    "super": Site(
        "class Base$N:\n    def take(self, value: $T) -> None: ...\n"
        "class Sub$N(Base$N):\n    def take(self, value: $T) -> None:\n        super().take($V)",
        "ignore(Sub$N)",
    ),
    "data class": _holder("@dataclass", "Holder$N($V)"),
    "data class with keywords": _holder(
        "@dataclass(frozen=True, kw_only=True)", "Holder$N(value=$V, count=1)"
    ),
    "replace": _holder("@dataclass", "replace(Holder$N($R), value=$V)"),
    "field of a data class": _holder("@dataclass", "Holder$N($R).value = $V"),
    "default_factory": Site(
        "@dataclass\nclass Holder$N:\n    values: list[$T] = field(default_factory=lambda: [$V])",
        "Holder$N()",
    ),
    "default of a field": Site(
        "@dataclass\nclass Holder$N:\n    value: $T = field(default=$V)", "ignore(Holder$N)"
    ),
    "__post_init__": Site(
        "@dataclass\nclass Holder$N:\n    value: $T | None = None\n    def __post_init__(self) -> None:\n"
        "        self.value = $V",
        "Holder$N()",
    ),
    "named tuple": Site("class Pair$N(NamedTuple):\n    value: $T", "Pair$N($V)"),
    "_replace": Site("class Pair$N(NamedTuple):\n    value: $T", "Pair$N($R)._replace(value=$V)"),
    "own TypedDict": Site("class Own$N(TypedDict):\n    value: $T", "new$N: Own$N = {'value': $V}"),
    "call of an own TypedDict": Site("class Own$N(TypedDict):\n    value: $T", "ignore(Own$N(value=$V))"),
    "key of an own TypedDict": Site(
        "class Own$N(TypedDict):\n    value: $T\nown$N: Own$N = {'value': $R}", "own$N['value'] = $V"
    ),
    "generic class": Site(
        "class Box$N(Generic[R]):\n    def __init__(self, item: R) -> None: ...",
        "new$N: Box$N[$T] = Box$N($V)",
    ),
    "generic class with its type": Site(
        "class Box$N(Generic[R]):\n    def __init__(self, item: R) -> None: ...", "Box$N[$T]($V)"
    ),
    "method of a generic class": Site(
        "class Box$N(Generic[R]):\n    def put(self, item: R) -> None: ...\nbox$N: Box$N[$T] = Box$N()",
        "box$N.put($V)",
    ),
    "class variable": Site("class Taker$N:\n    value: ClassVar[$T] = $V", "ignore(Taker$N)"),
    "attribute of self": Site(
        "class Taker$N:\n    def __init__(self) -> None:\n        self.values: list[$T] = []\n"
        "    def add(self) -> None:\n        self.values.append($V)",
        "Taker$N().add()",
    ),
}

STATEMENTS: Final[Mapping[str, Site]] = {
    "annotated": Site("", "one$N: $T = $V"),
    "final": Site("", "ONE$N: Final[$T] = $V"),
    "conditional": Site("", "one$N: $T = $V if flag else $R"),
    "conditional argument": _to("value: $T", "take$N($R if flag else $V)"),
    "alternative": Site("def found$N() -> $T | None: ...", "one$N: $T = found$N() or $V"),
    "list": Site("", "ones$N: list[$T] = [$R, $V]"),
    "sum": Site("", "ones$N: list[$T] = [$R] + [$V]"),
    "product": Site("", "ones$N: list[$T] = [$V] * 2"),
    "comprehension": Site("", "ones$N: list[$T] = [$V for _ in range(2) if flag]"),
    "set of calls": _to("value: $T", "ignore({take$N($V) for _ in range(2)})"),
    "dict comprehension": Site("", "ones$N: dict[str, $T] = {str(one): $V for one in range(2)}"),
    "|=": Site(
        "ones$N: dict[str, $T] = {}\nclass Owner$N:\n    ones = ones$N", "Owner$N.ones |= {'key': $V}"
    ),
    "update": Site("ones$N: dict[str, $T] = {}", "ones$N.update(key=$V)"),
    "setdefault": Site("ones$N: dict[str, $T] = {}", "ones$N.setdefault('key', $V)"),
    "get": Site("ones$N: dict[str, $T] = {}", "ones$N.get('key', $V)"),
    "pop": Site("ones$N: dict[str, $T] = {}", "ones$N.pop('key', $V)"),
    "deque": Site("ones$N: deque[$T] = deque()", "ones$N.appendleft($V)"),
    "queue": Site("ones$N: Queue[$T] = Queue()", "ones$N.put($V, timeout=1)"),
    "defaultdict": Site("ones$N: defaultdict[str, list[$T]] = defaultdict(list)", "ones$N['key'].append($V)"),
    "slice": Site("ones$N: list[$T] = []", "ones$N[1:] = [$V]"),
    "loop": Site("def each$N(values: list[$T]) -> list[$T]: ...", "for _ in each$N([$V]):\n    pass"),
    "condition": Site("def test$N(value: $T) -> bool: ...", "if test$N($V):\n    pass"),
    "assert": Site("def test$N(value: $T) -> bool: ...", "assert test$N($V)"),
    "raise": Site(
        "class Failed$N(Exception):\n    def __init__(self, value: $T) -> None: ...",
        "if is_on():\n    raise Failed$N($V)",
    ),
    "match": Site(
        "def kind$N(value: $T) -> str: ...",
        "match kind$N($V):\n    case 'text':\n        pass\n    case _:\n        pass",
    ),
    "f-string": Site("def kind$N(value: $T) -> str: ...", 'ignore(f"""{kind$N($V)}""")'),
    "walrus": Site("def kind$N(value: $T) -> str: ...", "ignore(one$N := kind$N($V), one$N.upper())"),
    "generator's send": Site("def gen$N() -> Generator[int, $T, None]:\n    yield 1", "gen$N().send($V)"),
    "yield": Site("def gen$N() -> Iterator[$T]:\n    yield $R\n    yield $V", "ignore(gen$N)"),
    "chain of calls": _to("value: $T", "same(same(take$N))($V)"),
    "two on a line": _to("value: $T", "take$N($R); take$N($V)"),
    "starred assignment": Site("ones$N: list[$T] = []", "first$N, *ones$N = $R, $V"),
    "assigned twice": Site("", "one$N: $T = $R\none$N = $V"),
    "return": Site("def made$N() -> $T:\n    return $V", "made$N()"),
    "lambda": Site("", "made$N: Callable[[], $T] = lambda: $V"),
    "default": Site("def made$N(value: $T = $V) -> None: ...", "made$N()"),
    "key of a lambda": Site(
        "def kind$N(value: $T) -> str: ...", "ignore(sorted([1, 2], key=lambda one: kind$N($V)))"
    ),
    "await": Site("async def take$N(value: $T) -> int: ...", "ignore((await take$N($V)).bit_length())", True),
    "gather": Site(
        "async def take$N(value: $T) -> int: ...",
        "ignore(await asyncio.gather(take$N($V), take$N($R)))",
        True,
    ),
    "task": Site("async def take$N(value: $T) -> int: ...", "await asyncio.create_task(take$N($V))", True),
    "async for": Site(
        "async def each$N(value: $T) -> AsyncIterator[int]:\n    yield 1",
        "async for number$N in each$N($V):\n    ignore(number$N)",
        True,
    ),
    "async with": Site(
        "@asynccontextmanager\nasync def opened$N(value: $T) -> AsyncIterator[int]:\n    yield 1",
        "async with opened$N($V) as number$N:\n    ignore(number$N)",
        True,
    ),
}

CALLS: Final[Mapping[str, Site]] = {
    "call": Site("", "$C"),
    "result": Site("", "result$N = $C\nignore(result$N)"),
    "awaited in a thread": Site("", "await asyncio.to_thread(lambda: $C)", True),
    "subclass": Site(
        "class Mine$N(Client):\n    def ask(self) -> object:\n        client = self\n        return $C",
        "Mine$N().ask()",
    ),
    "lambda": Site("", "later$N: Callable[[], object] = lambda: $C"),
    "comprehension": Site("", "ignore([$C for _ in range(2)])"),
    "condition": Site("", "if $C:\n    pass"),
    "conditional": Site("", "ignore($C if flag else None)"),
    "branch that is never taken": Site("NEVER$N: Final = False", "ignore($C if NEVER$N else None)"),
    "operand that is never evaluated": Site("NEVER$N: Final = False", "ignore(NEVER$N and $C)"),
    "nested call": Site("", "ignore(same($C))"),
    "default": Site("def made$N(value: object = $C) -> None: ...", "made$N()"),
    "argument of a decorator": Site(
        "def mark$N(value: object) -> Callable[[Callable[P, R]], Callable[P, R]]:\n"
        "    return lambda one: one",
        "@mark$N($C)\ndef marked$N() -> None: ...",
    ),
    "field": Site("@dataclass\nclass Holder$N:\n    value: object", "Holder$N(value=$C)"),
    "default_factory": Site(
        "@dataclass\nclass Holder$N:\n    value: object = field(default_factory=lambda: $C)", "Holder$N()"
    ),
    "generator": Site("def each$N() -> Iterator[object]:\n    yield $C", "list(each$N())"),
    "cached": Site("@cache\ndef made$N() -> object:\n    return $C", "made$N()"),
    "property": Site(
        "class Taker$N:\n    @property\n    def value(self) -> object:\n        return $C",
        "ignore(Taker$N().value)",
    ),
    "context manager": Site(
        "@contextmanager\ndef opened$N(value: object) -> Iterator[int]:\n    yield 1",
        "with opened$N($C) as number$N:\n    ignore(number$N)",
    ),
    "match": Site("", "match $C:\n    case None:\n        pass\n    case one$N:\n        ignore(one$N)"),
    "overload implementation": Site(
        "@overload\ndef ask$N(value: str) -> str: ...\n@overload\ndef ask$N(value: int) -> int: ...\n"
        "def ask$N(value: str | int) -> str | int:\n    $C\n    return value",
        "ask$N(1)",
    ),
    "operand": Site("", "ignore(flag and $C)"),
    "key": Site("", "ignore({'key': $C}['key'])"),
    "attribute": Site("class Taker$N:\n    value: object = None", "Taker$N().value = $C"),
    "attribute of self": Site(
        "class Taker$N:\n    def ask(self) -> None:\n        self.reply = $C", "Taker$N().ask()"
    ),
    "reduce": Site("", "reduce(lambda one, two: one, [$C])"),
}
