"""Entries of ``NO_PROXY`` that requests does not understand: addresses with a port or in brackets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": 80, "https": 443}


def unproxied_host(url: str, no_proxy: str | None = None) -> str | None:
    """Return the host of a URL if such an entry names it, in the form that requests understands; else None.

    ``no_proxy`` are the entries, separated by commas; if it is None, those of the environment apply.

    >>> unproxied_host("http://127.0.0.1:8000/v1", "localhost, 127.0.0.1:8000")
    '127.0.0.1'
    """
    if no_proxy is None:
        no_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS.get(parts.scheme)
    named = any(
        (host == name or host.endswith(f".{name}")) and entry_port in (None, port)
        for name, entry_port in _entries(no_proxy)
    )
    return host if host and named else None


def _entries(no_proxy: str) -> Iterator[tuple[str, int | None]]:
    """Yield the names and ports of the entries that have a port or brackets."""
    for entry in no_proxy.replace(" ", "").lower().split(","):
        name, _, port = entry.rpartition(":")
        if name and port.isascii() and port.isdecimal() and len(port) < 6:
            yield name.strip("[]").lstrip("."), int(port)
        elif entry.startswith("["):
            yield entry.strip("[]"), None
