"""Reports the plugin's findings through mypy, as errors or as warnings.

mypy has two severities, ``error`` and ``note``, and a note does not fail a run. A warning is a note whose
message begins with "warning" and ends with its code, which mypy prints only for errors::

    example.py:3:95: note: warning: temperature: expected at most 2, got 3  [openai-limit]

``hide_error_codes`` does not apply to that code, because mypy's cache stores messages regardless of the
option. Private part used: ``Errors.report``, with its ``origin_span``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mypy.errorcodes import ErrorCode
from mypy.errors import Errors
from mypy.nodes import Context

from typed_openai_mypy.config import in_force


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity: mypy's name for it, and the form of its messages."""

    name: str
    form: str


ERROR: Final = Severity("error", "{message}")
WARNING: Final = Severity("note", "warning: {message}  [{code}]")


def severity_of(code: ErrorCode) -> Severity:
    """Return the severity that the options give a code."""
    return WARNING if code.code in in_force().warn else ERROR


_reported: Final[dict[tuple[str, int, str], int]] = {}
"""The columns of the findings, by file, line and message."""


def forget() -> None:
    """Drop the columns of all findings: a file has been read, so they may have changed."""
    _reported.clear()


def _distinct(file: str, message: str, place: Context) -> str:
    """A message that is unique on its line: of several equal ones, mypy prints only the first."""
    first = _reported.setdefault((file, place.line, message), place.column)
    return message if first == place.column else f"{message} (again in column {place.column + 1})"


def report(errors: Errors, message: str, place: Context, code: ErrorCode, lines: Iterable[int]) -> None:
    """Report a finding with the severity of its code.

    An ignore comment on one of the ``lines`` silences it.
    """
    severity = severity_of(code)
    said = _distinct(errors.file, message, place)
    errors.report(
        place.line,
        place.column,
        severity.form.format(message=said, code=code.code),
        code=code,
        severity=severity.name,
        origin_span=lines,
        end_line=place.end_line,
        end_column=place.end_column,
    )
