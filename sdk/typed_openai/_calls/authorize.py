"""Select the key of a call, and its place in the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from typed_openai._calls.endpoints import Endpoint, Endpoints, Way
from typed_openai._security.credentials import Secret
from typed_openai._security.key_places import BEARER, KeyPlace
from typed_openai._security.key_sets import KeySet
from typed_openai._security.key_supply import SuppliedKey
from typed_openai._settings.settings import KeyName, Settings
from typed_openai.errors import CallError, MissingKeyError
from typed_openai_spec import spelling


class Authorization(NamedTuple):
    """A key, or the callable to ask for it, and its place in the request; neither if no key is sent.

    ``together`` are several keys that are sent at once, instead of a single one.
    """

    key: Secret | None = None
    place: KeyPlace = BEARER
    supply: SuppliedKey | None = None
    together: tuple[tuple[Secret, KeyPlace], ...] = ()


_NONE: Final = Authorization()

_NO_NAMES: Final[frozenset[str]] = frozenset()

_KEY_HEADERS: Final = frozenset(
    {"api-key", "apikey", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key"}
)
"""Headers of gateways and other clouds that replace the key. Other tokens may come beside it."""


def authorization(
    endpoint: Endpoint, own: Secret | KeySet | None, headers: Mapping[str, object], settings: Settings
) -> Authorization:
    """Return the call's ``own`` key or the client's, with its place; no key if the user authorizes calls.

    ``headers`` are those of the client and of the call. Raises ``MissingKeyError`` if the operation needs a
    key and there is none.
    """
    names = frozenset(map(str.lower, headers)) if headers else _NO_NAMES
    if _authorizes(names, settings):
        return _NONE
    ways = endpoint.ways
    if (together := _together(endpoint, own, settings)) is not None:
        return together
    if isinstance(own, KeySet):
        own = None
    if own is not None:
        return _placed(own, _suited(ways, own).place if ways else endpoint.usual_place)
    if any(way.place.location == "header" and way.place.name.lower() in names for way in ways):
        return _NONE
    for way in ways:
        if (key := _known_key(way.key, names, settings)) is not None:
            return _placed(key, _suited([one for one in ways if one.key == way.key], key).place)
    if endpoint.needs_key and not (settings.keyless or names & _KEY_HEADERS):
        if endpoint.combinations and not ways:
            raise _missing_keys(endpoint, settings)
        if ways:
            raise settings.missing(ways[0].key, endpoint.name, endpoint.options.key)
    return _NONE


def _together(endpoint: Endpoint, own: Secret | KeySet | None, settings: Settings) -> Authorization | None:
    """Return the keys of the first combination of schemes of which all are known; None if there is none."""
    given = own if isinstance(own, KeySet) else settings.api_key
    if own is not None and not isinstance(own, KeySet):
        return None
    keys = given if isinstance(given, KeySet) else None
    if keys is not None and (unknown := sorted(keys.schemes - endpoint.schemes)):
        hint = spelling.hint(unknown[0], endpoint.schemes)
        listed = ", ".join(sorted(endpoint.schemes)) or "none"
        raise CallError(f'api_key: the API has no security scheme "{unknown[0]}"{hint}; it has {listed}')
    single = [((way.scheme, way.place),) for way in endpoint.ways if way.scheme]
    for combination in (*endpoint.combinations, *single):
        found = [
            (place, keys.key(name) if keys and name in keys.schemes else settings.key_of_scheme(name))
            for name, place in combination
        ]
        known = tuple((place.prepared(key), place) for place, key in found if key is not None)
        if len(known) == len(combination):
            return Authorization(together=known)
    return None


def _missing_keys(endpoint: Endpoint, settings: Settings) -> MissingKeyError:
    """Return the error for an operation that needs several keys at once."""
    names = [name for name, _ in endpoint.combinations[0]]
    text = "{" + ", ".join(f'"{name}": "..."' for name in names) + "}"
    variables = [one for one in map(settings.variables.of_scheme, names) if one]
    return MissingKeyError(endpoint.name, "api_key", " and ".join(variables), text)


def authorization_of_path(
    endpoints: Endpoints,
    own: Secret | KeySet | None,
    headers: Mapping[str, object],
    settings: Settings,
    name: str,
) -> Authorization:
    """Return the key and place for an undescribed path: those of most operations.

    ``name`` identifies the request in error messages.
    """
    names = frozenset(map(str.lower, headers)) if headers else _NO_NAMES
    if _authorizes(names, settings):
        return _NONE
    key = (None if isinstance(own, KeySet) else own) or _known_key("api_key", names, settings)
    if key is not None:
        return _placed(key, endpoints.usual_place)
    if endpoints.has_schemes and not (settings.keyless or names & _KEY_HEADERS):
        raise settings.missing("api_key", name, endpoints.options.key)
    return _NONE


def _authorizes(names: frozenset[str], settings: Settings) -> bool:
    """Return True if the user authorizes the request, or sends it without authorization on purpose."""
    return "authorization" in names or "auth" in settings.http_options


def _known_key(name: KeyName, names: frozenset[str], settings: Settings) -> Secret | SuppliedKey | None:
    """Return the client's key; the environment's only if no header takes its place.

    It may be meant for another server than the one that takes the header.
    """
    replaced = getattr(settings, name) is None and names & _KEY_HEADERS
    return None if replaced else settings.known_key(name)


def _placed(key: Secret | SuppliedKey, place: KeyPlace) -> Authorization:
    if isinstance(key, SuppliedKey):
        return Authorization(None, place, key)
    return Authorization(place.prepared(key), place)


def _suited(ways: Sequence[Way], key: Secret | SuppliedKey) -> Way:
    """Return the first of the ways; for a name and a password, the basic one if there are several."""
    if len(ways) > 1 and isinstance(key, Secret) and ":" in key.reveal():
        return next((one for one in ways if one.place.is_basic), ways[0])
    return ways[0]
