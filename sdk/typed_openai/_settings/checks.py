"""The settings that a client is given: named, hidden, checked by their kinds, kept by copies and pickles.

The errors are clearer than Python's own, and none has a credential in its frames: a traceback may show
variables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from typed_openai._encoding.headers import merged_headers
from typed_openai._security.credentials import (
    hide_settings,
    hide_unexpected,
    is_secret_name,
    secret,
    unsealed,
    without_secrets,
)
from typed_openai._security.key_sets import keys_or_supply
from typed_openai._settings.base_urls import checked_base_url
from typed_openai._settings.http_options import checked_http_options, picklable_options
from typed_openai._settings.settings import (
    OPENAI_VARIABLES,
    Settings,
    Variables,
    checked_flag,
    checked_http_client,
    checked_limiter,
    checked_name,
    checked_retries,
    mapping_of,
)
from typed_openai.errors import CallError
from typed_openai.observing import Hooks
from typed_openai.timeouts import DEFAULT_TIMEOUT, checked_timeout
from typed_openai_spec import spelling
from typed_openai_spec.option_tables import ASYNC_SETTINGS, CLIENT_SETTINGS, ClientSetting, OptionKind

CHANGEABLE: Final = tuple(one.name for one in CLIENT_SETTINGS if not one.fixed)
"""The settings of ``with_options``, and of a client with a fixed description."""

ALL: Final = tuple(one.name for one in CLIENT_SETTINGS)
"""All settings of a client."""

_APART: Final = {"count", "hook", "limiter", "timeout"}
SHARING: Final = frozenset(one.name for one in CLIENT_SETTINGS if one.kind in _APART)
"""The settings that clients with the same connections may differ in.

Not keys and headers: cookies, which a server may set for a user, belong to the connections.
"""

ASYNC_NAMES: Final = tuple(one.name for one in ASYNC_SETTINGS)
"""The further settings of an async client."""

_POSITIONAL: Final = tuple(one.name for one in CLIENT_SETTINGS if not one.keyword_only)
_KINDS: Final = {one.name: one.kind for one in CLIENT_SETTINGS}
_HOOKS: Final = tuple(one.name for one in CLIENT_SETTINGS if one.kind == "hook")


def name_settings(args: tuple[Any, ...], settings: dict[str, Any], owner: str = "Client") -> str:
    """Add positional arguments to the settings by their names, and hide all credentials, in place.

    Return the mistake in the arguments of ``owner``, or an empty text. The caller raises it, from a frame
    that does not hold ``args``.
    """
    given = dict(zip(_POSITIONAL, args, strict=False))
    twice = sorted(given.keys() & settings.keys())
    settings |= given
    hide_settings(settings)
    if len(args) > len(_POSITIONAL):
        return f"{owner} takes {len(_POSITIONAL)} positional arguments, got {len(args)}"
    if twice:
        return f'argument "{twice[0]}" for {owner} is passed twice: by position and by keyword'
    return ""


def check_names(settings: Mapping[str, object], expected: Collection[str], place: str) -> None:
    """Raise :class:`CallError` for an unknown setting, with all credentials hidden."""
    if unknown := [name for name in settings if name not in expected]:
        hide_unexpected(settings, expected)
        only = unknown[0] in ASYNC_NAMES
        hint = "; only AsyncClient has it" if only else spelling.hint(unknown[0], expected)
        raise CallError(f'unexpected keyword "{unknown[0]}" for {place}{hint}')


def checked_settings(
    given: Mapping[str, Any], *, spaces: bool = False, table: tuple[ClientSetting, ...] = CLIENT_SETTINGS
) -> dict[str, Any]:
    """Return the settings, each checked by its kind; with ``spaces``, passwords may contain them.

    Raises :class:`CallError` for one that cannot be used.
    """
    checks = _CHECKS_OF_OTHERS if spaces else _CHECKS
    kinds = _KINDS if table is CLIENT_SETTINGS else {one.name: one.kind for one in table}
    return {name: checks[kinds[name]](value, name) for name, value in given.items()}


def settings_of(given: Mapping[str, Any], variables: Variables) -> tuple[Settings, Any]:
    """Return the settings of a client and its ``http_client``. Raises :class:`CallError` for a wrong one."""
    # Other APIs have keys with spaces: passwords, and values of headers.
    checked = checked_settings(given, spaces=variables is not OPENAI_VARIABLES)
    http_client = checked.pop("http_client", None)
    hooks = Hooks(**{name: checked.pop(name) for name in _HOOKS if name in checked})
    options = checked.setdefault("http_options", {})
    limits = options.pop("timeout", DEFAULT_TIMEOUT)
    if checked.get("timeout", DEFAULT_TIMEOUT) is DEFAULT_TIMEOUT:
        checked["timeout"] = limits
    more_headers = unsealed(options.pop("headers", None)) or {}
    checked["http_headers"] = merged_headers(more_headers, checked.get("http_headers", {}))
    return Settings(**checked, hooks=hooks, variables=variables), http_client


def given_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings by name, without the ``http_client`` and fixed ones."""
    return {
        one.name: getattr(settings.hooks if one.kind == "hook" else settings, one.name)
        for one in CLIENT_SETTINGS
        if not one.fixed and one.kind != "http_client"
    }


def pickled_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings that a pickle keeps: no keys, no other credentials, no hooks."""
    return {
        one.name: _PICKLED[one.kind](getattr(settings, one.name))
        for one in CLIENT_SETTINGS
        if one.kind in _PICKLED
    }


def _as_it_is(value: Any) -> Any:
    return value


def _public_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: one for name, one in headers.items() if not is_secret_name(name)}


_CHECKS: Final[Mapping[OptionKind, Callable[[Any, str], Any]]] = {
    "count": checked_retries,
    "flag": checked_flag,
    "headers": mapping_of,
    "hook": lambda value, _: value,  # ``Hooks`` checks itself
    "http_client": checked_http_client,
    "http_options": checked_http_options,
    "key": secret,
    "limiter": checked_limiter,
    "name": checked_name,
    "password": keys_or_supply,
    "timeout": checked_timeout,
    "url": checked_base_url,
}
"""The checks of settings by their kinds."""

_CHECKS_OF_OTHERS: Final[Mapping[OptionKind, Callable[[Any, str], Any]]] = {
    **_CHECKS,
    "password": partial(keys_or_supply, spaces=True),
}
"""Those of other APIs than OpenAI's."""

_PICKLED: Final[Mapping[OptionKind, Callable[[Any], Any]]] = {
    "count": _as_it_is,
    "flag": _as_it_is,
    "headers": _public_headers,
    "http_options": picklable_options,
    "name": _as_it_is,
    "timeout": _as_it_is,
    "url": lambda url: url and without_secrets(url),
}
"""Converts a setting to the value in a pickle, for each kind of settings that a pickle keeps."""
