"""Base URLs of servers, given by the caller or by the environment."""

from __future__ import annotations

import os
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from typed_openai._security.credentials import Sealed, hidden_url, shown_url, unsealed
from typed_openai.errors import CallError


def checked_base_url(base_url: object, name: str) -> str | None:
    """Return ``base_url`` or None. Raises :class:`CallError` if it is not an http or https URL.

    It is sealed if it may contain credentials, so that no frame of the error's traceback has them.
    """
    if base_url is None:
        return None
    if not isinstance(base_url, (str, Sealed)):
        raise CallError(f'{name}: expected "str", got "{type(base_url).__name__}"')
    try:
        split_base(unsealed(base_url), name)
    except CallError as error:
        raise error.with_traceback(None) from None
    url: str = unsealed(base_url)
    return url


def base_url_of_environment(variables: tuple[str, ...]) -> str | None:
    """Return the base URL of the environment; errors name the variable."""
    for name in variables:
        if os.environ.get(name):
            return checked_base_url(hidden_url(os.environ[name]), name)
    return None


@cache
def split_base(base_url: str, place: str = "base_url") -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a base URL without its last slash, and the query that some gateways need in every request.

    Raises :class:`CallError` if it is not an http or https URL.
    """
    # Before it is split: a traceback may show the variables.
    if "@" in base_url.partition("?")[0]:
        raise CallError(f"{place}: expected a URL without credentials; pass them in http_headers")
    if "#" in base_url:
        raise CallError(f"{place}: expected a URL without a fragment (#...)")
    if not _is_address(base_url):
        raise CallError(f"{place}: expected an http or https URL, got {shown_url(base_url)!r}")
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", tuple(parse_qsl(parts.query))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return usable and not any(char <= " " for char in url)
