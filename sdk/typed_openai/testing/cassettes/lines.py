"""The lines of a cassette: JSON objects whose fields are checked, each with its place in the file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from typed_openai.testing.cassettes.cassette_errors import at
from typed_openai.testing.cassettes.event_lines import piece_of
from typed_openai.testing.cassettes.stored_replies import ENDS
from typed_openai_spec.spelling import hint
from typed_openai_spec.validation.wording import kind_of, show

FORMAT: Final = 1
"""The version of the format, which the first line of a cassette has."""

_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its kind: the name of its main field."""

    path: Path
    number: int
    kind: str
    value: Mapping[str, Any]

    def damaged(self, text: str, place: str = "") -> NoReturn:
        """Raise ``CassetteError`` for this line."""
        raise at(self.path, self.number, f"{place}: {text}" if place else text)


@dataclass(frozen=True, slots=True)
class _Field:
    """A check of a value: the expected values in words, and the test."""

    expected: str
    fits: Callable[[Any], bool]


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
        for pair in value
    )


def _is_parts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and "name" in one for one in value)


def _is_seconds(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and value >= 0 and math.isfinite(value)


_TEXT: Final = _Field("a string", lambda value: isinstance(value, str))
_ANY: Final = _Field("a JSON value", lambda value: True)
_OBJECT: Final = _Field("an object", lambda value: isinstance(value, dict))
_HEADERS: Final = _Field("an object of strings", _is_texts)
_SECONDS: Final = _Field("seconds as a number", _is_seconds)
_STATUS: Final = _Field("a status from 100 to 599", lambda value: type(value) is int and 100 <= value <= 599)

_PIECE: Final = {"after": _SECONDS}

_MAIN: Final[Mapping[str, Mapping[str, _Field]]] = {
    "cassette": {
        "cassette": _Field(f"the version {FORMAT}", lambda value: value == FORMAT and value is not True),
        "test": _TEXT,
    },
    "request": {"request": _OBJECT},
    "reply": {"reply": _OBJECT},
    "data": {"data": _ANY, "event": _TEXT, **_PIECE},
    "text": {"text": _TEXT, **_PIECE},
    "base64": {"base64": _TEXT, **_PIECE},
    "end": {"end": _Field(", ".join(f'"{one}"' for one in ENDS), lambda value: value in ENDS)},
}
"""The fields of each kind of line."""

PIECES: Final = frozenset({"data", "text", "base64"})
"""The kinds of lines that are pieces of a reply's body."""

_INNER: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, _Field]]]] = {
    "request": (
        ("method", "url"),
        {
            "operation": _TEXT,
            "method": _TEXT,
            "url": _TEXT,
            "headers": _HEADERS,
            "json": _ANY,
            "form": _Field("a list of pairs of strings", _is_pairs),
            "parts": _Field('a list of objects with a "name"', _is_parts),
            "text": _TEXT,
            "file": _OBJECT,
        },
    ),
    "reply": (
        ("status", "headers"),
        {
            "status": _STATUS,
            "headers": _HEADERS,
            "after": _SECONDS,
            "json": _ANY,
            "text": _TEXT,
            "streamed": _Field("true", lambda value: value is True),
        },
    ),
}
"""The required fields and all fields of a request and of a reply."""


def read_line(path: Path, number: int, text: str) -> Line:
    """Return the checked line. Raises ``CassetteError`` with the place of what is wrong."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", 0)
        reason = getattr(error, "msg", None) or str(error)
        place = f"column {column}: " if column else ""
        raise at(path, number, f"{place}not JSON ({reason}): {_cut(text)}") from None
    if not isinstance(value, dict):
        raise at(path, number, f"expected an object, got {kind_of(value)}: {_cut(text)}")
    kind = next((one for one in _MAIN if one in value), "")
    line = Line(path, number, kind, value)
    if not kind:
        names = ", ".join(f'"{one}"' for one in _MAIN)
        line.damaged(f"expected one of the fields {names}, got {_cut(text)}")
    _check(line, value, _MAIN[kind], "")
    if kind in _INNER:
        required, known = _INNER[kind]
        inner = value[kind]
        _check(line, inner, known, f"{kind}.")
        for name in required:
            if name not in inner:
                line.damaged("required, but missing", f"{kind}.{name}")
    if kind in PIECES:
        try:
            piece_of(value)
        except ValueError as error:
            line.damaged(f"not base64: {error}", kind)
    return line


def _check(line: Line, value: Mapping[str, Any], known: Mapping[str, _Field], start: str) -> None:
    for name, one in value.items():
        if name not in known:
            line.damaged(f"unknown field{hint(name, known)}", f"{start}{name}")
        if not known[name].fits(one):
            line.damaged(f"expected {known[name].expected}, got {show(one)}", f"{start}{name}")


def _cut(text: str) -> str:
    return show(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
