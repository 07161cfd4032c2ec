"""Known differences between checkers and the description: data, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.proof.checkers import Checker
from tests.proof.programs import Program, Statement

EVERY: Final = frozenset({"mypy", "pyright", "ty", "pyrefly", "pydantic"})


@dataclass(frozen=True)
class Difference:
    """A known difference: statements about ``of`` (none: about anything) that are valid or invalid.

    ``kind`` and ``text`` restrict it further: the change that was made to the statement, and a pattern that
    it matches. ``checkers`` are those that disagree with the description.
    """

    of: frozenset[str]
    fits: bool
    why: str
    kind: str = ""
    text: str = ""
    checkers: Collection[str] = EVERY

    def covers(self, one: Statement) -> bool:
        """Return whether this difference applies to a statement."""
        return (
            one.fits is self.fits
            and (not self.of or one.of in self.of)
            and (not self.kind or one.kind == self.kind)
            and re.search(self.text, one.text) is not None
        )


def unexplained(
    found: Iterable[Statement], known: Sequence[Difference], checker: str
) -> tuple[list[str], list[str]]:
    """Return the unknown differences, and the reasons of known ones that no longer occur."""
    mine = [one for one in known if checker in one.checkers]
    met: set[str] = set()
    new = []
    for statement in found:
        reasons = [one.why for one in mine if one.covers(statement)]
        met.update(reasons)
        if not reasons:
            new.append(f"{'refused' if statement.fits else 'accepted'} ({statement.kind}): {statement.text}")
    return new, [one.why for one in mine if one.why not in met]


def disagreements(
    checker: Checker, programs: Sequence[Program], known: Sequence[Difference], folder: Path
) -> tuple[list[str], list[str]]:
    """Check programs, and return what :func:`unexplained` does of what the checker judges differently."""
    for one in programs:
        one.write(folder)
    lines = checker.lines(folder)
    found = [statement for one in programs for statement in one.wrong(lines)]
    return unexplained(found, known, checker.name)


CALLS: Final = (
    Difference(
        frozenset({"createImageEdit"}),
        fits=False,
        why="One method sends either of two bodies, JSON or multipart: which arguments go together is in no "
        "signature, as that would double its overloads.",
    ),
    Difference(
        frozenset({"createThread", "createThreadAndRun", "createAssistant", "createVectorStoreFileBatch"}),
        fits=False,
        why="One of two keys has to be there: no TypedDict and no signature can say it.",
    ),
)
"""Calls that types allow and the description does not, or the reverse."""

KEYS: Final = (
    Difference(
        frozenset(
            {
                "CreateAssistantRequestToolResourcesFileSearch",
                "CreateThreadRequestToolResourcesFileSearch",
                "CreateVectorStoreFileBatchRequest",
                "ImageRefParam",
            }
        ),
        fits=False,
        why="One of several keys has to be there: no TypedDict can say it.",
    ),
)
"""Written-out values without one of their keys."""

REPLIES: Final = (
    Difference(
        frozenset({"EvalRunOutputItemResult"}),
        fits=True,
        text="'unknown_key'",
        checkers={"mypy"},
        why="The description lets other keys be there beside the declared ones; mypy does not know "
        "extra_items (PEP 728), which says so.",
    ),
)
"""Written-out values of replies."""

WIRE: Final = (
    Difference(
        frozenset(),
        fits=False,
        kind="unknown key",
        why="The description closes a few objects; to pydantic all TypedDicts are open: a server that adds a "
        "field breaks no program.",
    ),
    Difference(
        frozenset({"MCPToolFilter", "BetaMCPToolFilter", "MCPTool"}),
        fits=False,
        why="They are closed, and no key of theirs is required: to an open TypedDict any object is one.",
    ),
)
"""Values of replies as JSON from the server."""

ROUND_TRIPS: Final = (
    Difference(
        frozenset(),
        fits=True,
        kind="tuple",
        text=r"=\(\{",
        checkers={"ty", "pyrefly"},
        why="In many places they read a dict written out inside a tuple as a plain dict.",
    ),
)
"""Values that a caller already has."""
