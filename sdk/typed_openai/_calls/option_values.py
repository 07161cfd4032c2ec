"""The options of one call: their values, checked by their kinds.

Each option of :data:`typed_openai_spec.option_tables.CALL_OPTION_TABLE` has a field here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from typed_openai._security.credentials import Sealed, Secret, secret
from typed_openai._security.key_sets import KeySet
from typed_openai._settings.base_urls import checked_base_url
from typed_openai._settings.settings import checked_name, checked_retries, mapping_of
from typed_openai.errors import CallError
from typed_openai.omission import OMIT, Omit, without_omitted
from typed_openai.progress import Progress
from typed_openai.timeouts import Timeout, checked_timeout
from typed_openai_spec.option_tables import (
    CALL_OPTION_TABLE,
    OTHER_CALL_OPTION_TABLE,
    RENAMED_CALL_OPTIONS,
    CallOption,
    OptionKind,
)


@dataclass(frozen=True)
class Options:
    """The options of one call; :data:`OMIT` or None means the client's own setting."""

    openai_api_key: Secret | KeySet | None = None
    openai_organization_key: str | None = None
    base_url: str | None = field(default=None, repr=False)  # its query may contain a key
    timeout: Timeout | Omit = OMIT
    max_retries: int | Omit = OMIT
    extra_headers: Mapping[str, object] = field(default_factory=dict, repr=False)
    extra_query: Mapping[str, object] = field(default_factory=dict)
    extra_body: Mapping[str, object] = field(default_factory=dict)
    stream_to: Any = None
    on_progress: Callable[[Progress], object] | None = None


_NO_OPTIONS: Final = Options()


def bound_options(given: Mapping[str, object]) -> Options:
    """Return the checked options of a call. Raises :class:`CallError` for an invalid one."""
    if not given:
        return _NO_OPTIONS
    for name, former in RENAMED_CALL_OPTIONS.items():
        if name in given and former in given:
            raise CallError(f'"{name}" is passed twice, also as "{former}"')
    checked = checked_options(given).items()
    return Options(**{RENAMED_CALL_OPTIONS.get(name, name): one for name, one in checked})


def checked_options(
    given: Mapping[str, object], table: tuple[CallOption, ...] = CALL_OPTION_TABLE
) -> dict[str, Any]:
    """Return the values of options by name, each checked by its kind."""
    kinds = _KINDS if table is CALL_OPTION_TABLE else {one.name: one.kind for one in table}
    return {name: _CHECKS[kinds[name]](value, name) for name, value in without_omitted(given).items()}


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    return without_omitted(mapping_of(value, name))


def _url(value: object, name: str) -> str | None:
    if value is not None and (not isinstance(value, (str, Sealed)) or not value):
        raise CallError(f'{name}: expected a non-empty "str", got {value!r}')
    return checked_base_url(value, name)


def _receiver(value: object, name: str) -> object:
    """Return ``value`` if it can receive a stream: a callable, or an object like StreamingClient."""
    if value is None or (callable(value) and not hasattr(value, "handle_data")):
        return value
    if isinstance(value, type):
        raise CallError(f"{name}: expected an instance of {value.__name__}, got the class itself")
    kind = type(value).__name__
    missing = [one for one in _RECEIVER_METHODS if not callable(getattr(value, one, None))]
    if len(missing) == len(_RECEIVER_METHODS):
        raise CallError(f'{name}: expected a callable or a StreamingClient, got "{kind}"')
    if missing:
        raise CallError(f'{name}: "{kind}" has no method {" nor ".join(missing)}')
    if not hasattr(value, "state"):
        raise CallError(f'{name}: "{kind}" has no state; call super().__init__(state) in its __init__')
    return value


def _callback(value: object, name: str) -> object:
    if value is None or callable(value):
        return value
    raise CallError(f'{name}: expected a callable, got "{type(value).__name__}"')


_RECEIVER_METHODS = ("handle_data", "handle_error", "handle_finish")

_CHECKS: Final[Mapping[OptionKind, Callable[[Any, str], Any]]] = {
    "callback": _callback,
    "count": checked_retries,
    "fields": _mapping,
    "headers": _mapping,
    "key": secret,
    "name": checked_name,
    "query": _mapping,
    "receiver": _receiver,
    "timeout": checked_timeout,
    "url": _url,
}

_KINDS: Final = {one.name: one.kind for one in (*CALL_OPTION_TABLE, *OTHER_CALL_OPTION_TABLE)}
