"""The locations of overrides that apply to a description by default, and of the index with its former names.

A checkout's ``spec/openai`` has overrides beside it. Another version of the API whose index ships with the
project uses the shipped ones (:func:`typed_openai_spec.compile.own_overrides` decides). Additions, if there
are any, are in a folder beside the overrides.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from typed_openai_spec.index.reader import PACKAGED


def shipped_overrides() -> Path | None:
    """Return the folder of the overrides that ship with the project, or None."""
    # In a wheel they are inside the package; in a checkout, beside it.
    places = (PACKAGED.with_name("overrides"), PACKAGED.parents[1] / "overrides")
    return next((one for one in places if one.is_dir()), None)


def overrides_beside(place: Path) -> Path | None:
    """Return the folder of the overrides in a checkout whose ``spec/openai`` is ``place``, or None."""
    overrides = place.resolve().with_name("overrides")
    return overrides if place.is_dir() and overrides.is_dir() else None


def additions_beside(overrides: Path) -> Path | None:
    """Return the folder of the additions that belong to a folder of overrides, or None."""
    beside = overrides.parent if overrides.name else overrides.resolve().parent
    additions = beside / "additions"
    return additions if additions.is_dir() else None


def index_beside(place: Path) -> Path | None:
    """Return the folder of the index in a checkout whose ``spec/openai`` is ``place``, or None."""
    packaged = place.resolve().with_name(PACKAGED.parent.name) / PACKAGED.name
    return packaged if place.is_dir() and packaged.is_dir() else None


def files_beyond(place: Path) -> Iterator[Path]:
    """Yield the files that may influence how the description at ``place`` is read, in a stable order.

    They are the overrides and additions that may apply to it, and the indexes whose names it may keep.
    """
    overrides = [one for one in (overrides_beside(place), shipped_overrides()) if one is not None]
    for folder in (*overrides, *filter(None, map(additions_beside, overrides))):
        yield from sorted(folder.rglob("*.yaml"))
    for index in (index_beside(place), PACKAGED):
        if index is not None:
            yield index / "api.json"
