"""The owners of errors that involve types of the API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mypy.errors import ErrorInfo
from mypy.nodes import CallExpr, DictExpr, ListExpr, SetExpr, TupleExpr

from typed_openai_mypy.api.concern import is_concerned, is_generic, makes_container
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.syntax.owners import Owner, owners_of
from typed_openai_mypy.syntax.tree import PLAIN, Site, start_of

_DISPLAYS: Final = (DictExpr, ListExpr, SetExpr, TupleExpr)


class ConcernedOwners:
    """Finds the owners of the errors in one function, those of the literals in a display only once."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._of_items: dict[tuple[int, str], Sequence[Owner]] = {}

    def of(self, site: Site, info: ErrorInfo) -> Sequence[Owner]:
        """Return the owners of an error that involve API types, the most likely one first."""
        if not _is_literal_item(site, info):
            return self._found(site, info)
        key = id(site.parent), "" if info.code is None else info.code.code
        if key not in self._of_items:
            self._of_items[key] = self._found(site, info)
        return [Owner(one.site, (*one.focus[:-1], site.node)) for one in self._of_items[key]]

    def _found(self, site: Site, info: ErrorInfo) -> Sequence[Owner]:
        return sorted(self._concerned(site, info), key=_is_passing_on)

    def _concerned(self, site: Site, info: ErrorInfo) -> Iterator[Owner]:
        """The owners that involve API types, innermost first; none beyond a call that is not generic."""
        for one in owners_of(site, info):
            if is_concerned(self._checker, one):
                yield one
            call = one.site.node
            if isinstance(call, CallExpr) and one.focus and not is_generic(self._checker, call):
                return


def _is_literal_item(site: Site, info: ErrorInfo) -> bool:
    """Return whether an error begins at a literal in a display: no owner depends on which one it is.

    The end is that of the literal, or of an entry of a dict that begins with it.
    """
    node = site.node
    is_inside = isinstance(node, PLAIN) and isinstance(site.parent, _DISPLAYS)
    return is_inside and start_of(node) == (info.line, info.column)


def _is_passing_on(owner: Owner) -> bool:
    """Return whether an owner constructs a container, whose expected type depends on the syntax around it."""
    call = owner.site.node
    return isinstance(call, CallExpr) and bool(owner.focus) and makes_container(call)
