"""The method names of the official client -> a table with the method of each that sends the same request."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typed_openai_docs.markup import dotted
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import PLACEHOLDER, Operation

MARK: Final = "<!-- table of method names -->"
"""The place of the table on the page about migrating."""

_NAMES: Final = Path(__file__).with_name("official_names.tsv")
_HELPER: Final = "helper"
_PLACE_OF: Final = "reference/operations/{}.md#{}"


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the official client, and the request that it sends."""

    name: str
    verb: str
    path: str

    @property
    def is_helper(self) -> bool:
        """True if it sends the requests of other methods."""
        return self.verb == _HELPER


def official_methods() -> Iterator[Method]:
    """The methods of the official client, by name."""
    for line in _NAMES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield Method(*line.split("\t"))


def with_table(page: str, index: Index) -> str:
    """The page on migrating with the table in it."""
    return page.replace(MARK, "\n\n".join(table(official_methods(), index)))


def table(methods: Iterable[Method], index: Index) -> Iterator[str]:
    """A table for each resource of the official client, and the methods that have no counterpart."""
    ours = _by_request(index)
    rows: dict[str, list[str]] = defaultdict(list)
    missing: list[str] = []
    for one in methods:
        operation = ours.get(_request(one.verb, one.path))
        if operation is not None:
            rows[one.name.partition(".")[0]].append(_row(one.name, operation))
        elif not one.is_helper:
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


def _by_request(index: Index) -> Mapping[tuple[str, str], Operation]:
    return {_request(one.method, _with_query(one)): one for one in index.operations()}


def _with_query(operation: Operation) -> str:
    query = "&".join(f"{key}={value}" for key, value in operation.query)
    return f"{operation.path}?{query}" if query else operation.path


def _request(verb: str, path: str) -> tuple[str, str]:
    """A request as both sides write it: the names of placeholders differ."""
    return verb, re.sub(PLACEHOLDER, "{}", path)
