"""Words in the text of an error that show that it may be about the API.

An error without any of them is not about the API; this is the cheapest answer for a file that hardly uses
it. An error with one may still not be: a class of the user's own may have the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import MypyFile, TypeInfo

from typed_openai_mypy.api.fullnames import TYPED_DICTS
from typed_openai_mypy.packages import canonical, package_of

_WORD: Final = re.compile(r"\w+")
_QUOTED: Final = re.compile(r'"([^"]*)"')
"""mypy quotes types and names; the rest is mypy's wording."""

_NAMED: Final = re.compile(r' (?:for|to) (?:overloaded function )?"')
"""The words before the name of the called function; the text has no name for a variable with a method."""

_NO_NAMES: Final = re.compile(
    r'Module has no attribute|"object" has no attribute'
    r'|"None" object is not iterable|Expected iterable as variadic argument'
    r'|"str" has no attribute "(?:get|items|keys|pop|setdefault|update|values)"'
)
"""mypy's texts about attributes of a package, of what ``get`` returns for unknown keys, and of JSON text, and
about the unpacking of values that may be None."""

_ALWAYS: Final = frozenset(
    {
        "call-overload",
        "dict-item",
        "index",
        "list-item",
        "typeddict-item",
        "typeddict-unknown-key",
        "var-annotated",
    }
)
"""Codes whose text need not name a type of the API, even if the error is in a value of one."""

_OPTIONAL: Final = frozenset({"arg-type", "assignment", "operator", "return-value", "type-var", "union-attr"})
"""Codes of errors about parts of replies that may be None."""

_TELLING: Final = frozenset({"Literal", "Mapping", "Sequence", "dict"})
"""Words for types of the API whose names mypy does not print."""


class Words:
    """The words of one program, collected when they are first needed."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._carrying: set[str] = set()
        self._known: dict[str, bool] = {}
        self._by_tree: dict[tuple[str, int], set[str]] = {}
        self._module: str | None = None

    def forget(self) -> None:
        """Drop the collected names: a file has been read, so the program may have changed."""
        self._names.clear()
        self._known.clear()
        self._by_tree.clear()
        self._module = None

    def add_carrying(self, name: str) -> None:
        """Add the name of a function that takes arguments of an operation without naming their types."""
        if name not in self._carrying:
            self._carrying.add(name)
            self._known.clear()

    def could_be_ours(self, info: ErrorInfo, modules: Mapping[str, MypyFile]) -> bool:
        """Return whether the text of an error could be about types of the API."""
        code = info.code.code if info.code is not None else ""
        if code in _ALWAYS or (code in _OPTIONAL and "None" in info.message):
            return True
        if code in {"arg-type", "call-arg"} and _NAMED.search(info.message) is None:
            return True
        if code in {"attr-defined", "misc"} and _NO_NAMES.match(info.message):
            return True
        if "TypedDict" in info.message:
            return True
        if info.module != self._module:  # more of the packages may have been analyzed since the last file
            self._module = info.module
            self._names = {*_TELLING, *self._names_in(modules)}
            self._known.clear()
        known = self._known.get(info.message)
        if known is None:
            known = self._known[info.message] = self._says_ours(info.message)
        return known

    def _says_ours(self, message: str) -> bool:
        quoted = _QUOTED.findall(message) or [message]
        words = [word for one in quoted for word in _WORD.findall(one)]
        return not self._names.isdisjoint(words) or not self._carrying.isdisjoint(words)

    def _names_in(self, modules: Mapping[str, MypyFile]) -> Iterator[str]:
        """The names that the client packages define, each module's read again only if it has more of them."""
        for name, tree in modules.items():
            if package_of(name) is not None:
                key = name, len(tree.names)
                if key not in self._by_tree:
                    self._by_tree[key] = _defined_in(tree)
                yield from self._by_tree[key]


def _defined_in(tree: MypyFile) -> set[str]:
    """The names that a module of a client package defines, and the methods of its classes.

    The TypedDicts themselves are not looked at: mypy loads each from its cache when it is first asked for,
    which takes long for thousands of them.
    """
    names = tree.names.items()
    if canonical(tree.fullname) in TYPED_DICTS:
        return {one for one, symbol in names if symbol.cross_ref is None or package_of(symbol.cross_ref)}
    found = set[str]()
    for one, symbol in names:
        node = symbol.node
        if node is not None and package_of(node.fullname) is not None:
            found.add(one)
            if isinstance(node, TypeInfo) and node.typeddict_type is None:
                found.update(node.names)
    return found
