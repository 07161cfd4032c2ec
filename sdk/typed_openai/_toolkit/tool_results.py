"""The results of tools as text for the model."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from typed_openai._shapes.text_forms import duration_text
from typed_openai.errors import CallError

_TEXTS: Final = (UUID, Decimal, IPv4Address, IPv6Address, PurePath)
_JSON: Final = (str, int, float, bool, type(None))


def result_text(name: str, value: Any) -> str:
    """Return the result of the tool ``name``: a string as it is, anything else as JSON.

    Half of a surrogate pair, as in the names of some files, becomes a replacement character: no request can
    have it. Raises ``CallError`` for a value that JSON cannot represent.
    """
    if isinstance(value, str):
        return _whole(value)
    try:
        return _whole(json.dumps(_plain(value), ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise CallError(f"{name}: the result cannot be written as JSON: {error}") from None


def _whole(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(value: Any) -> Any:
    """Return a value in the types of JSON, those inside it included."""
    if type(value) in _JSON:
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, _JSON):
        return value
    text = _text(value)
    if text is not None:
        return text
    if isinstance(value, Mapping):
        return {_key(key): _plain(one) for key, one in value.items()}
    fields = _fields(value)
    if fields is not None:
        return {name: _plain(one) for name, one in fields.items()}
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return value.model_dump(mode="json")
    if hasattr(value, "__struct_fields__") and not isinstance(value, type):
        return import_module("msgspec").to_builtins(value)
    if isinstance(value, (Sequence, AbstractSet)) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_plain(one) for one in value]
    raise TypeError(f'got "{type(value).__name__}"')


def _text(value: Any) -> str | None:
    """Return the text of a value that JSON writes as one."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_text(value)
    return str(value) if isinstance(value, _TEXTS) else None


def _key(key: Any) -> Any:
    """Return the key of an object: constants and dates are written as their text."""
    found = key.value if isinstance(key, Enum) else key
    return found if isinstance(found, _JSON) else _text(found) or found


def _fields(value: Any) -> dict[str, Any] | None:
    """Return the fields of an instance of a class that has some."""
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if hasattr(value, "__attrs_attrs__"):
        return {one.name: getattr(value, one.name) for one in value.__attrs_attrs__}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    return None
