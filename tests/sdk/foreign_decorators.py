"""Functions of another module, whose names are not those of the classes and functions that they are given."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from typed_openai.outputs import json_schema_of


class Shape:
    """Another class than the one of the decorated function's module."""


def decorated_elsewhere(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return called


def schema_from_elsewhere(form: Any) -> Any:
    Wanted = int  # noqa: N806, F841
    return json_schema_of(form)
