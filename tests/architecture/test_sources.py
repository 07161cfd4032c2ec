"""The size, the names and the words of hand-written modules."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import Final

from tests.architecture.sources import Module, modules

MAX_FUNCTION: Final = 60
MAX_FILE: Final = 450
DUMPING_GROUNDS: Final = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})
FOREIGN_WORDS: Final = re.compile(r"/(?:work|tmp|home|root|Users)/|issue #|\bissue \d", re.IGNORECASE)


def test_every_module_has_a_docstring() -> None:
    assert [name for name, one in modules().items() if not ast.get_docstring(one.tree)] == []


def test_a_module_has_a_name_that_says_its_purpose() -> None:
    assert [name for name in modules() if name.rpartition(".")[2].lstrip("_") in DUMPING_GROUNDS] == []


def test_no_two_modules_have_the_same_name() -> None:
    places = defaultdict(list)
    for name, module in modules().items():
        if module.path.name != "__init__.py":
            places[name.rpartition(".")[2].lstrip("_")].append(name)
    assert [found for found in places.values() if len(found) > 1] == []


def test_files_and_functions_are_short_enough_to_read() -> None:
    assert [name for name, one in modules().items() if len(one.text.splitlines()) > MAX_FILE] == []
    assert {name: long for name, one in modules().items() if (long := _long_functions(one))} == {}


def _long_functions(module: Module) -> list[str]:
    return [
        one.name
        for one in module.statements
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
        and one.end_lineno is not None
        and one.end_lineno - one.lineno >= MAX_FUNCTION
    ]


def test_modules_speak_of_the_project_alone() -> None:
    lines = [(name, line) for name, one in modules().items() for line in one.text.splitlines()]
    assert [(name, line) for name, line in lines if FOREIGN_WORDS.search(line)] == []
