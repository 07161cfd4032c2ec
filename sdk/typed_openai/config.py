"""Where a client's defaults come from: its arguments, else the environment, else the description.

The environment is read when a default is needed, never at import, so that a program may set it late.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from typed_openai.errors import CallError, MissingKeyError

DEFAULT_TIMEOUT = 600.0
"""Seconds to wait for a connection, and between two pieces of a reply, where nothing else is said."""

DEFAULT_MAX_RETRIES = 2

ORGANIZATION_VARIABLES = ("OPENAI_ORGANIZATION_KEY", "OPENAI_ORG_ID")
PROJECT_VARIABLES = ("OPENAI_PROJECT_ID",)
BASE_URL_VARIABLES = ("OPENAI_API_URL", "OPENAI_API_BASE", "OPENAI_BASE_URL")

# What ``requests.Session.request`` takes that a call decides itself.
_NOT_OPTIONS = frozenset({"method", "url", "params", "data", "json", "files", "stream"})

_SHORTEST_REAL_KEY = 12


class Secret:
    """A key. Its text is only reached through :meth:`reveal`: not by ``repr``, ``str`` or pickling."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    def redact(self, text: str) -> str:
        """``text`` without the key: a server may quote it in its error message.

        A test's key of a few letters would also stand inside words; it is only taken out as a word.
        """
        if len(self._text) >= _SHORTEST_REAL_KEY:
            return text.replace(self._text, "[key]")
        return re.sub(rf"(?<![\w-]){re.escape(self._text)}(?![\w-])", "[key]", text)

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")


KeyName = Literal["api_key", "admin_api_key"]

KEY_VARIABLES: Mapping[KeyName, str] = {
    "api_key": "OPENAI_API_KEY",
    "admin_api_key": "OPENAI_ADMIN_KEY",
}


@dataclass(frozen=True)
class Settings:
    """What ``Client`` was given. None means: ask the environment when it is needed."""

    api_key: Secret | None = None
    admin_api_key: Secret | None = None
    organization: str | None = None
    project: str | None = None
    base_url: str | None = None
    http_options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    http_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float | None = DEFAULT_TIMEOUT
    max_retries: int = DEFAULT_MAX_RETRIES

    @property
    def authorizes(self) -> bool:
        """Whether the user authorizes every request in a way of their own, so that no key is needed."""
        return "auth" in self.http_options or names_authorization(self.http_headers)

    def key(self, names: tuple[KeyName, ...], operation: str) -> Secret | None:
        """The key of an operation that any one of ``names`` serves.

        Where it needs none, the API key if there is one, else None. Raises :class:`MissingKeyError`
        where it needs one and none is configured.
        """
        for name in names or ("api_key",):
            given: Secret | None = getattr(self, name)
            if given is not None:
                return given
            if text := environment((KEY_VARIABLES[name],)):
                return secret(text, KEY_VARIABLES[name])
        if not names:
            return None
        raise MissingKeyError(operation, names[0], KEY_VARIABLES[names[0]])


def names_authorization(headers: Mapping[str, object]) -> bool:
    """Whether the Authorization header is among ``headers``."""
    return any(name.lower() == "authorization" for name in headers)


def environment(variables: tuple[str, ...]) -> str | None:
    """The first of the environment variables that is set and not empty."""
    return next((value for name in variables if (value := os.environ.get(name))), None)


def secret(key: str | None, argument: str) -> Secret | None:
    """``key`` as a :class:`Secret`. Raises :class:`CallError`, without quoting it, where it cannot be one."""
    if key is None:
        return None
    if not isinstance(key, str):
        raise CallError(f'{argument}: expected "str", got "{type(key).__name__}"')
    if not key or not key.isascii() or any(char <= " " or char == "\x7f" for char in key):
        raise CallError(
            f"{argument}: a key is a non-empty text of ASCII characters without spaces or line breaks"
        )
    return Secret(key)


def checked_options(http_options: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """``http_options`` unless it tries to set what a call decides itself (:class:`CallError`)."""
    options = dict(http_options or {})
    for name in sorted(_NOT_OPTIONS.intersection(options)):
        raise CallError(f'http_options: "{name}" is decided by each call and cannot be an option')
    return options


def checked_timeout(timeout: object) -> float | None:
    """``timeout`` in seconds, or None for no time-out; raises :class:`CallError` for anything else."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0:
        raise CallError(f"timeout: expected a positive number of seconds or None, got {timeout!r}")
    return float(timeout)


def checked_retries(max_retries: object) -> int:
    """``max_retries``; raises :class:`CallError` where it is not a number of times."""
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
        raise CallError(f"max_retries: expected 0 or more, got {max_retries!r}")
    return max_retries
