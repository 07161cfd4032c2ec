"""The project's own documentation, read from the files of a folder ``docs``.

``operations.yaml``
    for each operationId a ``summary``, the path of its ``reference`` page, its ``replacement``
``parameters.yaml``
    ``glossary``: a sentence for each argument; ``operations``: exceptions for single operations
``components.yaml``
    a sentence for each component, by its Python name; ``inherit``: a list of rules with a ``prefix``, a
    ``suffix`` or both, and a ``why``: ``BetaThing`` takes the sentences of ``Thing`` where it has none
``fields.yaml``
    ``glossary``: a sentence for each field; ``components``: exceptions for single components
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from typed_openai_spec.files.source import read_bytes, refuse_unread
from typed_openai_spec.files.texts import kind, parse_yaml
from typed_openai_spec.model import Api, Object
from typed_openai_spec.problems import DescriptionError

FILES: Final = ("operations.yaml", "parameters.yaml", "components.yaml", "fields.yaml")
"""The files of the folder; each of them is optional."""

_OPERATION_KEYS: Final = frozenset({"summary", "reference", "replacement"})


@dataclass(frozen=True, slots=True)
class Inheritance:
    """A rule by which a component takes the sentences of another: of the same name without affixes."""

    why: str
    prefix: str = ""
    suffix: str = ""

    def base(self, name: str) -> str:
        """Return the component whose sentences ``name`` takes; empty if the rule does not apply."""
        fits = name.startswith(self.prefix) and name.endswith(self.suffix)
        return name[len(self.prefix) : len(name) - len(self.suffix)] if fits else ""


@dataclass(frozen=True, slots=True)
class Docs:
    """The project's sentences for operations, their arguments, components and their fields."""

    operations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    glossary: Mapping[str, str] = field(default_factory=dict)
    exceptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    components: Mapping[str, str] = field(default_factory=dict)
    field_glossary: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    inherit: tuple[Inheritance, ...] = ()

    def bases(self, name: str, known: Mapping[str, object]) -> Iterator[str]:
        """Yield the components whose sentences ``name`` falls back to, nearest first."""
        for rule in self.inherit:
            if (base := rule.base(name)) in known and base != name:
                yield base
                yield from self.bases(base, known)


def read_docs(folder: Path) -> Docs:
    """Read the documentation in a folder; each of its files is optional.

    Raises :class:`DescriptionError` if an entry is not a text, if an entry has an unknown key, or if the
    folder holds a file that is never read.
    """
    refuse_unread(folder, FILES)
    operations, parameters, components, fields = (folder / name for name in FILES)
    sentences = dict(_read_mapping(components))
    rules = sentences.pop("inherit", []) if isinstance(sentences.get("inherit"), list) else []
    glossary, exceptions = _two_parts(parameters, "operations")
    field_glossary, of_components = _two_parts(fields, "components")
    docs = Docs(
        operations=_texts_by_name(_read_mapping(operations), str(operations)),
        glossary=glossary,
        exceptions=exceptions,
        components=_texts(sentences, str(components)),
        field_glossary=field_glossary,
        fields=of_components,
        inherit=tuple(_inheritance(one, number, components) for number, one in enumerate(rules)),
    )
    for name, one in docs.operations.items():
        if unknown := sorted(set(one) - _OPERATION_KEYS):
            raise DescriptionError(f"{operations}: {name}: unknown key {unknown[0]!r}")
    return docs


def unmatched(docs: Docs, api: Api) -> Iterator[str]:
    """Yield the entries that match nothing in the API, each as its file and keys."""
    arguments = {one.id: {argument.name for argument in one.arguments} for one in api.operations}
    fields = {
        name: {one.name for one in component.schema.fields}
        for name, component in api.components.items()
        if isinstance(component.schema, Object)
    }
    yield from _dead("operations.yaml", docs.operations, set(arguments))
    yield from _dead("parameters.yaml: glossary", docs.glossary, set().union(*arguments.values()))
    yield from _dead("parameters.yaml: operations", docs.exceptions, set(arguments))
    for name, one in docs.exceptions.items():
        yield from _dead(f"parameters.yaml: operations: {name}", one, arguments.get(name, set(one)))
    yield from _dead("components.yaml", docs.components, set(api.components))
    for rule in docs.inherit:
        if not any(rule.base(name) in api.components for name in api.components):
            yield f"components.yaml: inherit: {rule.prefix or rule.suffix}"
    yield from _dead("fields.yaml: glossary", docs.field_glossary, set().union(*fields.values()))
    yield from _dead("fields.yaml: components", docs.fields, set(api.components))
    for name, one in docs.fields.items():
        known = fields.get(name, set() if name in api.components else set(one))
        yield from _dead(f"fields.yaml: components: {name}", one, known)


def _dead(place: str, entries: Mapping[str, object], known: set[str]) -> Iterator[str]:
    return (f"{place}: {name}" for name in entries if name not in known)


def _inheritance(entry: Any, number: int, path: Path) -> Inheritance:
    texts = isinstance(entry, dict) and all(isinstance(one, str) and one.strip() for one in entry.values())
    if texts and "why" in entry and set(entry) - {"why"} and set(entry) <= {"why", "prefix", "suffix"}:
        return Inheritance(**entry)
    raise DescriptionError(
        f"{path}: inherit: entry {number}: expected a mapping of why and prefix or suffix (texts)"
    )


def _two_parts(path: Path, exceptions: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Read a file's glossary, and the exceptions from it under their own key."""
    read = _read_mapping(path)
    if unknown := sorted(set(read) - {"glossary", exceptions}):
        raise DescriptionError(f"{path}: unknown key {unknown[0]!r}; expected glossary and {exceptions}")
    return (
        _texts(read.get("glossary", {}), f"{path}: glossary"),
        _texts_by_name(read.get(exceptions, {}), f"{path}: {exceptions}"),
    )


def _texts_by_name(value: Any, name: str) -> dict[str, dict[str, str]]:
    if not isinstance(value, dict):
        raise DescriptionError(f"{name}: expected a mapping, found {kind(value)}")
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
        raise DescriptionError(f"{path}: expected a mapping, found {kind(data)}")
    return data
