"""Findings of mypy, and the formats in which ``typed-openai`` prints them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import PurePath
from typing import Final, TypeAlias
from urllib.parse import quote

NO_CODE: Final = "mypy"
"""The code of findings that mypy prints without one."""

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class _Level:
    """The names of a severity in the reports."""

    github: str
    sarif: str


_LEVELS: Final[Mapping[str, _Level]] = {
    "error": _Level("error", "error"),
    "warning": _Level("warning", "warning"),
    "note": _Level("notice", "note"),
}

_WARNING: Final = re.compile(r"warning: (?P<message>.*)  \[(?P<code>openai-[\w-]+)\]")
"""A note of the plugin that is a warning, as ``compat_report`` writes it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An error, a warning or a note, with the notes that mypy adds to it as further lines of the text.

    Columns count from 1, and ``end`` is the column after the last one; 0 means unknown. ``said`` is the
    object that mypy printed.
    """

    file: str
    line: int
    column: int
    end: int
    severity: str
    text: str
    code: str
    said: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def message(self) -> str:
        """The first line of the text."""
        return self.text.partition("\n")[0]


def findings(printed: str) -> tuple[list[Finding], list[str]]:
    """Parse the output of ``mypy --output=json`` into findings and the remaining lines."""
    found: list[Finding] = []
    rest: list[str] = []
    for line in filter(None, printed.splitlines()):
        try:
            found += map(_finding, _apart(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            rest.append(line)
    return found, rest


def _apart(said: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Separate an error from the warnings at its place, which mypy prints as notes on it."""
    notes = str(said.get("hint") or "").splitlines()
    warnings = [one for one in notes if _WARNING.fullmatch(one)]
    hint = "\n".join(one for one in notes if one not in warnings)
    yield _as_warning({**said, "hint": hint or None})
    yield from (_as_warning({**said, "message": one, "hint": None, "severity": "note"}) for one in warnings)


def _as_warning(said: Mapping[str, object]) -> Mapping[str, object]:
    """Return a note that is a warning with the severity, message and code of a warning; others unchanged."""
    found = _WARNING.fullmatch(str(said["message"])) if said["severity"] == "note" else None
    return {**said, **found.groupdict(), "severity": "warning"} if found else said


def _finding(said: Mapping[str, object]) -> Finding:
    hint = said.get("hint")
    text = f"{said['message']}\n{hint}" if hint else str(said["message"])
    line, column = int(str(said["line"])), int(str(said["column"]))
    code = str(said.get("code") or NO_CODE)
    on_one_line = said.get("end_line") == said["line"]
    end = int(str(said.get("end_column") or 0)) + 1 if on_one_line else 0
    file, severity = str(said["file"]), str(said["severity"])
    return Finding(file, max(line, 1), column + 1, end, severity, text, code, said)


def text(found: Sequence[Finding], status: int, stopped: Sequence[str] = ()) -> str:
    """Format the findings as mypy prints them, with columns, and a line for each note on a finding."""
    del status, stopped
    return "".join(f"{line}\n" for one in found for line in _lines(one))


def _lines(one: Finding) -> Iterator[str]:
    place = f"{one.file}:{one.line}:{one.column}" if one.column else f"{one.file}:{one.line}"
    code = "" if one.severity == "note" or one.code == NO_CODE else f"  [{one.code}]"
    yield f"{place}: {one.severity}: {one.message}{code}"
    yield from (f"{place}: note: {note}" for note in one.text.splitlines()[1:])


def as_json(found: Sequence[Finding], status: int, stopped: Sequence[str] = ()) -> str:
    """Format the findings as JSON objects like mypy's, one per line; warnings have that severity."""
    del status, stopped
    return "".join(f"{json.dumps(dict(one.said))}\n" for one in found)


def github(found: Sequence[Finding], status: int, stopped: Sequence[str] = ()) -> str:
    """Format workflow commands for GitHub: one for each finding, and one for the error that stopped mypy."""
    del status
    lines = [_annotation(one) for one in found]
    if stopped:
        lines.append(f"::error title=typed-openai check::{_escaped(chr(10).join(stopped))}")
    return "".join(f"{one}\n" for one in lines)


def _annotation(one: Finding) -> str:
    column = f",col={one.column}" if one.column else ""
    place = (
        f"file={_property(PurePath(one.file).as_posix())},line={one.line}{column},title={_property(one.code)}"
    )
    return f"::{_LEVELS[one.severity].github} {place}::{_escaped(one.text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def sarif(found: Sequence[Finding], status: int, stopped: Sequence[str] = ()) -> str:
    """Format a SARIF log of one run (OASIS SARIF 2.1.0, sections 3.13, 3.14, and 3.20 for a failed run)."""
    rules = sorted({one.code for one in found})
    invocation: dict[str, object] = {"executionSuccessful": status in (0, 1), "exitCode": status}
    if stopped:
        notice = {"level": "error", "message": {"text": "\n".join(stopped)}}
        invocation["toolExecutionNotifications"] = [notice]
    run = {
        "tool": {
            "driver": {
                "name": "typed-openai",
                "version": version("typed-openai"),
                "rules": [{"id": one} for one in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [_result(one, rules.index(one.code)) for one in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(one: Finding, rule: int) -> dict[str, object]:
    region = {"startLine": one.line}
    if one.column:
        region["startColumn"] = one.column
    if one.end > one.column > 0:
        region["endColumn"] = one.end
    place = {"artifactLocation": _artifact(one.file), "region": region}
    return {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": _LEVELS[one.severity].sarif,
        "message": {"text": one.text},
        "locations": [{"physicalLocation": place}],
    }


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}


Report: TypeAlias = Callable[[Sequence[Finding], int, Sequence[str]], str]
"""A formatter of findings, the exit status, and the lines that say why mypy stopped, if it did."""

REPORTS: Final[Mapping[str, Report]] = {"github": github, "sarif": sarif}
"""The formats that also report why mypy stopped."""

FORMATS: Final[Mapping[str, Report]] = {"text": text, "json": as_json, **REPORTS}
"""All formats, by the value of ``--output``."""
