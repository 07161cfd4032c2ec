"""The locations of overrides that apply to a description by default.

A checkout's ``spec/openai`` has overrides beside it. Another version of the API whose index ships with the
project uses the shipped ones (:func:`typed_openai_spec.compile.own_overrides` decides).
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


def override_files(place: Path) -> Iterator[Path]:
    """Yield every override file that may apply to the description at ``place``, in a stable order."""
    for folder in (overrides_beside(place), shipped_overrides()):
        if folder is not None:
            yield from sorted(folder.rglob("*.yaml"))
