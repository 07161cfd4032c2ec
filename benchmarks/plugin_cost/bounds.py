"""Bounds on the CPU time with the plugin, relative to the time without it."""

from __future__ import annotations

from typing import NamedTuple


class Bound(NamedTuple):
    """A factor and a number of milliseconds. Both are allowed together, or only the greater of the two.

    ``each`` are more milliseconds for each item of the program.
    """

    factor: float
    milliseconds: float = 0
    greater: bool = False
    each: float = 0

    def allowed(self, without: float, size: int = 0) -> float:
        """Return the seconds that a run with the plugin may take.

        >>> Bound(1.03, 30).allowed(1.0)
        1.06
        >>> Bound(1.1, 30, greater=True).allowed(1.0)
        1.1
        >>> Bound(1.5, each=0.5).allowed(1.0, 1_000)
        2.0
        """
        constant = (self.milliseconds + self.each * size) / 1000
        if self.greater:
            return max(without * self.factor, without + constant)
        return without * self.factor + constant

    def __str__(self) -> str:
        parts = [f"x {self.factor:.2f}"] if self.factor != 1 or not self.milliseconds else []
        parts += [f"{self.milliseconds:.0f} ms"] if self.milliseconds else []
        parts += [f"n x {self.each} ms"] if self.each else []
        return (" or " if self.greater else " + ").join(parts)
