"""What mypy found, as annotations of GitHub's workflows and as SARIF 2.1.0."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import PurePath
from typing import Final, TypeAlias
from urllib.parse import quote

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that mypy says. Columns count from 1, ``end`` is after the last one; 0: not known."""

    file: str
    line: int
    column: int
    end: int
    severity: str
    text: str
    code: str


def findings(printed: str) -> tuple[list[Finding], list[str]]:
    """What ``mypy --output=json`` printed: the findings, and the lines that are none."""
    found: list[Finding] = []
    rest: list[str] = []
    for line in filter(None, printed.splitlines()):
        try:
            found.append(_finding(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            rest.append(line)
    return found, rest


def _finding(said: Mapping[str, object]) -> Finding:
    hint = said.get("hint")
    text = f"{said['message']}\n{hint}" if hint else str(said["message"])
    line, column = int(str(said["line"])), int(str(said["column"]))
    code = str(said.get("code") or "mypy")
    on_one_line = said.get("end_line") == said["line"]
    end = int(str(said.get("end_column") or 0)) + 1 if on_one_line else 0
    return Finding(str(said["file"]), max(line, 1), column + 1, end, str(said["severity"]), text, code)


def github(found: Sequence[Finding], status: int, stopped: Sequence[str] = ()) -> str:
    """Workflow commands for GitHub: one for each finding, beside the code, and one for what stopped mypy."""
    del status
    lines = [_annotation(one) for one in found]
    if stopped:
        lines.append(f"::error title=typed-openai check::{_escaped(chr(10).join(stopped))}")
    return "".join(f"{one}\n" for one in lines)


def _annotation(one: Finding) -> str:
    kind = "error" if one.severity == "error" else "notice"
    column = f",col={one.column}" if one.column else ""
    place = (
        f"file={_property(PurePath(one.file).as_posix())},line={one.line}{column},title={_property(one.code)}"
    )
    return f"::{kind} {place}::{_escaped(one.text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def sarif(found: Sequence[Finding], status: int, stopped: Sequence[str] = ()) -> str:
    """A SARIF log of one run (OASIS SARIF 2.1.0, sections 3.13, 3.14 and, for what stopped it, 3.20)."""
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
        "level": "error" if one.severity == "error" else "note",
        "message": {"text": one.text},
        "locations": [{"physicalLocation": place}],
    }


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}


Report: TypeAlias = Callable[[Sequence[Finding], int, Sequence[str]], str]
"""Makes a report of the findings, mypy's exit status and the lines that tell what stopped it, if any."""

REPORTS: Final[Mapping[str, Report]] = {"github": github, "sarif": sarif}
"""The forms in which findings can be printed beside mypy's own text."""
