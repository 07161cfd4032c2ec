"""Variables whose types mypy finds step by step, and functions that it checks twice."""

import os
from collections.abc import Iterable
from typing import IO, AnyStr, TypeVar

T = TypeVar("T", int, str)
cache = {} if os.name == "nt" else {}
empty = []
later = None


def take(text: str) -> None: ...


def same(value):
    return value


def parse(file: IO[AnyStr] | Iterable[AnyStr], charset: str | None) -> None:
    needs_decode = None
    for number, line in enumerate(file):
        line = line.strip()
        if needs_decode is None:
            needs_decode = not isinstance(line, str)
        if needs_decode:
            line = line.decode(charset)
        if line[:1] == "#":
            take(line)
            take(number)


def twice(value: T) -> T:
    take(value)
    value.upper() + 1
    return value + 1


class Tokenizer:
    def __init__(self):
        self.token = None
        self.values: list[int] | None = None

    def start(self, values):
        self.token = values
        self.token = {"name": ""}

    def run(self, index: str) -> int:
        self.token["name"] += "text"
        self.token[-1][1] += "text"
        self.values[index] = "text"
        take(self.found)
        return self.found.upper()

    def find(self) -> None:
        self.found = same(self.values)
        self.found = later.upper()


def loop(items):
    last = None
    while items:
        take(last)
        last = items.pop() if last else 1
        for one in items:
            last = one.name if last.name else last
    size = max(len(items) * 8, 8)
    if items:
        size = "text %d" % size
    return size


def set_later() -> None:
    global later
    later = "text"
    take(3)
    return later


class First:
    def go(self) -> int:
        take(self.other.value)
        return self.other.value

    def setup(self) -> None:
        self.other = Second()


class Second:
    def __init__(self) -> None:
        self.value = same([1])
        self.value.nope.more
