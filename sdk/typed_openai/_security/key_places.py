"""Where a request carries its key, as a security scheme of the description says (OpenAPI, section 4.8.27)."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote, unquote_plus

from typed_openai._security.credentials import BasicSecret, Secret


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A header, parameter of the query or cookie, by name, and what stands before the key in a header."""

    location: Literal["header", "query", "cookie"]
    name: str
    prefix: str = ""

    @property
    def is_basic(self) -> bool:
        """Whether the key is a name and a password (RFC 7617)."""
        return self == BASIC

    def prepared(self, key: Secret) -> Secret:
        """The key as it is sent."""
        return BasicSecret(key.reveal()) if self.is_basic else key


BEARER: Final = KeyPlace("header", "Authorization", "Bearer ")
BASIC: Final = KeyPlace("header", "Authorization", "Basic ")

_SCHEMES: Final[Mapping[str, KeyPlace]] = {"bearer": BEARER, "basic": BASIC}
# They take more than a key: an exchange with the server, or a certificate.
_NO_KEY: Final = frozenset({"digest", "negotiate", "hoba", "mutual", "scram-sha-1", "scram-sha-256", "vapid"})
_NEVER: Final = frozenset({"host", "connection", "content-length", "transfer-encoding"})
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""What the name of a header, a cookie or a scheme can be (RFC 9110, section 5.6.2)."""

_LOCATIONS: Final[Mapping[str, Literal["header", "query", "cookie"]]] = {
    "header": "header",
    "query": "query",
    "cookie": "cookie",
}


def place_of(scheme: Any) -> KeyPlace | None:
    """Where the key of a security scheme goes; None where a key does not serve it.

    Tokens of OAuth 2 and OpenID Connect are bearer tokens, and so is what is not described.
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
    """Whether a scheme's key is a token that a server gives out, not one that its user has."""
    return isinstance(scheme, Mapping) and scheme.get("type") in ("oauth2", "openIdConnect")


def _of_key(location: str, name: str) -> KeyPlace | None:
    """The place of an ``apiKey``; None where nothing can be: descriptions are untrusted."""
    usable = bool(name) if location == "query" else _TOKEN.fullmatch(name) and name.lower() not in _NEVER
    return KeyPlace(_LOCATIONS[location], name) if location in _LOCATIONS and usable else None


def put(key: Secret, place: KeyPlace, headers: MutableMapping[str, Any]) -> None:
    """Put the key among the headers, where that is its place."""
    if place.location == "header":
        headers[place.name] = place.prefix + key.reveal()
    elif place.location == "cookie":
        others = headers.get("Cookie")
        headers["Cookie"] = f"{f'{others}; ' if others else ''}{place.name}={key.reveal()}"


def address_with(key: Secret, place: KeyPlace, url: str) -> str:
    """The address with the key in its query, where that is its place and none is there."""
    if place.location != "query":
        return url
    before, mark, query = url.partition("?")
    if any(unquote_plus(pair.partition("=")[0]) == place.name for pair in query.split("&")):
        return url
    pair = f"{quote(place.name, safe='')}={quote(key.reveal(), safe='*')}"
    return f"{before}{mark or '?'}{query}{'&' if query else ''}{pair}"
