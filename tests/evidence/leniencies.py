"""The listed mismatches between recorded shapes and types, each with the reason for which it is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from tests.evidence.judging import Kind, Mismatch

LISTED: Final = Path(__file__).with_name("leniencies.yaml")


@dataclass(frozen=True)
class Leniency:
    """A reason, and the mismatches that it covers in recordings up to a year."""

    why: str
    kinds: tuple[Kind, ...]
    until: int
    places: Mapping[str, tuple[str, ...]]

    def covers(self, one: Mismatch, year: int) -> bool:
        """Return True if the mismatch is one of this entry."""
        return (
            year <= self.until and one.kind in self.kinds and one.field in self.places.get(one.component, ())
        )


@cache
def leniencies() -> tuple[Leniency, ...]:
    """Return the listed entries."""
    return tuple(
        Leniency(one["why"], tuple(one["kinds"]), one["until"], one["places"])
        for one in yaml.safe_load(LISTED.read_text(encoding="utf-8"))
    )
