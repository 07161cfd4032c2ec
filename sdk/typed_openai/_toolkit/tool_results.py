"""The results of tools as text for the model."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from typed_openai.errors import CallError

_TEXTS: Final = (UUID, Decimal, IPv4Address, IPv6Address, PurePath)


def result_text(name: str, value: Any) -> str:
    """Return the result of the tool ``name``: a string as it is, anything else as JSON.

    Raises ``CallError`` for a value that JSON cannot represent.
    """
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise CallError(f"{name}: the result cannot be written as JSON: {error}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, _TEXTS):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return list(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "__attrs_attrs__"):
        return {one.name: getattr(value, one.name) for one in value.__attrs_attrs__}
    if hasattr(value, "__struct_fields__"):
        return import_module("msgspec").to_builtins(value)
    raise TypeError(f'got "{type(value).__name__}"')
