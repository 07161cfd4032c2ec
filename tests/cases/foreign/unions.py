"""Attributes and calls of unions, and messages that are long."""

from __future__ import annotations

import asyncio
import importlib.util
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import overload


class FirstOfManyClasses:
    def run(self, number: int) -> int:
        return number


class SecondOfManyClasses:
    def run(self, text: str) -> str:
        return text


class ThirdOfManyClasses: ...


class FourthOfManyClasses: ...


Many = FirstOfManyClasses | SecondOfManyClasses | ThirdOfManyClasses | list[FourthOfManyClasses] | None


@overload
def ask(value: int) -> int: ...
@overload
def ask(value: str) -> str: ...
def ask(value: int | str) -> int | str:
    len(3)
    return value.upper()


def take_many(value: Many) -> None: ...
def take_number(value: int) -> str: ...


def use(many: Many, maybe: str | None, function: Callable[[int], str] | None, kind: type[Many]) -> int:
    many.run(None)
    many.run(1).nope
    many.nope.more
    take_many(3)
    take_many([3])
    take_many(take_number("text"))
    take_number(many)
    take_number(take_number("text")).uper()
    maybe.upper().nope
    function("text").uper()
    kind(3).run()
    ask(None).nope
    ask(many)
    ask(take_number("text"))
    spec = importlib.util.find_spec("text")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    asyncio.to_thread(take_number, "text")
    partial(take_number, "text")(1)
    deque([1], "text").append("text")
    sorted([1, "text"], key=take_number("text"))
    max([many, maybe], default=take_number())
    return take_number(many) or maybe or {}


async def wait(many: Many) -> int:
    await many
    async with many as one:
        print(one)
    async for two in take_number("text"):
        print(two)
    with many, take_number("text") as three:
        print(three)
    return await asyncio.gather(take_number("text"), many)


def silenced(many: Many, maybe: str | None) -> None:
    many.run(None)  # type: ignore[union-attr]
    take_number(take_number("text")).uper()  # type: ignore[arg-type]
    take_number(
        take_number("text"),  # type: ignore[arg-type]
        many,  # type: ignore[call-arg]
    )
    maybe.upper().nope  # type: ignore
    ask(  # type: ignore[call-overload]
        many,
    )
