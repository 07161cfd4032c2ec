"""A copy of a checkout's overrides and additions, which an update may edit before it changes the checkout."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from typed_openai.cli.spec.checkout import Output

_COPIED: Final = ("overrides", "additions")


@contextmanager
def workspace(spec: Path) -> Iterator[Path]:
    """Provide a folder like ``spec``, with copies of its overrides and additions."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place)
        for name in _COPIED:
            if (spec / name).is_dir():
                shutil.copytree(spec / name, copy / name)
        yield copy


def edits(copy: Path, spec: Path) -> tuple[Output, ...]:
    """Return the files that differ between a workspace and the folder that it is a copy of."""
    found = []
    for name in sorted({*_files(copy), *_files(spec)}):
        new, old = (folder / name for folder in (copy, spec))
        text = new.read_bytes().decode() if new.is_file() else None
        if text is None or not old.is_file() or old.read_bytes() != text.encode():
            files = {} if text is None else {old.name: text}
            found.append(Output(old.parent, files, old.name))
    return tuple(found)


def _files(folder: Path) -> Iterator[Path]:
    for name in _COPIED:
        yield from (one.relative_to(folder) for one in (folder / name).rglob("*.yaml"))
