"""Docstrings of functions: the text about the whole, and the texts about the parameters.

The forms of Google (``Args:``), NumPy (``Parameters`` with a line below) and Sphinx (``:param name:``) are
understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import cleandoc
from typing import Final, NamedTuple

_SECTIONS: Final = (
    "args|arguments|parameters|params|keyword args|keyword arguments|other parameters|"
    "returns|return|yields|raises|examples?|notes?|see also|attributes|warnings?|references|todo"
)
_PARAMETERS: Final = frozenset(
    ("args", "arguments", "parameters", "params", "keyword args", "keyword arguments", "other parameters")
)
_GOOGLE: Final = re.compile(rf"(?i)({_SECTIONS})\s*:\s*")
_UNDERLINE: Final = re.compile(r"-{3,}\s*")
_NUMPY: Final = re.compile(rf"(?i)({_SECTIONS})\s*")
_ENTRY: Final = re.compile(r"\*{0,2}(?P<names>\w+(?:\s*,\s*\w+)*)\s*(?:\([^)]*\))?\s*:\s*(?P<text>.*)")
_NUMPY_ENTRY: Final = re.compile(r"\*{0,2}(?P<names>\w+(?:\s*,\s*\w+)*)\s*(?::.*)?")
_SPHINX: Final = re.compile(r":(?P<kind>\w+)(?P<rest>[^:]*):\s*(?P<text>.*)")
_SPHINX_PARAMETER: Final = frozenset(("param", "parameter", "arg", "argument", "key", "keyword"))


class Documented(NamedTuple):
    """The description of a function, and those of its parameters by name."""

    description: str
    parameters: dict[str, str]


def documented(docstring: str | None) -> Documented:
    """Return what a docstring says about a function and its parameters."""
    lines = cleandoc(docstring or "").splitlines()
    description: list[str] = []
    parameters: dict[str, str] = {}
    section = ""
    ends: Callable[[list[str], int], bool] = _is_outside
    number = 0
    while number < len(lines):
        line = lines[number]
        found = _section(lines, number)
        if found:
            section, number, ends = found
            continue
        sphinx = _SPHINX.match(line)
        if sphinx:
            end = _end_of_block(lines, number + 1, 0)
            if sphinx["kind"] in _SPHINX_PARAMETER and sphinx["rest"].split():
                parameters[sphinx["rest"].split()[-1]] = _joined([sphinx["text"], *lines[number + 1 : end]])
            section, number, ends = "fields", end, _is_paragraph
            continue
        if section and ends(lines, number):
            section = ""
            if description[-1:] != [""]:
                description.append("")
        if section in _PARAMETERS and line.strip():
            number = _entry(lines, number, parameters)
            continue
        if not section:
            description.append(line)
        number += 1
    return Documented("\n".join(description).strip(), parameters)


def _section(lines: list[str], number: int) -> tuple[str, int, Callable[[list[str], int], bool]] | None:
    """Return the name of the section that begins at a line, the number of its first line, and its end."""
    line = lines[number]
    if found := _GOOGLE.fullmatch(line):
        return found[1].lower(), number + 1, _is_outside
    below = lines[number + 1] if number + 1 < len(lines) else ""
    if (found := _NUMPY.fullmatch(line)) and _UNDERLINE.fullmatch(below):
        return found[1].lower(), number + 2, _is_never
    return None


def _is_outside(lines: list[str], number: int) -> bool:
    """Return True for a line that ends a section of Google's form: its own lines are indented."""
    return bool(lines[number].strip()) and not lines[number][0].isspace()


def _is_paragraph(lines: list[str], number: int) -> bool:
    """Return True for a line that ends the fields of Sphinx: a paragraph that is not indented."""
    return _is_outside(lines, number) and not lines[number - 1].strip()


def _is_never(_lines: list[str], _number: int) -> bool:
    """Return False: only another heading ends a section of NumPy's form."""
    return False


def _entry(lines: list[str], number: int, parameters: dict[str, str]) -> int:
    """Read the entry of a parameter; return the number of the line after it."""
    line = lines[number]
    depth = len(line) - len(line.lstrip())
    end = _end_of_block(lines, number + 1, depth)
    found = _ENTRY.fullmatch(line.strip()) if depth else _NUMPY_ENTRY.fullmatch(line.strip())
    if found:
        text = _joined([found["text"] if depth else "", *lines[number + 1 : end]])
        parameters.update({name.strip(): text for name in found["names"].split(",")})
    return end


def _end_of_block(lines: list[str], number: int, depth: int) -> int:
    """Return the number of the first line that is indented no deeper than ``depth``."""
    end = number
    for position in range(number, len(lines)):
        line = lines[position]
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            return position
        end = position + 1
    return end


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
