"""Types as text, as a program writes them; and the names of schemas."""

from __future__ import annotations

import re
from types import NoneType, UnionType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

from typed_openai.errors import CallError

_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME = 64


def shown(form: Any) -> str:
    """Return a type as text: ``dict[str, int]``."""
    if form is None or form is NoneType:
        return "None"
    if form is Ellipsis:
        return "..."
    if isinstance(form, ForwardRef):
        return form.__forward_arg__
    if isinstance(form, str):
        return form
    origin, arguments = get_origin(form), get_args(form)
    if origin in (Union, UnionType):
        return " | ".join(map(shown, arguments))
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if hasattr(form, "__metadata__"):  # Annotated
        return shown(arguments[0])
    if origin is not None and arguments:
        listed = ", ".join(map(_argument, arguments))
        return f"{shown(origin)}[{listed}]"
    name = getattr(form, "__name__", None) or getattr(form, "_name", None)
    return str(name or form).removeprefix("typing.")


def _argument(form: Any) -> str:
    return f"[{', '.join(map(shown, form))}]" if isinstance(form, list) else shown(form)


def schema_name(form: Any) -> str:
    """Return a name for the schema of a type, of the characters that the API accepts."""
    origin = get_origin(form)
    if hasattr(form, "__metadata__"):
        return schema_name(get_args(form)[0])
    is_union = origin in (Union, UnionType)
    text = "_or_".join(map(schema_name, get_args(form))) if is_union else shown(form)
    return _NO_NAME.sub("_", text).strip("_")[:_LONGEST_NAME] or "value"


def checked_name(function: str, name: str) -> str:
    """Return a name that a program has given. Raises ``CallError`` for one that the API refuses."""
    if not name or len(name) > _LONGEST_NAME or _NO_NAME.search(name):
        expected = f'1 to {_LONGEST_NAME} letters, digits, "_" or "-"'
        raise CallError(f"{function}: name: expected {expected}, got {name!r}")
    return name
