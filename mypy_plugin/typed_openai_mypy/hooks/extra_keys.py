"""Keys that the options add to the API's TypedDicts, for reading and for writing.

mypy asks for a hook whenever it resolves a name in an annotation. The keys of a component are then added to
its TypedDict in place, so that everything that refers to it has them, and mypy's cache does, too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from mypy.nodes import SymbolTableNode, TypeAlias, TypeInfo
from mypy.types import AnyType, Instance, NoneType, Type, TypeAliasType, TypeOfAny, UnionType

from typed_openai_mypy.api.fullnames import COMPONENTS, DYNAMIC, RECURSIVE, TYPES, is_ours
from typed_openai_mypy.field_types import PLAIN, arguments_of, parsed
from typed_openai_mypy.packages import PACKAGE, canonical, explained, package_of

_MODULES: Final = (RECURSIVE, COMPONENTS, TYPES)
"""The modules of the components."""

Find = Callable[[str], SymbolTableNode | None]
"""Looks up a full name in the modules that mypy has read."""


class ExtraKeys:
    """Adds the keys of the options. ``fields`` maps a component to its keys, and each key to its type."""

    def __init__(self, fields: Mapping[str, Mapping[str, str]], find: Find) -> None:
        self._fields = fields
        self._find = find

    def add_to_bodies(self, fullname: str) -> None:
        """Add all keys for a call of ``request``: no annotation refers to the bodies that it sends."""
        if fullname.rpartition(".")[2] in DYNAMIC:
            for package in explained():
                for module in _MODULES:
                    for name in self._fields:
                        self.add_to(f"{package}{module[len(PACKAGE) :]}.{name}")

    def add_to(self, fullname: str) -> None:
        """Add the keys of the component that has a full name; nothing for any other name."""
        fields = self._fields.get(fullname.rpartition(".")[2])
        if fields is None or not is_ours(fullname) or canonical(fullname).rpartition(".")[0] not in _MODULES:
            return
        found = self._find(fullname)
        typed = found.node.typeddict_type if found and isinstance(found.node, TypeInfo) else None
        if typed is None:  # not analyzed yet: the name is resolved again
            return
        package = package_of(fullname) or PACKAGE
        missing = {name: text for name, text in fields.items() if name not in typed.items}
        typed.items.update((name, self._type(parsed(text), package)) for name, text in missing.items())

    def _type(self, node: ast.expr, package: str) -> Type:
        match node:
            case ast.BinOp(left=left, right=right):
                return UnionType.make_union([self._type(left, package), self._type(right, package)])
            case ast.Subscript(value=ast.Name(id=name)):
                return self._instance(name, [self._type(one, package) for one in arguments_of(node)])
            case ast.Name(id=name) if name in PLAIN:
                return self._instance(name, [])
            case ast.Name(id=name):
                return self._component(name, package)
            case _:
                return NoneType()

    def _instance(self, name: str, arguments: list[Type]) -> Type:
        found = self._find(f"builtins.{name}")
        if found is None or not isinstance(found.node, TypeInfo):
            return _unknown()
        missing = len(found.node.defn.type_vars) - len(arguments)
        return Instance(found.node, [*arguments, *(_unknown() for _ in range(missing))])

    def _component(self, name: str, package: str) -> Type:
        for module in _MODULES:
            found = self._find(f"{package}{module[len(PACKAGE) :]}.{name}")
            node = found.node if found is not None else None
            alias = node.special_alias if isinstance(node, TypeInfo) else node
            if isinstance(alias, TypeAlias):
                return TypeAliasType(alias, [])
        return _unknown()


def _unknown() -> Type:
    return AnyType(TypeOfAny.special_form)
