"""Read the compiled index of an API with the standard library alone.

An index is a folder::

    api.json                title, version, base URL, digest, groups with their operations' names
    operations/<group>.json the group's operations, one per line
    components.json         every component, one per line
    docs.json               a sentence for each operation and argument
    component_docs.json     a sentence for each component and field; calls do not read it
    texts.json              the description's own prose, if it has any
    streams.json            how the events of streams make up replies, if it is known
    served.json             what servers do, and examples of their replies; only the embedded server reads it

Each file is read when something in it is first needed: a call to one operation reads ``api.json`` and the
file of its group, a few kilobytes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typed_openai_spec.index.record_lines import split
from typed_openai_spec.model import Api, Component, Json, Object, Operation, Webhook
from typed_openai_spec.model.accumulating_events import Accumulation
from typed_openai_spec.model.encoding import decode
from typed_openai_spec.problems import DescriptionError
from typed_openai_spec.spelling import nearest

if TYPE_CHECKING:
    from typed_openai_spec.index.archives import Folder
    from typed_openai_spec.index.path_matcher import PathMatcher

FORMAT = 2
"""The version of the index layout; an index of another version is refused."""

# Names of components are Python identifiers.
_REFERENCE = re.compile(rb'"ref":"([^"\\]+)"')

_TEXTS = "texts.json"
_STREAMS = "streams.json"
_SERVED = "served.json"
_OPTIONAL = frozenset({_TEXTS, _STREAMS, _SERVED})

# The required keys of each file, apart from its format.
_CONTENT = {
    "api.json": ("title", "version", "base_url", "digest", "security_schemes", "groups"),
    "operations": ("operations",),
    "components.json": ("webhooks", "components"),
    "docs.json": ("operations",),
    "component_docs.json": ("components",),
    _TEXTS: ("operations", "components"),
    _STREAMS: ("accumulations",),
    _SERVED: ("served",),
}

# The end of every complete file; a truncated one lacks it.
_END = b"}\n"

PACKAGED = Path(__file__).parents[1] / "packaged"
"""The index of OpenAI's API that ships with this package."""


class UnknownOperation(LookupError):
    """Raised for an unknown operation id, group or name. ``nearest`` is the closest known one, or None."""

    def __init__(self, wanted: str, nearest: str | None, api: str = "the API") -> None:
        hint = f'; did you mean "{nearest}"?' if nearest else ""
        super().__init__(f'{api} has no operation "{wanted}"{hint}')
        self.wanted = wanted
        self.nearest = nearest
        self.api = api

    def __reduce__(self) -> tuple[type[UnknownOperation], tuple[str, str | None, str]]:
        return type(self), (self.wanted, self.nearest, self.api)


class Index:
    """A compiled API description. Raises :class:`DescriptionError` if its files are unusable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._operations: dict[str, dict[str, Operation]] = {}

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return self._folder

    @cached_property
    def _files(self) -> Folder:
        """The folder as it can be read."""
        if self._folder.is_dir():
            return self._folder
        # Imported here because only zipapps and their like need it.
        from typed_openai_spec.index.archives import readable  # noqa: PLC0415

        return readable(self._folder)

    @property
    def spoken_title(self) -> str:
        """The API's name in error messages; "the API" for the index that ships with this package."""
        return "the API" if self._folder == PACKAGED else f'"{self.title}"' if self.title else "the API"

    def verify(self) -> None:
        """Check that every file exists and is complete, without reading all of them.

        Raises :class:`DescriptionError` early, rather than in the middle of a program that uses the index.
        """
        names = [*(one for one in _CONTENT if one.endswith(".json")), *map(_operations_file, self.groups)]
        for name in names:
            path = self._files / name
            if name in _OPTIONAL and not path.exists():
                continue
            try:
                with path.open("rb") as file:
                    file.seek(max(0, file.seek(0, os.SEEK_END) - len(_END)))
                    whole = file.read() == _END
            except FileNotFoundError:
                raise DescriptionError(f"{path}: no such file; expected a compiled API index") from None
            except OSError as error:
                raise DescriptionError(f"{path}: not a compiled API index: {error}") from error
            if not whole:
                raise DescriptionError(f"{path}: not a compiled API index: its end is missing")

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
        """The digest of the API's facts, without its documentation (SHA-256, hexadecimal)."""
        return str(self._api["digest"])

    @property
    def security_schemes(self) -> Mapping[str, Json]:
        """The security schemes by name, as in the description."""
        schemes: Mapping[str, Json] = self._api["security_schemes"]
        return schemes

    @property
    def query_style(self) -> str:
        """The serialization style for query parameters that no operation describes."""
        return str(self._api.get("query_style", "plain"))

    @property
    def groups(self) -> Mapping[str, Mapping[str, str]]:
        """The Python names and ids of the operations in each group."""
        groups: Mapping[str, Mapping[str, str]] = self._api["groups"]
        return groups

    def operation(self, group: str, name: str) -> Operation:
        """Return the operation ``client.<group>.<name>``, without its documentation.

        Raises :class:`UnknownOperation`.
        """
        if group not in self.groups:
            raise UnknownOperation(f"{group}.{name}", nearest(group, self.groups), self.spoken_title)
        if (found := self._group(group).get(name)) is not None:
            return found
        try:
            return next(one.renamed(name) for one in self._group(group).values() if name in one.aliases)
        except StopIteration:
            near = nearest(name, self.groups[group])
            hint = near and f"{group}.{near}"
            raise UnknownOperation(f"{group}.{name}", hint, self.spoken_title) from None

    def by_id(self, operation_id: str) -> Operation:
        """Return the operation with that operationId, without its documentation.

        Raises :class:`UnknownOperation`.
        """
        if (place := self._places.get(operation_id)) is None:
            raise UnknownOperation(operation_id, nearest(operation_id, self._places), self.spoken_title)
        return self.operation(*place)

    def has_id(self, operation_id: str) -> bool:
        """Return True if there is an operation with that operationId."""
        return operation_id in self._places

    def operations(self) -> Iterator[Operation]:
        """Yield every operation, by group and name, without documentation."""
        for group in self.groups:
            yield from self._group(group).values()

    @cached_property
    def paths(self) -> PathMatcher:
        """The paths of the API, for the lookup of a request's operations."""
        from typed_openai_spec.index.path_matcher import PathMatcher  # noqa: PLC0415  few look up requests

        return PathMatcher(self.operations())

    @cached_property
    def components(self) -> Mapping[str, Component]:
        """All components by Python name; each is decoded on first access."""
        name = "components.json"
        lines = split(self._bytes(name), "components")
        if lines is None:
            return _Components({one["name"]: one for one in self._read(name)["components"]}, name)
        self._parsed(name, lines.rest)
        return _Components(lines.records, str(self._files / name))

    @cached_property
    def documented_components(self) -> Mapping[str, Component]:
        """All components by Python name, with their sentences; each is created on first access."""
        return _Documented(self, in_full=False)

    def users(self, component: str) -> list[str]:
        """Return the operations and components that refer to a component directly, operations first."""
        return [_name_of(line) for line in self._referring.get(component, ())]

    @cached_property
    def _referring(self) -> dict[str, list[bytes]]:
        """The raw records that refer to each component; each record is a line of its file."""
        places = [*(_operations_file(group) for group in self.groups), "components.json"]
        found: dict[str, list[bytes]] = {}
        for line in (line for one in places for line in (self._files / one).read_bytes().splitlines()):
            if line.startswith(b'{"'):
                for name in dict.fromkeys(_REFERENCE.findall(line)):
                    found.setdefault(name.decode(), []).append(line)
        return found

    @cached_property
    def former_names(self) -> Mapping[str, str]:
        """The current name of each former component name."""
        records = self._read("components.json")["components"]
        return {alias: one["name"] for one in records for alias in one.get("aliases", ())}

    @cached_property
    def webhooks(self) -> tuple[Webhook, ...]:
        """The events that the API's server sends to the user's server."""
        return tuple(decode(Webhook, one) for one in self._read("components.json")["webhooks"])

    @cached_property
    def accumulations(self) -> Mapping[str, Accumulation]:
        """The rules by which events of streams make up replies, by the name of the events' component."""
        if not (self._files / _STREAMS).exists():
            return {}
        found = self._read(_STREAMS)["accumulations"]
        return {name: decode(Accumulation, one) for name, one in found.items()}

    def documented(self, operation: Operation, *, in_full: bool = False) -> Operation:
        """Return the operation with its and its arguments' sentences; with ``in_full``, also the prose."""
        docs = self._docs.get(operation.id, {})
        texts = self._texts["operations"].get(operation.id, {}) if in_full else {}
        sentences, prose = docs.get("arguments", {}), texts.get("arguments", {})
        arguments = tuple(
            replace(one, doc=sentences.get(one.name, ""), text=prose.get(one.name, ""))
            for one in operation.arguments
        )
        return replace(
            operation, doc=docs.get("summary", ""), text=texts.get("text", ""), arguments=arguments
        )

    def documented_component(self, component: Component, *, in_full: bool = False) -> Component:
        """Return the component with its and its fields' sentences; with ``in_full``, also the prose."""
        docs = self.component_docs.get(component.name, {})
        texts = self._texts["components"].get(component.name, {}) if in_full else {}
        return _with_docs(component, docs, texts)

    def api(self) -> Api:
        """Return the whole model, including documentation."""
        return Api(
            title=self.title,
            version=self.version,
            base_url=self.base_url,
            digest=self.digest,
            operations=tuple(self.documented(one, in_full=True) for one in self.operations()),
            components=_Documented(self, in_full=True),
            webhooks=self.webhooks,
            security_schemes=self.security_schemes,
            query_style=self.query_style,
            accumulations=self.accumulations,
            served=self.served,
        )

    @cached_property
    def _docs(self) -> dict[str, Any]:
        docs: dict[str, Any] = self._read("docs.json")["operations"]
        return docs

    @cached_property
    def component_docs(self) -> Mapping[str, Mapping[str, Any]]:
        """The sentences of components by name: ``doc``, and those of their ``fields``; no empty entries."""
        docs: dict[str, Any] = self._read("component_docs.json")["components"]
        return docs

    @cached_property
    def _texts(self) -> dict[str, Any]:
        if not (self._files / _TEXTS).exists():
            return {"operations": {}, "components": {}}
        return self._read(_TEXTS)

    @cached_property
    def served(self) -> Mapping[str, Any]:
        """Habits of the API's servers beyond the description, by kind and name; empty if none is known."""
        if not (self._files / _SERVED).exists():
            return {}
        served: Mapping[str, Any] = self._read(_SERVED)["served"]
        return served

    @cached_property
    def _places(self) -> dict[str, tuple[str, str]]:
        places = {
            operation_id: (group, name)
            for group, names in self.groups.items()
            for name, operation_id in names.items()
        }
        former: Mapping[str, str] = self._api.get("former_ids", {})
        return {**{one: places[now] for one, now in former.items()}, **places}

    def _group(self, group: str) -> dict[str, Operation]:
        if group not in self._operations:
            data = self._read(_operations_file(group))["operations"]
            decoded = (decode(Operation, one) for one in data)
            self._operations[group] = {one.name: one for one in decoded}
        return self._operations[group]

    def _read(self, name: str) -> dict[str, Any]:
        return self._parsed(name, self._bytes(name))

    def _bytes(self, name: str) -> bytes:
        path = self._files / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise DescriptionError(f"{path}: no such file; expected a compiled API index") from None
        except OSError as error:
            raise DescriptionError(f"{path}: not a compiled API index: {error}") from error

    def _parsed(self, name: str, text: bytes) -> dict[str, Any]:
        path = self._files / name
        data: dict[str, Any] = _json(text, str(path))
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            found = data.get("format") if isinstance(data, dict) else type(data).__name__
            raise DescriptionError(f"{path}: index format {found!r}; this version reads format {FORMAT}")
        kind = name.partition("/")[0]
        if missing := [key for key in _CONTENT[kind] if key not in data]:
            raise DescriptionError(f"{path}: not a compiled API index: no {', '.join(missing)}")
        return data


def _json(text: bytes, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DescriptionError(f"{place}: not a compiled API index: {error}") from error


def _operations_file(group: str) -> str:
    return f"operations/{group}.json"


def _name_of(line: bytes) -> str:
    record = json.loads(line.rstrip(b","))
    return f"{record['group']}.{record['name']}" if "group" in record else str(record["name"])


def _with_docs(component: Component, docs: Mapping[str, Any], texts: Mapping[str, Any]) -> Component:
    schema = component.schema
    if isinstance(schema, Object) and schema.fields:
        sentences, prose = docs.get("fields", {}), texts.get("fields", {})
        fields = tuple(
            replace(one, doc=sentences.get(one.name, ""), text=prose.get(one.name, ""))
            for one in schema.fields
        )
        schema = replace(schema, fields=fields)
    return replace(component, doc=docs.get("doc", ""), text=texts.get("text", ""), schema=schema)


class _Components(Mapping[str, Component]):
    """Components by name, decoded on demand: a program needs a few of two thousand."""

    def __init__(self, records: Mapping[str, bytes | dict[str, Any]], place: str) -> None:
        self._records = records
        self._place = place
        self._decoded: dict[str, Component] = {}

    def __getitem__(self, name: str) -> Component:
        if (known := self._decoded.get(name)) is None:
            record = self._records[name]
            data = _json(record.rstrip(b","), self._place) if isinstance(record, bytes) else record
            known = self._decoded[name] = decode(Component, data)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


class _Documented(Mapping[str, Component]):
    """The components of an index with their documentation, which is read on first access."""

    def __init__(self, index: Index, *, in_full: bool) -> None:
        self._index = index
        self._in_full = in_full
        self._known: dict[str, Component] = {}

    def __getitem__(self, name: str) -> Component:
        if (known := self._known.get(name)) is None:
            bare = self._index.components[name]
            known = self._known[name] = self._index.documented_component(bare, in_full=self._in_full)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._index.components)

    def __len__(self) -> int:
        return len(self._index.components)


@cache
def packaged() -> Index:
    """Return the shared index of OpenAI's API that ships with this package."""
    return Index(PACKAGED)
