"""The error of a value that does not have the type it should have, with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final


class Unfit(Exception):
    """A value does not fit. ``path`` leads to it; outer readers add their keys while it is raised."""

    def __init__(self, text: str, path: Iterable[str | int] = ()) -> None:
        super().__init__(text)
        self.text = text
        self._inward = [*reversed([*path])]

    def inside(self, key: str | int) -> None:
        """Add the key of the enclosing value."""
        self._inward.append(key)

    @property
    def path(self) -> tuple[str | int, ...]:
        """The keys and numbers from the outermost value inwards."""
        return tuple(reversed(self._inward))


_KINDS: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (type(None), "null"),
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def kind_of_json(value: Any) -> str:
    """Return the JSON name of a value's kind."""
    return next((name for kind, name in _KINDS if isinstance(value, kind)), type(value).__name__)


def shown_path(path: Iterable[str | int]) -> str:
    """Return a path as text: ``choices[0].text``."""
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    return text.removeprefix(".")
