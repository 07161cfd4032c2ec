"""Baselines: the current findings of a project, so that a gate fails only on new ones.

A baseline is a JSON file to commit. It identifies a finding by its file, code and message and by the source
line, not by the line number. A finding stays known while its line moves, is indented or is edited a
little::

    {
      "version": 1,
      "files": {
        "src/app.py": [
          {
            "code": "openai-limit",
            "message": "temperature: expected at most 2, got 3",
            "source": "client.responses.create_response(text, model, temperature=3)",
            "count": 1
          }
        ]
      }
    }

Files are relative to the folder of the baseline. The severity is not recorded: a known finding stays known
when its code becomes a warning or an error.
"""

from __future__ import annotations

import json
import linecache
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from typed_openai._encoding.saving import save
from typed_openai.cli.reports import Finding
from typed_openai.cli.targets import Scope

VERSION: Final = 1
"""The version of the format. A change that older releases cannot read gets a new number."""

WRITE_OPTION: Final = "--update-baseline"

_LONGEST_SOURCE: Final = 200
_ALIKE: Final = 0.7
"""Minimum similarity of two source lines that count as one edited line."""

_LINE_NUMBER: Final = re.compile(r"\bline \d+")
_TEXTS: Final = ("code", "message", "source")
_FIELDS: Final = (*_TEXTS, "count")


_Kind: TypeAlias = tuple[str, str, str]


class BaselineError(ValueError):
    """Raised for a file that is not a baseline. The message has the place, and the expected content."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """The identity of a finding."""

    file: str
    code: str
    message: str
    source: str

    @property
    def kind(self) -> _Kind:
        """Everything except the source line."""
        return self.file, self.code, self.message


@dataclass(frozen=True, slots=True)
class Difference:
    """Findings compared with a baseline: the new ones, and how many are known or no longer occur."""

    new: tuple[Finding, ...]
    known: int
    gone: int


class Baseline:
    """The known findings, and the file that holds them."""

    def __init__(self, path: Path, counts: Mapping[Entry, int] | None = None) -> None:
        self.path = path
        self.counts = Counter(counts or {})
        self._folder = os.path.realpath(path.parent)

    def difference(self, found: Iterable[Finding], scope: Scope) -> Difference:
        """Compare the findings of a run with the baseline.

        Of equal findings, as many are known as the baseline counts; the rest are new. A finding on an
        edited line is known if an entry is left that differs only in a similar source line. An entry is
        gone only if the run has checked its file.
        """
        left = self.counts.copy()
        unknown = [one for one in found if not _take(left, self.entry(one))]
        edited = _by_kind(left)
        new = [one for one in unknown if not _take(left, _before_edit(left, edited, self.entry(one)))]
        gone = sum(count for entry, count in left.items() if self._is_checked(entry, scope))
        return Difference(tuple(new), self.counts.total() - left.total(), gone)

    def updated(self, found: Iterable[Finding], scope: Scope) -> Baseline:
        """Return the baseline of these findings, with the entries of files that the run has not checked."""
        now = Counter(map(self.entry, found))
        kept = {one: count for one, count in self.counts.items() if not self._is_checked(one, scope)}
        return Baseline(self.path, now | Counter(kept))

    def entry(self, finding: Finding) -> Entry:
        """Return the identity of a finding."""
        source = " ".join(linecache.getline(finding.file, finding.line).split())
        message = _LINE_NUMBER.sub("line _", finding.message)
        return Entry(self._relative(finding.file), finding.code, message, source[:_LONGEST_SOURCE])

    def write(self) -> None:
        """Write the file, completely or not at all. Raises ``OSError``."""
        # JSON can escape a lone surrogate, which UTF-8 cannot encode.
        save([to_json(self.counts).encode("utf-8", "backslashreplace")], self.path)

    def _relative(self, file: str) -> str:
        """Return the path of a file relative to the baseline, with ``/`` on every system."""
        real = os.path.realpath(file)
        try:
            return os.path.relpath(real, self._folder).replace("\\", "/")
        except ValueError:  # on another drive
            return real.replace("\\", "/")

    def _is_checked(self, entry: Entry, scope: Scope) -> bool:
        return scope.covers(Path(os.path.normpath(Path(self._folder, entry.file))))


def _take(left: Counter[Entry], entry: Entry | None) -> bool:
    """Remove a finding from the known ones; return False if it is not among them."""
    if entry is None or left[entry] == 0:
        return False
    left[entry] -= 1
    return True


def _by_kind(left: Mapping[Entry, int]) -> Mapping[_Kind, list[Entry]]:
    """Group the entries by everything except their source lines."""
    found: defaultdict[_Kind, list[Entry]] = defaultdict(list)
    for entry in left:
        found[entry.kind].append(entry)
    return found


def _before_edit(
    left: Mapping[Entry, int], known: Mapping[_Kind, Sequence[Entry]], entry: Entry
) -> Entry | None:
    """Return the known entry that differs from this one only in a similar source line."""
    likeness = {one: _likeness(one.source, entry.source) for one in known.get(entry.kind, ()) if left[one]}
    nearest = max(likeness, key=lambda one: likeness[one], default=None)
    return nearest if nearest is not None and likeness[nearest] >= _ALIKE else None


def _likeness(old: str, new: str) -> float:
    """Return the similarity of two lines from 0 to 1; 1 if a formatter may have split or joined them."""
    return 1.0 if old in new or new in old else SequenceMatcher(None, old, new, autojunk=False).ratio()


def to_json(counts: Mapping[Entry, int]) -> str:
    """Return the text of a baseline: sorted, so that equal findings give equal files."""
    files = {
        file: [_record(one, counts[one]) for one in entries]
        for file, entries in groupby(sorted(counts), key=lambda one: one.file)
    }
    return json.dumps({"version": VERSION, "files": files}, indent=2, ensure_ascii=False) + "\n"


def _record(entry: Entry, count: int) -> dict[str, object]:
    return {**{name: getattr(entry, name) for name in _TEXTS}, "count": count}


def read(path: Path) -> Baseline:
    """Read a baseline. Raises ``FileNotFoundError``, or :class:`BaselineError` for any other file."""
    try:
        made = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BaselineError(f"{path}: expected a file that can be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise BaselineError(f"{place}: not valid JSON ({error.msg}); {_expected()}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{path}: not valid JSON ({error}); {_expected()}") from error
    try:
        return Baseline(path, _counts(made))
    except BaselineError as error:
        raise BaselineError(f"{path}: {error}") from None


def _expected() -> str:
    return f"expected a baseline as {WRITE_OPTION} writes it"


def _counts(made: object) -> Counter[Entry]:
    """Check the content of a file and return its entries."""
    if not isinstance(made, dict) or "version" not in made:
        raise BaselineError(f'"version" is missing; {_expected()}')
    if made["version"] != VERSION or isinstance(made["version"], bool):
        hint = f"delete the file and write it with {WRITE_OPTION}"
        raise BaselineError(f"version: expected {VERSION}, got {_shown(made['version'])}; {hint}")
    files = made.get("files")
    if not isinstance(files, dict):
        raise BaselineError(f"files: expected an object of lists by file, got {_shown(files)}")
    counts: Counter[Entry] = Counter()
    for file, records in files.items():
        for entry, count in _entries(file, records):
            counts[entry] += count
    return counts


def _entries(file: str, records: object) -> Iterator[tuple[Entry, int]]:
    place = f"files[{json.dumps(file)}]"
    if not isinstance(records, list):
        raise BaselineError(f"{place}: expected a list of entries, got {_shown(records)}")
    for index, one in enumerate(records):
        if not isinstance(one, dict) or set(one) != set(_FIELDS):
            fields = ", ".join(_FIELDS)
            raise BaselineError(f"{place}[{index}]: expected an object of {fields}; got {_shown(one)}")
        for name in _TEXTS:
            if not isinstance(one[name], str):
                raise BaselineError(f"{place}[{index}].{name}: expected a string, got {_shown(one[name])}")
        count = one["count"]
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            expected = "expected a number of findings, 1 or more"
            raise BaselineError(f"{place}[{index}].count: {expected}; got {_shown(count)}")
        yield Entry(file.replace("\\", "/"), *(one[name] for name in _TEXTS)), count


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
