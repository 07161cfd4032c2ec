"""The method names of the official client -> a table with the method of each that sends the same request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from typed_openai_docs.markup import dotted
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Operation
from typed_openai_spec.official_names import OfficialMethod, counterpart, official_methods

MARK: Final = "<!-- table of method names -->"
"""The place of the table on the page about migrating."""

_PLACE_OF: Final = "reference/operations/{}.md#{}"


def with_table(page: str, index: Index) -> str:
    """The page on migrating with the table in it."""
    return page.replace(MARK, "\n\n".join(table(official_methods(), index)))


def table(methods: Iterable[OfficialMethod], index: Index) -> Iterator[str]:
    """A table for each resource of the official client, and the methods that have no counterpart."""
    rows: dict[str, list[str]] = defaultdict(list)
    missing: list[str] = []
    for one in methods:
        operation = counterpart(one, index)
        if operation is not None:
            rows[one.name.partition(".")[0]].append(_row(one.name, operation))
        elif one.is_helper:
            rows[one.name.partition(".")[0]].append(f"| {dotted(one.name)} | {dotted(one.path)} |")
        else:
            missing.append(dotted(one.name))
    for resource, found in rows.items():
        head = "| `openai` | `typed_openai` |\n|---|---|"
        yield "\n".join((f"### {resource} {{ #from-{resource} }}\n", head, *found))
    if missing:
        listed = ", ".join(missing)
        yield f"### Not in the description\n\n{len(missing)} methods have no operation here yet: {listed}."


def _row(name: str, operation: Operation) -> str:
    place = _PLACE_OF.format(operation.group, operation.name)
    return f"| {dotted(name)} | [{dotted(operation.qualified_name)}]({place}) |"
