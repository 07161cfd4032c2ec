"""Headers for all requests from an environment variable, one on each line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

from typed_openai._encoding.headers import merged_headers
from typed_openai._security.credentials import Headers, Sealed
from typed_openai.errors import CallError


def headers_of_environment(variable: str) -> Mapping[str, object]:
    """Return the headers in an environment variable: ``Name: value`` on each line; others are ignored.

    Raises :class:`CallError` for a header that cannot be sent; the message names the variable.
    """
    if not variable or variable not in os.environ:
        return {}
    return _parsed(_Text(os.environ[variable]), variable)


class _Text(Sealed):
    """The text of a variable, which may contain credentials, as a key of the cache."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


@lru_cache(maxsize=4)
def _parsed(text: _Text, variable: str) -> Headers:
    pairs = (line.partition(":") for line in str(text.value).splitlines() if ":" in line)
    given = Headers((name.strip(), value.strip()) for name, _, value in pairs)
    try:
        return merged_headers(given)
    except CallError as error:
        raise CallError(f"{variable}: {error}") from None
