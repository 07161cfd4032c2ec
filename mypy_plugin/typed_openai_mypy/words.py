"""The words by which an error's text may be about our API.

A word alone never decides that it is, as a class of the user's may have the same name. Its absence decides
that it is not, which is the cheapest answer for the errors of a file that has little to do with us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import MypyFile, TypeInfo

from typed_openai_mypy.packages import package_of

_WORD: Final = re.compile(r"\w+")
_QUOTED: Final = re.compile(r'"([^"]*)"')
"""mypy quotes types and names; the words between are its own."""

_NAMED: Final = re.compile(r' (?:for|to) (?:overloaded function )?"')
"""What stands before the name of what is called; a variable that holds a method has no name."""

_STRING_AS_DICT: Final = re.compile(
    r'"str" has no attribute "(?:get|items|keys|pop|setdefault|update|values)"'
)
"""What mypy says of JSON text that is used as the object that it stands for."""

_ALWAYS: Final = frozenset(
    {"call-overload", "dict-item", "index", "list-item", "typeddict-item", "typeddict-unknown-key"}
)
"""Codes whose text names no type of ours although the value around may be one."""

_OPTIONAL: Final = frozenset({"operator", "union-attr"})
"""Codes of errors that are about our replies where a part of one may be None."""

_TELLING: Final = frozenset({"Literal", "Mapping", "Sequence", "dict"})
"""Words that stand for types of ours where mypy does not print their names."""


class Words:
    """The words in mypy's messages that may stand for our API: necessary for an error to be about it.

    A word alone never decides that an error is: a class of the user's may have the same name.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._carrying: set[str] = set()
        self._known: dict[str, bool] = {}

    def forget(self) -> None:
        """Drop what is known: a file has been read, so the program may have changed."""
        self._names.clear()
        self._known.clear()

    def add_carrying(self, name: str) -> None:
        """Add the name of a function that takes our arguments without naming them in its own signature."""
        if name not in self._carrying:
            self._carrying.add(name)
            self._known.clear()

    def could_be_ours(self, info: ErrorInfo, modules: Mapping[str, MypyFile]) -> bool:
        """Return whether an error's text could be about our types."""
        code = info.code.code if info.code is not None else ""
        if code in _ALWAYS or (code in _OPTIONAL and "None" in info.message):
            return True
        if code in {"arg-type", "call-arg"} and _NAMED.search(info.message) is None:
            return True
        if code == "attr-defined" and _STRING_AS_DICT.match(info.message):
            return True
        known = self._known.get(info.message)
        if known is None:
            known = self._known[info.message] = self._says_ours(info.message, modules)
        return known

    def _says_ours(self, message: str, modules: Mapping[str, MypyFile]) -> bool:
        self._names = self._names or {*_TELLING, *_names_in(modules)}
        quoted = _QUOTED.findall(message) or [message]
        words = [word for one in quoted for word in _WORD.findall(one)]
        return (
            "TypedDict" in message
            or not self._names.isdisjoint(words)
            or not self._carrying.isdisjoint(words)
        )


def _names_in(modules: Mapping[str, MypyFile]) -> Iterator[str]:
    """The names that our packages define, those of their classes' methods included."""
    for name, tree in modules.items():
        if package_of(name) is None:
            continue
        for spelled, symbol in tree.names.items():
            node = symbol.node
            if node is None or package_of(node.fullname) is None:
                continue
            yield spelled
            if isinstance(node, TypeInfo) and node.typeddict_type is None:
                yield from node.names


words: Final = Words()
"""The words of the program that is being checked."""
