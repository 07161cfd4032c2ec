"""Load a description file at run time: compile it once, then read it as an index.

Compiled indexes are kept in a folder of the user's cache. Their key is a digest of the description, of the
overrides and former names that may apply to it, and of the compiler, so that a change of any of them is
noticed. Other files that it refers to are compared with what they were. A broken entry is compiled anew. YAML
and the compiler are imported only if there is something to compile.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from typed_openai_spec.files.layout import description_files
from typed_openai_spec.files.shipped_overrides import files_beyond
from typed_openai_spec.index.reader import Index
from typed_openai_spec.problems import SERIOUS, DescriptionError

CACHE_VARIABLE: Final = "TYPED_OPENAI_CACHE"
"""The environment variable that sets another folder for compiled indexes."""

_PROBLEMS: Final = "problems.txt"
_FILES: Final = "files.json"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A description as an index, with one line for each problem of it."""

    index: Index
    problems: tuple[str, ...] = ()

    @property
    def losses(self) -> tuple[str, ...]:
        """The problems after which calls or types are worse than the description."""
        return tuple(one for one in self.problems if one.startswith(SERIOUS))


def load(description: Path, cache_folder: Path | None = None) -> Loaded:
    """Return the index of a description: an OpenAPI file, a folder in canonical form, or a compiled index.

    The shipped overrides are applied to other versions of the shipped API. ``cache_folder`` holds the
    compiled indexes, by default in the user's cache. Raises :class:`DescriptionError` if the description is
    missing or broken, or if the compiled index lacks a file or has a broken one.
    """
    if (description / "api.json").is_file():
        index = Index(description)
        index.verify()
        return Loaded(index)
    folder = (cache_folder or user_cache()) / f"index-{_digest(description)}"
    if (kept := _kept(folder, description)) is None:
        shutil.rmtree(folder, ignore_errors=True)
        _compile(description, folder)
        kept = Loaded(Index(folder), _problems_of(folder))
    return kept


def _kept(folder: Path, description: Path) -> Loaded | None:
    """Return the index from the cache, or None if it is missing or broken."""
    if not folder.is_dir() or not _is_current(folder, description):
        return None
    index = Index(folder)
    try:
        index.verify()
        return Loaded(index, _problems_of(folder))
    except (DescriptionError, OSError, UnicodeDecodeError):
        return None


def _is_current(folder: Path, description: Path) -> bool:
    """Return True if the other files of the description are as they were."""
    try:
        known = json.loads((folder / _FILES).read_bytes())
        files = known["files"]
        is_same = not files or known["description"] == str(description.resolve())
        return is_same and all(_hexdigest(Path(name)) == digest for name, digest in files.items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _hexdigest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _problems_of(folder: Path) -> tuple[str, ...]:
    return tuple((folder / _PROBLEMS).read_text(encoding="utf-8").splitlines())


def user_cache() -> Path:
    """Return this project's folder in the user's cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    homes = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Caches")}
    variable, default = homes.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    return Path(os.environ.get(variable) or Path.home() / default) / "typed-openai"


def _digest(description: Path) -> str:
    files = description_files(description)
    total = hashlib.sha256(_compiler_digest())
    try:
        for path in (*files, *files_beyond(description)):
            total.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError as error:
        raise DescriptionError(
            f"{description}: cannot be read: {error.strerror}; expected an OpenAPI description"
        ) from error
    return total.hexdigest()[:32]


@cache
def _compiler_digest() -> bytes:
    """Return the digest of this package: another compiler may produce another index."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        total.update(path.read_bytes())
    return total.digest()


def _compile(description: Path, folder: Path) -> None:
    """Write the index atomically: another process sees either all of it or nothing."""
    from typed_openai_spec.compile import build_own, index_files  # noqa: PLC0415  only new descriptions need it

    built = build_own(description)
    others = {str(one): _hexdigest(one) for one in built.files}
    read = {"description": str(description.resolve()), "files": others}
    files = {
        **index_files(built.api),
        _FILES: json.dumps(read),
        _PROBLEMS: "".join(f"{one}\n" for one in map(_line, built.problems)),
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix="making-"))
    except OSError as error:
        raise DescriptionError(f"{folder.parent}: cannot be written: {error.strerror}") from error
    try:
        for name, text in files.items():
            (made / name).parent.mkdir(exist_ok=True)
            (made / name).write_text(text, encoding="utf-8")
        made.rename(folder)
    except OSError as error:
        if not (folder / "api.json").is_file():  # otherwise another process was faster
            raise DescriptionError(f"{folder}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _line(problem: object) -> str:
    return " ".join(str(problem).split())
