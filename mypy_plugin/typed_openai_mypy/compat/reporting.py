"""Reports the plugin's findings through mypy, as errors or as warnings.

mypy has two severities, ``error`` and ``note``, and a note does not fail a run. A warning is a note whose
message begins with "warning" and ends with its code, which mypy prints only for errors::

    example.py:3:95: note: warning: temperature: expected at most 2, got 3  [openai-limit]

``hide_error_codes`` does not apply to that code, because mypy's cache stores messages regardless of the
option. Private parts used: ``Errors.report``, with its ``origin_span``, and ``ErrorInfo.message``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mypy.errorcodes import ErrorCode
from mypy.errors import ErrorInfo, Errors
from mypy.nodes import Context

from typed_openai_mypy.config import Config
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity: mypy's name for it, and the form of its messages."""

    name: str
    form: str


ERROR: Final = Severity("error", "{message}")
WARNING: Final = Severity("note", "warning: {message}  [{code}]")


class Reporter:
    """Reports findings with the severities that the options give their codes."""

    def __init__(self, options: Config) -> None:
        self._options = options
        self._columns: dict[tuple[str, int, str], int] = {}

    def forget(self) -> None:
        """Drop the columns of all findings: a file has been read, so they may have changed."""
        self._columns.clear()

    def report(
        self, errors: Errors, message: str, place: Context, code: ErrorCode, lines: Iterable[int]
    ) -> None:
        """Report a finding. An ignore comment on one of the ``lines`` silences it."""
        severity = self._severity(code)
        said = self._distinct(errors.file, message, place)
        errors.report(
            place.line,
            place.column,
            said if severity is ERROR else severity.form.format(message=said, code=code.code),
            code=code,
            severity=severity.name,
            origin_span=lines,
            end_line=place.end_line,
            end_column=place.end_column,
        )

    def reword(self, file: str, info: ErrorInfo, code: ErrorCode, start: str, message: str) -> bool:
        """Give a reported error another message, and return whether that was done.

        Its own message begins with ``start``, and it has the severity of ``code``.
        """
        severity = None if info.code is None else self._severity(info.code)
        if info.code is None or severity is None or severity is not self._severity(code):
            return False
        if not info.message.startswith(severity.form.partition("{")[0] + start):
            return False
        said = self._distinct(file, message, info)
        info.message = severity.form.format(message=said, code=info.code.code)
        return True

    def _severity(self, code: ErrorCode) -> Severity:
        return WARNING if code.code in self._options.warn else ERROR

    def _distinct(self, file: str, message: str, place: Context | ErrorInfo) -> str:
        """A message that no other finding on its line has: mypy prints only the first of equal ones."""
        first = self._columns.setdefault((file, place.line, message), place.column)
        return message if first == place.column else f"{message} (again in column {place.column + 1})"
