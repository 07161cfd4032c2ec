"""The undocumented parts of libraries that the transport uses are listed and probed."""

from __future__ import annotations

import ast
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

import typed_openai
from typed_openai._transport.library_parts import MAY_BE_MISSING, Used, check, used_parts

SOURCES = Path(typed_openai.__file__).parent
LIBRARIES = frozenset({"http", "requests", "urllib3"})


def test_the_installed_libraries_have_everything_that_is_used() -> None:
    check(used_parts())


@pytest.mark.parametrize("part", used_parts(), ids=lambda part: part.owner)
def test_a_missing_part_is_named_with_the_library_and_its_version(part: Used) -> None:
    versions = {"Python": platform.python_version(), "requests": requests.__version__}
    with pytest.raises(ImportError) as failure:
        check((replace(part, sample=object()),))
    names = ", ".join(f"{part.owner}.{name}" for name in part.names)
    assert str(failure.value).startswith(f"typed-openai uses {names}, which {part.library} ")
    assert versions.get(part.library, "2.") in str(failure.value)


def test_the_transport_is_not_imported_without_them() -> None:
    program = (
        "from urllib3.connection import HTTPConnection\n"
        "del HTTPConnection._new_conn\n"
        "import typed_openai\n"
        "typed_openai.Client(api_key='k', base_url='http://127.0.0.1:9').models.list_models()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        "ImportError: typed-openai uses urllib3.connection.HTTPConnection._new_conn, which "
    )


@pytest.mark.slow(seconds=2)
def test_every_private_name_of_a_library_is_looked_up() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py")]
    ours = {name for tree in trees for name in _defined(tree)}
    used = {name for tree in trees if LIBRARIES & set(_imported(tree)) for name in _private(tree)}
    listed = {name for part in used_parts() for name in part.names}
    # Methods that override a library's are defined by both.
    assert used - ours <= listed | MAY_BE_MISSING
    assert {name for name in listed | MAY_BE_MISSING if name.startswith("_")} <= used


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def _private(tree: ast.Module) -> Iterator[str]:
    """Yield the private names that are read from objects, including those passed to ``getattr`` as text."""
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "value", None)
        if isinstance(name, str) and re.fullmatch(r"_[^_]\w*(?<!_)", name):
            yield name


def _defined(tree: ast.Module) -> Iterator[str]:
    """The functions, classes and variables of a module, and the attributes that its classes set."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
