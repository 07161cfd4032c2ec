"""The places where a program passes a value to the API or to an API type: a table of small programs.

A place for calls takes an operation's arguments, the others take a value of an API type. In a place that is
``sound``, mypy accepts every value that fits the types; in the others, mypy decides.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.plugin.fuzz_mutations import FUNCTIONS
from tests.plugin.fuzz_values import called_dicts, chosen, is_name, keywords, looped, tupled, unpacked

from typed_openai_spec.model import Operation

HEAD: Final = f"""\
import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple, Unpack

from typed_openai import Client, params, types

client = Client()
flag = bool(client)
executor = ThreadPoolExecutor()
anything: Any = object()
{FUNCTIONS}"""


@dataclass(frozen=True)
class Given:
    """The filling of a place.

    ``type`` is the name of the value's type, ``is_class`` is true for a TypedDict that can be called.
    ``right`` is the value without its mistakes. For a call, the value is the arguments.
    """

    number: int
    operation: Operation
    type: str
    is_class: bool
    value: Any
    right: Any
    chance: random.Random

    @property
    def method(self) -> str:
        """The called method."""
        return f"client.{self.operation.qualified_name}"

    @property
    def call(self) -> str:
        """The call, with keywords."""
        return f"{self.method}({keywords(self.value)})"

    @property
    def text(self) -> str:
        """The value."""
        return repr(self.value)

    @property
    def changed(self) -> list[str]:
        """The keys whose values have a mistake."""
        known = isinstance(self.right, dict) and isinstance(self.value, dict)
        return (
            [key for key in self.value if key in self.right and self.value[key] != self.right[key]]
            if known
            else []
        )

    def positional(self) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments that can be positional, up to the first one that cannot, and the others."""
        rest = dict(self.value)
        first = []
        for one in self.operation.arguments:
            if not one.positional or one.name not in rest:
                break
            first.append(rest.pop(one.name))
        return first, rest


Lines: TypeAlias = list[str] | None
"""A program; None if the place cannot take the value."""

Place: TypeAlias = Callable[[Given], Lines]


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _positional(one: Given) -> Lines:
    first, rest = one.positional()
    return [f"{one.method}({_joined(*map(repr, first), keywords(rest))})"] if first else None


def _unpacked_tuple(one: Given) -> Lines:
    first, rest = one.positional()
    return [f"{one.method}({_joined(f'*{tuple(first)!r}', keywords(rest))})"] if first else None


def _unpacked_list(one: Given) -> Lines:
    first, rest = one.positional()
    return [f"{one.method}({_joined(f'*{first!r}', keywords(rest))})"] if first else None


def _unpacked_display(one: Given) -> Lines:
    names = list(one.value)
    at = one.chance.randrange(len(names) + 1)
    plain, rest = (
        {name: one.value[name] for name in names[:at]},
        {name: one.value[name] for name in names[at:]},
    )
    return [f"{one.method}({_joined(keywords(plain), f'**{rest!r}')})"] if rest else None


def _of_another_operation(one: Given) -> Lines:
    """The params of some operation, unpacked into a call of another one, next to arguments of its own."""
    if one.value == one.right or one.operation.name == "delete_file":
        return None
    beside = {name: value for name, value in one.right.items() if name != "file_id"}
    call = f"{one.method}({_joined(keywords(beside), '**given')})"
    return [f"def part{one.number}(given: params.DeleteFileParams) -> None:", f"    {call}"]


def _overloads(one: Given) -> Lines:
    if not one.operation.variants:
        return None
    variant = one.chance.choice(one.operation.variants)
    decided = {**one.value, variant.argument: one.chance.choice(variant.values)}
    return [f"{one.method}({keywords(decided)})"]


def _undecided(one: Given) -> Lines:
    """The argument that determines the result is a variable."""
    found = next((each for each in one.operation.variants if True in each.values), None)
    if found is None:
        return None
    rest = {name: value for name, value in one.value.items() if name != found.argument}
    return [f"{one.method}({_joined(keywords(rest), f'{found.argument}=flag')})"]


def _either(one: Given) -> Lines:
    """One argument is either the wrong value or the right one."""
    if not one.changed:
        return None
    pairs = [
        f"{name}={value!r} if flag else {one.right[name]!r}" if name in one.changed else f"{name}={value!r}"
        for name, value in one.value.items()
    ]
    return [f"{one.method}({', '.join(pairs)})"]


def _written_in_call(how: Callable[[Any], str]) -> Place:
    """Return a place for arguments that are written in another way."""

    def made(one: Given) -> Lines:
        pairs = [f"{name}={how(value)}" for name, value in one.value.items()]
        return [f"{one.method}({', '.join(pairs)})"]

    return made


def _variable(one: Given) -> Lines:
    """One argument is a variable, of the type that mypy infers; it infers none for an empty value."""
    full = [
        key
        for key in [*one.changed, *one.value]
        if re.search(r"\[\]|\{\}|None", repr(one.value[key])) is None
    ]
    name = next(iter(full), None)
    if name is None:
        return None
    rest = {key: value for key, value in one.value.items() if key != name}
    call = f"{one.method}({_joined(keywords(rest), f'{name}=held{one.number}')})"
    return [f"held{one.number} = {one.value[name]!r}", call]


def _handed(form: str) -> Place:
    return lambda one: [form.format(_joined(one.method, keywords(one.value)))]


def _params(one: Given) -> Lines:
    if not one.type.startswith("params."):
        return None
    return [f"given{one.number}: {one.type} = {one.text}", f"{one.method}(**given{one.number})"]


def _call_form(form: str) -> Place:
    """Return a place that holds the whole call."""
    return lambda one: [line.format(n=one.number, call=one.call) for line in form.split("\n")]


def _result_form(form: str) -> Place:
    """Return a place for the result of a call, which must have one."""
    made = _call_form(form)
    return lambda one: made(one) if one.operation.result.kind != "none" else None


def _alias(one: Given) -> Lines:
    return [f"method{one.number} = {one.method}", f"method{one.number}({keywords(one.value)})"]


def _group_alias(one: Given) -> Lines:
    group, name = one.method.rsplit(".", 1)
    return [f"group{one.number} = {group}", f"group{one.number}.{name}({keywords(one.value)})"]


CALLS: Final[Mapping[str, Place]] = {
    "keywords": _call_form("{call}"),
    "positionals": _positional,
    "*tuple": _unpacked_tuple,
    "*list": _unpacked_list,
    "**display": _unpacked_display,
    "**params of another operation": _of_another_operation,
    "nested call": _result_form("print(str({call}))"),
    "overloads": _overloads,
    "undecided overloads": _undecided,
    "lambda": _call_form("later{n}: Callable[[], object] = lambda: {call}"),
    "bare lambda": _call_form("(lambda: {call})()"),
    "alias": _alias,
    "alias of a group": _group_alias,
    "called in a comprehension": _result_form("print([{call} for _ in range(2)])"),
    "called in a generator": _result_form("list({call} for _ in range(2))"),
    "called in a condition": _result_form("print({call} if flag else None)"),
    "called in an operand": _result_form("flag and {call}"),
    "called in an f-string": _result_form('print(f"""{{ {call} }}""")'),
    "called in a return": _result_form("def part{n}() -> object:\n    return {call}"),
    "called in a default": _result_form("def part{n}(value: object = {call}) -> None: ..."),
    "called in a statement": _result_form("if {call}: pass"),
    "conditional argument": _either,
    "dict(...) in a call": _written_in_call(called_dicts),
    "comprehensions in a call": _written_in_call(looped),
    "unpacked displays in a call": _written_in_call(unpacked),
    "tuples in a call": _written_in_call(tupled),
    "conditionals in a call": _written_in_call(chosen),
    "variable": _variable,
    "partial": _handed("partial({})()"),
    "submit": _handed("executor.submit({})"),
    "to_thread": _handed("asyncio.run(asyncio.to_thread({}))"),
}


HANDED: Final = frozenset({"partial", "submit", "to_thread"})
"""The places where a method is passed on.

mypy itself uses the method's first overload there, so the plain call decides what is right.
"""


def _form(form: str) -> Place:
    """Return a place that holds the value: ``t`` is its type, ``v`` the value and ``n`` a number."""
    return lambda one: [line.format(t=one.type, v=one.text, n=one.number) for line in form.split("\n")]


def _function(signature: str, body: str) -> Place:
    """Return a place in a function's body."""
    return _form(f"def part{{n}}({signature}) -> None:\n    {body}")


def _key(form: str) -> Place:
    """Return a place that takes one of a TypedDict's keys and its value."""

    def made(one: Given) -> Lines:
        if not one.is_class or not isinstance(one.value, dict) or not one.value:
            return None
        new = [key for key in one.value if key not in one.right]
        key = (one.changed or new or list(one.value))[0]
        head = f"def part{one.number}(record: {one.type}) -> None:"
        return [head, "    " + form.format(key=key, value=one.value[key], whole={key: one.value[key]})]

    return made


def _constructor(one: Given) -> Lines:
    named = isinstance(one.value, dict) and all(map(is_name, one.value))
    return [f"{one.type}({keywords(one.value)})"] if one.is_class and named else None


def _constructor_of_display(one: Given) -> Lines:
    return [f"{one.type}({one.text})"] if one.is_class and isinstance(one.value, dict) else None


def _unpack(form: str) -> Place:
    """Return a place with a user's function that takes the keys as keywords."""

    def made(one: Given) -> Lines:
        if not one.is_class or not isinstance(one.value, dict) or not all(map(is_name, one.value)):
            return None
        head = f"def ask{one.number}(**given: Unpack[{one.type}]) -> None: ..."
        return [head, form.format(n=one.number, pairs=keywords(one.value), whole=one.text)]

    return made


def _written_as(how: Callable[[Any], str]) -> Place:
    return lambda one: [f"value{one.number}: {one.type} = {how(one.value)}"]


def _conditional(one: Given) -> Lines:
    return [f"value{one.number}: {one.type} = {one.text} if flag else {one.right!r}"]


def _class_attribute(one: Given) -> Lines:
    return [f"class Holder{one.number}:", f"    value: {one.type} = {one.text}"]


VALUES: Final[Mapping[str, Place]] = {
    "annotated assignment": _form("value{n}: {t} = {v}"),
    "later assignment": _form("value{n}: {t}\nvalue{n} = {v}"),
    "class attribute": _class_attribute,
    "data class": _form("@dataclass\nclass Holder{n}:\n    value: {t} = field(default_factory=lambda: {v})"),
    "data class's constructor": _form("@dataclass\nclass Holder{n}:\n    value: {t}\nHolder{n}({v})"),
    "named tuple": _form("class Pair{n}(NamedTuple):\n    value: {t}\nPair{n}(value={v})"),
    "attribute": _form(
        "class Holder{n}:\n    value: {t}\ndef part{n}(holder: Holder{n}) -> None:\n    holder.value = {v}"
    ),
    "attribute of self": _form(
        "class Holder{n}:\n    def __init__(self) -> None:\n        self.value: {t} = {v}"
    ),
    "item of a list": _function("values: list[{t}]", "values[0] = {v}"),
    "slice of a list": _function("values: list[{t}]", "values[:1] = [{v}]"),
    "item of a dict": _function("values: dict[str, {t}]", "values['key'] = {v}"),
    "key": _key("record[{key!r}] = {value!r}"),
    "update": _key("record.update({whole!r})"),
    "|=": _key("record |= {whole!r}"),
    "setdefault": _key("record.setdefault({key!r}, {value!r})"),
    "+=": _function("values: list[{t}]", "values += [{v}]"),
    "append": _function("values: list[{t}]", "values.append({v})"),
    "insert": _function("values: list[{t}]", "values.insert(0, {v})"),
    "extend": _function("values: list[{t}]", "values.extend([{v}])"),
    "extend by a generator": _function("values: list[{t}]", "values.extend({v} for _ in range(2))"),
    "update of a dict": _function("values: dict[str, {t}]", "values.update({{'key': {v}}})"),
    "update by keyword": _function("values: dict[str, {t}]", "values.update(key={v})"),
    "setdefault of a dict": _function("values: dict[str, {t}]", "values.setdefault('key', {v})"),
    "return": _form("def part{n}() -> {t}:\n    return {v}"),
    "return of a list": _form("def part{n}() -> list[{t}]:\n    return [{v}]"),
    "return of a coroutine": _form("async def part{n}() -> {t}:\n    return {v}"),
    "yield": _form("def part{n}() -> Iterator[{t}]:\n    yield {v}"),
    "yield of a coroutine": _form("async def part{n}() -> AsyncIterator[{t}]:\n    yield {v}"),
    "yield from": _form("def part{n}() -> Iterator[{t}]:\n    yield from [{v}]"),
    "return of a generator": _form(
        "def part{n}() -> Generator[int, None, {t}]:\n    yield 1\n    return {v}"
    ),
    "default argument": _form("def part{n}(value: {t} = {v}) -> None: ..."),
    "default of a keyword": _form("def part{n}(*, value: {t} = {v}) -> None: ..."),
    "user's function": _form("def take{n}(value: {t}) -> None: ...\ntake{n}({v})"),
    "user's keyword": _form("def take{n}(*, value: {t}) -> None: ...\ntake{n}(value={v})"),
    "user's *values": _form("def take{n}(*values: {t}) -> None: ...\ntake{n}({v})"),
    "user's **values": _form("def take{n}(**values: {t}) -> None: ...\ntake{n}(value={v})"),
    "lambda given to a function": _form(
        "def take{n}(made: Callable[[], {t}]) -> None: ...\ntake{n}(lambda: {v})"
    ),
    "dict of lists": _form("value{n}: dict[str, list[{t}]] = {{'key': [{v}]}}"),
    "list in a list": _form("value{n}: list[{t}] = [*[{v}]]"),
    "list with others": _function("values: list[{t}]", "more: list[{t}] = [*values, {v}]"),
    "sum of lists": _function("values: list[{t}]", "more: list[{t}] = values + [{v}]"),
    "assignment of two": _form("one{n}: {t}\ntwo{n}: int\none{n}, two{n} = {v}, 1"),
    "method": _form("class Taker{n}:\n    def take(self, value: {t}) -> None: ...\nTaker{n}().take({v})"),
    "user's list": _form("def take{n}(values: list[{t}]) -> None: ...\ntake{n}([{v}])"),
    "unpacked into user's *values": _form("def take{n}(*values: {t}) -> None: ...\ntake{n}(*[{v}])"),
    "Unpack": _unpack("ask{n}({pairs})"),
    "Unpack of a display": _unpack("ask{n}(**{whole})"),
    "constructor": _constructor,
    "constructor of a display": _constructor_of_display,
    "dict(...)": _written_as(called_dicts),
    "comprehensions": _written_as(looped),
    "unpacked displays": _written_as(unpacked),
    "tuples": _written_as(tupled),
    "conditionals": _written_as(chosen),
    "conditional": _conditional,
    "list": _form("value{n}: list[{t}] = [{v}]"),
    "dict": _form("value{n}: dict[str, {t}] = {{'key': {v}}}"),
    "tuple": _form("value{n}: tuple[{t}, int] = ({v}, 1)"),
    "list comprehension": _form("value{n}: list[{t}] = [{v} for _ in range(2)]"),
    "dict comprehension": _form("value{n}: dict[str, {t}] = {{str(one): {v} for one in range(2)}}"),
    "generator": _form("value{n}: Iterable[{t}] = ({v} for _ in range(2))"),
    "function": _form("value{n}: Callable[[], {t}] = lambda: {v}"),
    "operand": _form("def part{n}(value: {t} | None) -> {t}:\n    return value or {v}"),
    "walrus": _form("def part{n}(value: {t}) -> None:\n    print(value := {v})"),
    "final": _form("value{n}: Final[{t}] = {v}"),
    "params": _params,
}

UNSOUND: Final = frozenset(
    {
        "*tuple",
        "*list",
        "data class",
        "yield from",
        "unpacked into user's *values",
        "partial",
        "**display",
        "Unpack of a display",
        "dict(...) in a call",
        "variable",
        "tuples",
        "tuples in a call",
        "unpacked displays",
        "unpacked displays in a call",
        "list in a list",
        "conditionals",
        "conditionals in a call",
        "comprehensions in a call",
        "conditional argument",
        "dict(...)",
        "comprehensions",
        "conditional",
        "operand",
        "update by keyword",
    }
)
"""The places where mypy rejects some values that fit: it infers plain dicts or lists for displays there."""
