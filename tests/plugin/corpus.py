"""Copies of modules that never use the API, for mypy to check as a user's own files."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

STANDARD: Final[Sequence[str]] = """\
    argparse ast bdb cmd collections configparser contextlib copy csv dataclasses difflib doctest enum
    fractions functools http imaplib inspect ipaddress json logging mailbox optparse pathlib pdb pickle
    plistlib pprint random shutil smtplib socketserver subprocess tarfile threading traceback turtle
    unittest urllib weakref webbrowser wsgiref zipfile _pydecimal
    """.split()
"""Modules and packages of the standard library with many errors under ``--strict``."""

INSTALLED: Final[Sequence[str]] = ("iniconfig", "packaging", "parso", "pluggy", "tomlkit")
"""Packages in the development environment."""

WRITTEN: Final = sorted((Path(__file__).parents[1] / "cases" / "foreign").glob("*.py"))
"""Files with many errors of all kinds, written for this comparison."""

IMPORTS: Final = "\nimport typed_openai\nfrom typed_openai import Client\n"
"""Lines that make a module see the package without a change to any line before them."""

USER: Final = """\
from typed_openai import Client

client = Client()
print(client.models.list_models()["data"])
"""
"""A module that brings the package into the build and has no error."""

_SKIPPED: Final = shutil.ignore_patterns(
    "__pycache__", "test", "tests", "testing", "*.pyi", "*.so", "py.typed"
)
_SUFFIX: Final = "_copy"
_ITS_OWN_STUBS: Final = frozenset({*sys.stdlib_module_names, "typing_extensions", "mypy_extensions", "attr"})
"""Names that mypy looks up in typeshed even if a file is given."""


def copy_standard(folder: Path, names: Iterable[str] = STANDARD) -> None:
    """Copy modules of the running interpreter's standard library."""
    library = Path(sysconfig.get_path("stdlib"))
    for name in names:
        for source in (library / name, library / f"{name}.py"):
            if source.exists():
                copy_module(source, folder)
                break


def copy_installed(folder: Path, names: Iterable[str] = INSTALLED) -> None:
    """Copy packages of the running environment."""
    for name in names:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            source = Path(spec.origin)
            copy_module(source.parent if source.name == "__init__.py" else source, folder, renamed=True)


def copy_module(source: Path, folder: Path, *, renamed: bool = False) -> None:
    """Copy a module or package under a name that mypy does not look up elsewhere.

    A package that is not ``renamed`` keeps its name, so that its absolute imports find the copy.
    """
    renamed = renamed or source.stem in _ITS_OWN_STUBS
    target = folder / f"{source.stem}{_SUFFIX if renamed else ''}{source.suffix}"
    if source.is_dir():
        shutil.copytree(source, target, ignore=_SKIPPED, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def append_imports(folder: Path) -> None:
    """Make every module of a folder import the package on lines of its own at the end."""
    for path in folder.rglob("*.py"):
        path.write_bytes(path.read_bytes() + IMPORTS.encode())
