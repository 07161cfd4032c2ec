"""Read the files of a description, and patch them with the overrides.

``read`` takes a description as one YAML or JSON file or as a folder in canonical form, and ``patched``
applies the overrides to it. Both return plain Python values. Only OpenAPI's outermost structure is checked
here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from typed_openai_spec import spelling
from typed_openai_spec.files.departures import FORMS, departed, is_departure
from typed_openai_spec.files.layout import description_files
from typed_openai_spec.files.texts import item_lines, kind, mapping, parse_yaml
from typed_openai_spec.problems import DescriptionError

Document: TypeAlias = dict[str, Any]

_MARKUP: Final = (b"<!", b"<?xml", b"<html")
_SUPPORTED: Final = re.compile(r"3\.[012](\..*)?")


def read_bytes(path: Path) -> bytes:
    """Return the file's content. Raises :class:`DescriptionError` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DescriptionError(f"{path}: cannot be read: {error.strerror or error}") from error


def read(path: Path) -> Document:
    """Read the description in ``path``, an OpenAPI file or a folder in canonical form.

    Raises :class:`DescriptionError` if it is missing or not an OpenAPI 3 description.
    """
    if path.is_dir():
        return _checked(_read_folder(path), str(path))
    return parsed(read_bytes(path), str(path))


def parsed(text: bytes, name: str) -> Document:
    """Parse a YAML or JSON text as a description; ``name`` identifies it in error messages.

    Raises :class:`DescriptionError` if it is not an OpenAPI 3 description.
    """
    if text.lstrip()[:5].lower().startswith(_MARKUP):
        raise DescriptionError(
            f"{name}: expected an OpenAPI description in YAML or JSON, got a page of HTML or XML"
        )
    return _checked(parse_yaml(text, name), name)


def _checked(document: Any, name: str) -> Document:
    if not isinstance(document, dict):
        raise DescriptionError(f"{name}: expected an OpenAPI 3.0 to 3.2 description, found {kind(document)}")
    version = document.get("openapi")
    if version is None and "swagger" in document:
        found = f"Swagger {document['swagger']}"
        raise DescriptionError(
            f"{name}: expected an OpenAPI 3.0 to 3.2 description, found {found}; convert it first, for "
            "example with the npm package swagger2openapi or at https://converter.swagger.io"
        )
    if not _SUPPORTED.fullmatch(str(version)):
        found = "no openapi version" if version is None else f'openapi: "{version}"'
        raise DescriptionError(f"{name}: expected an OpenAPI 3.0 to 3.2 description, found {found}")
    for part, value in _sections(document):
        if not isinstance(value, dict):
            raise DescriptionError(f"{name}: expected a mapping of {part}, found {kind(value)}")
    return document


def _sections(document: Document) -> Iterator[tuple[str, Any]]:
    """Yield the sections that must be mappings, by name; all except the paths are optional."""
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
    files = description_files(folder)
    return joined({str(path): parse_yaml(read_bytes(path), str(path)) for path in files})


def joined(parts: Mapping[str, Any]) -> Document:
    """Join the parts of a document, given by file name.

    Raises :class:`DescriptionError` if a part is not a mapping, or if two parts define the same entry.
    """
    document: Document = {}
    for name, part in parts.items():
        if not isinstance(part, dict):
            raise DescriptionError(f"{name}: expected a mapping, found {kind(part)}")
        _join(document, part, name)
    return document


def _join(into: Document, part: Document, name: str) -> None:
    for key, value in part.items():
        if key not in into:
            # A copy, because other parts may be merged into it.
            into[key] = dict(value) if isinstance(value, dict) else value
        elif isinstance(value, dict) and isinstance(into[key], dict):
            _join(into[key], value, name)
        else:
            raise DescriptionError(f"{name}: {key!r} is also defined in another file")


def digest(texts: Iterable[bytes]) -> str:
    """Return the SHA-256 of several files; their lengths are included, so that boundaries are unambiguous."""
    total = hashlib.sha256()
    for text in texts:
        total.update(len(text).to_bytes(8, "big"))
        total.update(text)
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Override:
    """One departure from the description, and the reason for it.

    It has a JSON Merge Patch (RFC 7396) or ``departures``, the short forms of :mod:`departures`. ``line`` is
    the line of ``file`` on which its entry begins, counted from 1; 0 if unknown.
    """

    file: str
    why: str
    patch: Document
    line: int = 0
    departures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dead:
    """A part of an override or of the project's documentation that matches nothing in the description."""

    where: str
    """The file, and the entry's line or its keys."""
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


class DeadOverrides(DescriptionError):
    """Raised when overrides match or change nothing; ``dead`` lists them."""

    def __init__(self, dead: tuple[Dead, ...]) -> None:
        super().__init__("; ".join(map(str, dead)))
        self.dead = dead


def read_overrides(folder: Path) -> tuple[Override, ...]:
    """Read the overrides in the YAML files of ``folder``, in the order of file names.

    Raises :class:`DescriptionError` if an entry is not a mapping of ``why`` and ``patch``, or of ``why``,
    ``evidence`` and departures in short form, or if the folder holds a file that is never read.
    """
    refuse_unread(folder)
    entries: list[Override] = []
    for path in sorted(folder.glob("*.yaml")):
        text = read_bytes(path)
        listed = parse_yaml(text, str(path)) or []
        if not isinstance(listed, list):
            raise DescriptionError(f"{path}: expected a list of entries, found {kind(listed)}")
        lines = item_lines(text)
        entries.extend(_override(entry, path, line) for entry, line in zip(listed, lines, strict=True))
    return tuple(entries)


_FOLDERS: Final = ("docs", "served")


def refuse_unread(folder: Path, names: Iterable[str] = (), *, folders: Sequence[str] = _FOLDERS) -> None:
    """Raise :class:`DescriptionError` if a folder holds files that are never read.

    With ``names``, only these files are read; without, those that end in ``.yaml`` and the ``folders``.
    Hidden files and those that end in ``.md`` are ignored.
    """
    known = tuple(names)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if known:
            fits, expected = path.name in known, f"{', '.join(known)}{spelling.hint(path.name, known)}"
        else:
            fits = path.name in folders if path.is_dir() else path.suffix == ".yaml"
            others = f", and the folders {' and '.join(folders)}" if folders else ""
            expected = f"files that end in .yaml{others}"
        if not fits and not path.name.startswith(".") and path.suffix != ".md":
            raise DescriptionError(f"{path}: unknown file; expected {expected}")


def _override(entry: Any, path: Path, line: int) -> Override:
    match entry:
        case {"why": str(why), "patch": dict(patch)} if why.strip() and patch and len(entry) == 2:
            return Override(str(path), why, patch, line)
        case {"why": str(why), "evidence": str(evidence)} if why.strip() and evidence.strip():
            forms: dict[str, Any] = {key: one for key, one in entry.items() if key not in ("why", "evidence")}
            if forms and all(is_departure(form, told) for form, told in forms.items()):
                in_order = {form: forms[form] for form in FORMS if form in forms}
                return Override(str(path), f"{why} Evidence: {evidence}", {}, line, in_order)
    raise DescriptionError(
        f"{path}:{line}: expected a mapping of why (a text) and patch (a mapping), or of why, evidence"
        f" (a text) and one of {', '.join(FORMS)}"
    )


def patched(document: Document, overrides: Iterable[Override]) -> Document:
    """Apply all overrides to the document, as :func:`applied` does.

    Raises :class:`DeadOverrides` if one of them is dead.
    """
    result, dead = applied(document, overrides)
    if dead:
        raise DeadOverrides(dead)
    return result


def applied(document: Document, overrides: Iterable[Override]) -> tuple[Document, tuple[Dead, ...]]:
    """Apply the overrides to a copy of the document; return it with the dead parts of the overrides.

    Dead parts are: an operation, component or deleted key that does not exist, a list item that refers to
    an unknown component, and a patch that changes nothing. The rest of such a patch is still applied.
    """
    dead: list[Dead] = []
    for override in overrides:
        where = f"{override.file}:{override.line}" if override.line else override.file
        missing: list[str] = []
        patch = _living(document, override.patch, (), missing, _references(document))
        changed = _merge(document, patch)
        if override.departures:
            changed = departed(changed, override.departures, missing)
        dead += (Dead(where, f"matches nothing: {one} (why: {override.why})") for one in missing)
        if changed == document and not missing:
            dead.append(Dead(where, f"changes nothing (why: {override.why})"))
        document = changed
    return document, tuple(dead)


# Places that must exist in the document: a patch may add keys to an operation or a schema, but a misspelt
# operation or schema would silently do nothing. "*" stands for any name.
_MUST_EXIST = (("paths", "*"), ("paths", "*", "*"), ("components", "*", "*"))
# The project's extension annotates something that must exist.
_SAYS_MORE = frozenset({"x-typed"})
_SCHEMAS = "#/components/schemas/"


def _references(document: Document) -> frozenset[str]:
    schemas = mapping(mapping(document.get("components")).get("schemas"))
    return frozenset(f"{_SCHEMAS}{one}" for one in schemas)


def _living(
    target: Any, patch: Any, place: tuple[str, ...], missing: list[str], known: frozenset[str]
) -> Any:
    """Return the patch without its dead parts, and add their places to ``missing``.

    ``known`` holds the references that are valid.
    """
    if isinstance(patch, list):
        dead = [one for one in patch if _refers_to_schema(one) and one["$ref"] not in known]
        missing += (f"{_pointer(place)}: {one['$ref']}" for one in dead)
        return [one for one in patch if one not in dead]
    if not isinstance(patch, Mapping):
        return patch
    living = {}
    for key, value in patch.items():
        here = (*place, str(key))
        if isinstance(target, Mapping) and key in target:
            living[key] = _living(target[key], value, here, missing, known)
        elif (
            value is None
            or (isinstance(value, Mapping) and set(value) == _SAYS_MORE)
            or any(_matches(here, pattern) for pattern in _MUST_EXIST)
        ):
            missing.append(_pointer(here) + _hint(str(key), target))
        else:
            living[key] = _living(None, value, here, missing, known) if isinstance(value, list) else value
    return living


def _refers_to_schema(item: Any) -> bool:
    found = item.get("$ref") if isinstance(item, Mapping) else None
    return isinstance(found, str) and found.startswith(_SCHEMAS)


def _pointer(place: tuple[str, ...]) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in place)


def _hint(key: str, target: Any) -> str:
    known = [str(one) for one in target] if isinstance(target, Mapping) else []
    return spelling.hint(key, known, alike=0.8)


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
    """Return one line of JSON with the keys in the given order and non-ASCII characters unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
