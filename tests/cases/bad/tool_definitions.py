"""Functions that are no tools, and types of answers that no strict schema can describe."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from typed_openai import json_schema_of, text_format, tool

Item = TypeVar("Item")


class Plain: ...


class Box(Generic[Item]):
    def __init__(self, item: Item) -> None: ...


class Named(Protocol):
    name: str


class Odd(Enum):
    HALF = 0.5
    PAIR = (1, 2)


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    scores: dict[str, int]
    done: Callable[[], None]
    kinds: tuple[type[int], ...]


class Pair(NamedTuple):
    second: Odd
    first: Plain


class Reader:
    @tool
    # E:6: method.self: the model cannot pass the object of a method; make a tool of the bound method  [openai-tools]
    def method(self, city: str) -> str:
        return city

    @classmethod
    # E:6: of_class.cls: the model cannot pass the object of a method; make a tool of the bound method  [openai-tools]
    @tool
    def of_class(cls, city: str) -> str:
        return city

    @staticmethod
    # E:6: Job.done: Callable[[], None] has no strict schema; use a class with fields, such as a dataclass  [openai-tools]
    # E:6: Job.kinds: type[int] has no strict schema; use a class with fields, such as a dataclass  [openai-tools]
    # E:6: Job.scores: dict[str, int] has no strict schema; use a list of {key, value}  [openai-tools]
    @tool
    def static(city: str, job: Job) -> str:
        return city


@tool
# E:2: plain.box: Box[int] has no strict schema; use a class with fields, such as a dataclass  [openai-tools]
# E:2: plain.named: Named has no strict schema; use a class with fields, such as a dataclass  [openai-tools]
# E:2: plain.odd: Odd has no strict schema; use values of type str or int  [openai-tools]
# E:2: plain.one: Plain has no strict schema; use a class with fields, such as a dataclass  [openai-tools]
def plain(one: Plain, box: Box[int], named: Named, odd: Odd | None) -> str:
    return ""


@tool
# E:2: positional.city: the model passes arguments by name; expected a parameter with one  [openai-tools]
# E:2: positional: the result cannot be written as JSON: got bytes  [openai-tools]
def positional(city: str, /, limit: int = 3) -> list[bytes] | None:
    return None


@tool
# E:2: streaming: the result cannot be written as JSON: got AsyncIterator[str]  [openai-tools]
async def streaming(city: str) -> AsyncIterator[str]:
    yield city


@tool
# E:2: Pair.first: Plain has no strict schema; use a class with fields, such as a dataclass  [openai-tools]
# E:2: Pair.second: Odd has no strict schema; use values of type str or int  [openai-tools]
# E:2: later.call: Callable[[int], str] has no strict schema; use a class with fields, such as a dataclass  [openai-tools]
# E:2: later: the result cannot be written as JSON: got complex  [openai-tools]
def later(call: "Callable[[int], str]", *, pairs: "list[Pair]") -> complex:
    return 1j


def double(number: int) -> memoryview:
    return memoryview(b"")


tool(double)
# E:1: double: the result cannot be written as JSON: got memoryview[int]  [openai-tools]
tool(name="twice")(double)
# E:1: double: the result cannot be written as JSON: got memoryview[int]  [openai-tools]
json_schema_of(Literal[b"no", "yes"])
# E:16: Literal[b'no'] has no strict schema; use values of type str or int  [openai-schema]
text_format(list[Plain] | Named)
# E:13: Named has no strict schema; use a class with fields, such as a dataclass  [openai-schema]
# E:13: Plain has no strict schema; use a class with fields, such as a dataclass  [openai-schema]
