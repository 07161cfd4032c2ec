"""The path on which mypy looks for packages.

Private part used: ``modulefinder.get_search_dirs``, the path of the interpreter that mypy checks for, with
editable installs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from mypy import types as _types  # noqa: F401  first, or mypy's own import cycles break
from mypy.options import Options


def search_path(options: Options) -> list[Path]:
    """The folders in which mypy finds packages, in its order. Nothing is imported from them."""
    return [Path(one) for one in dict.fromkeys(_folders(options))]


def _folders(options: Options) -> Iterator[str]:
    yield from filter(None, os.environ.get("MYPYPATH", "").split(os.pathsep))
    yield from options.mypy_path
    yield str(Path.cwd())
    if options.python_executable in (None, sys.executable):
        yield from filter(None, sys.path)
        return
    try:
        from mypy.modulefinder import get_search_dirs  # noqa: PLC0415  it may have moved

        for folders in get_search_dirs(options.python_executable):
            yield from folders
    except Exception:  # if a private part fails, the configured path remains
        return
