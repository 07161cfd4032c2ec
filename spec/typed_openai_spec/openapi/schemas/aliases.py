"""Aliases: the former names that overrides keep, read and checked against the names in use."""

from __future__ import annotations

import keyword
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Api
from typed_openai_spec.openapi.schemas.keywords import Report, pointer


def read_aliases(raw: Any, place: str, report: Report) -> tuple[str, ...]:
    """Return the ``aliases`` of an operation's or a component's ``x-typed``."""
    found = mapping(mapping(raw).get("x-typed")).get("aliases")
    if found is None:
        return ()
    if isinstance(found, list) and all(isinstance(one, str) and _is_name(one) for one in found):
        return tuple(found)
    report(pointer(place, "x-typed", "aliases"), "expected a list of Python names", "it is ignored")
    return ()


def _is_name(text: str) -> bool:
    return text.isidentifier() and text.isascii() and not keyword.iskeyword(text) and not text.startswith("_")


def without_taken(api: Api, report: Report) -> Api:
    """Return the API without aliases that are the current names of something else."""
    names = {one.qualified_name for one in api.operations}
    operations = []
    for one in api.operations:
        kept = _free(one.aliases, names, one.group + ".", report)
        operations.append(one if kept == one.aliases else replace(one, aliases=kept))
    known = set(api.components)
    components = {
        name: replace(one, aliases=_free(one.aliases, known, "", report)) if one.aliases else one
        for name, one in api.components.items()
    }
    return replace(api, operations=tuple(operations), components=MappingProxyType(components))


def _free(aliases: tuple[str, ...], taken: set[str], prefix: str, report: Report) -> tuple[str, ...]:
    kept: list[str] = []
    for alias in aliases:
        if prefix + alias in taken:
            report(f"{prefix}{alias}", "the alias is already a name", "it is ignored")
        else:
            taken.add(prefix + alias)
            kept.append(alias)
    return tuple(kept)
