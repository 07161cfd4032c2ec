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

from typed_openai_spec.document import Docs, read_api
from typed_openai_spec.encoding import encode
from typed_openai_spec.index import FORMAT
from typed_openai_spec.model import Api, Operation
from typed_openai_spec.parsing import parse_yaml
from typed_openai_spec.problems import DescriptionError, Problem
from typed_openai_spec.source import (
    digest,
    folder_files,
    patched,
    read,
    read_bytes,
    read_overrides,
    to_json,
)


@dataclass(frozen=True, slots=True)
class Built:
    """A description read with its overrides and documentation."""

    api: Api
    problems: tuple[Problem, ...]


def build(description: Path, overrides: Path | None = None) -> Built:
    """Read a description (a file or a folder in canonical form) with its overrides and documentation.

    Raises :class:`DescriptionError` where a file is missing or broken.
    """
    if not description.exists():
        raise DescriptionError(f"{description}: no such file or folder; expected an OpenAPI description")
    if overrides is not None and not overrides.is_dir():
        raise DescriptionError(f"{overrides}: no such folder; expected the overrides of the description")
    sources = folder_files(description) if description.is_dir() else [description]
    extra = folder_files(overrides) if overrides else []
    document = read(description)
    docs = Docs()
    if overrides is not None:
        document = patched(document, read_overrides(overrides))
        docs = read_docs(overrides / "docs")
    api, problems = read_api(document, docs, digest(read_bytes(path) for path in (*sources, *extra)))
    return Built(api, problems)


def read_docs(folder: Path) -> Docs:
    """The documentation files ``operations.yaml`` and ``parameters.yaml``; either may be missing.

    Raises :class:`DescriptionError` where an entry is no text.
    """
    operations, parameters = folder / "operations.yaml", folder / "parameters.yaml"
    read = _read_mapping(parameters)
    glossary, exceptions = read.get("glossary", {}), read.get("operations", {})
    return Docs(
        _texts_by_name(_read_mapping(operations), str(operations)),
        _texts(glossary, f"{parameters}: glossary"),
        _texts_by_name(exceptions, f"{parameters}: operations"),
    )


def _texts_by_name(value: Any, name: str) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict):
        raise DescriptionError(f"{name}: expected a mapping, found {type(value).__name__}")
    return {key: _texts(one, f"{name}: {key}") for key, one in value.items()}


def _texts(value: Any, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise DescriptionError(f"{name}: expected a mapping of names to texts")
    return value


def _read_mapping(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    data = parse_yaml(read_bytes(path), str(path))
    if not isinstance(data, dict):
        raise DescriptionError(f"{path}: expected a mapping, found {type(data).__name__}")
    return data


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
            [encode(one) for one in components],
        ),
        "docs.json": _records({}, "operations", {one.id: _docs(one) for one in api.operations}),
    }
    for group, ops in groups.items():
        files[f"operations/{group}.json"] = _records({}, "operations", [_operation(one) for one in ops])
    return files


def _operation(operation: Operation) -> dict[str, Any]:
    """The operation without what ``docs.json`` holds."""
    arguments = tuple(replace(one, doc="") for one in operation.arguments)
    return encode(replace(operation, doc="", arguments=arguments))


def _docs(operation: Operation) -> dict[str, Any]:
    arguments = {one.name: one.doc for one in operation.arguments if one.doc}
    return {"summary": operation.doc, "arguments": arguments}


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
