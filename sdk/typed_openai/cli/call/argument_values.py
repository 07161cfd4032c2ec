"""Read the values of arguments by their types in the description.

Text stays text if the type accepts it. Arrays and objects are written as JSON, numbers and booleans as
themselves. ``@path`` is a file if the argument takes one, otherwise the content of the file; ``@-`` is
standard input, and ``@@...`` a text that begins with ``@``. ``name:=JSON`` is always JSON.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from typed_openai.cli.call.command_line import Given, UsageError, shown
from typed_openai.testing.flat_values import parse_json
from typed_openai_spec.model import Anything, Array, Component, Schema
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import kind_of

_NOT_JSON: Final = object()
_LARGEST: Final = 1 << 27
"""In bytes; the limit for a file whose content is an argument. ``/dev/zero`` has no end."""

_ONLY_JSON: Final = frozenset({"array", "object", "null"})


class ValueReader:
    """Reads values of the types of one API."""

    def __init__(self, components: Mapping[str, Component]) -> None:
        self.validator = Validator(components, strict=True)

    def is_flag(self, schema: Schema) -> bool:
        """Return True if the name of an argument of this type may stand without a value, which means true."""
        return "boolean" in self.validator.kinds(schema) and not isinstance(schema, Anything)

    def read(self, given: Sequence[Given], schema: Schema) -> object:
        """Return the value for an argument of this type. Raises :class:`UsageError`."""
        if not self.is_flag(schema) and any(one.text is None for one in given):
            raise UsageError(f"--{given[0].name}: expected a value after it")
        if len(given) == 1:
            return self._one(given[0], schema)
        items = self._items(schema)
        if items is None:
            raise UsageError(f"--{given[0].name}: given {len(given)} times, but takes one value")
        return [self._one(one, items) for one in given]

    def _one(self, given: Given, schema: Schema) -> object:
        text = given.text
        if text is None:
            return True
        if given.as_json:
            return _json(text, given.name)
        if text.startswith("@") and not text.startswith("@@"):
            if "file" in self._file_kinds(schema):
                return _file(text[1:])
            text = _content(text[1:], given.name)
        return self._typed(text.removeprefix("@") if text.startswith("@@") else text, schema, given.name)

    def _file_kinds(self, schema: Schema) -> frozenset[str]:
        """Return the kinds of values of the type, and of its items."""
        items = self._items(schema)
        return self.validator.kinds(schema) | (self.validator.kinds(items) if items is not None else set())

    def _typed(self, text: str, schema: Schema, name: str) -> object:
        kinds = self.validator.kinds(schema)
        value = _parsed(text)
        kind = "" if value is _NOT_JSON else kind_of(value)
        if kind in ("array", "object") and kind in kinds:
            return value
        if self.validator.fits(text, schema):
            return text
        if kind in kinds:
            return value
        items = self._items(schema)
        if items is not None and "string" not in kinds:
            if text.startswith("["):
                return _json(text, name)
            return [self._typed(text, items, name)]
        if text.startswith("{") and "object" in kinds and "string" not in kinds:
            return _json(text, name)
        if value is _NOT_JSON and kinds and kinds <= _ONLY_JSON:
            return _json(text, name)
        return text if value is _NOT_JSON or "string" in kinds else value

    def _items(self, schema: Schema) -> Schema | None:
        """Return the type of the items if the type is, or may be, an array."""
        leaves = map(self.validator.resolve, self.validator.leaves(schema))
        return next((one.items for one in leaves if isinstance(one, Array)), None)


def _parsed(text: str) -> object:
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _json(text: str, name: str) -> object:
    try:
        return parse_json(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: not JSON: {error}, in {shown(text)}") from None


def _file(place: str) -> object:
    # Standard input has no name of its own for the server.
    return ("stdin", sys.stdin.buffer) if place == "-" else Path(place)


def _content(place: str, name: str) -> str:
    try:
        data = _beginning(place)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{name}: cannot read {place!r}: {reason}") from None
    if len(data) > _LARGEST:
        raise UsageError(f"{name}: {place!r} has more than {_LARGEST >> 20} MiB")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise UsageError(f"{name}: {place!r} is not UTF-8 text") from None


def _beginning(place: str) -> bytes:
    """Return the content of a file, or a little more than is allowed of it."""
    if place == "-":
        return sys.stdin.buffer.read(_LARGEST + 1)
    with Path(place).open("rb") as file:
        return file.read(_LARGEST + 1)
