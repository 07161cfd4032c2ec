"""Checks of a client's settings, before its constructor receives them.

The errors are clearer than Python's own, and none has a credential in its frames: a traceback may show
variables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any

from typed_openai._security.credentials import hide_settings, hide_unexpected
from typed_openai.errors import CallError
from typed_openai_spec import spelling


def check_names(settings: Mapping[str, object], expected: Collection[str], place: str) -> None:
    """Raise :class:`CallError` for an unknown setting, with all credentials hidden."""
    if unknown := [name for name in settings if name not in expected]:
        hide_unexpected(settings, expected)
        hint = spelling.hint(unknown[0], expected)
        raise CallError(f'unexpected keyword "{unknown[0]}" for {place}{hint}')


def checking(init: Callable[..., None], expected: Callable[[Any], Collection[str]]) -> Any:
    """Wrap a constructor so that it rejects settings other than those ``expected`` for the client."""
    positional = [
        one.name for one in signature(init).parameters.values() if one.kind is not Parameter.KEYWORD_ONLY
    ][1:]

    @wraps(init)
    def checked(self: Any, /, *args: Any, **settings: Any) -> None:
        given = dict(zip(positional, args, strict=False))
        count, twice = len(args), sorted(given.keys() & settings.keys())
        settings |= given
        del args, given
        hide_settings(settings)
        if count > len(positional):
            raise CallError(f"Client takes {len(positional)} positional arguments, got {count}")
        if twice:
            raise CallError(f'argument "{twice[0]}" for Client is given twice: by position and by keyword')
        check_names(settings, expected(self), "Client")
        init(self, **settings)

    return checked
