"""Reporting the plugin's findings through mypy, as errors or as warnings.

mypy has two severities, ``error`` and ``note``, and a note does not fail a run. A warning is a note whose
message says so and ends with its code, which mypy prints for errors only::

    example.py:3:95: note: warning: temperature: expected at most 2, got 3  [openai-limit]

``hide_error_codes`` does not apply to that code: mypy's cache keeps messages whatever that option is.

Like :mod:`.compat`, this module uses parts of mypy that are not made for plugins.
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
    """mypy's name for a severity, and the form of its messages."""

    name: str
    form: str


ERROR: Final = Severity("error", "{message}")
WARNING: Final = Severity("note", "warning: {message}  [{code}]")


def severity_of(code: ErrorCode) -> Severity:
    """Return the severity that the options give a code."""
    return WARNING if code.code in in_force().warn else ERROR


def report(errors: Errors, message: str, place: Context, code: ErrorCode, lines: Iterable[int]) -> None:
    """Report a finding with the severity of its code.

    An ignore comment on one of the ``lines`` silences it.
    """
    severity = severity_of(code)
    errors.report(
        place.line,
        place.column,
        severity.form.format(message=message, code=code.code),
        code=code,
        severity=severity.name,
        origin_span=lines,
        end_line=place.end_line,
        end_column=place.end_column,
    )
