"""The key that a request carries, wherever the API's security schemes have it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping

from typed_openai._security.key_places import KeyPlace, place_of
from typed_openai.testing.checking import Incoming, cookies_of


def places(names: Iterable[str], schemes: Mapping[str, object]) -> tuple[KeyPlace | None, ...]:
    """Where the keys of security schemes are; None where a key does not serve one."""
    return tuple(place_of(schemes.get(name)) for name in names)


def key_at(place: KeyPlace, incoming: Incoming) -> str:
    """The key at a place of a request, or an empty text."""
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
    """How a message tells where a key goes."""
    if place.location == "header":
        return f'the header "{place.name}: {place.prefix}<{"name:password" if place.is_basic else "key"}>"'
    return f'"{place.name}" in the {"query" if place.location == "query" else "cookies"}'


def _pair(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode().removesuffix(":")
    except ValueError:
        return ""
