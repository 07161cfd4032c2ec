"""The folder of a generated package: the files that this command has written there, and their changes.

A manifest in the folder lists these files with digests. Files that it does not list, or that were changed
since, belong to the user.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from typed_openai.cli.spec.statuses import WorkFailed
from typed_openai.cli.spec.swapping import swap_files

MANIFEST: Final = ".typed-openai.json"
"""The list of the files that were written, with their digests."""

_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Change:
    """The files that change with their new content (None: removed), and the user's own that are kept."""

    files: Mapping[Path, bytes | None]
    kept: tuple[str, ...] = ()


def changes_of(folder: Path, package: str, files: Mapping[str, str], *, force: bool = False) -> Change:
    """Return the changes after which ``folder`` holds ``files``, given by their path in it.

    Files outside of the folder ``package`` that were changed by the user are kept. Raises
    :class:`WorkFailed` if the folder belongs to something else or to another package, or if a file in the
    package was changed, unless ``force`` is set.
    """
    written = _written(folder)
    _check_is_ours(folder, written, force=force)
    if (other := _package_of(folder)) not in ("", package) and not force:
        raise WorkFailed(
            f"{folder}: holds the package {other!r}; expected a folder of its own for {package!r}, or "
            f"--force, which removes {other!r}"
        )
    theirs = [name for name in {**files, **written} if not _is_as_written(folder / name, written.get(name))]
    theirs = [name for name in theirs if files.get(name, "").encode() != _content(folder / name)]
    inside = sorted(one for one in theirs if PurePosixPath(one).parts[0] == package)
    if inside and not force:
        raise WorkFailed(
            f"{folder}: not written by this command, or changed since: {_listed(inside)}; "
            "expected them to be moved away, or --force"
        )
    kept = () if force else tuple(sorted(one for one in theirs if one not in inside and one in files))
    ours = {name: text.encode() for name, text in files.items() if name not in kept}
    ours[MANIFEST] = _manifest(package, ours)
    changes: dict[Path, bytes | None] = {
        folder / name: content for name, content in ours.items() if _content(folder / name) != content
    }
    stale = written.keys() - files.keys() - set(theirs)
    changes |= {folder / name: None for name in sorted(stale) if (folder / name).exists()}
    return Change(changes, kept)


def write(folder: Path, changes: Change) -> None:
    """Make all changes or none. Raises :class:`WorkFailed` if that is impossible."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        swap_files(folder, changes.files)
    except BaseException:
        for one in missing:
            with suppress(OSError):
                one.rmdir()
        raise
    for path in [path for path, content in changes.files.items() if content is None]:
        for parent in path.relative_to(folder).parents[:-1]:
            with suppress(OSError):  # it is not empty
                (folder / parent).rmdir()


def _written(folder: Path) -> dict[str, str]:
    """Return the files that this command wrote into ``folder``, with their digests."""
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        files = json.loads(path.read_bytes())["files"]
        listed = {str(name): str(digest) for name, digest in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkFailed(f"{path}: not the list of files that this command writes: {error}") from None
    for name in listed:
        parts = PurePosixPath(name).parts
        if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in name:
            raise WorkFailed(f"{path}: {name!r} is not a file in this folder")
    return listed


def _package_of(folder: Path) -> str:
    """Return the package that this command wrote into ``folder``; empty if there is none."""
    path = folder / MANIFEST
    return str(json.loads(path.read_bytes()).get("package", "")) if path.is_file() else ""


def _check_is_ours(folder: Path, written: Mapping[str, str], *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise WorkFailed(f"{folder}: expected a folder, found a file")
    if not written and not force and folder.is_dir() and any(folder.iterdir()):
        raise WorkFailed(
            f"{folder}: holds files, but no package that this command has written; "
            "expected a new or empty folder, or --force"
        )


def _is_as_written(path: Path, digest: str | None) -> bool:
    content = _content(path)
    return content is None or (digest is not None and hashlib.sha256(content).hexdigest() == digest)


def _content(path: Path) -> bytes | None:
    """Return the content of a file, or None without one. Raises :class:`WorkFailed` for anything else."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise WorkFailed(f"{path}: expected a file, found something else")
    return path.read_bytes() if path.exists() else None


def _manifest(package: str, files: Mapping[str, bytes]) -> bytes:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return (json.dumps({"package": package, "files": digests}, indent=1) + "\n").encode()


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
