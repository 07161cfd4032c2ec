"""The key of a request, in any of the places that the API's security schemes define."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping

from typed_openai._security.key_places import KeyPlace, place_of
from typed_openai.testing.checking import Incoming, cookies_of


def places(names: Iterable[str], schemes: Mapping[str, object]) -> tuple[KeyPlace | None, ...]:
    """Return the places of the keys of security schemes; None for a scheme that does not use a key."""
    return tuple(place_of(schemes.get(name)) for name in names)


def key_at(place: KeyPlace, incoming: Incoming) -> str:
    """Return the key at a place of a request, or an empty string."""
    if place.location == "query":
        return dict(incoming.query).get(place.name, "")
    if place.location == "cookie":
        return dict(cookies_of(incoming.headers.get("cookie", ""))).get(place.name, "")
    value = incoming.headers.get(place.name.lower(), "")
    if not value.lower().startswith(place.prefix.lower()):
        return ""
    key = value[len(place.prefix) :].strip()
    return _pair(key) if place.is_basic else key


def shown(place: KeyPlace) -> str:
    """Return the text for a key's place in a message."""
    if place.location == "header":
        return f'the header "{place.name}: {place.prefix}<{"name:password" if place.is_basic else "key"}>"'
    return f'"{place.name}" in the {"query" if place.location == "query" else "cookies"}'


def _pair(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode().removesuffix(":")
    except ValueError:
        return ""
