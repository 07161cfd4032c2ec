"""Names of the official Python client, and what an API's index has in their place.

The tables beside this module have facts only. Nothing is read before a name is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import PLACEHOLDER, Operation
from typed_openai_spec.records import dataclass

_METHODS: Final = "official_names.tsv"
_EXPORTS: Final = "official_exports.tsv"
_MEMBERS: Final = "official_members.tsv"
_HELPER: Final = "helper"

_SHOWN: Final = 4
"""The most operations in one hint."""


@dataclass(frozen=True, slots=True)
class OfficialMethod:
    """A method of the official client, and the request that it sends.

    For a helper, ``path`` is the public name here that does its work.
    """

    name: str
    verb: str
    path: str

    @property
    def is_helper(self) -> bool:
        """True if it sends the requests of other methods."""
        return self.verb == _HELPER


@cache
def official_methods() -> tuple[OfficialMethod, ...]:
    """Return the methods of the official client, by name."""
    return tuple(OfficialMethod(*row) for row in _rows(_METHODS))


def export_hint(name: str) -> str:
    """Return ``; use Client`` for a name that the official package exports, or an empty string."""
    instead = dict(_rows(_EXPORTS)).get(name)
    return f"; use {instead}" if instead else ""


def types_hint(name: str) -> str:
    """Return where the types of a resource are, which ``openai.types`` has in a module of that name."""
    is_resource = any(one.name.startswith(f"{name}.") for one in official_methods())
    return "; the types of all groups are in types itself" if is_resource else ""


def counterpart(method: OfficialMethod, index: Index) -> Operation | None:
    """Return the operation of an API that sends the same request as a method, or None."""
    return _by_request(index).get(_request(method.verb, method.path))


@lru_cache(maxsize=256)
def method_hint(place: str, index: Index) -> str:
    """Return the end of a message about a dotted name that only the official client has after ``client.``.

    For a resource, the hint names the operations of some of its methods, and for a method without an
    operation, those of its resource. It is empty if the API has none of them. An attribute such as
    ``with_raw_response`` gives the hint of the method without it, and what to use in its place. A helper
    such as ``responses.parse`` gives the function that does its work.

    >>> from typed_openai_spec.index.reader import packaged
    >>> method_hint("chat.completions.create", packaged())
    '; use client.chat.create_chat_completion for chat.completions.create of openai'
    """
    members = dict(_rows(_MEMBERS))
    names = place.split(".")
    instead = [f"{members[one]} for {one}" for one in names if one in members]
    if instead:
        called = _called(".".join(one for one in names if one not in members), index)
        return f"; use {', '.join([*(called if len(called) == 1 else ()), *instead])} of openai"
    listed = _called(place, index)
    helper = next((one for one in official_methods() if one.is_helper and one.name == place), None)
    if listed and helper:
        listed = [f"{helper.path} for {helper.name}", *(listed if len(listed) == 1 else ())]
    return f"; use {', '.join(listed)} of openai" if listed else ""


def _called(place: str, index: Index) -> list[str]:
    """The operations for a dotted name, each with the method that it stands for."""
    meant = [one for one in official_methods() if f"{one.name}.".startswith(f"{place}.")]
    if meant and all(one.is_helper for one in meant):
        return _called(place.rpartition(".")[0], index)
    found = ((one.name, counterpart(one, index)) for one in sorted(meant, key=_by_interest))
    pairs = _one_per_group((name, operation) for name, operation in found if operation is not None)
    listed = [f"client.{operation.qualified_name} for {name}" for name, operation in pairs]
    return listed[:_SHOWN]


def _by_interest(method: OfficialMethod) -> tuple[bool, int, str]:
    """Sort methods that create something first, then those of the outer resources."""
    return not method.name.endswith(".create"), method.name.count("."), method.name


def _one_per_group(pairs: Iterable[tuple[str, Operation]]) -> Iterator[tuple[str, Operation]]:
    groups: set[str] = set()
    for name, operation in pairs:
        if operation.group not in groups:
            groups.add(operation.group)
            yield name, operation


@lru_cache(maxsize=4)
def _by_request(index: Index) -> Mapping[tuple[str, str], Operation]:
    return {_request(one.method, _with_query(one)): one for one in index.operations()}


def _with_query(operation: Operation) -> str:
    query = "&".join(f"{key}={value}" for key, value in operation.query)
    return f"{operation.path}?{query}" if query else operation.path


def _request(verb: str, path: str) -> tuple[str, str]:
    """A request as both sides write it: the names of placeholders differ."""
    return verb, re.sub(PLACEHOLDER, "{}", path)


def _rows(table: str) -> Iterator[list[str]]:
    text = Path(__file__).with_name(table).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
