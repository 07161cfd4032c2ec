"""The hand-written modules of the project, and their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

_NAMES = (
    "typed_openai_spec",
    "typed_openai",
    "typed_openai_stubgen",
    "typed_openai_docs",
    "typed_openai_mypy",
)

PACKAGES = {name: Path(spec.origin).parent for name in _NAMES if (spec := find_spec(name)) and spec.origin}
"""The folders of the packages that are installed: a wheel lacks that of the documentation."""


@dataclass(frozen=True, eq=False)
class Module:
    """A hand-written module: its dotted name and its file, which is parsed when its tree is needed."""

    name: str
    path: Path

    @property
    def package(self) -> str:
        """The distribution package that it belongs to."""
        return self.name.partition(".")[0]

    @cached_property
    def text(self) -> str:
        """The source text."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def statements(self) -> Sequence[ast.stmt]:
        """All statements, also those inside others: a fraction of the tree's nodes."""
        return tuple(_statements(self.tree.body))


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        for part in ("body", "handlers", "orelse", "finalbody", "cases"):
            yield from _statements(getattr(node, part, ()))


@cache
def modules() -> dict[str, Module]:
    """All modules by their dotted names."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            name = ".".join((package, *(part for part in parts if part != "__init__")))
            found[name] = Module(name, path)
    return found


@cache
def imported(module: Module, *, at_once: bool = False) -> frozenset[str]:
    """The dotted names of all modules that a module imports.

    ``from package import name`` imports the module ``package.name`` if it is one of the project's. Imports
    inside functions count unless ``at_once`` is set.
    """
    return frozenset(_imported(module, module.tree.body if at_once else module.statements))


def _imported(module: Module, nodes: Iterable[ast.stmt]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in modules() else base


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    steps = module.name.split(".")
    above = len(steps) - node.level + (module.path.name == "__init__.py")
    return ".".join((*steps[:above], *([node.module] if node.module else [])))


def own_imports(module: Module, *, at_once: bool = False) -> set[str]:
    """The modules of the project's packages that a module imports."""
    return {one for one in imported(module, at_once=at_once) if one.partition(".")[0] in PACKAGES}


def is_within(name: str, package: str) -> bool:
    """Return whether a dotted name is ``package`` or a part of it."""
    return name == package or name.startswith(f"{package}.")
