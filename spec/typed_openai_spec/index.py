"""Reads the compiled index of an API with the standard library alone.

An index is a folder::

    api.json                title, version, base URL, digest, groups with their operations' names
    operations/<group>.json the group's operations, one a line
    components.json         every component, one a line
    docs.json               our one-line documentation of operations and arguments

Each file is read when something in it is first asked for: a call to one operation reads
``api.json`` and its group's file, a few kilobytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from typed_openai_spec.encoding import decode
from typed_openai_spec.model import Api, Component, Json, Operation, Webhook
from typed_openai_spec.problems import DescriptionError

FORMAT = 1
"""The version of the files' layout; an index of another format is refused."""

# What each file must hold beside its format.
_CONTENT = {
    "api.json": ("title", "version", "base_url", "digest", "security_schemes", "groups"),
    "operations": ("operations",),
    "components.json": ("webhooks", "components"),
    "docs.json": ("operations",),
}

PACKAGED = Path(__file__).with_name("packaged")
"""The index of OpenAI's API that ships with this package."""


class UnknownOperation(LookupError):
    """There is no operation of that id, group or name. ``nearest`` is the closest one, or None."""

    def __init__(self, wanted: str, nearest: str | None) -> None:
        hint = f'; did you mean "{nearest}"?' if nearest else ""
        super().__init__(f'the API has no operation "{wanted}"{hint}')
        self.wanted = wanted
        self.nearest = nearest

    def __reduce__(self) -> tuple[type[UnknownOperation], tuple[str, str | None]]:
        return type(self), (self.wanted, self.nearest)


class Index:
    """A compiled API description. Raises :class:`DescriptionError` where its files are unusable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._operations: dict[str, dict[str, Operation]] = {}

    @cached_property
    def _api(self) -> dict[str, Any]:
        return self._read("api.json")

    @property
    def title(self) -> str:
        """The API's title."""
        return str(self._api["title"])

    @property
    def version(self) -> str:
        """The API's version."""
        return str(self._api["version"])

    @property
    def base_url(self) -> str:
        """The URL of the API's first server."""
        return str(self._api["base_url"])

    @property
    def digest(self) -> str:
        """The digest of what the index was made from (SHA-256, hexadecimal)."""
        return str(self._api["digest"])

    @property
    def security_schemes(self) -> Mapping[str, Json]:
        """The security schemes by name, as the description gives them."""
        schemes: Mapping[str, Json] = self._api["security_schemes"]
        return schemes

    @property
    def groups(self) -> Mapping[str, Mapping[str, str]]:
        """For each group, its operations' Python names and ids."""
        groups: Mapping[str, Mapping[str, str]] = self._api["groups"]
        return groups

    def operation(self, group: str, name: str) -> Operation:
        """The operation ``client.<group>.<name>``, without its documentation.

        Raises :class:`UnknownOperation`.
        """
        if group not in self.groups:
            raise UnknownOperation(f"{group}.{name}", _nearest(group, list(self.groups)))
        if (found := self._group(group).get(name)) is not None:
            return found
        try:
            return next(one.renamed(name) for one in self._group(group).values() if name in one.aliases)
        except StopIteration:
            nearest = _nearest(name, list(self.groups[group]))
            raise UnknownOperation(f"{group}.{name}", nearest and f"{group}.{nearest}") from None

    def by_id(self, operation_id: str) -> Operation:
        """The operation with that operationId, without its documentation.

        Raises :class:`UnknownOperation`.
        """
        if (place := self._places.get(operation_id)) is None:
            raise UnknownOperation(operation_id, _nearest(operation_id, list(self._places)))
        return self.operation(*place)

    def operations(self) -> Iterator[Operation]:
        """Every operation, by group and name, without documentation."""
        for group in self.groups:
            yield from self._group(group).values()

    @cached_property
    def components(self) -> Mapping[str, Component]:
        """Every component by its Python name; each is decoded when it is first asked for."""
        return _Components(self._read("components.json")["components"])

    @cached_property
    def former_names(self) -> Mapping[str, str]:
        """The former names of components, and what each is called now."""
        records = self._read("components.json")["components"]
        return {alias: one["name"] for one in records for alias in one.get("aliases", ())}

    @cached_property
    def webhooks(self) -> tuple[Webhook, ...]:
        """The events that the server sends to the user's server."""
        return tuple(decode(Webhook, one) for one in self._read("components.json")["webhooks"])

    def documented(self, operation: Operation) -> Operation:
        """The operation with its and its arguments' documentation filled in."""
        docs = self._docs.get(operation.id)
        if docs is None:
            return operation
        arguments = tuple(
            replace(one, doc=docs["arguments"].get(one.name, "")) for one in operation.arguments
        )
        return replace(operation, doc=docs["summary"], arguments=arguments)

    def api(self) -> Api:
        """The whole model, documentation included."""
        return Api(
            title=self.title,
            version=self.version,
            base_url=self.base_url,
            digest=self.digest,
            operations=tuple(self.documented(one) for one in self.operations()),
            components=self.components,
            webhooks=self.webhooks,
            security_schemes=self.security_schemes,
        )

    @cached_property
    def _docs(self) -> dict[str, Any]:
        docs: dict[str, Any] = self._read("docs.json")["operations"]
        return docs

    @cached_property
    def _places(self) -> dict[str, tuple[str, str]]:
        return {
            operation_id: (group, name)
            for group, names in self.groups.items()
            for name, operation_id in names.items()
        }

    def _group(self, group: str) -> dict[str, Operation]:
        if group not in self._operations:
            data = self._read(f"operations/{group}.json")["operations"]
            decoded = (decode(Operation, one) for one in data)
            self._operations[group] = {one.name: one for one in decoded}
        return self._operations[group]

    def _read(self, name: str) -> dict[str, Any]:
        path = self._folder / name
        try:
            data: dict[str, Any] = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise DescriptionError(f"{path}: no such file; expected a compiled API index") from None
        except (OSError, ValueError) as error:
            raise DescriptionError(f"{path}: not a compiled API index: {error}") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            found = data.get("format") if isinstance(data, dict) else type(data).__name__
            raise DescriptionError(f"{path}: index format {found!r}; this version reads format {FORMAT}")
        kind = name.partition("/")[0]
        if missing := [key for key in _CONTENT[kind] if key not in data]:
            raise DescriptionError(f"{path}: not a compiled API index: no {', '.join(missing)}")
        return data


class _Components(Mapping[str, Component]):
    """Components by name, decoded on demand: a program needs a few of two thousand."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self._records = {one["name"]: one for one in records}
        self._decoded: dict[str, Component] = {}

    def __getitem__(self, name: str) -> Component:
        if (known := self._decoded.get(name)) is None:
            known = self._decoded[name] = decode(Component, self._records[name])
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


@cache
def packaged() -> Index:
    """The index of OpenAI's API that ships with this package, shared by all callers."""
    return Index(PACKAGED)


def _nearest(wanted: str, known: list[str]) -> str | None:
    return next(iter(get_close_matches(wanted, known, n=1)), None)
