"""A decorator in a module of its own, whose names are not those of the functions that it decorates."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class Shape:
    """Another class than the one of the decorated function's module."""


def decorated_elsewhere(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return called
