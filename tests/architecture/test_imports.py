"""Who may import whom, and the size and the words of hand-written files, read from the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "typed_openai_spec": ROOT / "spec" / "typed_openai_spec",
    "typed_openai": ROOT / "sdk" / "typed_openai",
    "typed_openai_stubgen": ROOT / "stubs" / "typed_openai_stubgen",
    "typed_openai_mypy": ROOT / "mypy_plugin" / "typed_openai_mypy",
}
COMMANDS = "typed_openai.cli"
"""The top floor, which may import everything."""

_OPEN = (
    *("folders", "generated", "index", "json_schemas", "model", "nodes", "params", "patterns", "problems"),
    *("relations", "dependents", "shipped", "spelling", "strict_schemas", "validation", "violations"),
    *("json_texts", "model_rules", "tool_choices", "walking"),
)
COMPILED = tuple(f"typed_openai_spec.{one}" for one in _OPEN)
"""What of the specification's package the client and the plugin may know: the index and the validator."""

LOADER = "typed_openai_spec.loading"
"""The one door for a description that is given as a file at run time."""

# Each package, and what it may import of ours beside itself.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "typed_openai_spec": (),
    "typed_openai": (*COMPILED, LOADER),
    "typed_openai_mypy": (*COMPILED, LOADER),
    "typed_openai_stubgen": ("typed_openai_spec",),
}

TRANSPORT = (
    "typed_openai._transport.session_transport",
    "typed_openai._transport.failures",
    "typed_openai._transport.reply",
    "typed_openai._transport.session",
    "typed_openai._transport.connections",
)
"""The rooms of the client that send."""

# Foreign packages, and the only modules that may import them.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "requests": TRANSPORT,
    "urllib3": TRANSPORT,
    "yaml": ("typed_openai_spec.files.yaml_texts",),
    "mypy": ("typed_openai_mypy", COMMANDS),
}

MAX_FUNCTION, MAX_FILE = 60, 450
DUMPING_GROUNDS = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})
FOREIGN_WORDS = re.compile(r"/(?:work|tmp|home|root|Users)/|issue #|\bissue \d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Module:
    """A hand-written module: its dotted name, file and syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package of ours that it belongs to."""
        return self.name.partition(".")[0]


@cache
def _modules() -> dict[str, Module]:
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            name = ".".join((package, *(part for part in parts if part != "__init__")))
            found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def _imported(module: Module) -> Iterator[str]:
    """The dotted names of all modules that a module imports, in functions too.

    ``from package import name`` is the module ``package.name`` where there is one of ours.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in _modules() else base


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    steps = module.name.split(".")
    above = len(steps) - node.level + (module.path.name == "__init__.py")
    return ".".join((*steps[:above], *([node.module] if node.module else [])))


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


MODULES = pytest.mark.parametrize("name", sorted(_modules()))


def test_every_room_has_modules() -> None:
    assert {one.package for one in _modules().values()} == set(PACKAGES)


@MODULES
def test_a_module_imports_only_what_its_room_may(name: str) -> None:
    module = _modules()[name]
    if _within(name, COMMANDS):
        return
    allowed = (module.package, *MAY_IMPORT[module.package])
    ours = {one for one in _imported(module) if one.partition(".")[0] in PACKAGES}
    wrong = {one for one in ours if not any(_within(one, package) for package in allowed)}
    assert wrong == set()
    assert not any(_within(one, COMMANDS) for one in ours), "nothing but a command imports commands"


@MODULES
def test_a_foreign_package_stays_behind_its_door(name: str) -> None:
    imported = {one.partition(".")[0] for one in _imported(_modules()[name])}
    doors = {package: ONLY_IN[package] for package in imported & set(ONLY_IN)}
    wrong = {package for package, allowed in doors.items() if not any(_within(name, one) for one in allowed)}
    assert wrong == set()


@pytest.mark.parametrize("name", [*COMPILED, "typed_openai_spec.model.encoding"])
def test_the_index_is_read_with_the_standard_library_and_itself(name: str) -> None:
    allowed = {*COMPILED, "typed_openai_spec.model.encoding"}
    ours = {one for one in _imported(_modules()[name]) if one.partition(".")[0] in PACKAGES}
    assert ours <= allowed


def test_the_loader_imports_the_compiler_only_where_there_is_something_to_compile() -> None:
    tree = _modules()[LOADER].tree
    at_once = Module(LOADER, Path(), ast.Module([one for one in tree.body if _imports(one)], []))
    ours = {one for one in _imported(at_once) if one.partition(".")[0] in PACKAGES}
    assert ours <= set(COMPILED)


def _imports(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom))


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    edges = {
        name: {one for one in _imported(module) if one in _modules() and one != name and one != package}
        for name, module in _modules().items()
        if module.package == package
    }
    circles = []
    for start, first in edges.items():
        seen: set[str] = set()
        waiting: list[tuple[str, tuple[str, ...]]] = [(one, (start, one)) for one in first]
        while waiting:
            name, way = waiting.pop()
            if name == start:
                circles.append(" -> ".join(way))
                break
            if name not in seen and name in edges:
                seen.add(name)
                waiting.extend((one, (*way, one)) for one in edges[name])
    assert circles == []


@MODULES
def test_a_module_has_a_purpose_and_a_name_that_says_it(name: str) -> None:
    module = _modules()[name]
    assert name.rpartition(".")[2].lstrip("_") not in DUMPING_GROUNDS
    assert ast.get_docstring(module.tree)


@MODULES
def test_files_and_functions_are_short_enough_to_read(name: str) -> None:
    module = _modules()[name]
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE
    long = [
        one.name
        for one in ast.walk(module.tree)
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
        and one.end_lineno is not None
        and one.end_lineno - one.lineno >= MAX_FUNCTION
    ]
    assert long == []


@MODULES
def test_a_module_speaks_of_the_project_alone(name: str) -> None:
    lines = _modules()[name].path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if FOREIGN_WORDS.search(line)] == []
