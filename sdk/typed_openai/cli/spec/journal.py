"""The journal of a change of many files, and its reversal; :mod:`.swapping` makes the change.

::

    <root>/.typed-openai-swap/
        new/0, old/0, new/1, ...     the new and the former content of the files
        journal.json                 {"files": {path: {"old": digest, "new": digest}}, "folders": [new ones]}

A digest is null for a missing file. The journal exists only while files are renamed. A file is restored
only if it is exactly as the change left it: later changes by others are never lost.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from typed_openai.cli.printing import counted
from typed_openai.cli.spec.statuses import WorkFailed

STAGE: Final = ".typed-openai-swap"
"""The folder in a checkout that exists only while files are changed."""

_JOURNAL: Final = "journal.json"
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class _Step:
    """One file of a change: its former and its new state."""

    path: Path
    kept: Path
    """The path of its former content, until it is restored."""
    old: str | None
    new: str | None

    def is_done(self) -> bool:
        return state(self.path) == self.new

    def is_foreign(self) -> bool:
        """Return True if the file was changed by something else, or if its former content is lost."""
        found = state(self.path)
        lost = found == self.new and self.old is not None and state(self.kept) != self.old
        return lost or found not in (self.old, self.new)

    def undo(self) -> None:
        if self.old is None:
            self.path.unlink()
        else:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.kept.replace(self.path)


def state(path: Path) -> str | None:
    """Return the digest of a file; None if it does not exist, empty if it is not a file."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return "" if path.exists() else None


def write_journal(root: Path, changes: Mapping[Path, bytes | None]) -> None:
    """Write the journal of a change in ``root``."""
    folders = {one for path in changes for one in path.parents if not one.exists()}
    said = {
        "files": {
            path.relative_to(root).as_posix(): {
                "old": state(path),
                "new": None if content is None else hashlib.sha256(content).hexdigest(),
            }
            for path, content in changes.items()
        },
        "folders": [one.relative_to(root).as_posix() for one in sorted(folders, reverse=True)],
    }
    # Under its name only when it is complete.
    unfinished = root / STAGE / f"{_JOURNAL}.part"
    unfinished.write_text(json.dumps(said), encoding="utf-8")
    unfinished.rename(root / STAGE / _JOURNAL)


def has_journal(root: Path) -> bool:
    """Return True if a change in ``root`` was started and not completed."""
    return (root / STAGE / _JOURNAL).exists()


def end_journal(root: Path) -> None:
    """Remove the journal of a completed change."""
    (root / STAGE / _JOURNAL).unlink()


def undo(root: Path) -> int:
    """Undo the change in the journal, and remove the journal; return the number of restored files.

    It can be repeated after an interruption. Raises :class:`WorkFailed` without undoing anything if one of
    the files was changed by something else in the meantime.
    """
    said = _read_journal(root)
    steps = list(_steps(root, said["files"]))
    if foreign := [one for one in steps if one.is_foreign()]:
        raise WorkFailed(_refusal(root, steps, foreign))
    done = [one for one in steps if one.is_done()]
    for one in done:
        one.undo()
    for name in said["folders"]:
        with suppress(OSError):  # not created yet, or not empty
            _inside(root, name).rmdir()
    end_journal(root)
    return len(done)


def recover(root: Path) -> None:
    """Undo an interrupted change, report that on stderr, and remove its leftovers.

    Raises :class:`WorkFailed` like :func:`undo`.
    """
    if has_journal(root) and (count := undo(root)):
        print(f"an interrupted update was undone: {counted(count, 'file', 'files')}", file=sys.stderr)
    if (root / STAGE).is_dir():
        shutil.rmtree(root / STAGE)


def tell_interrupted(root: Path) -> None:
    """Report an interrupted change on stderr, for commands that write nothing themselves."""
    if has_journal(root):
        print(
            f"an interrupted update left changed files here (backups in {root / STAGE}); "
            "the next command that writes will undo it",
            file=sys.stderr,
        )


def _read_journal(root: Path) -> Any:
    path = root / STAGE / _JOURNAL
    try:
        said = json.loads(path.read_bytes())
        list(_steps(root, said["files"]))
        [_inside(root, str(name)) for name in said["folders"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkFailed(f"{path}: not a valid journal; repair it or delete {path.parent}") from error
    return said


def _steps(root: Path, files: Mapping[str, Mapping[str, str | None]]) -> Iterator[_Step]:
    for number, (name, one) in enumerate(files.items()):
        yield _Step(_inside(root, name), root / STAGE / "old" / str(number), one["old"], one["new"])


def _inside(root: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise ValueError(f"{name!r} is not a path in the folder")
    return root / name


def _refusal(root: Path, steps: list[_Step], foreign: list[_Step]) -> str:
    done = sum(one.is_done() for one in steps)
    names = ", ".join(str(one.path) for one in foreign[:_MOST_NAMED])
    more = f" and {len(foreign) - _MOST_NAMED} more" if len(foreign) > _MOST_NAMED else ""
    return (
        f"an update was interrupted here, and {counted(len(foreign), 'file has', 'files have')} been changed "
        f"since: {names}{more}; nothing was touched. To keep all files as they are now, {done} as the "
        f"update made them, delete {root / STAGE} and run this again; to undo the update, first give "
        f"{foreign[0].path} {_former(foreign[0])}"
    )


def _former(step: _Step) -> str:
    if step.old is None:
        return "another name, because it did not exist before the update"
    return f"its former content, which is in {step.kept}"
