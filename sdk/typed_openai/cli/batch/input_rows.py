"""The rows of a JSONL or CSV file, and the prompts that a template makes of them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from typed_openai.errors import CallError

_PLACEHOLDER: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
"""Bytes that are not UTF-8, as they are decoded."""

_LONGEST_VALUE: Final = 1 << 30
_IDS: Final = ("id", "custom_id")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its place (``rows.csv:17``), its number, and its values by column."""

    place: str
    number: int
    values: Mapping[str, Any]

    def line_id(self, column: str | None) -> str:
        """Return the row's id: the value of a column, or ``row-17``. Raises ``CallError``."""
        if column is not None and column not in self.values:
            raise CallError(f'{self.place}: no column "{column}"; the row has {", ".join(self.values)}')
        name = column or next((one for one in _IDS if one in self.values), None)
        if name is None:
            return f"row-{self.number}"
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise CallError(
                f'{self.place}: {name}: expected a text or an integer, got "{type(value).__name__}"'
            )
        return str(value)


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of a file; ``.csv`` and ``.tsv`` have a line of names. Raises ``CallError``."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        return _table(path, "\t" if suffix == ".tsv" else ",")
    if suffix in (".jsonl", ".ndjson"):
        return _objects(path)
    raise CallError(f"{path}: expected a file .jsonl, .csv or .tsv")


def _table(path: Path, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_VALUE)
    # What is not UTF-8 is reported with its row: text is decoded ahead of the rows.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter, strict=True)
        try:
            names = reader.fieldnames or ()
            if twice := sorted({one for one in names if names.count(one) > 1}):
                raise CallError(f'{path}:1: the column "{twice[0]}" is there twice')
            for number, values in enumerate(reader, 1):
                place = f"{path}:{reader.line_num}"
                if None in values or None in values.values():
                    raise CallError(f"{place}: expected {len(names)} values, as in line 1")
                if any(map(_ESCAPED.search, (*names, *values.values()))):
                    raise CallError(f"{place}: the row or the line of names is not UTF-8")
                yield Row(place, number, values)
        except csv.Error as error:
            raise CallError(f"{path}:{reader.reader.line_num}: {error}") from None


def _objects(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                values = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise CallError(f"{path}:{number}: the line is not JSON: {error}") from None
            if not isinstance(values, dict):
                raise CallError(f'{path}:{number}: expected a JSON object, got "{type(values).__name__}"')
            yield Row(f"{path}:{number}", number, values)


def prompt_of(template: str, row: Row) -> str:
    """Return the template with the row's values in place of ``{column}``; ``{{`` and ``}}`` are braces."""

    def value(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        name = found[1]
        if name is None:
            raise CallError(f'the template has a single "{found[0]}"; write "{found[0] * 2}" for a brace')
        if name not in row.values:
            raise CallError(f'{row.place}: no column "{name}"; the row has {", ".join(row.values)}')
        one = row.values[name]
        return one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)

    return _PLACEHOLDER.sub(value, template)
