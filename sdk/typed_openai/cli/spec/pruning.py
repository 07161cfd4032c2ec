"""Remove dead entries from a checkout's documentation, without changing the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from typed_openai_spec.files.doc_files import read_docs, unmatched
from typed_openai_spec.files.source import read_bytes
from typed_openai_spec.files.texts import key_lines, parse_yaml
from typed_openai_spec.model import Api
from typed_openai_spec.problems import DescriptionError


def prune(folder: Path, api: Api) -> None:
    """Delete the entries of a documentation folder that match nothing in ``api``, as :func:`pruned` does."""
    for name, text in pruned(folder, api).items():
        (folder / name).write_text(text, encoding="utf-8")


def pruned(folder: Path, api: Api) -> dict[str, str]:
    """Return the files of a documentation folder without the entries that match nothing in ``api``.

    Entries that share a line with others stay. Raises :class:`DescriptionError` if an entry cannot be
    separated from its surroundings.
    """
    dead: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for one in unmatched(read_docs(folder), api):
        name, *keys = one.split(": ")
        dead[name].append(tuple(keys))
    return {name: _without(folder / name, entries) for name, entries in dead.items()}


def _without(path: Path, entries: Iterable[tuple[str, ...]]) -> str:
    text, name = read_bytes(path), str(path)
    lines = text.decode().splitlines(keepends=True)
    value = parse_yaml(text, name)
    lines_of = key_lines(text)
    gone: set[int] = set()
    for keys in entries:
        wanted = _left_empty(value, keys)
        if (found := lines_of(wanted)) is not None:
            gone.update(_without_remarks(found, lines))
            _remove(value, wanted)
    rest = "".join(line for number, line in enumerate(lines) if number not in gone)
    rest = rest if value else f"{rest}{{}}\n"
    if parse_yaml(rest.encode(), name) != value:
        raise DescriptionError(
            f"{name}: expected entries on lines of their own; delete the dead ones by hand"
        )
    return rest


def _without_remarks(found: range, lines: list[str]) -> range:
    """Return the lines without trailing comments, which belong to the following entry."""
    stop = min(found.stop, len(lines))
    while lines[stop - 1].lstrip().startswith("#") or not lines[stop - 1].strip():
        stop -= 1
    return range(found.start, stop)


def _left_empty(value: Any, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of the outermost mapping that contains only the entry of ``keys``, or ``keys``."""
    path = [value]
    for key in keys[:-1]:
        path.append(path[-1].get(key) if isinstance(path[-1], dict) else None)
    depth = len(keys)
    while depth > 1 and isinstance(path[depth - 1], dict) and len(path[depth - 1]) == 1:
        depth -= 1
    return keys[:depth]


def _remove(value: Any, keys: tuple[str, ...]) -> None:
    for key in keys[:-1]:
        value = value[key]
    del value[keys[-1]]
