"""Tracebacks without the local variables of the frames that handle credentials and replies.

Tools for error reports show the variables of each frame of a traceback: headers with a key are in those of
requests, urllib3 and http.client, and a server's data, which may quote the key, in those of the client.
"""

from __future__ import annotations

from collections.abc import Generator
from types import CodeType, FunctionType, GeneratorType, TracebackType
from typing import Final, TypeVar

Error = TypeVar("Error", bound=BaseException)

_CREDENTIAL_HANDLERS: Final = frozenset(
    {"typed_openai", "requests", "urllib3", "http", "json", "ssl", "socket"}
)
"""The packages whose frames are replaced."""


def without_locals(error: Error) -> Error:
    """Replace the frames of this package and of HTTP libraries in the traceback, in place; return the error.

    The new frames have the same places in the same files, and no variables. Frames between them are replaced,
    too; those after them stay: they belong to the user's code that raised the error, such as the ``read`` of
    a file, a callback or a signal handler. The same is done with the causes and contexts of the error.
    """
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = _blank(one.__traceback__)
        pending += (one.__cause__, one.__context__)
    return error


def _blank(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback whose frames have no variables up to the last one that may handle credentials."""
    entries: list[TracebackType] = []
    while trace is not None:
        entries.append(trace)
        trace = trace.tb_next
    handled = [at for at, one in enumerate(entries) if _handles_credentials(one)]
    last = handled[-1] if handled else -1
    kept = entries[last + 1] if last + 1 < len(entries) else None
    for one in reversed(entries[: last + 1]):
        kept = _without_variables(one, kept)
    return kept


def _handles_credentials(entry: TracebackType) -> bool:
    name = entry.tb_frame.f_globals.get("__name__")
    return isinstance(name, str) and name.partition(".")[0] in _CREDENTIAL_HANDLERS


def _without_variables(entry: TracebackType, following: TracebackType | None) -> TracebackType:
    """Return an entry for the same place in the same function, in a frame without variables."""
    # The frame of a generator that never ran refers to no other frame.
    made: GeneratorType[None, None, None] = FunctionType(
        _same_places(entry.tb_frame.f_code), {"__name__": entry.tb_frame.f_globals.get("__name__")}
    )()
    assert made.gi_frame is not None
    return TracebackType(following, made.gi_frame, entry.tb_lasti, entry.tb_lineno)


def _template() -> Generator[None, None, None]:
    yield


_CODE: Final = _template.__code__


def _same_places(code: CodeType) -> CodeType:
    """Return the code of a generator whose instructions have the places of those of ``code``."""
    return _CODE.replace(
        co_code=_CODE.co_code * (len(code.co_code) // len(_CODE.co_code) + 1),
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
        co_linetable=code.co_linetable,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
    )
