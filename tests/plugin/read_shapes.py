"""Functions whose reads of absent keys were once judged otherwise than by pyright, or are easily so."""

from __future__ import annotations

from typing import Final

CAPTURED: Final = """
def by_function(e: Left) -> None:
    def before() -> object:
        return e["a"]
    if "a" in e:
        def after() -> object:
            return e["a"]
        show(before, after)


def by_lambda(e: Left) -> None:
    if "a" in e:
        show(lambda: e["a"], [e["a"] for _ in "ab"], (e["a"] for _ in "ab"))


def assigned_later(e: Left) -> None:
    if "a" in e:
        show(lambda: e["a"])
    e = left()


def assigned_inside(e: Left) -> None:
    if "a" in e:
        def inner() -> object:
            nonlocal e
            e = left()
            return e["a"]
        show(inner, e["a"], lambda: e["a"])


def through_functions(e: Left) -> None:
    if "a" in e:
        def inner() -> object:
            def innermost() -> object:
                return e["a"]
            return innermost
        show(inner)


def through_classes(e: Left) -> None:
    if "a" in e:
        class Inner:
            first = e["a"]

            def method(self) -> object:
                return e["a"]
        show(Inner)


def in_an_item(e: Left) -> None:
    if "c" in e and "x" in e["c"]:
        show(e["c"]["x"], lambda: e["c"]["x"])


module = left()
if "a" not in module:
    sys.exit()


def of_a_module() -> object:
    return module["a"]
"""
"""Functions inside, which see what is known of a variable that keeps its value."""

NAMED: Final = """
def left_by_break(e: Left, ds: list[Left]) -> None:
    while flag():
        for e in ds:
            show(e)
        has = "a" in e
        if has: show(e["a"])
        break


def left_by_a_required_key(e: Left, u: Left | Right, ds: list[Left]) -> None:
    if u["t"] != "left":
        while flag():
            for e in some():
                show(e)
            show(next(one for one in ds if "b" in one)["b"])
            show(u["a"])
            has = "a" in e
            if has: show(e["a"])
            if "b" in u: break


def in_a_loop(e: Left, ds: list[Left]) -> None:
    while flag():
        has = "a" in e
        if has: show(e["a"])
        e = ds[0]


def in_the_loop_after(ds: list[Left]) -> None:
    for e in ds:
        has = "a" in e
        if not has: continue
        show(e["a"])
    for e in ds:
        other = "a" in e
        if other: show(e["a"])


def on_another_way(e: Left) -> None:
    if flag():
        has = "a" in e
    else:
        e = left()
        has = False
    show(e["a"] if has else None)
    if flag():
        lacks = "a" not in e
    else:
        e = left()
        sys.exit()
    show(None if lacks else e["a"])


def negated(e: Left) -> None:
    has = not ("a" not in e)
    if has: show(e["a"])
    same = has
    while same: show(e["a"])
    both = "a" in e and flag()
    if both: show(e["a"])
    while not has:
        show(e["a"])
        e = left()


def declared(e: Left) -> None:
    has: bool = "a" in e
    assert has
    show(e["a"])


def inside(e: Left) -> None:
    has = "a" in e
    def inner() -> None:
        nonlocal e
        if has: show(e["a"])
        e = left()
    if has: show(e["a"], inner)


first = left()
has_a = "a" in first
if has_a: show(first["a"])
second = left()
has_second = "a" in second
second = left()
if has_second: show(second["a"])


class Named:
    third = left()
    has_third = "a" in third
    if has_third: show(third["a"])
"""
"""Variables that stand for a condition."""

IMPOSSIBLE: Final = """
def item_of_an_impossible_value(h: Holder, i: int) -> None:
    if "a" in h.o.m:
        if "a" in h.o.m: return
        show(h.o.m["l"][0]["x"], h.o.m["l"][i]["x"], h.o.m["c"]["x"])


def changed_in_else(d: Left, i: int) -> None:
    if "l" in d and "x" in d["l"][0]:
        try:
            show(flag())
        except ValueError:
            show(d["l"][0]["x"])
        else:
            d = left()
            show(flag())
"""

SHAPES: Final = {"captured": CAPTURED, "named": NAMED, "impossible": IMPOSSIBLE}
