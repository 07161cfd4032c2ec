"""The place of the key in a request, from a security scheme of the description (OpenAPI, section 4.8.27)."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote, unquote_plus

from typed_openai._security.credentials import BasicSecret, Secret


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A header, query parameter or cookie by name, and the prefix of the key in a header.

    A key in the ``body`` is part of it from the beginning.
    """

    location: Literal["header", "query", "cookie", "body"]
    name: str
    prefix: str = ""

    @property
    def is_basic(self) -> bool:
        """True if the key is a name and a password (RFC 7617)."""
        return self == BASIC

    def prepared(self, key: Secret) -> Secret:
        """Return the key as it is sent."""
        return BasicSecret(key.reveal()) if self.is_basic else key


BEARER: Final = KeyPlace("header", "Authorization", "Bearer ")
BASIC: Final = KeyPlace("header", "Authorization", "Basic ")

_SCHEMES: Final[Mapping[str, KeyPlace]] = {"bearer": BEARER, "basic": BASIC}
# Schemes that need more than a key: an exchange with the server, or a certificate.
_NO_KEY: Final = frozenset({"digest", "negotiate", "hoba", "mutual", "scram-sha-1", "scram-sha-256", "vapid"})
_NEVER: Final = frozenset({"host", "connection", "content-length", "transfer-encoding"})
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A valid name of a header, a cookie or a scheme (RFC 9110, section 5.6.2)."""

_LOCATIONS: Final[Mapping[str, Literal["header", "query", "cookie"]]] = {
    "header": "header",
    "query": "query",
    "cookie": "cookie",
}


def place_of(scheme: Any) -> KeyPlace | None:
    """Return the place for the key of a security scheme; None if the scheme does not use a key.

    Tokens of OAuth 2 and OpenID Connect are bearer tokens. This is also the default for unknown schemes.
    """
    match scheme:
        case {"type": "apiKey", "in": str(location), "name": str(name)}:
            return _of_key(location, name)
        case {"type": "http", "scheme": str(kind)} if kind.lower() in _NO_KEY or not _TOKEN.fullmatch(kind):
            return None
        case {"type": "http", "scheme": str(kind)}:
            return _SCHEMES.get(kind.lower()) or KeyPlace("header", "Authorization", f"{kind} ")
        case {"type": "mutualTLS"}:
            return None
    return BEARER


def is_exchanged(scheme: Any) -> bool:
    """Return True if a scheme's key is a token that a server issues, not one that its user has."""
    return isinstance(scheme, Mapping) and scheme.get("type") in ("oauth2", "openIdConnect")


def _of_key(location: str, name: str) -> KeyPlace | None:
    """Return the place of an ``apiKey``; None if it is invalid, as descriptions are untrusted."""
    usable = bool(name) if location == "query" else _TOKEN.fullmatch(name) and name.lower() not in _NEVER
    return KeyPlace(_LOCATIONS[location], name) if location in _LOCATIONS and usable else None


def put(key: Secret, place: KeyPlace, headers: MutableMapping[str, Any]) -> None:
    """Add the key to the headers, if it belongs there."""
    if place.location == "header":
        headers[place.name] = place.prefix + key.reveal()
    elif place.location == "cookie":
        others = headers.get("Cookie")
        headers["Cookie"] = f"{f'{others}; ' if others else ''}{place.name}={key.reveal()}"


def address_with(key: Secret, place: KeyPlace, url: str) -> str:
    """Return the URL with the key in its query, if it belongs there and the query does not have one."""
    if place.location != "query":
        return url
    before, mark, query = url.partition("?")
    if any(unquote_plus(pair.partition("=")[0]) == place.name for pair in query.split("&")):
        return url
    pair = f"{quote(place.name, safe='')}={quote(key.reveal(), safe='*')}"
    return f"{before}{mark or '?'}{query}{'&' if query else ''}{pair}"
