"""Objects of the caller's classes as JSON values: models of pydantic, dataclasses, attrs classes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from typing import Any, Final


def is_dumpable(value: object) -> bool:
    """Return True if :func:`dumped` can convert ``value``."""
    return _dump_of(value) is not None


def dumped(value: object) -> Any:
    """Return ``value`` as a dict, with the names and values of its class's own JSON form.

    A None that is a field's default counts as omitted, and is left out. Other values are returned
    unchanged; those inside an object may be objects again.

    >>> import dataclasses
    >>> @dataclasses.dataclass
    ... class Message:
    ...     content: str
    ...     role: str = "user"
    ...     name: str | None = None
    >>> dumped(Message("Hello"))
    {'content': 'Hello', 'role': 'user'}
    """
    dump = _dump_of(value)
    return value if dump is None else dump(value)


def _dump_of(value: object) -> Callable[[Any], Any] | None:
    kind = type(value)
    # A class itself is not an object of it.
    if issubclass(kind, type):
        return None
    return next((dump for mark, dump in _DUMPS if hasattr(kind, mark)), None)


def _of_model(model: Any) -> Any:
    def dump(**leaving_out: bool) -> Any:
        return model.model_dump(mode="json", by_alias=True, **leaving_out)

    return _given(dump(), dump(exclude_unset=True), dump(exclude_none=True))


def _of_old_model(model: Any) -> Any:
    def dump(**leaving_out: bool) -> Any:
        return json.loads(model.json(by_alias=True, **leaving_out))

    return _given(dump(), dump(exclude_unset=True), dump(exclude_none=True))


def _given(whole: Any, given: Any, not_none: Any) -> Any:
    """Return ``whole`` without what is neither given nor not None: the defaults that stand for "omitted"."""
    if isinstance(whole, dict) and isinstance(given, dict) and isinstance(not_none, dict):
        kept = (name for name in whole if name in given or name in not_none)
        return {
            name: _given(whole[name], given.get(name, whole[name]), not_none.get(name, whole[name]))
            for name in kept
        }
    lists = isinstance(whole, list) and isinstance(given, list) and isinstance(not_none, list)
    if lists and len(whole) == len(given) == len(not_none):
        return list(map(_given, whole, given, not_none))
    return whole


def _of_dataclass(value: Any) -> dict[str, Any]:
    return _of_fields(value, dataclasses.fields(value))


def _of_attrs(value: Any) -> dict[str, Any]:
    return _of_fields(value, type(value).__attrs_attrs__)


def _of_fields(value: object, fields: Iterable[Any]) -> dict[str, Any]:
    values = ((one.name, getattr(value, one.name, None), one.default) for one in fields)
    return {name: given for name, given, default in values if given is not None or default is not None}


_DUMPS: Final[tuple[tuple[str, Callable[[Any], Any]], ...]] = (
    ("model_dump", _of_model),
    ("__fields_set__", _of_old_model),
    ("__dataclass_fields__", _of_dataclass),
    ("__attrs_attrs__", _of_attrs),
    ("keys", dict),
)
"""A name that the classes of each kind have, and how their objects are converted."""


def is_of_pairs(items: list[Any]) -> bool:
    """Return True if the items of an iterable are names with values, so that it stands for an object."""
    return bool(items) and all(_is_pair(one) for one in items)


def _is_pair(item: object) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)
