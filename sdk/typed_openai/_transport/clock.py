"""The clock of all time limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

now: Final[Callable[[], float]] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    if hasattr(time, "CLOCK_MONOTONIC")
    else partial(time.perf_counter)
)
"""Return the seconds of a clock that only goes forward.

Test tools that freeze the time replace ``time.monotonic`` in all modules that have it. The network does not
stop for them, and neither do limits: this clock is out of their reach.
"""
