"""Habits of the API's servers that a description does not have, read from the files of a folder ``served``.

``habits.yaml``
    a list of entries with a ``why`` and a mapping of ``operations`` (by operationId), ``components``,
    ``models``, prefixes (``inherit``), ``tokens`` or ``gateways`` to what servers do with them; entries about
    the same thing are merged
``observed.yaml``
    ``components``: the combinations of keys and the typical values that recorded replies have
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from typed_openai_spec.files.source import read_bytes, refuse_unread
from typed_openai_spec.files.texts import kind, mapping, parse_yaml
from typed_openai_spec.model import Api, Json
from typed_openai_spec.problems import DescriptionError

FILES: Final = ("habits.yaml", "observed.yaml")
"""The files of the folder; each of them is optional."""

_PARTS: Final = ("operations", "components", "models", "inherit", "tokens", "gateways", "events")
_PLAIN: Final = ("models", "inherit", "tokens", "gateways", "events")


@dataclass(frozen=True, slots=True)
class Served:
    """The content of a folder: ``habits`` that people wrote, and what was ``observed`` in recordings."""

    habits: Mapping[str, Json] = field(default_factory=dict)
    observed: Mapping[str, Json] = field(default_factory=dict)

    def of(self, api: Api, examples: Mapping[str, Json]) -> dict[str, Json]:
        """Return everything that is known about an API's servers.

        Habits take precedence over what was observed, and that over ``examples``. Recordings also have what
        the API no longer has, which is left out.
        """
        merged: dict[str, Any] = deepcopy(dict(examples))
        components = mapping(self.observed.get("components"))
        known = {name: one for name, one in components.items() if name in api.components}
        _merge(merged, {"components": known} if known else {})
        _merge(merged, self.habits)
        return {part: dict(sorted(merged[part].items())) for part in sorted(merged)}

    def unknown(self, api: Api) -> Iterator[str]:
        """Yield the habits that are about no operation or component of the API."""
        known = {"operations": {one.id for one in api.operations}, "components": set(api.components)}
        for part, names in known.items():
            listed = mapping(self.habits.get(part))
            yield from (f"habits.yaml: {part}: {name}" for name in listed if name not in names)


def read_served(folder: Path) -> Served:
    """Read the habits in a folder; empty if the folder does not exist.

    Raises :class:`DescriptionError` for an entry of another form, and for a file that is never read.
    """
    if not folder.is_dir():
        return Served()
    refuse_unread(folder, FILES)
    return Served(*(_merged(folder / name) for name in FILES))


def _merged(path: Path) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for entry in _entries(path) if path.exists() else ():
        _merge(merged, entry)
    return merged


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    data = parse_yaml(read_bytes(path), str(path))
    listed = data if isinstance(data, list) else [data]
    for number, entry in enumerate(listed):
        if not isinstance(entry, dict) or not str(entry.get("why", "")).strip():
            raise DescriptionError(
                f"{path}: entry {number}: expected a mapping with a why, found {kind(entry)}"
            )
        parts = {key: one for key, one in entry.items() if key != "why"}
        for part, names in parts.items():
            wrong = part not in _PARTS or not isinstance(names, dict)
            if wrong or not all(isinstance(one, dict) for one in names.values() if part not in _PLAIN):
                raise DescriptionError(
                    f"{path}: entry {number}: {part}: expected mappings by name in {', '.join(_PARTS)}"
                )
        yield parts


def _merge(into: dict[str, Any], patch: Mapping[str, Any]) -> None:
    for key, one in patch.items():
        known = into.get(key)
        if isinstance(known, dict) and isinstance(one, dict):
            _merge(known, one)
        else:
            into[key] = deepcopy(one)
