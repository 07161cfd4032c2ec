"""Errors for values that are not files, with the nearest thing that is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import iscoroutine, iscoroutinefunction, isfunction
from typing import Any, Final, TypeAlias, TypeGuard

from typed_openai.errors import CallError

_EXPECTED: Final = "bytes, a (name, bytes) tuple, an open binary file or a path"


def is_named(value: object) -> TypeGuard[tuple[Any, ...]]:
    """Return True for a tuple that begins with a file's name; its content may be anything."""
    return isinstance(value, tuple) and len(value) in (2, 3) and isinstance(value[0], str)


def is_asynchronous(value: object) -> bool:
    """Return True for a file or an iterator that has to be awaited."""
    return _is_async_iterable(value) or iscoroutinefunction(getattr(value, "read", None))


def no_file(value: Any, place: str) -> CallError:
    """Return the error for a value that is not one file."""
    has_name = is_named(value)
    content = value[1] if has_name else value
    hints = {**_HINTS, **(_HINTS_FOR_NAMED if has_name else _HINTS_FOR_UNNAMED)}
    hint = next((hint for fits, hint in hints.items() if fits(content)), "")
    kind = type(content).__name__
    found = f'"{kind}"'
    if has_name:
        found = 'a tuple of two "str"' if kind == "str" else f'a tuple of "str" and {found}'
    return CallError(f"{place}: expected {_EXPECTED}, got {found}{hint}")


def _holds_a_file(value: object) -> bool:
    return is_asynchronous(value) and hasattr(value, "file")


def _is_async_iterable(value: object) -> bool:
    return hasattr(value, "__aiter__")


def _is_iterator(value: object) -> bool:
    return isinstance(value, Iterator)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_Hints: TypeAlias = dict[Callable[[Any], bool], str]

_HINTS: Final[_Hints] = {
    _holds_a_file: ", whose read() must be awaited; pass its file: (upload.filename, upload.file)",
    iscoroutine: "; await it",
    isfunction: '; call it: ("name", pieces())',
}
"""The end of the message for the first test that a wrong content passes."""

_HINTS_FOR_NAMED: Final[_Hints] = {
    _is_text: '; its content must be bytes, such as "...".encode()',
    # That of an AsyncClient has been replaced by now.
    _is_async_iterable: "; only an AsyncClient can send an async iterator",
    is_asynchronous: ", whose read() must be awaited; pass the bytes that it returns",
}

_HINTS_FOR_UNNAMED: Final[_Hints] = {
    _is_async_iterable: '; give it a name, and pass it to an AsyncClient: ("name", pieces)',
    is_asynchronous: ", whose read() must be awaited; pass the bytes that it returns",
    _is_iterator: '; give it a name: ("name", pieces)',
}
