"""The state of a program at one place: the contents of references.

There is one state for a function. A branch is entered by a mark and left by going back to it, so that the
price of a branch is that of its own changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from mypy.nodes import SymbolNode

from typed_openai_mypy.reading.contents import OUTDATED, STANDS, UNKNOWN, Content, joined
from typed_openai_mypy.reading.references import Reference, is_dependent

Changes: TypeAlias = Mapping[Reference, Content]
"""The changes on a way through the program."""

Way: TypeAlias = Changes | None
"""The changes on a way through the program; None if no way leads there."""


class Attempt:
    """A block whose exceptions are caught: the contents that references have when one may be raised."""

    def __init__(self) -> None:
        self.raised: dict[Reference, Content] = {}
        self.changed: set[Reference] = set()


class State:
    """The contents of references, and whether the current place can be reached."""

    def __init__(self, contents: Changes | None = None) -> None:
        self._contents = dict(contents or {})
        self._log: list[tuple[Reference, Content | None]] = []
        self._inside: dict[Reference, set[Reference]] = {}
        self.is_reached = True
        self.attempts: list[Attempt] = []
        self.lost: set[Reference] = set()
        for reference in self._contents:
            self._note_inside(reference)

    @property
    def contents(self) -> Changes:
        """All contents that are known."""
        return self._contents

    def known(self, reference: Reference) -> Content | None:
        """The content of a reference; None if nothing is known of it."""
        return self._contents.get(reference)

    def narrow(self, reference: Reference, content: Content) -> None:
        """Learn more about the value of a reference."""
        self._put(reference, content)

    def assign(self, reference: Reference, content: Content) -> None:
        """Give a reference another value: nothing is known any more of what is inside."""
        for inner in list(self._inside.get(reference, ())):
            if inner in self._contents:
                self._put(inner, OUTDATED if is_dependent(inner) else None)
                self.lost.add(inner)
        if content != UNKNOWN or reference in self._contents:
            self._put(reference, content)

    def dependents_of(self, variable: SymbolNode) -> Iterator[object]:
        """Yield everything that depends on a value of a variable, also on one that it had before."""
        for inner in self._inside.get((variable,), ()):
            if is_dependent(inner) and inner in self._contents:
                yield inner[-1]

    def mark(self) -> int:
        """Remember the current state."""
        return len(self._log)

    def since(self, mark: int) -> Way:
        """The changes since a mark; None if the current place is not reached."""
        if not self.is_reached:
            return None
        return {one: self._contents.get(one, UNKNOWN) for one, _ in self._log[mark:]}

    def go_back(self, mark: int) -> None:
        """Restore the state at a mark, which was reached."""
        while len(self._log) > mark:
            reference, before = self._log.pop()
            self._set(reference, before)
        self.is_reached = True

    def go(self, way: Way) -> None:
        """Apply the changes on a way."""
        if way is None:
            self.is_reached = False
            return
        for reference, content in way.items():
            self._put(reference, content)

    def met(self, ways: Iterable[Way]) -> Way:
        """The changes where several ways meet."""
        reached = [one for one in ways if one is not None]
        if len(reached) < 2:
            return reached[0] if reached else None
        changed = dict.fromkeys(reference for one in reached for reference in one)
        return {one: _meeting(one, [self._on(way, one) for way in reached]) for one in changed}

    def is_same(self, one: Way, other: Way) -> bool:
        """Return whether two ways lead to the same state."""
        if one is None or other is None:
            return one is other
        return all(self._on(one, each) == self._on(other, each) for each in {**one, **other})

    def note_raising(self) -> None:
        """Note that an exception may be raised here."""
        for attempt in self.attempts if self.is_reached else ():
            for one in attempt.changed:
                attempt.raised[one] = _meeting(one, [attempt.raised[one], self._contents.get(one, UNKNOWN)])
            attempt.changed.clear()

    def _on(self, way: Changes, reference: Reference) -> Content:
        found = way.get(reference)
        return self._contents.get(reference, UNKNOWN) if found is None else found

    def _put(self, reference: Reference, content: Content | None) -> None:
        self._log.append((reference, self._contents.get(reference)))
        self._set(reference, content)
        self._note_inside(reference)

    def _set(self, reference: Reference, content: Content | None) -> None:
        for attempt in self.attempts:
            attempt.raised.setdefault(reference, self._contents.get(reference, UNKNOWN))
            attempt.changed.add(reference)
        if content is None or content == UNKNOWN:
            self._contents.pop(reference, None)
        else:
            self._contents[reference] = content

    def _note_inside(self, reference: Reference) -> None:
        for length in range(1, len(reference)):
            self._inside.setdefault(reference[:length], set()).add(reference)


def _meeting(reference: Reference, contents: Sequence[Content]) -> Content:
    """The content where several ways meet; the mark of a dependent is remembered if it is on one of them."""
    if is_dependent(reference):
        return next((one for one in (OUTDATED, STANDS) if one in contents), UNKNOWN)
    return joined(contents)


def composed(first: Way, second: Way) -> Way:
    """The changes on a way that goes on."""
    return None if first is None or second is None else {**first, **second}
