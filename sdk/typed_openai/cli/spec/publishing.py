"""Drop the additions that a description has itself, and keep the names that they had.

If the description has other names, those of the additions become aliases. The aliases, and the facts that
the additions have under ``x-typed``, become an entry of ``overrides/published.yaml``. Sentences move to the
new names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from typed_openai_spec.comparison.naming import renamed_components
from typed_openai_spec.compile import Built
from typed_openai_spec.files.additions import Addition
from typed_openai_spec.files.departures import references
from typed_openai_spec.files.source import Document, read_bytes
from typed_openai_spec.files.texts import key_lines, mapping, parse_yaml, to_yaml
from typed_openai_spec.model import Api
from typed_openai_spec.model.python_names import component_name

FILE: Final = "published.yaml"
"""The file of the overrides that keeps the names and facts of published additions."""

_HEAD: Final = (
    "# Former names of additions that are published, and facts about them that OpenAPI cannot express.\n"
)
_WHY: Final = "An addition that is published keeps its names, and the facts that OpenAPI cannot express."
_OURS: Final = "x-typed"
_GIVEN_ANEW: Final = frozenset({"name", "aliases"})
"""Words about an addition's own name, which the description decides once it has the operation."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The facts that stay of dropped additions: patches by operation and component, and new names."""

    paths: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    operation_ids: dict[str, str] = field(default_factory=dict)
    components: dict[str, str] = field(default_factory=dict)


def drop_published(additions: Path, published: Iterable[Addition]) -> None:
    """Delete the entries from their files; a file without other entries is removed.

    A file that changes is written anew; of its comments, those at its top stay.
    """
    by_file: dict[str, list[Addition]] = {}
    for one in published:
        by_file.setdefault(Path(one.file).name, []).append(one)
    for name, listed in by_file.items():
        path = additions / name
        text = read_bytes(path)
        content = parse_yaml(text, str(path))
        for one in listed:
            _delete(content, one.keys)
        if content.keys() <= {"source", "date"}:
            path.unlink()
        else:
            path.write_text(_head(text.decode()) + to_yaml(content), encoding="utf-8")


def orphans(additions: Iterable[Addition], published: Iterable[Addition]) -> tuple[Addition, ...]:
    """Return the components that only published additions refer to; the description has others instead."""
    gone = {one.keys for one in published}
    left = [one for one in additions if one.keys not in gone]
    components = {one.keys[2]: one for one in left if one.kind == "components"}
    concerned = _reached(published, components)
    roots = [one for one in left if one.kind != "components" or one.keys[2] not in concerned]
    return tuple(components[name] for name in sorted(concerned - _reached(roots, components)))


def _reached(roots: Iterable[Addition], components: Mapping[str, Addition]) -> set[str]:
    """Return the names of the components that the roots refer to, directly or indirectly."""
    found: set[str] = set()
    waiting = [name for one in roots for name in references(one.value)]
    while waiting:
        name = waiting.pop()
        if name in components and name not in found:
            found.add(name)
            waiting.extend(references(components[name].value))
    return found


def _delete(content: Any, keys: tuple[str, ...]) -> None:
    """Delete an entry, and the mappings that are empty without it."""
    first, *rest = keys
    if rest:
        _delete(content[first], tuple(rest))
    if not rest or not content[first]:
        del content[first]


def _head(text: str) -> str:
    lines = text.splitlines(keepends=True)
    count = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:count])


def kept(published: Iterable[Addition], document: Document, before: Api | None, built: Built) -> Kept:
    """Return the names and facts of published additions that the description lacks.

    ``document`` is the new description, ``built`` the result without these additions, and ``before`` the API
    that users have.
    """
    found, listed = Kept(), list(published)
    names = {} if before is None else renamed_components(before, built.api)
    for one in listed:
        if one.kind == "components":
            _keep_component(found, one, names, document, built.api)
        elif one.kind == "paths":
            _keep_words(found, one, document)
    if before is not None:
        _keep_operations(found, listed, before, built.api)
    return found


def _keep_words(found: Kept, one: Addition, document: Document) -> None:
    _, path, method = one.keys
    words = _words(one.value, mapping(mapping(document.get("paths")).get(path)).get(method))
    own = {key: value for key, value in words.pop(_OURS, {}).items() if key not in _GIVEN_ANEW}
    if patch := {**words, **({_OURS: own} if own else {})}:
        found.paths.setdefault(path, {})[method] = patch


def _keep_component(
    found: Kept, one: Addition, names: Mapping[str, str], document: Document, api: Api
) -> None:
    """Keep the name and the facts of a component; ``names`` has the new names of those that were renamed."""
    former = component_name(one.keys[2])
    now = api.components.get(names.get(former, former))
    target = mapping(mapping(document.get("components")).get("schemas")).get(now.source) if now else None
    if now is None or target is None:
        return
    patch = _words(one.value, target)
    if now.name != former:
        patch[_OURS] = {**patch.get(_OURS, {}), "aliases": [*dict.fromkeys((*now.aliases, former))]}
        found.components[former] = now.name
    if patch:
        found.schemas[now.source] = patch


def _words(said: Any, target: Any) -> dict[str, Any]:
    """Return the facts under ``x-typed`` in a part of an addition, as far as ``target`` has the part."""
    found: dict[str, Any] = {}
    for key, value in mapping(said).items():
        if key == _OURS:
            found[key] = value
        elif isinstance(target, Mapping) and key in target and (below := _words(value, target[key])):
            found[key] = below
    return found


def _keep_operations(found: Kept, listed: Iterable[Addition], before: Api, after: Api) -> None:
    old, new = ({one.request: one for one in api.operations} for api in (before, after))
    taken = {one.qualified_name for one in after.operations}
    for request in _requests(listed):
        former, now = old.get(request), new.get(request)
        if former is None or now is None:
            continue
        words: dict[str, list[str]] = {}
        if former.id != now.id:
            found.operation_ids[former.id] = now.id
            words["former_ids"] = [*dict.fromkeys((*now.former_ids, former.id))]
        names = [name for name in (former.name, *former.aliases) if f"{now.group}.{name}" not in taken]
        if names and former.group == now.group:
            words["aliases"] = [*dict.fromkeys((*now.aliases, *names))]
        if words:
            method, _, path = request.partition(" ")
            of_method = found.paths.setdefault(path, {}).setdefault(method.lower(), {})
            of_method[_OURS] = {**of_method.get(_OURS, {}), **words}


def _requests(listed: Iterable[Addition]) -> Iterator[str]:
    for one in listed:
        if one.kind == "paths":
            yield f"{one.keys[2].upper()} {one.keys[1]}"
        elif one.kind == "corrections":
            yield one.keys[1]


def write_kept(overrides: Path, kept: Kept) -> None:
    """Write the names and facts into the overrides and the documentation."""
    patch: dict[str, Any] = {}
    if kept.paths:
        patch["paths"] = kept.paths
    if kept.schemas:
        patch["components"] = {"schemas": kept.schemas}
    if patch:
        path = overrides / FILE
        before = path.read_text(encoding="utf-8") if path.is_file() else _HEAD
        path.write_text(before + to_yaml([{"why": _WHY, "patch": patch}]), encoding="utf-8")
    docs = overrides / "docs"
    _rename_keys(docs / "operations.yaml", (), kept.operation_ids)
    _rename_keys(docs / "parameters.yaml", ("operations",), kept.operation_ids)
    _rename_keys(docs / "components.yaml", (), kept.components)
    _rename_keys(docs / "fields.yaml", ("components",), kept.components)


def _rename_keys(path: Path, below: tuple[str, ...], names: Mapping[str, str]) -> None:
    """Rename keys of a mapping in a file; entries that share a line with others stay as they are."""
    if not path.is_file() or not names:
        return
    text = read_bytes(path)
    lines, lines_of = text.decode().splitlines(keepends=True), key_lines(text)
    known = parse_yaml(text, str(path))
    for key in below:
        known = mapping(known).get(key)
    for old, new in names.items():
        found = lines_of((*below, old)) if old in mapping(known) and new not in mapping(known) else None
        if found is not None:
            lines[found.start] = lines[found.start].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")
