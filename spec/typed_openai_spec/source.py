"""The description's files: read, patched by the overrides, and written in canonical form.

``read`` takes a description as one YAML or JSON file or as a folder in canonical form, and
``patched`` applies the overrides to it. Both give plain Python values, nothing of OpenAPI but its
outermost shape is understood here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from typed_openai_spec.parsing import parse_yaml
from typed_openai_spec.problems import DescriptionError

Document: TypeAlias = dict[str, Any]

_SUPPORTED: Final = re.compile(r"3\.[01](\..*)?")


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
    if not isinstance(document, dict):
        raise DescriptionError(
            f"{path}: expected an OpenAPI 3.0 or 3.1 description, found {type(document).__name__}"
        )
    version = document.get("openapi")
    if not _SUPPORTED.fullmatch(str(version)):
        found = "no openapi version" if version is None else f'openapi: "{version}"'
        raise DescriptionError(f"{path}: expected an OpenAPI 3.0 or 3.1 description, found {found}")
    for name, value in _sections(document):
        if not isinstance(value, dict):
            raise DescriptionError(f"{path}: expected a mapping of {name}, found {type(value).__name__}")
    return document


def _sections(document: Document) -> Iterator[tuple[str, Any]]:
    """The parts, by name, that must be mappings; all but the paths may be missing."""
    components = document.get("components")
    yield "paths", document.get("paths")
    for name, value in (
        ("info", document.get("info")),
        ("components", components),
        ("components/schemas", components.get("schemas") if isinstance(components, dict) else None),
    ):
        if value is not None:
            yield name, value


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
    entries: list[Override] = []
    for path in sorted(folder.glob("*.yaml")):
        listed = parse_yaml(read_bytes(path), str(path)) or []
        if not isinstance(listed, list):
            raise DescriptionError(f"{path}: expected a list of entries, found {type(listed).__name__}")
        entries.extend(_override(entry, path, number) for number, entry in enumerate(listed))
    return tuple(entries)


def _override(entry: Any, path: Path, number: int) -> Override:
    match entry:
        case {"why": str(why), "patch": dict(patch)} if why.strip() and patch and len(entry) == 2:
            return Override(path.name, why, patch)
    raise DescriptionError(
        f"{path}: entry {number}: expected a mapping of why (a text) and patch (a mapping)"
    )


def patched(document: Document, overrides: Iterable[Override]) -> Document:
    """The document with all overrides applied; ``document`` itself is left as it is.

    Raises :class:`DescriptionError` naming an override that is dead: what it is about (an
    operation, a component, something to delete) is not there, or it changes nothing.
    """
    for override in overrides:
        for place in _dead_places(document, override.patch, ()):
            where = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in place)
            raise DescriptionError(
                f"override in {override.file} matches nothing: {where} (why: {override.why})"
            )
        changed = _merge(document, override.patch)
        if changed == document:
            raise DescriptionError(f"override in {override.file} changes nothing (why: {override.why})")
        document = changed
    return document


# What a patch must find in the document: it may add keys to an operation or a schema, but a
# misspelt operation or schema would silently do nothing. "*" stands for any name.
_MUST_EXIST = (("paths", "*"), ("paths", "*", "*"), ("components", "*", "*"))
# Our own extension says something about what is there already, so it must be there.
_SAYS_MORE = frozenset({"x-typed"})


def _dead_places(target: Any, patch: Any, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not isinstance(patch, Mapping):
        return
    for key, value in patch.items():
        here = (*place, str(key))
        missing = not isinstance(target, Mapping) or key not in target
        if missing and (
            value is None
            or (isinstance(value, Mapping) and set(value) == _SAYS_MORE)
            or any(_matches(here, pattern) for pattern in _MUST_EXIST)
        ):
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
