"""Keys for several security schemes, by the names of the schemes in the description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from typed_openai._security.credentials import Sealed, Secret, secret
from typed_openai._security.key_supply import SuppliedKey, secret_or_supply
from typed_openai.errors import CallError


class KeySet:
    """The keys of several schemes. Its ``repr`` shows none of them."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, Secret]) -> None:
        self._keys = dict(keys)

    @property
    def schemes(self) -> frozenset[str]:
        """The names of the schemes that have a key."""
        return frozenset(self._keys)

    def key(self, scheme: str) -> Secret:
        """Return the key of a scheme."""
        return self._keys[scheme]

    def __repr__(self) -> str:
        return f"KeySet({', '.join(sorted(self._keys))})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")


def keys_or_supply(key: Any, argument: str, *, spaces: bool = False) -> Secret | SuppliedKey | KeySet | None:
    """Return ``key`` as a secret, a supplied key, or a set of keys if it is a mapping of schemes.

    Raises :class:`CallError`, without quoting it, if it is none of these.
    """
    given = key.value if isinstance(key, Sealed) else key
    if isinstance(given, KeySet):
        return given
    if not isinstance(given, Mapping):
        del given  # a traceback may show it
        return secret_or_supply(key, argument, spaces=spaces)
    keys: dict[str, Secret] = {}
    for name, one in given.items():
        found = secret(Sealed(one), f'{argument}["{name}"]', spaces=spaces)
        if found is None:
            raise CallError(f'{argument}["{name}"]: expected "str", got "None"')
        keys[str(name)] = found
    return KeySet(keys)
