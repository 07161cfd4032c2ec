"""Code that refers only to builtins and the standard library: no value in it is of the API.

The errors of such code are left alone without finding their places in the syntax, which would cost more than
all else. Types and values of the API come from global names and imports, and code that uses one mentions it.
Whatever is not known to be of the standard library counts as possibly of the API.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from string import punctuation
from typing import Final
from unicodedata import normalize

from mypy.nodes import ClassDef, Decorator, FuncDef, MypyFile, SymbolNode, TypeInfo, Var
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    TypeAliasType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.compat.error_tap import source_lines
from typed_openai_mypy.syntax.origins import origins_in
from typed_openai_mypy.syntax.tree import first_position
from typed_openai_mypy.visibility import is_from_typeshed

_MARKS: Final = punctuation.replace("_", "")
_SEPARATED: Final = bytes.maketrans(_MARKS.encode(), b" " * len(_MARKS))
"""Punctuation as space: splitting bytes is much faster than searching for words."""

_DEEPEST: Final = 8
"""The levels of nested types, and of variables whose values come from one another, that are followed."""


class StandardCode:
    """The statements of one file, functions and classes included, that mention only standard names."""

    def __init__(self, tree: MypyFile, modules: Mapping[str, MypyFile]) -> None:
        self._tree = tree
        self._statements = tree.defs
        self._modules = modules
        self._lines = "\n".join(source_lines(tree.path)).encode().translate(_SEPARATED).splitlines()
        self._starts = [*(first_position(one)[0] for one in tree.defs), len(self._lines) + 1]
        self._last = 0, 0, False
        self._standard: set[bytes] = set()
        self._others = {b"import"}
        self._types: dict[Type, bool] = {}

    def is_about(self, tree: MypyFile) -> bool:
        """Return whether a file is this one; the daemon replaces its statements after an edit."""
        return tree is self._tree and tree.defs is self._statements

    def includes(self, line: int) -> bool:
        """Return whether the statements on a line are standard code.

        The errors of a statement come one after the other.
        """
        start, end, is_standard = self._last
        if not start <= line < end:
            first, last = self._around(line)
            start, end = self._starts[first], self._starts[last]
            is_standard = bool(self._lines and last) and self._mentions_standard(
                start, end, self._defined_by(first)
            )
            self._last = start, end, is_standard
        return is_standard

    def _around(self, line: int) -> tuple[int, int]:
        """The numbers of the first statement with a part on a line, and of the next one after the line."""
        last = bisect_right(self._starts, line, 0, len(self._statements))
        first = max(last - 1, 0)
        while first and (self._statements[first - 1].end_line or 0) >= line:
            first -= 1
        return first, last

    def _defined_by(self, number: int) -> bytes:
        """The name of a function or class; empty for another statement."""
        statement = self._statements[number]
        return statement.name.encode() if isinstance(statement, (ClassDef, Decorator, FuncDef)) else b""

    def _mentions_standard(self, start: int, end: int, but: bytes, depth: int = 0) -> bool:
        """Return whether all names in some lines are standard, except ``but``, which must be among them."""
        words = b" ".join(self._lines[start - 1 : end - 1]).split()
        if but:
            if but not in words:  # the lines that mypy shows are not those that it has counted
                return False
            words.remove(but)
        known = self._standard
        return known.issuperset(words) or all(
            one.isdigit() or self._is_standard(one, depth) for one in {*words} - known
        )

    def _is_standard(self, word: bytes, depth: int) -> bool:
        if word in self._others:
            return False
        self._others.add(word)  # until known: the value of a variable may come from itself
        symbol = self._tree.names.get(normalize("NFKC", word.decode()))
        if symbol is not None and not self._is_standard_symbol(symbol.node, depth):
            return False
        self._others.discard(word)
        self._standard.add(word)
        return True

    def _is_standard_symbol(self, node: SymbolNode | None, depth: int) -> bool:
        if node is None or self._is_of_typeshed(node):
            return node is not None
        if isinstance(node, FuncDef):
            found = node.type
            return isinstance(found, CallableType) and self._are_standard((*found.arg_types, found.ret_type))
        return isinstance(node, Var) and self._is_standard_variable(node, depth)

    def _is_standard_variable(self, variable: Var, depth: int) -> bool:
        """Return whether a global variable has a standard type, and its values come from standard code."""
        if variable.type is None or depth > _DEEPEST or not self._is_standard_type(variable.type):
            return False
        for origin in origins_in(self._tree, self._tree).get(variable, ()):
            line, end = origin.expression.line, origin.expression.end_line
            if not self._mentions_standard(line, (end or line) + 1, variable.name.encode(), depth + 1):
                return False
        return True

    def _is_of_typeshed(self, node: SymbolNode) -> bool:
        """Return whether a module, class, function or variable is one of typeshed's."""
        module = node.module_name if isinstance(node, TypeInfo) else node.fullname
        if not isinstance(node, (MypyFile, TypeInfo)):
            module = module.rpartition(".")[0]
        tree = self._modules.get(module)
        return tree is not None and is_from_typeshed(tree)

    def _is_standard_type(self, found: Type, depth: int = 0) -> bool:
        """Return what :meth:`_consists_of_standard` has found, or finds now."""
        known = self._types.get(found)
        if known is None:
            known = self._types[found] = self._consists_of_standard(found, depth)
        return known

    def _consists_of_standard(self, found: Type, depth: int) -> bool:
        """Return whether a type consists of classes of typeshed."""
        # An alias may be one of the API's, whatever it stands for.
        if depth > _DEEPEST or isinstance(found, TypeAliasType):
            return False
        proper = get_proper_type(found)
        if isinstance(proper, Instance):
            return self._is_of_typeshed(proper.type) and self._are_standard(proper.args, depth + 1)
        if isinstance(proper, (UnionType, TupleType)):
            return self._are_standard(proper.items, depth + 1)
        return isinstance(proper, (AnyType, LiteralType, NoneType, UninhabitedType))

    def _are_standard(self, found: Iterable[Type], depth: int = 0) -> bool:
        return all(self._is_standard_type(one, depth) for one in found)
