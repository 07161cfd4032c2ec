"""Model -> index files: deterministic text, one record a line, stamped with a digest.

``build`` is the whole way from the project's ``spec`` folder to the model; ``index_files`` turns
the model into the files that :mod:`typed_openai_spec.index` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from typed_openai_spec.docs import Docs, read_docs, unmatched
from typed_openai_spec.document import read_api
from typed_openai_spec.documenting import Source, documented
from typed_openai_spec.encoding import encode
from typed_openai_spec.index import FORMAT
from typed_openai_spec.model import Api, Component, Object, Operation
from typed_openai_spec.problems import DescriptionError, Problem
from typed_openai_spec.source import (
    Dead,
    DeadOverrides,
    Document,
    applied,
    digest,
    folder_files,
    read,
    read_bytes,
    read_overrides,
    to_json,
)


@dataclass(frozen=True, slots=True)
class Built:
    """A description read with its overrides and documentation, and where each sentence is from.

    ``dead`` is what of the overrides and the documentation is about nothing in the description.
    """

    api: Api
    problems: tuple[Problem, ...]
    sources: tuple[Source, ...] = ()
    dead: tuple[Dead, ...] = ()


def build(description: Path, overrides: Path | None = None, *, allow_dead: bool = False) -> Built:
    """Read a description (a file or a folder in canonical form) with its overrides and documentation.

    Raises :class:`DescriptionError` where a file is missing or broken, and :class:`DeadOverrides` where
    something in the overrides is about nothing in the description, unless ``allow_dead``.
    """
    if not description.exists():
        raise DescriptionError(f"{description}: no such file or folder; expected an OpenAPI description")
    files = folder_files(description) if description.is_dir() else [description]
    built = build_document(read(description), [read_bytes(path) for path in files], overrides)
    if built.dead and not allow_dead:
        raise DeadOverrides(built.dead)
    return built


def build_document(document: Document, texts: Iterable[bytes], overrides: Path | None = None) -> Built:
    """The same for a document that is read already; ``texts`` are the files that it is made of, in order.

    What is dead is left to the caller. Raises :class:`DescriptionError` where an override is broken.
    """
    if overrides is not None and not overrides.is_dir():
        raise DescriptionError(f"{overrides}: no such folder; expected the overrides of the description")
    docs = Docs()
    dead: tuple[Dead, ...] = ()
    extra = folder_files(overrides) if overrides else []
    if overrides is not None:
        document, dead = applied(document, read_overrides(overrides))
        docs = read_docs(overrides / "docs")
    api, problems = read_api(document, docs, digest((*texts, *map(read_bytes, extra))))
    folder = Path() if overrides is None else overrides / "docs"
    unused = (Dead(f"{folder / one}", "documents nothing") for one in unmatched(docs, api))
    told = documented(api, docs)
    return Built(told.api, problems, told.sources, (*dead, *unused))


def index_files(api: Api) -> dict[str, str]:
    """The index of an API: path below the index folder -> text."""
    groups = {group: list(ops) for group, ops in groupby(api.operations, key=lambda one: one.group)}
    components = sorted(api.components.values(), key=lambda one: one.name)
    names = {group: {one.name: one.id for one in ops} for group, ops in groups.items()}
    head = {
        "title": api.title,
        "version": api.version,
        "base_url": api.base_url,
        "digest": api.digest,
        "security_schemes": dict(api.security_schemes),
    }
    files = {
        "api.json": _records(head, "groups", names),
        "components.json": _records(
            {"webhooks": [encode(one) for one in api.webhooks]},
            "components",
            [encode(_bare(one)) for one in components],
        ),
        "docs.json": _records({}, "operations", {one.id: _docs(one) for one in api.operations}),
        "component_docs.json": _records({}, "components", _by_name(components, "doc")),
    }
    texts = {one.id: _texts(one) for one in api.operations}
    if any(texts.values()) or any(_by_name(components, "text").values()):
        told = {name: one for name, one in texts.items() if one}
        files["texts.json"] = _records({"operations": told}, "components", _by_name(components, "text"))
    for group, ops in groups.items():
        files[f"operations/{group}.json"] = _records({}, "operations", [_operation(one) for one in ops])
    return files


def _operation(operation: Operation) -> dict[str, Any]:
    """The operation without what the files of documentation hold."""
    arguments = tuple(replace(one, doc="", text="") for one in operation.arguments)
    return encode(replace(operation, doc="", text="", arguments=arguments))


def _bare(component: Component) -> Component:
    """The component without what the files of documentation hold."""
    schema = component.schema
    if isinstance(schema, Object):
        schema = replace(schema, fields=tuple(replace(one, doc="", text="") for one in schema.fields))
    return replace(component, doc="", text="", schema=schema)


def _docs(operation: Operation) -> dict[str, Any]:
    arguments = {one.name: one.doc for one in operation.arguments if one.doc}
    return {"summary": operation.doc, "arguments": arguments}


def _texts(operation: Operation) -> dict[str, Any]:
    arguments = {one.name: one.text for one in operation.arguments if one.text}
    return _filled({"text": operation.text, "arguments": arguments})


def _by_name(components: Iterable[Component], attribute: str) -> dict[str, Any]:
    """What each component and its fields have as their ``doc`` or ``text``, where they have any."""
    found = {}
    for one in components:
        fields = one.schema.fields if isinstance(one.schema, Object) else ()
        of_fields = {field.name: text for field in fields if (text := getattr(field, attribute))}
        found[one.name] = _filled({attribute: getattr(one, attribute), "fields": of_fields})
    return _filled(found)


def _filled(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value}


def _records(head: Mapping[str, Any], key: str, records: Mapping[str, Any] | list[Any]) -> str:
    """A JSON object with one line for each record, so that a diff shows what changed."""
    lines = [f"{to_json(name)}:{to_json(value)}" for name, value in {"format": FORMAT, **head}.items()]
    opening, closing, entries = _lines_of(records)
    body = ",\n".join(entries)
    return "{\n" + ",\n".join(lines) + f",\n{to_json(key)}:{opening}\n{body}\n{closing}}}\n"


def _lines_of(records: Mapping[str, Any] | list[Any]) -> tuple[str, str, Iterable[str]]:
    if isinstance(records, Mapping):
        return "{", "}", (f"{to_json(name)}:{to_json(value)}" for name, value in records.items())
    return "[", "]", (to_json(one) for one in records)
