"""Read and change values at paths such as ``choices[].message.content``."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any


def read(value: Any, path: str) -> Any:
    """Return the value at a path without arrays, or None."""
    for key in path.split(".") if path else ():
        value = value.get(key) if isinstance(value, dict) else None
    return value


def write(value: Any, path: str, new: Any) -> None:
    """Set the value at a path, in each item of the arrays on the way. Missing objects are not created."""
    owner_path, _, key = path.rpartition(".")
    for owner in owners(value, owner_path):
        owner[key] = new


def change(value: Any, path: str, new: Any) -> None:
    """Replace the value at a path, if it has one, in each item of the arrays on the way."""
    owner_path, _, key = path.rpartition(".")
    for owner in owners(value, owner_path):
        if key in owner:
            owner[key] = deepcopy(new)


def owners(value: Any, path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects at a path; each item if the path ends in ``[]``."""
    first, dot, rest = path.partition(".")
    key = first.removesuffix("[]")
    inner = value if not first else value.get(key) if isinstance(value, dict) else None
    items = inner if first.endswith("[]") and isinstance(inner, list) else [inner]
    for item in items:
        if dot:
            yield from owners(item, rest)
        elif isinstance(item, dict):
            yield item
