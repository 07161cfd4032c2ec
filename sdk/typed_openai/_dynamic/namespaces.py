"""Types of module namespaces and of the functions that fill them (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, TypeAlias

Attributes: TypeAlias = tuple[Callable[[str], Any], Callable[[], list[str]]]
"""A module's ``__getattr__`` and ``__dir__``."""

Namespace: TypeAlias = MutableMapping[str, Any]
"""The names of a module."""
