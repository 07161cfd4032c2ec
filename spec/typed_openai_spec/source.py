"""The description's files: read, patched by the overrides, and written in canonical form.

``read`` takes a description as one YAML or JSON file or as a folder in canonical form, and
``patched`` applies the overrides to it. Both give plain Python values, nothing of OpenAPI is
understood here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import yaml

from typed_openai_spec.problems import DescriptionError

Document: TypeAlias = dict[str, Any]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # a base chosen at run time
    """YAML 1.2's core schema: ``off`` and ``2024-01-01`` are strings, keys are unique."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(mapping) != len(node.value):
            seen = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if key in seen:
                    raise yaml.constructor.ConstructorError(
                        "while reading a mapping",
                        node.start_mark,
                        f"key {key!r} is given twice",
                        key_node.start_mark,
                    )
                seen.add(key)
        return mapping


_CORE_SCHEMA = (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL", "~nN"),
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
)
for _tag, _pattern, _first in _CORE_SCHEMA:
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])


def parse_yaml(text: str | bytes, name: str) -> Any:
    """The value of a YAML (or JSON) text; ``name`` is what its errors call it.

    Raises :class:`DescriptionError`.
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506  # a safe loader with fewer implicit types
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise DescriptionError(f"{name}: not valid YAML: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def read_bytes(path: Path) -> bytes:
    """The file's content. Raises :class:`DescriptionError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DescriptionError(f"{path}: cannot be read: {error.strerror or error}") from error


def read(path: Path) -> Document:
    """The description in ``path``, an OpenAPI file or a folder in canonical form.

    Raises :class:`DescriptionError` where there is none or it is no OpenAPI 3 description.
    """
    document = _read_folder(path) if path.is_dir() else parse_yaml(read_bytes(path), str(path))
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
        found = f'openapi: "{version}"' if version else "no openapi version"
        raise DescriptionError(f"{path}: expected an OpenAPI 3.0 or 3.1 description, found {found}")
    if not isinstance(document.get("paths"), dict):
        raise DescriptionError(
            f"{path}: expected a mapping of paths, found {type(document.get('paths')).__name__}"
        )
    assert isinstance(document, dict)
    return document


def _read_folder(folder: Path) -> Document:
    document: Document = {}
    for path in folder_files(folder):
        part = parse_yaml(read_bytes(path), str(path))
        if not isinstance(part, dict):
            raise DescriptionError(f"{path}: expected a mapping, found {type(part).__name__}")
        _join(document, part, str(path))
    return document


def _join(into: Document, part: Document, name: str) -> None:
    for key, value in part.items():
        if key not in into:
            into[key] = value
        elif isinstance(value, dict) and isinstance(into[key], dict):
            _join(into[key], value, name)
        else:
            raise DescriptionError(f"{name}: {key!r} is given in another file too")


def folder_files(folder: Path) -> list[Path]:
    """The YAML files of a description in canonical form, sorted. SOURCE is not among them."""
    return sorted(folder.rglob("*.yaml"))


def digest(texts: Iterable[bytes]) -> str:
    """SHA-256 of several files' contents, each counted with its length so that none can hide a border."""
    total = hashlib.sha256()
    for text in texts:
        total.update(len(text).to_bytes(8, "big"))
        total.update(text)
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Override:
    """One departure from the description: a JSON Merge Patch (RFC 7396) and why it is needed."""

    file: str
    why: str
    patch: Document


def read_overrides(folder: Path) -> tuple[Override, ...]:
    """The overrides in the YAML files of ``folder``, in the order of file names.

    Raises :class:`DescriptionError` where an entry is no mapping of ``why`` and ``patch``.
    """
    entries = []
    for path in sorted(folder.glob("*.yaml")):
        for number, entry in enumerate(parse_yaml(read_bytes(path), str(path)) or ()):
            if not isinstance(entry, dict) or set(entry) != {"why", "patch"} or not entry["why"]:
                raise DescriptionError(f"{path}: entry {number}: expected a mapping of why and patch")
            entries.append(Override(path.name, entry["why"], entry["patch"]))
    return tuple(entries)


def patched(document: Document, overrides: Iterable[Override]) -> Document:
    """The document with all overrides applied; ``document`` itself is left as it is.

    Raises :class:`DescriptionError` naming an override whose operation or component is not there,
    or which deletes what is not there.
    """
    for override in overrides:
        for place in _dead_places(document, override.patch, ()):
            where = "/".join(place)
            raise DescriptionError(
                f"override in {override.file} matches nothing: {where} (why: {override.why})"
            )
        document = _merge(document, override.patch)
    return document


# What a patch must find in the document: it may add keys to an operation or a schema, but a
# misspelt operation or schema would silently do nothing. "*" stands for any name.
_MUST_EXIST = (("paths", "*"), ("paths", "*", "*"), ("components", "schemas", "*"))


def _dead_places(target: Any, patch: Any, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not isinstance(patch, Mapping):
        return
    for key, value in patch.items():
        here = (*place, str(key))
        missing = not isinstance(target, Mapping) or key not in target
        if missing and (value is None or any(_matches(here, pattern) for pattern in _MUST_EXIST)):
            yield here
        elif not missing:
            yield from _dead_places(target[key], value, here)


def _matches(place: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    return len(place) == len(pattern) and all(p in ("*", one) for one, p in zip(place, pattern, strict=True))


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merge(result.get(key), value)
    return result


def to_json(value: Any) -> str:
    """One line of JSON, keys in the order given, non-ASCII as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
