"""Modules that can see a client package through their imports, directly or through other modules.

A module that cannot see one has no value of an API type, whatever the names of its own classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mypy.nodes import Import, ImportAll, ImportFrom, MypyFile

from typed_openai_mypy.packages import package_of


class Visibility:
    """For each module that was searched, whether it can see a client package."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def forget(self) -> None:
        """Drop all results: a file has been read, so imports may have changed."""
        self._known.clear()

    def sees_ours(self, tree: MypyFile, modules: Mapping[str, MypyFile]) -> bool:
        """Return whether a module can see a client package."""
        known = self._known.get(tree.fullname)
        return self._search(tree, modules) if known is None else known

    def _search(self, tree: MypyFile, modules: Mapping[str, MypyFile]) -> bool:
        """Follow the imports of a module. If none leads to a client package, none on the way does."""
        known, seen, waiting = self._known, {tree.fullname}, [tree]
        while waiting:
            for name in _imported(waiting.pop()):
                if package_of(name) is not None or known.get(name):
                    known[tree.fullname] = True
                    return True
                if name not in seen and known.get(name) is None and name in modules:
                    seen.add(name)
                    waiting.append(modules[name])
        known.update(dict.fromkeys(seen, False))
        return False


def is_from_typeshed(tree: MypyFile) -> bool:
    """Return whether a module is a stub of typeshed: a builtin or one of the standard library."""
    return tree.is_stub and "typeshed" in tree.path


def _imported(tree: MypyFile) -> Iterator[str]:
    """The modules that a module imports or has names from; none for typeshed, which never uses the API."""
    if is_from_typeshed(tree):
        return
    for one in tree.imports:
        if isinstance(one, Import):
            yield from (name for name, _ in one.ids)
        elif isinstance(one, (ImportAll, ImportFrom)):
            yield from _from(tree, one)
    for symbol in tree.names.values():
        node = symbol.node
        if isinstance(node, MypyFile):
            yield node.fullname
        elif node is not None and node.fullname:
            yield node.fullname.rpartition(".")[0]


def _from(tree: MypyFile, statement: ImportAll | ImportFrom) -> Iterator[str]:
    """The absolute names of a ``from`` statement's module and of the modules that it may import."""
    base = statement.id
    if statement.relative:
        levels = statement.relative - tree.is_package_init_file()
        package = tree.fullname.split(".")
        base = ".".join([*package[: len(package) - levels], *([base] if base else [])])
    yield base
    if isinstance(statement, ImportFrom):
        yield from (f"{base}.{name}" for name, _ in statement.names)
