"""Changes many files of a checkout at once: all of them, or none.

::

    <root>/.typed-openai-swap/
        new/0, old/0, new/1, ...   what the files are to be, and what they were
        journal.json               {"files": {path: whether it was there}, "folders": [path of a new one]}

What is new is written beside first, so that a full disk stops it before anything is changed. Then files are
renamed into their places, a matter of milliseconds, during which signals wait. Whatever fails there is
undone at once; where the process is killed, the journal, which is there only as long as files are renamed,
lets the next command undo it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from typed_openai_spec.problems import DescriptionError

STAGE: Final = ".typed-openai-swap"
"""The folder in a checkout that is there only while files are changed."""

_JOURNAL: Final = "journal.json"


@contextmanager
def sole_writer(root: Path) -> Iterator[None]:
    """Let no other process change the checkout meanwhile; first undo what a killed one left half done.

    Raises :class:`DescriptionError` where another one is at work.
    """
    with _locked(root / "spec"):
        recover(root)
        yield


def recover(root: Path) -> None:
    """Undo a change of which not all was done, and remove what is left of it."""
    stage = root / STAGE
    if stage.is_dir():
        _undo(root, stage)
        shutil.rmtree(stage)


def swap_files(root: Path, changes: Mapping[Path, bytes | None]) -> None:
    """Give each path below ``root`` its new content, or remove it where that is None.

    Raises ``OSError`` where that cannot be done; then all files are as they were. The caller is the
    :func:`sole_writer`.
    """
    if not changes:
        return
    stage = root / STAGE
    try:
        stage.mkdir()
        _prepare(root, stage, changes)
        with _undisturbed():
            _swap(root, stage, changes)
    finally:
        if not (stage / _JOURNAL).exists():  # else its undoing failed, and is left to the next command
            shutil.rmtree(stage, ignore_errors=True)


def _prepare(root: Path, stage: Path, changes: Mapping[Path, bytes | None]) -> None:
    for part in ("new", "old"):
        (stage / part).mkdir()
    for number, (path, content) in enumerate(changes.items()):
        new, old = stage / "new" / str(number), stage / "old" / str(number)
        if path.exists():
            shutil.copy2(path, old)
        if content is not None:
            new.write_bytes(content)
            if path.exists():
                shutil.copymode(path, new)
    folders = [one for path in changes for one in path.parents if not one.exists()]
    journal = {
        "files": {path.relative_to(root).as_posix(): path.exists() for path in changes},
        "folders": [one.relative_to(root).as_posix() for one in sorted(set(folders), reverse=True)],
    }
    # Under its name only when it is complete.
    unfinished = stage / f"{_JOURNAL}.part"
    unfinished.write_text(json.dumps(journal), encoding="utf-8")
    unfinished.rename(stage / _JOURNAL)


def _swap(root: Path, stage: Path, changes: Mapping[Path, bytes | None]) -> None:
    try:
        for number, (path, content) in enumerate(changes.items()):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                (stage / "new" / str(number)).replace(path)
        (stage / _JOURNAL).unlink()
    except BaseException:
        _undo(root, stage)
        raise


def _undo(root: Path, stage: Path) -> None:
    """Make the journal's files what they were. It may be done again where it was cut short."""
    journal = stage / _JOURNAL
    if not journal.exists():
        return
    said = json.loads(journal.read_bytes())
    for number, (name, was_there) in enumerate(said["files"].items()):
        old = stage / "old" / str(number)
        if not was_there:
            (root / name).unlink(missing_ok=True)
        elif old.exists():
            old.replace(root / name)
    for name in said["folders"]:
        with suppress(OSError):  # not made yet, or something else is in it
            (root / name).rmdir()
    journal.unlink()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let the signals that would end the process wait."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with the process; where the system has none, do without."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415  Windows has none

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DescriptionError(
                f'{folder}: another "typed-openai spec" command is writing here; expected to be the only one'
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)
