"""Change many files of a checkout atomically.

The new content is first written to a separate folder, so that a full disk is detected before anything is
changed. Then the files are renamed, which takes milliseconds, while signals are blocked. An error at this
stage is undone at once. If the process is killed, the journal (:mod:`.journal`), which exists only while
files are renamed, allows the next command to undo the change.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from typed_openai.cli.spec.journal import STAGE, end_journal, has_journal, recover, undo, write_journal
from typed_openai.cli.spec.statuses import WorkFailed

_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def sole_writer(root: Path) -> Iterator[None]:
    """Lock the checkout against other processes, after undoing the incomplete change of a killed one.

    Raises :class:`DescriptionError` if another process holds the lock, or if the change cannot be undone.
    """
    with _locked(root / "spec"):
        recover(root)
        yield


def refuse_unwritable(root: Path, paths: Iterable[Path]) -> None:
    """Raise :class:`WorkFailed` if one of the paths clearly cannot be written."""
    for path in (root / STAGE, *paths):
        folder = next(one for one in path.parents if one.exists())
        if path.is_dir() and path != root / STAGE:
            raise _failed(path, "a folder has its name")
        if not folder.is_dir():
            raise _failed(path, f"{folder} is not a folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise _failed(path, f"{folder} may not be written")


def _failed(path: Path | str, why: str) -> WorkFailed:
    return WorkFailed(f"cannot write {path}: {why}; nothing was changed")


def swap_files(root: Path, changes: Mapping[Path, bytes | None]) -> None:
    """Give each path below ``root`` its new content, or remove it if that is None.

    Raises :class:`WorkFailed` if that is impossible. All files are then unchanged, unless the message says
    otherwise. The caller must be the :func:`sole_writer`.
    """
    if not changes:
        return
    refuse_unwritable(root, changes)
    stage = root / STAGE
    try:
        try:
            stage.mkdir()
            _prepare(root, stage, changes)
        except OSError as error:
            raise _failed(error.filename or stage, error.strerror or str(error)) from error
        with undisturbed():
            _swap(root, stage, changes)
            shutil.rmtree(stage, ignore_errors=True)
    finally:
        if not has_journal(root):  # otherwise undoing failed, and is left to the next command
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
    write_journal(root, changes)


def _swap(root: Path, stage: Path, changes: Mapping[Path, bytes | None]) -> None:
    path = root
    try:
        for number, (path, content) in enumerate(changes.items()):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                (stage / "new" / str(number)).replace(path)
        end_journal(root)
    except OSError as error:
        why = error.strerror or str(error)
        try:
            undo(root)
        except OSError as worse:
            raise WorkFailed(
                f"cannot write {path}: {why}; not everything could be undone ({worse.strerror or worse}); "
                "the next command will undo the rest"
            ) from error
        raise _failed(path, why) from error
    except BaseException:
        undo(root)
        raise


@contextmanager
def undisturbed() -> Iterator[None]:
    """Block the signals that would end the process until the block is done."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [getattr(signal, one) for one in _SIGNALS])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with the process, if the system supports it."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415  missing on Windows

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkFailed(
                f'{folder}: another "typed-openai spec" command is writing here; expected to be the only one'
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)
