"""The command that runs pytest in a process of its own, for tests of plugins for pytest."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

NEEDED = ("typed_openai", "typed_openai_cassettes", "xdist", "xdist.looponfail")
"""The plugins that nested runs need. To load all others that are installed takes most of a second."""


def command(*plugins: str) -> list[str]:
    """Return the beginning of the command line of a pytest that loads ``plugins``, and few others."""
    found = (one.name for one in entry_points(group="pytest11"))
    others = [f"no:{name}" for name in found if name not in (*NEEDED, *plugins)]
    options = [word for one in (*others, "no:cacheprovider") for word in ("-p", one)]
    return [sys.executable, "-m", "pytest", "-q", *options]
