"""Random functions that read keys which may be absent, on all ways through a function."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

HEAD: Final = """\
from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Literal, NotRequired

from typed_openai.types import FineTuneDPOMethod as Base


class Inner(Base):
    x: NotRequired[int]
    r: int


class Left(Base):
    a: NotRequired[int]
    b: NotRequired[int]
    c: NotRequired[Inner]
    l: NotRequired[list[Inner]]
    n: NotRequired[Inner | None]
    t: Literal["left"]


class Right(Base):
    a: NotRequired[int]
    b: int
    t: Literal["right"]


class Holder:
    m: Left
    o: Holder

    def touch(self) -> None: ...


def flag() -> bool: ...
def left() -> Left: ...
def either() -> Left | Right: ...
def some() -> list[Left]: ...
def maybe() -> Left | None: ...
def show(*shown: object) -> None: ...


"""
"""Types that extend one of the API, and functions that give values of them."""

SIGNATURE: Final = "d: Left, e: Left, u: Left | Right, ds: list[Left], h: Holder, i: int"

_OWNERS: Final = ("d", "e", "h.m", "h.o.m")
"""Values of type ``Left``."""

_GIVING: Final = (
    "{owner} = {other}",
    "{owner} = left()",
    "{other}[{key}] = 1",
    "{other}[{key}] += 1",
    '{owner} = {{{key}: 1, "t": "left"}}',
    "{owner} = {{**{other}, {key}: 1}}",
    "u = {other}",
    "u = either()",
    "h = h.o\nh.touch()",
    "h.m = {owner}",
    '{other}["c"] = {{"r": 1}}',
    "d, e = e, d",
    "d, e = left(), {owner}",
    "{owner} = {other} if {condition} else {third}",
    "{name} = {sought} in {owner}\nif {name}: show({owner}[{key}])",
    "if {sought} in ({name} := {other}): show({name}[{key}], {other}[{key}])",
    "{name} = {other} if {sought} in {other} else None\nif {name}: show({name}[{key}])",
    "{name}: Left | None = None\n"
    "if {condition}: {name} = {other}\n"
    "if {name} is not None: show({name}[{key}])",
    "while (({name} := maybe()) is not None) and {sought} in {name}: show({name}[{key}])",
)
"""Assignments, and conditions that assign."""

_INSIDE: Final = (
    "{name}: Callable[[], object] = lambda: {owner}[{key}]\nshow({name})",
    "def {name}() -> object:\n    return {owner}[{key}]\nshow({name})",
    "def {name}() -> object:\n    return {other}[{key}]\nshow({name})",
    "def {name}(one: Left) -> object:\n"
    "    return one[{key}] if {sought} in one else {owner}[{key}]\n"
    "show({name})",
)
"""Functions inside, which see variables of the one around."""

_DEEPEST: Final = 3


class Make(Protocol):
    """Makes a statement at some depth, in a loop or not."""

    def __call__(self, depth: int, /, *, loop: bool) -> list[str]: ...


class Reads:
    """Makes functions from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._number = 0

    def functions(self, number: int) -> Iterator[str]:
        """Yield the source of ``number`` functions."""
        for turn in range(number):
            body = self._block(0, loop=False)
            yield "\n".join([f"def f{turn}({SIGNATURE}) -> object:", *_indented(body), "    return 0"])

    def _block(self, depth: int, *, loop: bool) -> list[str]:
        lines: list[str] = []
        for _ in range(self._chance.randint(1, 3 if depth else 6)):
            make = self._chance.choices(*self._statements(depth))[0]
            lines += make(depth, loop=loop)
        return [*lines, self._read()]

    def _statements(self, depth: int) -> tuple[Sequence[Make], Sequence[int]]:
        plain: dict[Make, int] = {
            self._reading: 5,
            self._giving: 4,
            self._leaving: 1,
            self._asserting: 1,
            self._inside: 2,
        }
        nested: dict[Make, int] = {
            self._if: 5,
            self._while: 1,
            self._for: 2,
            self._try: 1,
            self._with: 1,
            self._match: 1,
        }
        made = {**plain, **nested} if depth < _DEEPEST else plain
        return list(made), list(made.values())

    def _one(self, *choices: str) -> str:
        return self._chance.choice(choices)

    def _name(self) -> str:
        self._number += 1
        return f"v{self._number}"

    def _key(self) -> str:
        return self._one('"a"', '"b"')

    def _read(self) -> str:
        return self._reading(0, loop=False)[0]

    def _reading(self, _depth: int, *, loop: bool) -> list[str]:
        key = self._key()
        owner = self._one(*_OWNERS, "u")
        other = self._one(*_OWNERS)
        return [
            self._one(
                f"show({owner}[{key}])",
                f"show({owner}[{key}])",
                f'show({other}["c"]["x"])',
                f'show({other}["l"][0]["x"], {other}["l"][i]["x"])',
                f"show({owner}[{key}] if {self._condition(1)} else {other}[{key}])",
                f"show({self._condition(1)} and {owner}[{key}] or {other}[{key}])",
                f"show([one[{key}] for one in ds if {self._key()} in one])",
                f"show([{other}[{key}] for one in ds if {self._key()} in {other}])",
                f"show(next(one for one in ds if {self._key()} in one)[{key}])",
                f"show(max(ds, key=lambda one: one[{key}])[{key}])",
            )
        ]

    def _giving(self, _depth: int, *, loop: bool) -> list[str]:
        name, key = self._name(), self._key()
        if self._chance.random() < 0.15:
            made = self._one("[one for one in ds if {0} in one]", "[{1}, {2}]")
            value = made.format(self._key(), self._one(*_OWNERS), self._one("d", "e"))
            return [f"{name} = {value}", *self._taken(name, key)]
        return self._filled(self._one(*_GIVING), name=name, key=key)

    def _filled(self, form: str, *, name: str, key: str) -> list[str]:
        """The lines of a form."""
        return form.format(
            name=name,
            key=key,
            sought=self._key(),
            owner=self._one("d", "e"),
            other=self._one(*_OWNERS),
            third=self._one(*_OWNERS),
            condition=self._condition(1),
        ).splitlines()

    def _taken(self, name: str, key: str) -> list[str]:
        """Items that are taken from a list."""
        form = self._one(
            "show({0}[0][{1}])",
            "for one in {0}: show(one[{1}])",
            "for _, one in enumerate({0}): show(one[{1}])",
            "for one, two in zip({0}, ds): show(one[{1}], two[{1}])",
            "show([one[{1}] for one in reversed({0})])",
            "show(sorted({0}, key=lambda one: one[{1}])[0][{1}])",
            "show(next(iter({0}))[{1}])",
        )
        return [form.format(name, key)]

    def _leaving(self, _depth: int, *, loop: bool) -> list[str]:
        how = ["return 1", "raise ValueError", "sys.exit(1)", *(["break", "continue"] if loop else [])]
        return [f"if {self._condition(0)}:", f"    {self._one(*how)}"]

    def _asserting(self, _depth: int, *, loop: bool) -> list[str]:
        return [f"assert {self._condition(0)}"]

    def _inside(self, _depth: int, *, loop: bool) -> list[str]:
        return self._filled(self._one(*_INSIDE), name=self._name(), key=self._key())

    def _if(self, depth: int, *, loop: bool) -> list[str]:
        lines = [f"if {self._condition(0)}:", *_indented(self._block(depth + 1, loop=loop))]
        if self._chance.random() < 0.3:
            lines += [f"elif {self._condition(0)}:", *_indented(self._block(depth + 1, loop=loop))]
        if self._chance.random() < 0.4:
            lines += ["else:", *_indented(self._block(depth + 1, loop=loop))]
        return lines

    def _while(self, depth: int, *, loop: bool) -> list[str]:
        condition = self._one(self._condition(0), "flag()", "True")
        body = self._block(depth + 1, loop=True)
        lines = [f"while {condition}:", *_indented([*body, f"if {self._condition(0)}: break"])]
        return self._with_else(lines, depth, loop=loop)

    def _for(self, depth: int, *, loop: bool) -> list[str]:
        lines = [f"for {self._one('d', 'e', '_')} in {self._one('ds', 'some()')}:"]
        lines += _indented(self._block(depth + 1, loop=True))
        return self._with_else(lines, depth, loop=loop)

    def _with_else(self, lines: list[str], depth: int, *, loop: bool) -> list[str]:
        if self._chance.random() < 0.7:
            return lines
        return [*lines, "else:", *_indented(self._block(depth + 1, loop=loop))]

    def _try(self, depth: int, *, loop: bool) -> list[str]:
        lines = ["try:", *_indented(self._block(depth + 1, loop=loop))]
        is_caught = self._chance.random() < 0.7
        if is_caught:
            lines += ["except ValueError:", *_indented(self._block(depth + 1, loop=loop))]
            if self._chance.random() < 0.3:
                lines += ["else:", *_indented(self._block(depth + 1, loop=loop))]
        if not is_caught or self._chance.random() < 0.3:
            lines += ["finally:", *_indented([self._read()])]
        return lines

    def _with(self, depth: int, *, loop: bool) -> list[str]:
        manager = self._one("contextlib.suppress(ValueError)", 'open("name")')
        return [f"with {manager}:", *_indented(self._block(depth + 1, loop=loop))]

    def _match(self, depth: int, *, loop: bool) -> list[str]:
        owner = self._one("d", "e", "u")
        name = self._name()
        patterns = [f"{{{self._key()}: _}}", f"{{{self._key()}: int()}} as {name}"]
        patterns.append('{"a": _, "b": _} | {"b": _}')
        lines = [f"match {owner}:"]
        for pattern in self._chance.sample(patterns, self._chance.randint(1, 2)):
            guard = f" if {self._condition(1)}" if self._chance.random() < 0.3 else ""
            lines += _indented([f"case {pattern}{guard}:", *_indented(self._block(depth + 1, loop=loop))])
        return [*lines, *_indented(["case _:", *_indented([self._read()])])]

    def _condition(self, depth: int) -> str:
        owner = self._one(*_OWNERS, *_OWNERS, "u", "u")
        simple = [f"{self._key()} in {owner}", f"{self._key()} not in {owner}", f"{self._key()} in {owner}"]
        simple += ["flag()", f"""u["t"] {self._one("==", "!=")} {self._one('"left"', '"right"')}"""]
        other = self._one(*_OWNERS)
        simple += [f'"c" in {other} and "x" in {other}["c"]', f'"l" in {other} and "x" in {other}["l"][0]']
        if depth > 1 or self._chance.random() < 0.6:
            return f"({self._one(*simple)})" if depth else self._one(*simple)
        left, right = self._condition(depth + 1), self._condition(depth + 1)
        made = self._one(f"{left} and {right}", f"{left} or {right}", f"not {left}", f"{left} and {right}")
        return f"({made})" if depth else made


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]
