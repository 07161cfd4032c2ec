"""Several errors of one operator, or of an operand and its operator."""

from __future__ import annotations


def text_of(number: int) -> str:
    raise NotImplementedError


def nothing() -> None: ...


def combine(
    one: int | None, two: int | None, rate: float | None, more: str | bytes, values: list[int] | None
) -> None:
    print(one - two)
    print(rate * (one - 1.0))
    print(more - one)
    print(one in two)
    print(-more)
    print(text_of("text") + 1)
    print([text_of("text")] + 1)
    print((1, "text") + [1])
    print("text" == 3)
    print("text" in [1, 2])
    print(values[one])
    print(values[0].upper())
    print(not unknown_name)
    print(nothing() + 1)
    print(1 + nothing())
    print(nothing().nope)
    print(1 in nothing())
    print(nothing() < 1)
    values["text"] = 1
    values += "text"
    one += "text"
    del values["text"]


class Vector:
    def __add__(self, other: Vector) -> Vector:
        return self

    def __iadd__(self, other: Vector) -> Vector:
        return self

    def __contains__(self, item: int) -> bool:
        return True

    def __getitem__(self, key: int) -> str:
        return ""

    def __setitem__(self, key: int, value: Vector) -> None: ...


def use(vector: Vector, other: Vector | None) -> None:
    print(vector + 1)
    print(1 + vector)
    print(vector + other)
    print(nothing() in vector)
    print(vector + nothing())
    print(vector < nothing())
    print("text" in vector)
    print(vector["text"].uper())
    vector["text"] = 3
    vector[0] = other
    vector += other
    other[text_of("text")] = vector
