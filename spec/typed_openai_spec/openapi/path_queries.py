"""Paths that have a query of their own: ``/alerts?beta=true`` and ``/alerts?lat={lat}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from typed_openai_spec.model import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class SplitPath:
    """A path without its query, the fixed parameters of the query, and the names of others by placeholder.

    Parameters ``in: path`` that the query has belong into the query.
    """

    bare: str
    fixed: tuple[tuple[str, str], ...]
    queried: Mapping[str, str]


def split(path: str) -> SplitPath:
    """Return the parts of a path. A fragment only distinguishes several operations of one path."""
    bare, _, query = path.partition("#")[0].partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    queried = {found[1]: name for name, value in pairs if (found := PLACEHOLDER.fullmatch(value))}
    return SplitPath(bare, tuple(one for one in pairs if one[1][1:-1] not in queried), queried)
