"""The effect of an update on a project's code: mypy's findings with the new description only."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from typed_openai.cli.reports import REPORTS, Finding
from typed_openai.cli.spec import recordings
from typed_openai.cli.spec.change_reports import shown
from typed_openai.cli.spec.recordings import Recorded
from typed_openai_spec.comparison import Change, Subject
from typed_openai_spec.model import class_name

_DEPRECATIONS: Final = frozenset({"openai-deprecated", "deprecated"})
"""The codes of findings about working code that should use something else."""

_MISSING: Final = re.compile(r'(?:Module )?"(?P<owner>[\w.]+)" has no attribute "(?P<name>\w+)"')
"""mypy's message for a missing name."""

_UNKNOWN: Final = re.compile(r'.* has no operation "(?P<name>[^"]+)"')
"""The plugin's message for a text that names no operation."""

# In this order, two findings count as one: identical ones; the same place and code; the same text on the
# same line.
_SAME: Final[tuple[Callable[[Finding], Hashable], ...]] = (
    lambda one: (one.file, one.line, one.column, one.code, one.text),
    lambda one: (one.file, one.line, one.column, one.code),
    lambda one: (one.file, one.line, one.text),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The lines that an update breaks, those that it deprecates, and the number of findings in both runs.

    ``settled`` is the number of findings that the update removes. ``recorded`` is its effect on recordings,
    if there are any. ``of_code`` is False if only those were judged.
    """

    breaks: tuple[Finding, ...] = ()
    deprecates: tuple[Finding, ...] = ()
    in_both: int = 0
    settled: int = 0
    recorded: Recorded | None = None
    of_code: bool = True

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        """The findings in recordings."""
        return self.recorded.findings if self.recorded is not None else ()

    @property
    def is_clean(self) -> bool:
        """True if the update neither breaks code nor contradicts a recording."""
        return not self.breaks and not self.contradictions

    @property
    def summary(self) -> str:
        """A summary in one line."""
        parts = [f"the update breaks {_lines(self.breaks)} and deprecates {_lines(self.deprecates)}"]
        if self.in_both:
            parts.append(f"{self.in_both} found before it, too")
        if self.settled:
            parts.append(f"{self.settled} settled by it")
        return "; ".join(parts)


def judged(before: Sequence[Finding], after: Sequence[Finding]) -> Verdict:
    """Return the effect of the update: the findings in ``after`` that are not in ``before``."""
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
    """Return the findings that are not among the others; duplicates are counted."""
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
    """Return True if a finding reports a missing name."""
    return _missing(finding) is not None


def _missing(finding: Finding) -> tuple[str, tuple[str, str]] | None:
    """Return the message about the name, and the owner and the name; None for other findings."""
    if finding.code == "attr-defined" and (said := _MISSING.search(finding.text)):
        return said.group(), (said["owner"], said["name"])
    if finding.code.startswith("openai-") and (said := _UNKNOWN.match(finding.text)):
        return said.group(), ("", said["name"])
    return None


def explained(verdict: Verdict, changes: Iterable[Change]) -> Verdict:
    """Return the verdict with explanations of the operations and types that no longer exist."""
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
"""mypy's name for the owner of a change's subject."""


def _explained(finding: Finding, gone: Mapping[tuple[str, str], Change]) -> Finding:
    missing = _missing(finding)
    change = gone.get(missing[1]) if missing else None
    if missing is None or change is None:
        return finding
    return replace(finding, text=shown(f"{missing[0]}; {change.place}: {change.text}"))


def text(verdict: Verdict) -> str:
    """Format a line for each finding, like mypy, and the summary."""
    lines = [_line(one, "breaks") for one in verdict.breaks]
    lines += [_line(one, "deprecates") for one in verdict.deprecates]
    of_code = "".join(f"{one}\n" for one in [*lines, verdict.summary]) if verdict.of_code else ""
    return of_code + (recordings.text(verdict.recorded) if verdict.recorded is not None else "")


def _line(finding: Finding, word: str) -> str:
    column = f":{finding.column}" if finding.column else ""
    said, *rest = finding.text.splitlines() or [""]
    more = "".join(f"\n{finding.file}:{finding.line}{column}: note: {one}" for one in rest)
    return f"{finding.file}:{finding.line}{column}: {word}: {said}  [{finding.code}]{more}"


def as_json(verdict: Verdict) -> str:
    """Format a JSON object with findings (``breaks``, ``deprecates``) and counts (``in_both``, ``settled``).

    The findings have ``file``, ``line``, ``column``, ``code`` and ``text``. ``recordings``, if any were
    judged, is an object of its own.
    """
    found: dict[str, object] = {
        "breaks": [_record(one) for one in verdict.breaks],
        "deprecates": [_record(one) for one in verdict.deprecates],
        "in_both": verdict.in_both,
        "settled": verdict.settled,
    }
    if verdict.recorded is not None:
        found["recordings"] = recordings.as_object(verdict.recorded)
    return json.dumps(found, indent=2) + "\n"


def _record(finding: Finding) -> dict[str, object]:
    kept = ("file", "line", "column", "code", "text")
    return {name: value for name, value in asdict(finding).items() if name in kept}


def _as(report: str) -> Callable[[Verdict], str]:
    def reported(verdict: Verdict) -> str:
        found = [*verdict.breaks, *verdict.deprecates, *verdict.contradictions]
        return REPORTS[report](found, int(not verdict.is_clean), ())

    return reported


OUTPUTS: Final[Mapping[str, Callable[[Verdict], str]]] = {
    "text": text,
    "json": as_json,
    **{name: _as(name) for name in REPORTS},
}
"""The output formats of a verdict."""
