"""Checks of the files of JSON lines that the API reads: the input of batches, and training data."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, TypeAlias, get_args

from typed_openai._batches.judged_lines import judge_of, likely_kind
from typed_openai.errors import CallError
from typed_openai_spec import spelling
from typed_openai_spec.index.reader import packaged

__all__ = ["LineKind", "LineProblem", "check_lines", "guess_line_kind"]

LineKind: TypeAlias = Literal["supervised", "dpo", "reinforcement", "batch"]
"""A kind of file: training data for a method of fine-tuning, or the input of a batch."""

_KINDS: Final[tuple[str, ...]] = get_args(LineKind)


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A mistake in a file of lines.

    ``line`` counts from 1, and is 0 for the file as a whole. ``place`` is the place in the line
    (``messages[1].content``), and empty for the line as a whole.

    >>> print(LineProblem("train.jsonl", 3, "messages", "missing"))
    train.jsonl:3: messages: missing
    """

    path: str
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        place = f"{self.place}: " if self.place else ""
        return f"{self.path}{line}: {place}{self.message}"


def check_lines(path: str | os.PathLike[str], kind: LineKind) -> Iterator[LineProblem]:
    r"""Yield the mistakes in a file of JSON lines before it is uploaded, in the order of the lines.

    ``kind`` is the method of fine-tuning that the file is for, or ``"batch"``. Each line is compared with the
    API's description: the types are ``types.FineTuneChatRequestInput`` for ``"supervised"``,
    ``types.FineTunePreferenceRequestInput`` for ``"dpo"``, ``types.FineTuneReinforcementRequestInput``, and
    :class:`BatchLine`. The lines of a batch are compared with each other as well: one operation, one model,
    different ids. The file may be larger than the memory.

    Raises ``CallError`` for an unknown kind, and ``OSError`` for a file that cannot be read.

    >>> with open("train.jsonl", "w") as file:
    ...     size = file.write('{"messages": [{"role": "user", "content": 1}]}\n')
    >>> for problem in check_lines("train.jsonl", "supervised"):
    ...     print(problem)
    train.jsonl:1: messages[0].content: expected string or array, got integer
    """
    if kind not in _KINDS:
        hint = spelling.hint(str(kind), _KINDS)
        raise CallError(f"kind: expected one of {', '.join(_KINDS)}, got {kind!r}{hint}")
    return _checked(Path(path), kind)


def guess_line_kind(path: str | os.PathLike[str]) -> LineKind:
    r"""Return the kind that the first line of a file belongs to most likely.

    Raises ``CallError`` if that line is not a JSON object, and ``OSError`` for a file that cannot be read.

    >>> with open("pairs.jsonl", "w") as file:
    ...     size = file.write('{"input": {}, "preferred_output": []}\n')
    >>> guess_line_kind("pairs.jsonl")
    'dpo'
    """
    with Path(path).open("rb") as file:
        value = _parsed(file.readline())
    if isinstance(value, str):
        raise CallError(f"{path}:1: {value}")
    kind: Any = likely_kind(value)
    found: LineKind = kind
    return found


def _checked(path: Path, kind: str) -> Iterator[LineProblem]:
    problems = judge_of(kind, packaged())
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            value = _parsed(line)
            if isinstance(value, str):
                yield LineProblem(str(path), number, "", value)
                continue
            for place, text in problems(value, len(line)):
                yield LineProblem(str(path), number, place, text)
    if not number:
        yield LineProblem(str(path), 0, "", "the file is empty")


class _NoNumberError(Exception):
    """Raised for NaN and Infinity, which Python's parser accepts."""


def _no_number(text: str) -> NoReturn:
    raise _NoNumberError(text)


_DECODE: Final = json.JSONDecoder(parse_constant=_no_number).decode


def _parsed(line: bytes) -> Mapping[str, Any] | str:
    """Return the object in a line, or what is wrong with the line."""
    if not line.strip():
        return "the line is empty"
    if line.startswith(codecs.BOM_UTF8):
        return "the line begins with a byte order mark"
    try:
        value = _DECODE(line.decode())
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} is not UTF-8"
    except json.JSONDecodeError as error:
        return f"column {error.colno}: the line is not JSON: {error.msg}"
    except _NoNumberError as error:
        return f"the line is not JSON: {error} is no number"
    except RecursionError:
        return "the line is too deeply nested"
    return value if isinstance(value, dict) else f'expected a JSON object, got "{type(value).__name__}"'
