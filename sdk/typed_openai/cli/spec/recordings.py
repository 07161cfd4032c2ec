"""The recordings of a folder, and what an update contradicts in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typed_openai.cli.reports import Finding
from typed_openai.cli.spec.change_reports import shown
from typed_openai.cli.spec.recorded_calls import Contradiction, RecordedCalls
from typed_openai.testing.cassettes.cassette_errors import CassetteError
from typed_openai.testing.cassettes.cassette_files import Interaction, is_cassette, read_cassette
from typed_openai_spec.model import Api
from typed_openai_spec.problems import DescriptionError

_LISTED: Final = 5
"""The number of places in a summary."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The effect of an update on recordings.

    ``total`` and ``contradicted`` are numbers of recordings, ``findings`` and ``places`` what contradicts
    them, the most frequent place first. ``in_both`` recordings contradict the current description, too;
    ``unknown`` ones are of no operation of either description.
    """

    total: int
    contradicted: int
    places: tuple[str, ...]
    findings: tuple[Finding, ...]
    in_both: int
    unknown: int

    @property
    def summary(self) -> str:
        """A summary in one line."""
        count = f"{self.contradicted:,}" if self.contradicted else "none"
        text = f"this update contradicts {count} of your {self.total:,} recordings"
        if self.places:
            more = len(self.places) - _LISTED
            tail = f" and {more} more" if more > 0 else ""
            text += f", at {', '.join(self.places[:_LISTED])}{tail}"
        if self.in_both:
            text += f"; {_recordings(self.in_both)} contradicted the description before it, too"
        if self.unknown:
            text += f"; {_recordings(self.unknown)} of no known operation"
        return text


def judged_recordings(folder: Path, old: Api, new: Api) -> Recorded:
    """Judge the recordings in a folder, or in one file, by two descriptions.

    Raises :class:`DescriptionError` if there are none, or if one is damaged.
    """
    before, after = RecordedCalls(old), RecordedCalls(new)
    total = contradicted = in_both = unknown = 0
    findings: list[Finding] = []
    places: Counter[str] = Counter()
    for path, call in _calls(folder):
        total += 1
        # By the current description first, which has the operations of the recordings.
        where = before.location(call) or after.location(call)
        if where is None:
            unknown += 1
            continue
        known = {one.key for one in before.contradictions(call, where)}
        found = after.contradictions(call, where)
        fresh = [one for one in found if one.key not in known]
        contradicted += bool(fresh)
        in_both += len(fresh) < len(found)
        findings += [_finding(path, one) for one in _each_once(fresh)]
        places.update(dict.fromkeys(map(_shown_place, fresh), 1))
    ordered = tuple(place for place, _ in places.most_common())
    return Recorded(total, contradicted, ordered, tuple(findings), in_both, unknown)


def _calls(folder: Path) -> Iterator[tuple[Path, Interaction]]:
    """Yield the recordings below a folder. Hidden folders, and files that are no cassettes, are left out."""
    if not folder.exists():
        raise DescriptionError(f"{folder}: no such file or folder; expected the cassettes of your tests")
    paths = [one for one in _files(folder) if is_cassette(one)]
    if not paths:
        raise DescriptionError(
            f'{folder}: no cassette; expected files that begin with {{"cassette": 1, ...}}, as'
            " typed_openai.testing.cassette writes them"
        )
    for path in paths:
        try:
            found = read_cassette(path)
        except CassetteError as error:
            raise DescriptionError(str(error)) from None
        yield from ((path, one) for one in found.interactions)


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    below = (one for one in folder.rglob("*") if one.is_file())
    return sorted(
        one for one in below if not any(part.startswith(".") for part in one.relative_to(folder).parts)
    )


def _each_once(found: Iterable[Contradiction]) -> Iterable[Contradiction]:
    """Return the first contradiction at each place of a call: events repeat them."""
    first: dict[object, Contradiction] = {}
    for one in found:
        first.setdefault(one.key, one)
    return first.values()


def _finding(path: Path, one: Contradiction) -> Finding:
    return Finding(str(path), one.line, 0, 0, "error", shown(str(one)), f"recorded-{one.side}")


def _shown_place(one: Contradiction) -> str:
    place = shown(one.place) or "the whole body"
    return f"{place} (request)" if one.side == "request" else place


def _recordings(count: int) -> str:
    return f"{count:,} {'recording' if count == 1 else 'recordings'}"


def text(recorded: Recorded) -> str:
    """Format a line for each finding, and the summary."""
    lines = [f"{one.file}:{one.line}: contradicts: {one.text}  [{one.code}]" for one in recorded.findings]
    return "".join(f"{one}\n" for one in [*lines, recorded.summary])


def as_object(recorded: Recorded) -> dict[str, object]:
    """Return the effect for JSON."""
    findings = [
        {"file": one.file, "line": one.line, "code": one.code, "text": one.text} for one in recorded.findings
    ]
    return {
        "total": recorded.total,
        "contradicted": recorded.contradicted,
        "places": list(recorded.places),
        "contradictions": findings,
        "in_both": recorded.in_both,
        "unknown": recorded.unknown,
    }
