"""Random functions that read keys which may be absent, on all ways through a function."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

HEAD: Final = '''\
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


'''
"""Types that extend one of the API, and functions that give values of them."""

SIGNATURE: Final = "d: Left, e: Left, u: Left | Right, ds: list[Left], h: Holder, i: int"

_OWNERS: Final = ("d", "e", "h.m", "h.o.m")
"""Values of type ``Left``."""

_DEEPEST: Final = 3


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
            lines += make(depth, loop)
        return [*lines, self._read()]

    def _statements(self, depth: int) -> tuple[Sequence[Callable[[int, bool], list[str]]], Sequence[int]]:
        plain = {self._reading: 5, self._giving: 4, self._leaving: 1, self._asserting: 1, self._inside: 2}
        nested = {self._if: 5, self._while: 1, self._for: 2, self._try: 1, self._with: 1, self._match: 1}
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

    def _reading(self, _depth: int, loop: bool) -> list[str]:
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

    def _giving(self, _depth: int, loop: bool) -> list[str]:
        owner, other = self._one("d", "e"), self._one(*_OWNERS)
        key, name = self._key(), self._name()
        return self._chance.choice(
            [
                [f"{owner} = {other}"],
                [f"{owner} = left()"],
                [f"{other}[{key}] = 1"],
                [f"{other}[{key}] += 1"],
                [f'{owner} = {{{key}: 1, "t": "left"}}'],
                [f'{owner} = {{**{other}, {key}: 1}}'],
                [f"u = {self._one(*_OWNERS, 'either()')}"],
                ["h = h.o", "h.touch()"],
                [f"h.m = {owner}"],
                [f'{other}["c"] = {{"r": 1}}'],
                [f"d, e = {self._one('e, d', 'left(), d', 'd, left()')}"],
                [f"{owner} = {other} if {self._condition(1)} else {self._one(*_OWNERS)}"],
                [f"{name} = {self._key()} in {owner}", f"if {name}: show({owner}[{key}])"],
                [f"if {self._key()} in ({name} := {other}): show({name}[{key}], {other}[{key}])"],
                [f"{name} = [one for one in ds if {self._key()} in one]", *self._taken(name, key)],
                [f"{name} = [{other}, {owner}]", *self._taken(name, key)],
                [f"{name} = {other} if {self._key()} in {other} else None", f"if {name}: show({name}[{key}])"],
                [f"{name}: Left | None = None", f"if {self._condition(1)}: {name} = {other}"]
                + [f"if {name} is not None: show({name}[{key}])"],
                [f"while (({name} := maybe()) is not None) and {self._key()} in {name}: show({name}[{key}])"],
            ]
        )

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

    def _leaving(self, _depth: int, loop: bool) -> list[str]:
        how = ["return 1", "raise ValueError", "sys.exit(1)", *(["break", "continue"] if loop else [])]
        return [f"if {self._condition(0)}:", f"    {self._one(*how)}"]

    def _asserting(self, _depth: int, loop: bool) -> list[str]:
        return [f"assert {self._condition(0)}"]

    def _inside(self, _depth: int, loop: bool) -> list[str]:
        owner, name = self._one("d", "e", "h.m"), self._name()
        key = self._key()
        return self._chance.choice(
            [
                [f"{name}: Callable[[], object] = lambda: {owner}[{key}]", f"show({name})"],
                [f"def {name}() -> object:", f"    return {owner}[{key}]", f"show({name})"],
                [f"def {name}(one: Left) -> object:"]
                + [f"    return one[{key}] if {self._key()} in one else {owner}[{key}]", f"show({name})"],
            ]
        )

    def _if(self, depth: int, loop: bool) -> list[str]:
        lines = [f"if {self._condition(0)}:", *_indented(self._block(depth + 1, loop=loop))]
        if self._chance.random() < 0.3:
            lines += [f"elif {self._condition(0)}:", *_indented(self._block(depth + 1, loop=loop))]
        if self._chance.random() < 0.4:
            lines += ["else:", *_indented(self._block(depth + 1, loop=loop))]
        return lines

    def _while(self, depth: int, loop: bool) -> list[str]:
        condition = self._one(self._condition(0), "flag()", "True")
        body = self._block(depth + 1, loop=True)
        lines = [f"while {condition}:", *_indented(body), *_indented([f"if {self._condition(0)}: break"])]
        return lines if self._chance.random() < 0.7 else [*lines, "else:", *_indented(self._block(depth + 1, loop=loop))]

    def _for(self, depth: int, loop: bool) -> list[str]:
        lines = [f"for {self._one('d', 'e', '_')} in {self._one('ds', 'some()')}:"]
        lines += _indented(self._block(depth + 1, loop=True))
        return lines if self._chance.random() < 0.7 else [*lines, "else:", *_indented(self._block(depth + 1, loop=loop))]

    def _try(self, depth: int, loop: bool) -> list[str]:
        lines = ["try:", *_indented(self._block(depth + 1, loop=loop))]
        is_caught = self._chance.random() < 0.7
        if is_caught:
            lines += ["except ValueError:", *_indented(self._block(depth + 1, loop=loop))]
            if self._chance.random() < 0.3:
                lines += ["else:", *_indented(self._block(depth + 1, loop=loop))]
        if not is_caught or self._chance.random() < 0.3:
            lines += ["finally:", *_indented([self._read()])]
        return lines

    def _with(self, depth: int, loop: bool) -> list[str]:
        manager = self._one("contextlib.suppress(ValueError)", 'open("name")')
        return [f"with {manager}:", *_indented(self._block(depth + 1, loop=loop))]

    def _match(self, depth: int, loop: bool) -> list[str]:
        owner = self._one("d", "e", "u")
        name = self._name()
        patterns = [f"{{{self._key()}: _}}", f"{{{self._key()}: int()}} as {name}", '{"a": _, "b": _} | {"b": _}']
        lines = [f"match {owner}:"]
        for pattern in self._chance.sample(patterns, self._chance.randint(1, 2)):
            guard = f" if {self._condition(1)}" if self._chance.random() < 0.3 else ""
            lines += _indented([f"case {pattern}{guard}:", *_indented(self._block(depth + 1, loop=loop))])
        return [*lines, *_indented(["case _:", *_indented([self._read()])])]

    def _condition(self, depth: int) -> str:
        owner = self._one(*_OWNERS, *_OWNERS, "u", "u")
        simple = [f"{self._key()} in {owner}", f"{self._key()} not in {owner}", f"{self._key()} in {owner}"]
        simple += ["flag()", f'u["t"] {self._one("==", "!=")} {self._one(chr(34) + "left" + chr(34), chr(34) + "right" + chr(34))}']
        other = self._one(*_OWNERS)
        simple += [f'"c" in {other} and "x" in {other}["c"]', f'"l" in {other} and "x" in {other}["l"][0]']
        if depth > 1 or self._chance.random() < 0.6:
            return f"({self._one(*simple)})" if depth else self._one(*simple)
        left, right = self._condition(depth + 1), self._condition(depth + 1)
        made = self._one(f"{left} and {right}", f"{left} or {right}", f"not {left}", f"{left} and {right}")
        return f"({made})" if depth else made


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]
