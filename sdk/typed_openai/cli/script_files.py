"""Files with scripts for the embedded server: a list of entries in YAML or JSON, each with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from typed_openai.errors import CallError

_SEPARATOR: Final = re.compile(r"[\s,]*")


def entries_of(path: Path) -> Iterator[tuple[object, int]]:
    """Yield the entries of a file, and the lines on which they begin, counted from 1.

    Raises :class:`CallError` if the file is not such a list.
    """
    # Only YAML needs a package beyond the standard library.
    from typed_openai_spec.files.source import read_bytes  # noqa: PLC0415
    from typed_openai_spec.files.texts import item_lines, kind, parse_yaml  # noqa: PLC0415

    text = read_bytes(path)
    if text.lstrip().startswith(b"["):
        if (found := _of_json(text)) is not None:
            yield from found
            return
        if path.suffix == ".json":
            raise CallError(f"{path}: {_json_mistake(text)}")
    listed = parse_yaml(text, str(path))
    if not isinstance(listed, list):
        raise CallError(f"{path}: expected a list of scripts, found {kind(listed)}")
    yield from zip(listed, item_lines(text), strict=True)


def _of_json(text: bytes) -> list[tuple[object, int]] | None:
    """Return the entries of a JSON list; None if the text is not JSON."""
    try:
        whole = text.decode()
        number = len(json.loads(whole))
    except (ValueError, RecursionError):
        return None
    decoder, at = json.JSONDecoder(), whole.index("[") + 1
    found: list[tuple[Any, int]] = []
    for _ in range(number):
        separator = _SEPARATOR.match(whole, at)
        start = at if separator is None else separator.end()
        value, at = decoder.raw_decode(whole, start)
        found.append((value, whole.count("\n", 0, start) + 1))
    return found


def _json_mistake(text: bytes) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"not valid JSON: {error}"
    return "not valid JSON"
