"""Components -> families: the groups of components that share a page of the reference.

A family is named by the words that its components' names begin with. Verbs are passed over, so that
``CreateChatCompletionRequest`` stands beside ``ChatCompletionRequestMessage``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

OTHERS: Final = "Others"
"""The family of the components whose own family would be too small for a page."""

_LARGEST: Final = 90
_SMALLEST: Final = 4
_VERBS: Final = frozenset({"Create", "Delete", "Deleted", "List", "Modify", "Submit", "Update", "Validate"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z][a-z0-9]*|_+")


def families(names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The families of components by title, both sorted; each name is in exactly one of them."""
    found: dict[str, list[str]] = defaultdict(list)
    words = {name: _words(name) for name in names}
    for title, members in _split(words, list(words), 1):
        found[title if len(members) >= _SMALLEST else OTHERS] += members
    return {title: tuple(sorted(found[title])) for title in sorted(found, key=_order)}


def _order(title: str) -> tuple[bool, str]:
    return title == OTHERS, title


def _words(name: str) -> tuple[str, ...]:
    words = _WORD.findall(name)
    first = next((at for at, word in enumerate(words[:-1]) if word not in _VERBS), len(words) - 1)
    return tuple(words[first:])


def _split(
    words: Mapping[str, tuple[str, ...]], names: list[str], depth: int
) -> Iterator[tuple[str, list[str]]]:
    """Group names by their first words; a group that is too large for a page by one word more."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in names:
        groups[words[name][:depth]].append(name)
    rest: list[str] = []
    for start, members in groups.items():
        if depth > 1 and len(members) < _SMALLEST:
            rest += members
        elif len(members) > _LARGEST and any(len(words[one]) > depth for one in members):
            yield from _split(words, members, depth + 1)
        else:
            yield " ".join(start), members
    if rest:
        yield " ".join(words[rest[0]][: depth - 1]), rest
