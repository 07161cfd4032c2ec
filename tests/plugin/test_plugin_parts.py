"""The private parts of mypy that the plugin uses are all in the table that it probes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from mypy import build
from mypy.modulefinder import BuildSource
from mypy.nodes import Expression, MemberExpr, Node
from mypy.options import Options
from mypy.types import Instance, Type, TypeType, UnionType, get_proper_type

import typed_openai_mypy
from typed_openai_mypy.compat import private_parts
from typed_openai_mypy.syntax.tree import children

FOLDER = Path(typed_openai_mypy.__file__).parent
MODULES = sorted(one for one in (FOLDER / "compat").glob("*.py") if one.name != "__init__.py")
PUBLIC = frozenset({"mypy", "mypy.errorcodes", "mypy.nodes", "mypy.options", "mypy.plugin", "mypy.types"})
"""mypy's modules for plugins."""


def is_private(module: str) -> bool:
    return module.startswith("mypy.") and module not in PUBLIC


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the private names that a module requires, unlike those imported inside ``try``."""
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.ImportFrom) and is_private(statement.module or ""):
            yield from ((statement.module or "", one.name) for one in statement.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_each_imported_name_is_probed(path: Path) -> None:
    assert [one for one in imported(path) if one[1] not in private_parts.NAMES.get(one[0], ())] == []


def test_each_probed_name_is_imported() -> None:
    used = {one for path in MODULES for one in imported(path)}
    assert {(module, name) for module, names in private_parts.NAMES.items() for name in names} == used


def attributes(tmp_path: Path) -> set[tuple[str, str]]:
    """The attributes of instances of private classes, as mypy itself finds them in the modules."""
    options = Options()
    options.export_types = options.preserve_asts = True
    options.cache_dir = str(tmp_path)
    options.python_executable = sys.executable
    options.mypy_path = [str(FOLDER.parent), str(Path("spec").absolute())]
    names = {f"typed_openai_mypy.compat.{path.stem}": path for path in MODULES}
    result = build.build([BuildSource(str(path), name) for name, path in names.items()], options)
    trees = (result.graph[name].tree for name in names)
    nodes = (node for tree in trees if tree is not None for node in inside(tree))
    members = (node for node in nodes if isinstance(node, MemberExpr))
    return {(owner, one.name) for one in members for owner in owners(result.types, one.expr)}


def inside(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from inside(child)


def owners(types: Mapping[Expression, Type], expression: Expression) -> Iterator[str]:
    """The full names of the private classes that an expression may be an instance of."""
    found = get_proper_type(types.get(expression))
    for one in found.items if isinstance(found, UnionType) else [found]:
        proper = get_proper_type(one)
        instance = proper.item if isinstance(proper, TypeType) else proper
        if isinstance(instance, Instance) and is_private(instance.type.module_name):
            yield instance.type.fullname


@pytest.mark.slow(seconds=4)
def test_exactly_the_attributes_that_are_used_are_probed(tmp_path: Path) -> None:
    probed = {(owner, name) for owner, names in private_parts.ATTRIBUTES.items() for name in names}
    used = attributes(tmp_path)
    assert used - probed == set()
    assert probed - used == set()


@pytest.mark.parametrize("attribute", ["no_such_attribute", "__no_such__"])
def test_a_missing_attribute_is_named(attribute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_parts, "ATTRIBUTES", {"mypy.checker.TypeChecker": ("binder", attribute)})
    assert private_parts.missing_parts() == (f"mypy.checker.TypeChecker.{attribute}",)


def test_a_missing_module_class_or_function_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_parts, "NAMES", {"mypy.gone": ("name",), "mypy.argmap": ("gone",)})
    monkeypatch.setattr(private_parts, "ATTRIBUTES", {"mypy.checker.Gone": ("attribute",)})
    assert private_parts.missing_parts() == ("mypy.gone.name", "mypy.argmap.gone", "mypy.checker.Gone")


class Interpreted:
    """A class that is not compiled: its instances' attributes are not on the class."""

    declared: int

    def __init__(self) -> None:
        self.assigned = 1


def test_attributes_of_classes_that_are_not_compiled_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = f"{__name__}.Interpreted"
    monkeypatch.setattr(private_parts, "ATTRIBUTES", {owner: ("declared", "assigned", "gone")})
    assert private_parts.missing_parts() == (f"{owner}.gone",)
