"""Keys that a callable returns, such as tokens that expire."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, NoReturn

from typed_openai._security.credentials import Sealed, Secret, secret
from typed_openai.errors import CallError


class SuppliedKey:
    """A key that a callable returns, which is called for each request. Its ``repr`` shows neither."""

    __slots__ = ("_argument", "_spaces", "_supply")

    def __init__(self, supply: Callable[[], str], argument: str, *, spaces: bool = False) -> None:
        self._supply = supply
        self._argument = argument
        self._spaces = spaces

    def fetch(self) -> Secret:
        """Ask for the key. Raises :class:`CallError` if it cannot be sent, and what the callable raises."""
        place = f"{self._argument}()"
        key = secret(Sealed(self._supply()), place, spaces=self._spaces)
        if key is None:
            raise CallError(f'{place}: expected "str", got "None"')
        return key

    def discard(self, refused: Secret) -> None:
        """Call the callable's method ``discard(key)``, if it has one, with a key that the server refused."""
        if callable(discard := getattr(self._supply, "discard", None)):
            discard(refused.reveal())

    def __repr__(self) -> str:
        return "SuppliedKey(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")


def secret_or_supply(key: Any, argument: str, *, spaces: bool = False) -> Secret | SuppliedKey | None:
    """Return ``key`` as a secret, or as a supplied key if it is a callable.

    Raises :class:`CallError`, without quoting it, if it is neither.
    """
    given = key.value if isinstance(key, Sealed) else key
    if isinstance(given, SuppliedKey):
        return given
    if iscoroutinefunction(given):
        raise CallError(f"{argument}: expected a plain function, got a coroutine function")
    if callable(given):
        return SuppliedKey(given, argument, spaces=spaces)
    del given  # a traceback may show it
    return secret(key, argument, spaces=spaces)
