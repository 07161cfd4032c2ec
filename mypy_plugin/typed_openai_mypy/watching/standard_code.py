"""Code that refers only to builtins and the standard library: no value in it is of the API.

The errors of such code are left alone without finding their places in the syntax, which would cost more than
all else. Types and values of the API come from global names and imports, and code that uses one mentions it.
Whatever is not known to be of the standard library counts as possibly of the API.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Set
from string import punctuation
from typing import Final

from mypy.nodes import ClassDef, Decorator, FuncDef, MypyFile, Statement, SymbolNode, TypeInfo, Var
from mypy.types import (
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

from typed_openai_mypy.compat.error_tap import has_read, redefines_variables
from typed_openai_mypy.packages import package_of
from typed_openai_mypy.syntax.file_text import path_of, text_of
from typed_openai_mypy.syntax.origins import origins_in
from typed_openai_mypy.syntax.tree import DECORATED, first_position
from typed_openai_mypy.visibility import is_from_typeshed

_MARKS: Final = punctuation.replace("_", "")
_SEPARATED: Final = bytes.maketrans(_MARKS.encode(), b" " * len(_MARKS))
"""Punctuation as space: splitting bytes is much faster than searching for words."""

_NAMED: Final = (ClassDef, Decorator, FuncDef)
"""Statements that define one function or class, whose name is on their own lines."""

_DEEPEST: Final = 8
"""The levels of nested types, and of variables whose values come from one another, that are followed."""

_AHEAD: Final = 128
"""The number of statements that are judged together, which is much faster than one at a time."""


class StandardCode:
    """The statements of one file, functions and classes included, that mention only standard names.

    ``lines`` are those of the statements found so far.
    """

    def __init__(self, tree: MypyFile, modules: Mapping[str, MypyFile]) -> None:
        self.lines: set[int] = set()
        self._tree = tree
        self._statements = tree.defs
        self._modules = modules
        text = text_of(tree)
        known = text.encode() if has_read(path_of(tree), text) else b""
        self._lines = known.translate(_SEPARATED).splitlines(keepends=True)
        self._judged, self._last = 0, range(0)
        self._standard: set[bytes] = set()
        self._others = {b"import"}
        self._types: dict[Type, bool] = {}
        self._redefines = redefines_variables()

    def is_about(self, tree: MypyFile) -> bool:
        """Return whether a file is this one."""
        return tree is self._tree

    def includes(self, line: int) -> bool:
        """Return whether the statements on a line are standard code.

        The statements after them are judged as well: mypy reports errors in the order of the code.
        """
        if line not in self._last:
            first, end = self._around(line)
            if first >= self._judged:
                self._judged = max(end, self._first_beside(min(first + _AHEAD, len(self._statements))))
                self._judge(first, self._judged)
            else:  # since it was judged, a variable in it may have got its type
                self._judge(first, end)
            self._last = range(self._start_of(first), self._start_of(end))
        return line in self.lines

    def _around(self, line: int) -> tuple[int, int]:
        """The indexes of the first statement on a line, and of the first one that shares no line with it."""
        end = bisect_right(self._statements, line, key=_first_line)
        first = self._first_beside(max(end - 1, 0))
        while end < len(self._statements) and self._is_beside(end):
            end += 1
        return first, end

    def _first_beside(self, index: int) -> int:
        """The index of the first in a chain of statements that share lines with this one."""
        while self._is_beside(index):
            index -= 1
        return index

    def _is_beside(self, index: int) -> bool:
        """Return whether a statement shares a line with the one before it."""
        return index > 0 and _last_line(self._statements[index - 1]) >= self._start_of(index)

    def _start_of(self, index: int) -> int:
        """The first line of a statement; the line after the file for an index past the last one."""
        is_there = index < len(self._statements)
        return _first_line(self._statements[index]) if is_there else len(self._lines) + 1

    def _judge(self, first: int, end: int) -> None:
        """Add the lines of some statements if all of them are standard code; otherwise judge each half."""
        start, after = self._start_of(first), self._start_of(end)
        own = {one.name.encode() for one in self._statements[first:end] if isinstance(one, _NAMED)}
        if self._mentions_standard(start, after, own):
            self.lines.update(range(start, after))
            return
        middle = self._first_beside((first + end) // 2)
        if first < middle:
            self._judge(first, middle)
            self._judge(middle, end)

    def _mentions_standard(self, start: int, after: int, own: Set[bytes], depth: int = 0) -> bool:
        """Return whether all names in some lines are standard, except those that the lines define."""
        words = b"".join(self._lines[start - 1 : after - 1]).split()
        found = {*words}
        if not found or not own <= found:  # the text is not the one that mypy has read
            return False
        if own and sum(map(own.__contains__, words)) == len(own):  # each only where it is defined
            found -= own
        found -= self._standard
        return found.isdisjoint(self._others) and all(self._is_standard(one, depth) for one in found)

    def _is_standard(self, word: bytes, depth: int) -> bool:
        if word in self._others:
            return False
        symbol = self._tree.names.get(_name(word))
        node = None if symbol is None else symbol.node
        self._others.add(word)  # until known: the value of a variable may come from itself
        is_standard = symbol is None or self._is_standard_symbol(node, depth)
        if is_standard:
            self._standard.add(word)
        if is_standard or (isinstance(node, Var) and node.type is None):  # its type is not inferred yet
            self._others.discard(word)
        return is_standard

    def _is_standard_symbol(self, node: SymbolNode | None, depth: int) -> bool:
        if node is None or self._is_of_typeshed(node):
            return node is not None
        if package_of(node.fullname) is not None:
            return False
        if isinstance(node, FuncDef):
            return isinstance(node.type, CallableType) and self._is_standard_signature(node.type)
        return isinstance(node, Var) and not self._redefines and self._is_standard_variable(node, depth)

    def _is_standard_signature(self, found: CallableType) -> bool:
        """Return whether a function takes and returns standard values, and is no type guard."""
        narrows = found.type_guard is not None or found.type_is is not None
        return not narrows and self._are_standard((*found.arg_types, found.ret_type))

    def _is_standard_variable(self, variable: Var, depth: int) -> bool:
        """Return whether a global variable has a standard type, and its values come from standard code."""
        if variable.type is None or depth > _DEEPEST or not self._is_standard_type(variable.type):
            return False
        for origin in origins_in(self._tree, self._tree).get(variable, ()):
            line, end = origin.expression.line, origin.expression.end_line
            if not self._mentions_standard(line, (end or line) + 1, {variable.name.encode()}, depth + 1):
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
        """Return whether a type consists of classes of typeshed that no value of the API belongs to."""
        # An alias may be one of the API's, whatever it stands for.
        if depth > _DEEPEST or isinstance(found, TypeAliasType):
            return False
        proper = get_proper_type(found)
        if isinstance(proper, Instance):
            is_standard = self._is_of_typeshed(proper.type) and not _is_open(proper.type)
            return is_standard and self._are_standard(proper.args, depth + 1)
        if isinstance(proper, LiteralType):
            return self._is_standard_type(proper.fallback, depth + 1)
        if isinstance(proper, TupleType):
            return self._is_of_typeshed(proper.partial_fallback.type) and self._are_standard(
                proper.items, depth + 1
            )
        if isinstance(proper, UnionType):
            return self._are_standard(proper.items, depth + 1)
        return isinstance(proper, (NoneType, UninhabitedType))

    def _are_standard(self, found: Iterable[Type], depth: int = 0) -> bool:
        return all(self._is_standard_type(one, depth) for one in found)


def _is_open(info: TypeInfo) -> bool:
    """Return whether a value may be narrowed from a class to one of the API."""
    is_abstract = info.is_protocol or info.is_abstract or info.fullname == "builtins.object"
    return is_abstract or info.has_base("builtins.BaseException")


def _first_line(statement: Statement) -> int:
    return first_position(statement)[0] if isinstance(statement, DECORATED) else statement.line


def _last_line(statement: Statement) -> int:
    return statement.end_line or statement.line


def _name(word: bytes) -> str:
    """The identifier that a word stands for: Python normalizes identifiers to NFKC."""
    if word.isascii():
        return word.decode()
    from unicodedata import normalize  # noqa: PLC0415  few names have other letters

    return normalize("NFKC", word.decode())
