"""Displays, comprehensions, lambdas and conditional expressions with mistakes inside and outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypedDict


class Include(str): ...


class Point(TypedDict, total=False):
    x: int
    y: int


class Pair(NamedTuple):
    one: int
    two: str


@dataclass
class Holder:
    points: list[Point] = field(default_factory=lambda: [{"x": "text"}])
    pair: Pair = field(default=3)


def callback(*values):
    return values


Text = callback("text")


def text_of(number: int) -> str:
    raise NotImplementedError


def make(compound):
    state = []
    if compound:
        state.append(("a", Text, "c"))
    state += [
        ("b", callback("a")),
        Include("redirect"),
        ("a", Text, "c"),
        ("a", Text),
        Include(3),
    ]
    return state


def build(flag: bool, holder: Holder, names: list[str]) -> Iterator[Point]:
    points: list[Point] = [{"x": 1}, {"x": "text"}, {"z": 1}, text_of("text")]
    nested: dict[str, list[Point]] = {"a": [{"x": text_of("text")}], 3: [{"y": None}]}
    point: Point = {"x": "text"} if flag else {"z": 1, "x": unknown_name}
    more: list[Point] = [{"x": one} for one in names if one.nope]
    lengths: dict[str, int] = {one: one for one in text_of("text")}
    function: Callable[[int], Point] = lambda number: {"x": str(number).nope}
    holder.points[0]["x"] = "text"
    holder.points[0]["z"] = text_of("text")
    holder.points[0] = {"x": "text"}
    holder.points.append({"x": "text", "z": len(3)})
    replace(holder, points=[{"x": "text"}], nope=1)
    Pair("text", two=3)._replace(one="text")
    Point(x="text", z=1)
    print([text_of("text").uper() for _ in range("text")])
    print({text_of("text"): len(3)}[1])
    print(points, nested, point, more, lengths, function)
    yield {"x": "text"}
    yield from [{"z": 1}]
    yield text_of("text")


def pick(points: list[Point], flag: bool) -> Point:
    if flag:
        return {"x": "text"}
    elif points:
        return points or {"z": 1}
    return points[0] | {"x": "text"}
