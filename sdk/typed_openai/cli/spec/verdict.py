"""What an update does to a project's code: what mypy finds with the new description, not with the old."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from typed_openai.cli.reports import REPORTS, Finding
from typed_openai.cli.spec.change_reports import shown
from typed_openai_spec.comparison import Change, Subject
from typed_openai_spec.model import class_name

_DEPRECATIONS: Final = frozenset({"openai-deprecated", "deprecated"})
"""The codes of what works and is told to use something else."""

_MISSING: Final = re.compile(r'(?:Module )?"(?P<owner>[\w.]+)" has no attribute "(?P<name>\w+)"')
"""How mypy says that a name is not there."""

_UNKNOWN: Final = re.compile(r'.* has no operation "(?P<name>[^"]+)"')
"""How the plugin says that a text names no operation."""

# In this order two findings are taken for one: the same; the same thing in other words; the same
# words about the same line.
_SAME: Final[tuple[Callable[[Finding], Hashable], ...]] = (
    lambda one: (one.file, one.line, one.column, one.code, one.text),
    lambda one: (one.file, one.line, one.column, one.code),
    lambda one: (one.file, one.line, one.text),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The lines that an update breaks, those that it deprecates, and how many findings are in both.

    ``settled`` is how many are gone with the update.
    """

    breaks: tuple[Finding, ...]
    deprecates: tuple[Finding, ...]
    in_both: int
    settled: int

    @property
    def summary(self) -> str:
        """One line."""
        parts = [f"the update breaks {_lines(self.breaks)} and deprecates {_lines(self.deprecates)}"]
        if self.in_both:
            parts.append(f"{self.in_both} found before it, too")
        if self.settled:
            parts.append(f"{self.settled} settled by it")
        return "; ".join(parts)


def judged(before: Sequence[Finding], after: Sequence[Finding]) -> Verdict:
    """What comes with the update: the findings ``after`` it that were not there ``before``."""
    old, new = [one for one in before if _counts(one)], [one for one in after if _counts(one)]
    for same in _SAME:
        old, new = _without(old, new, same), _without(new, old, same)
    return Verdict(
        tuple(replace(one, severity="error") for one in new if one.code not in _DEPRECATIONS),
        tuple(replace(one, severity="note") for one in new if one.code in _DEPRECATIONS),
        sum(map(_counts, before)) - len(old),
        len(old),
    )


def _counts(finding: Finding) -> bool:
    """Return whether a finding counts; notes beside errors and revealed types do not."""
    return finding.severity in ("error", "warning") or finding.code in _DEPRECATIONS


def _without(
    findings: Iterable[Finding], others: Iterable[Finding], same: Callable[[Finding], Hashable]
) -> list[Finding]:
    """The findings that are not among the others; of several that are the same, as many as there are more."""
    known = Counter(map(same, others))
    left = []
    for one in findings:
        if known[same(one)]:
            known[same(one)] -= 1
        else:
            left.append(one)
    return left


def _lines(findings: Sequence[Finding]) -> str:
    count = len({(one.file, one.line) for one in findings})
    return f"{count} line{'' if count == 1 else 's'}"


def names_nothing(finding: Finding) -> bool:
    """Whether a finding is that a name is not there."""
    return _missing(finding) is not None


def _missing(finding: Finding) -> tuple[str, tuple[str, str]] | None:
    """What is said of the name, and what has the name, and the name."""
    if finding.code == "attr-defined" and (said := _MISSING.search(finding.text)):
        return said.group(), (said["owner"], said["name"])
    if finding.code.startswith("openai-") and (said := _UNKNOWN.match(finding.text)):
        return said.group(), ("", said["name"])
    return None


def explained(verdict: Verdict, changes: Iterable[Change]) -> Verdict:
    """The verdict, with what has become of the operations and types that are not there any more."""
    known = list(changes)
    lost = [one for one in known if one.kind in ("removed", "renamed") and one.subject in _OWNERS]
    gone = {(_OWNERS[one.subject](one.place), one.place.rpartition(".")[2]): one for one in lost}
    gone |= {("", one.place): one for one in lost if one.subject == "operation"}
    gone |= {("", found["id"]): one for one in known if (found := _ID.match(one.text))}
    return replace(verdict, breaks=tuple(_explained(one, gone) for one in verdict.breaks))


_ID: Final = re.compile(r"operationId (?P<id>\S+) became ")

_OWNERS: Final[Mapping[Subject, Callable[[str], str]]] = {
    "operation": lambda place: class_name(place.partition(".")[0]),
    "component": lambda _: "typed_openai.types",
}
"""How mypy calls what holds the subject of a change."""


def _explained(finding: Finding, gone: Mapping[tuple[str, str], Change]) -> Finding:
    missing = _missing(finding)
    change = gone.get(missing[1]) if missing else None
    if missing is None or change is None:
        return finding
    return replace(finding, text=shown(f"{missing[0]}; {change.place}: {change.text}"))


def text(verdict: Verdict) -> str:
    """A line for each finding, as mypy writes it, and the summary."""
    lines = [_line(one, "breaks") for one in verdict.breaks]
    lines += [_line(one, "deprecates") for one in verdict.deprecates]
    return "".join(f"{one}\n" for one in [*lines, verdict.summary])


def _line(finding: Finding, word: str) -> str:
    column = f":{finding.column}" if finding.column else ""
    said, *rest = finding.text.splitlines() or [""]
    more = "".join(f"\n{finding.file}:{finding.line}{column}: note: {one}" for one in rest)
    return f"{finding.file}:{finding.line}{column}: {word}: {said}  [{finding.code}]{more}"


def as_json(verdict: Verdict) -> str:
    """A JSON object: ``breaks`` and ``deprecates`` hold findings, ``in_both`` and ``settled`` numbers."""
    found: dict[str, object] = {
        "breaks": [_record(one) for one in verdict.breaks],
        "deprecates": [_record(one) for one in verdict.deprecates],
        "in_both": verdict.in_both,
        "settled": verdict.settled,
    }
    return json.dumps(found, indent=2) + "\n"


def _record(finding: Finding) -> dict[str, object]:
    kept = ("file", "line", "column", "code", "text")
    return {name: value for name, value in asdict(finding).items() if name in kept}


def _as(report: str) -> Callable[[Verdict], str]:
    def reported(verdict: Verdict) -> str:
        return REPORTS[report]([*verdict.breaks, *verdict.deprecates], int(bool(verdict.breaks)), ())

    return reported


OUTPUTS: Final[Mapping[str, Callable[[Verdict], str]]] = {
    "text": text,
    "json": as_json,
    **{name: _as(name) for name in REPORTS},
}
"""The forms in which a verdict can be printed."""
