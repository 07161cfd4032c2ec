"""Strict parsing and writing of YAML and JSON, with the core schema of YAML 1.2.

Descriptions are untrusted input. A text is refused with :class:`DescriptionError` if keys repeat, if it
nests deeper or expands further than real descriptions do, or if a tag asks for anything but plain JSON
values.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from typed_openai_spec.problems import DescriptionError

if TYPE_CHECKING:
    from types import ModuleType

MAX_DEPTH: Final = 200
"""Maximum nesting depth; a vendor's full description nests about thirty levels deep."""

MAX_NODES: Final = 5_000_000
"""Maximum number of values with aliases expanded; a vendor's full description holds 200,000."""

# bool is a subclass of int, and so comes first.
_KINDS: Final = (
    (type(None), "nothing"),
    (Mapping, "a mapping"),
    (list, "a list"),
    (str, "a text"),
    (bool, "true or false"),
    ((int, float), "a number"),
)
# The name of the stream in PyYAML's messages; only the position is kept.
_PLACE: Final = re.compile(r' in "<(?:byte|unicode) string>", (line \d+, column \d+|position \d+):?')


def parse_yaml(text: bytes, name: str) -> Any:
    """Parse a YAML or JSON text in UTF-8; ``name`` identifies it in error messages.

    Raises :class:`DescriptionError`.
    """
    text = text.removeprefix(BOM_UTF8)
    try:
        value = _parse_json(text) if text.lstrip()[:1] == b"{" else None
        if value is None:
            value = _yaml_value(text, name)
    except (RecursionError, ValueError) as error:
        raise DescriptionError(f"{name}: not valid {_told(error, text, name)}") from error
    if (excess := _excess(value)) is not None:
        raise DescriptionError(f"{name}: {excess}")
    return value


def kind(value: Any) -> str:
    """Return the kind of a value in words for an error: ``a list``."""
    return next((words for types, words in _KINDS if isinstance(value, types)), type(value).__name__)


def _told(error: Exception, text: bytes, name: str) -> str:
    """Return the format that a text is meant to have, and the error in it."""
    begins_so = text.lstrip()[:1] == b"{" and not name.endswith((".yaml", ".yml"))
    if begins_so or name.endswith(".json"):
        try:
            json.loads(text)
        except (RecursionError, ValueError) as worse:
            return f"JSON: {_one_line(worse)}"
        return f"JSON: {_one_line(error)}"
    return f"YAML: {_one_line(error)}"


def _yaml_value(text: bytes, name: str) -> Any:
    texts = _yaml_texts(name)
    try:
        return texts.load(text, MAX_DEPTH)
    except (texts.YAMLError, KeyError) as error:  # KeyError for an invalid "!!bool"
        raise ValueError(error) from error


def _yaml_texts(name: str) -> ModuleType:
    """Import the YAML module only when it is needed: JSON requires no third-party package."""
    try:
        from typed_openai_spec.files import yaml_texts  # noqa: PLC0415  see the docstring
    except ModuleNotFoundError as error:
        raise DescriptionError(
            f'{name}: to read YAML, PyYAML is needed: pip install "typed-openai[mypy]"; JSON needs no package'
        ) from error
    return yaml_texts


def item_lines(text: bytes) -> list[int]:
    """Return the line, counted from 1, on which each item of a YAML text's outermost list begins.

    The text must have been accepted by :func:`parse_yaml`. The result is empty if the text is not a list.
    """
    lines: list[int] = _yaml_texts("list").item_lines(text.removeprefix(BOM_UTF8))
    return lines


def key_lines(text: bytes) -> Callable[[Sequence[str]], range | None]:
    """Return a function that finds the lines of an entry in nested YAML mappings by its keys.

    Lines are counted from 0. The text must have been accepted by :func:`parse_yaml`. The function returns
    None if there is no such entry, or if it shares its lines with others.
    """
    lines: Callable[[Sequence[str]], range | None] = _yaml_texts("mapping").key_lines(
        text.removeprefix(BOM_UTF8)
    )
    return lines


def to_yaml(value: Any) -> str:
    """Write block-style YAML with keys in the given order, one item per line and no aliases.

    :func:`parse_yaml` restores the same value.
    """
    return str(_yaml_texts("output").to_yaml(value))


def _parse_json(text: bytes) -> Any:
    """Parse a JSON text; return None if it is not JSON, as YAML's flow style begins like JSON.

    YAML's own reader refuses some valid JSON: tabs, surrogate pairs, an escaped slash.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refused)
    except json.JSONDecodeError:
        return None
    if b"\\u" in text:  # an escaped lone surrogate parses, but cannot be written
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON value")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise ValueError(f"duplicate key {key!r}")
        mapping[key] = value
    return mapping


def _excess(value: Any) -> str | None:
    """Return the problem with a value that is too deep, too large or not plain JSON, or None."""
    level: list[Any] = [value]
    count = 1
    for _ in range(MAX_DEPTH):
        deeper: list[Any] = []
        for one in level:
            if isinstance(one, (Mapping, list)):
                deeper.extend(one.values() if isinstance(one, Mapping) else one)
                if count + len(deeper) > MAX_NODES:
                    return f"holds more than {MAX_NODES} values"
            elif isinstance(one, float) and not isfinite(one):
                return "contains a number that is too large"
            elif one is not None and not isinstance(one, (str, int, float)):
                return f"expected plain JSON values, found a {type(one).__name__}"
        if not deeper:
            return None
        count += len(deeper)
        level = deeper
    return f"nested more than {MAX_DEPTH} levels deep"


def _one_line(error: Exception) -> str:
    line = _PLACE.sub(r" (\1)", " ".join(str(error).split()))
    return line[:300] or type(error).__name__


def mapping(value: Any) -> Mapping[str, Any]:
    """Return ``value`` if it is a mapping, else an empty mapping."""
    return value if isinstance(value, Mapping) else {}
