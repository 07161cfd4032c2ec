"""Functions in their forms: plain, decorated, bound, partial, and objects that are called."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Collection
from typing import Any


def written_function(function: Any) -> Any:
    """Return the function that was written: its annotations see the names of its own module."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif inspect.ismethod(function):
            function = function.__func__
        elif hasattr(function, "__code__") or inspect.isbuiltin(function) or isinstance(function, type):
            return function
        elif (call := getattr(type(function), "__call__", None)) is not None and hasattr(call, "__code__"):  # noqa: B004
            function = call
        else:
            return function


def name_of(function: Any) -> str:
    """Return the name of a function; that of its class for an object that is called."""
    function = _without_partials(function)
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__


def doc_of(function: Any) -> str:
    """Return the docstring of a function; that of its class for an object whose method has none."""
    function = _without_partials(function)
    own = function if hasattr(function, "__name__") else written_function(function)
    return own.__doc__ or function.__doc__ or ""


def set_by_partial(function: Any) -> Collection[str]:
    """Return the names of the parameters that ``functools.partial`` has set."""
    return function.keywords.keys() if isinstance(function, functools.partial) else ()


def _without_partials(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    return function
