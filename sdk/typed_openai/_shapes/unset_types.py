"""Fields of msgspec that may be unset, which is no value of their type."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, get_args, get_origin


def without_unset(form: Any) -> Any:
    """Return a union without msgspec's ``UnsetType``; any other type itself."""
    if get_origin(form) not in (Union, UnionType):
        return form
    arguments = get_args(form)
    left = tuple(one for one in arguments if not _is_unset(one))
    if len(left) in (0, len(arguments)):
        return form
    return Union[left]  # noqa: UP007  made of values


def _is_unset(form: Any) -> bool:
    return getattr(form, "__name__", "") == "UnsetType" and getattr(form, "__module__", "") == "msgspec"
