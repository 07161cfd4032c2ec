"""Reading and writing cassettes: JSON lines, of which the first one names the format and the test.

::

    {"cassette": 1, "test": "tests/test_chat.py::test_hello"}
    {"request": {"operation": "models.list_models", "method": "GET", "url": "https://...", "headers": {}}}
    {"reply": {"status": 200, "headers": {"content-type": "application/json"}, "after": 0.2, "json": {...}}}

A body that is streamed or is not text follows its reply: a line for each piece, and ``{"end": "complete"}``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from typed_openai.testing.cassettes.cassette_errors import at
from typed_openai.testing.cassettes.lines import FORMAT, PIECES, Line, read_line
from typed_openai.testing.cassettes.stored_replies import StoredReply

_LONGEST_HEAD: Final = 1 << 16

_CONFLICT: Final = ("<<<<<<<", "=======", ">>>>>>>")


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request and its reply, and their lines in the file; 0 for those that are not written yet.

    ``piece_lines`` are those of a streamed body.
    """

    request: Mapping[str, Any]
    reply: StoredReply
    line: int = 0
    reply_line: int = 0
    piece_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CassetteFile:
    """The content of a cassette: its interactions, and the test that recorded them, or an empty string."""

    path: Path
    test: str
    interactions: tuple[Interaction, ...]


def is_cassette(path: Path) -> bool:
    """Return True if a file begins like a cassette."""
    return "cassette" in _first_line(path)


def test_of(path: Path) -> str:
    """Return the test in the first line of a cassette, which may be damaged, or an empty string."""
    test = _first_line(path).get("test")
    return test if isinstance(test, str) else ""


def _first_line(path: Path) -> Mapping[str, Any]:
    with suppress(OSError, ValueError), path.open("rb") as file:
        value = json.loads(file.readline(_LONGEST_HEAD))
        return value if isinstance(value, dict) else {}
    return {}


def read_cassette(path: Path) -> CassetteFile:
    """Read a cassette. Raises ``CassetteError`` with the line of a mistake, ``OSError`` without a file."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b"\n") + 1
        raise at(path, number, "not UTF-8 text") from None
    if not text.strip():
        raise at(path, 1, 'empty; expected {"cassette": 1, ...}')
    lines = _lines(path, text)
    head = next(lines)
    if head.kind != "cassette":
        head.damaged(f'expected {{"cassette": {FORMAT}, ...}}, got "{head.kind}"')
    return CassetteFile(path, head.value.get("test", ""), tuple(_interactions(lines)))


def _lines(path: Path, text: str) -> Iterator[Line]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_CONFLICT):
            raise at(path, number, "a merge conflict that is not resolved")
        if line.strip():
            yield read_line(path, number, line)


def _interactions(lines: Iterator[Line]) -> Iterator[Interaction]:
    for line in lines:
        if line.kind != "request":
            line.damaged(f'expected a "request", got "{line.kind}"')
        answer = next(lines, None)
        if answer is None or answer.kind != "reply":
            _unfinished(line, "reply", answer)
        head = answer.value["reply"]
        if "streamed" not in head:
            reply = StoredReply(head)
            yield Interaction(line.value["request"], reply, line.number, answer.number)
            continue
        pieces: list[Line] = []
        end = next(lines, None)
        while end is not None and end.kind in PIECES:
            pieces.append(end)
            end = next(lines, None)
        if end is None or end.kind != "end":
            _unfinished(answer, "end", end)
        reply = StoredReply(head, tuple(one.value for one in pieces), end.value["end"])
        numbers = tuple(one.number for one in pieces)
        yield Interaction(line.value["request"], reply, line.number, answer.number, numbers)


def _unfinished(line: Line, expected: str, found: Line | None) -> NoReturn:
    got = f'"{found.kind}" in line {found.number}' if found else "the end of the file"
    line.damaged(f'expected the "{expected}" of this {line.kind}, got {got}')


def write_cassette(path: Path, test: str, interactions: Iterable[Interaction]) -> None:
    """Write a cassette, which appears at once or not at all, and its folder. Raises ``OSError``."""
    text = "".join(f"{_dumped(one)}\n" for one in _values(test, interactions))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _values(test: str, interactions: Iterable[Interaction]) -> Iterator[Mapping[str, Any]]:
    yield {"cassette": FORMAT, "test": test}
    for one in interactions:
        yield {"request": one.request}
        yield {"reply": one.reply.head}
        if one.reply.is_streamed:
            yield from one.reply.lines
            yield {"end": one.reply.end}


def _dumped(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, which UTF-8 cannot hold.
        return json.dumps(value)
    return text
