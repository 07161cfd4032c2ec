"""Shapes of values that the real API sent or accepted, with all that is free in them made neutral.

The fixtures hold distinct shapes: free text, ids, dates and numbers are replaced, a file is ``"<file>"``.
``recorded.jsonl.gz`` has requests, replies and events of recordings with the year of the recording;
``samples.jsonl.gz`` has the examples of the description itself.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

Direction: TypeAlias = Literal["request", "reply", "event", "component"]

FIXTURES: Final = Path(__file__).parents[1] / "fixtures" / "evidence"
FILE: Final = "<file>"


@dataclass(frozen=True, slots=True)
class Shape:
    """One value, the operation or component that it belongs to, and the year in which it was recorded."""

    owner: str
    direction: Direction
    value: Any
    year: int


@cache
def recorded() -> tuple[Shape, ...]:
    """Return the shapes of recordings."""
    return tuple(map(_shape, _lines("recorded.jsonl.gz")))


@cache
def samples() -> tuple[Shape, ...]:
    """Return the shapes of the description's own examples."""
    return tuple(map(_shape, _lines("samples.jsonl.gz")))


def _lines(name: str) -> Iterator[Mapping[str, Any]]:
    with gzip.open(FIXTURES / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _shape(line: Mapping[str, Any]) -> Shape:
    return Shape(line["owner"], line["direction"], line["value"], line.get("year", 0))
