"""The share of a description that is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.openapi.schemas.keywords import pointer
from typed_openai_spec.problems import Problem

_MOST: Final = 2
"""The description is mostly lost if more than 1/``_MOST`` of its parts are."""


def is_mostly_lost(document: Mapping[str, Any], problems: Iterable[Problem]) -> bool:
    """Return True if most operations and schemas of a description have lost something, or are lost."""
    parts = list(_parts(document))
    lost = {_part(one.place) for one in problems if one.kind == "lost"}
    return sum(one in lost for one in parts) * _MOST > len(parts)


def _part(place: str) -> str:
    steps = place.split("/")
    return "/".join(steps[: 3 if steps[1:2] == ["paths"] else 4])


def _parts(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the places of the paths and schemas."""
    yield from (pointer("/paths", one) for one in mapping(document.get("paths")))
    schemas = mapping(mapping(document.get("components")).get("schemas"))
    yield from (pointer("/components/schemas", one) for one in schemas)
