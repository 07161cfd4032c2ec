"""Code around a statement: functions, classes and control flow that mypy checks in different ways.

``$BODY`` stands for the statement, ``$N`` for a number that makes names unique.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

FLOW: Final[Mapping[str, str]] = {
    "if": "if is_on():\n    $BODY\nelse:\n    pass",
    "else": "if is_on():\n    pass\nelse:\n    $BODY",
    "for": "for _ in range(3):\n    $BODY",
    "while": "while is_on():\n    $BODY",
    "loop with a partial type": "late$N = None\nwhile is_on():\n    $BODY\n    late$N = 1\nignore(late$N)",
    "try": "try:\n    $BODY\nexcept ValueError as error$N:\n    ignore(error$N)",
    "except": "try:\n    pass\nexcept ValueError:\n    $BODY",
    "finally": "try:\n    ignore()\nfinally:\n    $BODY",
    "with": "with suppress(ValueError):\n    $BODY",
    "match": "match os.sep:\n    case '/':\n        $BODY\n    case other$N:\n        ignore(other$N)",
    "isinstance": "thing$N: object = flag\nif isinstance(thing$N, str):\n    $BODY",
    "other platform": "if sys.platform == 'win32':\n    $BODY",
    "list without a type": "found$N = []\n$BODY\nfound$N.append(1)",
}

FUNCTIONS: Final[Mapping[str, str]] = {
    "function": "def part$N(flag: bool) -> None:\n    $BODY",
    "after a return": "def part$N() -> None:\n    return\n    $BODY",
    "nested function": "def part$N() -> None:\n    def inner(flag: bool) -> None:\n        $BODY",
    "closure": (
        "def part$N(text: str | None) -> None:\n    if text:\n        def inner() -> None:\n            $BODY"
    ),
    "method": "class Part$N:\n    def run(self, flag: bool) -> None:\n        $BODY",
    "class method": "class Part$N:\n    @classmethod\n    def run(cls) -> None:\n        $BODY",
    "__init__": "class Part$N:\n    def __init__(self) -> None:\n        $BODY",
    "__enter__": "class Part$N:\n    def __enter__(self) -> Self:\n        $BODY\n        return self",
    "property": "class Part$N:\n    @property\n    def size(self) -> int:\n        $BODY\n        return 1",
    "generic function": "def part$N(item: S) -> S:\n    $BODY\n    return item",
    "function checked twice": "def part$N(item: AnyStr) -> AnyStr:\n    $BODY\n    return item",
    "generic class": (
        "class Part$N(Generic[S]):\n    def run(self, item: S) -> S:\n        $BODY\n        return item"
    ),
    "subclass of Client": "class Part$N(Client):\n    def run(self) -> None:\n        $BODY",
    "decorated function": "@logged\ndef part$N(flag: bool) -> None:\n    $BODY",
    "context manager": "@contextmanager\ndef part$N() -> Iterator[int]:\n    $BODY\n    yield 1",
    "generator": "def part$N() -> Iterator[int]:\n    yield 1\n    $BODY",
    "overload implementation": (
        "@overload\ndef part$N(value: str) -> str: ...\n@overload\ndef part$N(value: int) -> int: ...\n"
        "def part$N(value: str | int) -> str | int:\n    $BODY\n    return value"
    ),
    "unannotated function": "def part$N(flag):\n    $BODY",
    "deferred method": (
        "class Part$N:\n    def run(self) -> None:\n        ignore(self.late)\n        $BODY\n"
        "    def fill(self) -> None:\n        self.late = same(1)"
    ),
    "deferred function": "def part$N() -> None:\n    ignore(LATE$N)\n    $BODY\nLATE$N = same([1])",
    "override": (
        "class Base$N:\n    def run(self) -> None: ...\n"
        "class Part$N(Base$N):\n    def run(self) -> None:\n        super().run()\n        $BODY"
    ),
}

COROUTINES: Final[Mapping[str, str]] = {
    "coroutine": "async def part$N(flag: bool) -> None:\n    $BODY",
    "asynchronous method": "class Part$N:\n    async def run(self) -> None:\n        $BODY",
    "asynchronous generator": "async def part$N() -> AsyncIterator[int]:\n    yield 1\n    $BODY",
    "nested coroutine": "def part$N() -> None:\n    async def inner() -> None:\n        $BODY",
}

NOISE: Final[Sequence[str]] = (
    "ignore(len(3))",
    "ignore('text'.uper())",
    "wrong$N: int = 'text'",
    "ignore(1 + 'text')",
    "ignore(unknown_name)",
    "len('text', 2)",
    "os.environ['key'] = 3",
    "ignore(os.environ.get(3).upper())",
    "ignore(same(3).upper())",
    "ignore([1, 2]['key'])",
    "for number$N in 3:\n    ignore(number$N)",
    "ignore(wrong=1, *[1])",
    "ignore({1: 2}.get(1).bit_length())",
    "numbers$N: list[int] = ['text', 1]",
    "numbers$N: dict[str, int] = {1: 'text'}",
    "ignore('text' == 3)",
    "os.path.join(1, 'text').uper()",
    "open('file', 'text').reed()",
    "text_of('text').uper()",
    "ignore(text_of('text') + 1)",
    "number$N: int = text_of('text')",
    "number$N: int = text_of('text')  # type: ignore[arg-type]",
    "text_of('text')  # type: ignore[arg-type]",
    "ignore([text_of('text').uper() for _ in range('text')])",
    "importlib.util.find_spec('text').loader.exec_module(None)",
    "ignore(maybe_number() - maybe_number())",
    "ignore(maybe_number() - maybe_number())  # type: ignore[operator]",
    "take_one_of_many(3)",
    "ignore(asyncio.to_thread(text_of, 'text'))",
    "ignore(partial(text_of, 'text'))",
    "class Derived$N(Iterator[int]):\n    def __next__(self, wrong: int) -> str: raise ValueError",
    "class Derived$N(Readable):\n    def read(self, size: str = '') -> str: raise ValueError",
    "class Derived$N(Readable):\n"
    "    def read(self, size: str = '') -> bytes:  # type: ignore[override]\n        raise ValueError",
)
"""Statements with errors that are unrelated to the API, some of them silenced."""


def wrap(wrapper: str, lines: Sequence[str]) -> list[str]:
    """Replace ``$BODY`` by lines."""
    found = []
    for line in wrapper.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        found += [f"{indent}{one}" for one in lines] if line.strip() == "$BODY" else [line]
    return found
