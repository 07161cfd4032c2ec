"""Refuse a description that was cut off: its text can still be valid YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from typed_openai_spec.files.source import Document
from typed_openai_spec.files.texts import mapping
from typed_openai_spec.problems import DescriptionError

_MANY: Final = 20
"""A description is cut off if at least 1 / ``_MANY`` of its references have no target."""

_ENDS: Final = (b"\n", b"}", b"]")
"""The possible last bytes of a whole text; brackets close JSON and YAML's flow style."""

_DATA: Final = frozenset({"default", "enum", "const", "example", "examples"})


def refuse_cut_off(document: Document, text: bytes, name: str) -> None:
    """Raise :class:`DescriptionError` if a description looks cut off.

    Its last line has no end, or many of its references have no target.
    """
    if not text.endswith(_ENDS):
        lines = text.count(b"\n") + 1
        raise DescriptionError(
            f"{name}: the description looks cut off: expected a newline after line {lines}"
        )
    references = list(_references(document))
    missing = [one for one in references if not _has_target(document, one)]
    if missing and len(missing) * _MANY >= len(references):
        raise DescriptionError(
            f"{name}: the description looks cut off: "
            f"{len(missing)} of {len(references)} references have no target, such as {missing[0]}"
        )


def _references(value: Any) -> Iterator[str]:
    """Yield all references inside the document; references to other files have another error."""
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    for key, one in mapping(value).items():
        if key == "$ref" and isinstance(one, str):
            yield from (one,) if one.startswith("#/") else ()
        elif key not in _DATA and not key.startswith("x-"):
            yield from _references(one)


def _has_target(document: Document, reference: str) -> bool:
    target: Any = document
    for step in reference[2:].split("/"):
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(target, list) and key.isdecimal() and int(key) < len(target):
            target = target[int(key)]
        elif isinstance(target, Mapping) and key in target:
            target = target[key]
        else:
            return False
    return True
