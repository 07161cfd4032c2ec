"""Where overrides are that belong to a description without anyone naming them.

A checkout's ``spec/openai`` has those beside it; another version of the API whose index ships with the
project has those that ship too (:func:`typed_openai_spec.compile.own_overrides` decides).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from typed_openai_spec.index.reader import PACKAGED


def shipped_overrides() -> Path | None:
    """The folder of the overrides that ship with the project."""
    # In a wheel they are inside the package; in a checkout, beside it.
    places = (PACKAGED.with_name("overrides"), PACKAGED.parents[1] / "overrides")
    return next((one for one in places if one.is_dir()), None)


def overrides_beside(place: Path) -> Path | None:
    """The folder of the overrides of a checkout whose ``spec/openai`` is ``place``."""
    overrides = place.resolve().with_name("overrides")
    return overrides if place.is_dir() and overrides.is_dir() else None


def override_files(place: Path) -> Iterator[Path]:
    """Every file of overrides that may be applied to what is at ``place``, in the same order each time."""
    for folder in (overrides_beside(place), shipped_overrides()):
        if folder is not None:
            yield from sorted(folder.rglob("*.yaml"))
