"""Select the key of a call, and its place in the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from typed_openai._calls.endpoints import Endpoint, Endpoints, Way
from typed_openai._security.credentials import Secret, names_authorization
from typed_openai._security.key_places import BEARER, KeyPlace
from typed_openai._settings.settings import Settings

_NONE = None, BEARER


def authorization(
    endpoint: Endpoint, own: Secret | None, headers: Mapping[str, object], settings: Settings
) -> tuple[Secret | None, KeyPlace]:
    """Return the call's ``own`` key or the client's, with its place; no key if the user authorizes calls.

    Raises ``MissingKeyError`` if the operation needs a key and there is none.
    """
    if settings.authorizes or names_authorization(headers):
        return _NONE
    ways = endpoint.ways
    if own is not None:
        place = _suited(ways, own).place if ways else endpoint.usual_place
        return place.prepared(own), place
    for way in ways:
        if (key := settings.known_key(way.key)) is not None:
            place = _suited([one for one in ways if one.key == way.key], key).place
            return place.prepared(key), place
    if ways and endpoint.needs_key:
        raise settings.missing(ways[0].key, endpoint.name)
    return _NONE


def _suited(ways: Sequence[Way], key: Secret) -> Way:
    """Return the first of the ways; for a name and a password, the basic one if there are several."""
    if len(ways) > 1 and ":" in key.reveal():
        return next((one for one in ways if one.place.is_basic), ways[0])
    return ways[0]


def authorization_of_path(
    endpoints: Endpoints, own: Secret | None, headers: Mapping[str, object], settings: Settings, name: str
) -> tuple[Secret | None, KeyPlace]:
    """Return the key and place for an undescribed path: those of most operations.

    ``name`` identifies the request in error messages.
    """
    if settings.authorizes or names_authorization(headers):
        return _NONE
    place = endpoints.usual_place
    key = own or settings.known_key("api_key")
    if key is None and endpoints.has_schemes:
        raise settings.missing("api_key", name)
    return (place.prepared(key), place) if key is not None else _NONE
