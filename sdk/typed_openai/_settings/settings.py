"""The settings of a client with their defaults: arguments, then the environment, then the description.

The environment is read when a default is needed, never at import, so that a program may set it late.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from typed_openai._encoding.headers import merged_headers
from typed_openai._security.credentials import Headers, Sealed, Secret, secret
from typed_openai._security.key_sets import KeySet
from typed_openai._security.key_supply import SuppliedKey
from typed_openai._settings.header_variables import headers_of_environment
from typed_openai.errors import CallError, MissingKeyError
from typed_openai.observing import NO_HOOKS, Hooks
from typed_openai.rate_limiting import RateLimiter
from typed_openai.timeouts import DEFAULT_TIMEOUT, Timeout
from typed_openai_spec.model.python_names import snake_case

DEFAULT_MAX_RETRIES = 2

KeyName = Literal["api_key", "admin_api_key"]


@dataclass(frozen=True)
class Variables:
    """The environment variables for a client's defaults; OpenAI's by default."""

    api_key: str = "OPENAI_API_KEY"
    admin_api_key: str = "OPENAI_ADMIN_KEY"
    organization: tuple[str, ...] = ("OPENAI_ORGANIZATION_KEY", "OPENAI_ORG_ID")
    project: tuple[str, ...] = ("OPENAI_PROJECT_ID",)
    base_url: tuple[str, ...] = ("OPENAI_API_URL", "OPENAI_API_BASE", "OPENAI_BASE_URL")
    headers: str = "OPENAI_CUSTOM_HEADERS"
    schemes: str = ""
    """The prefix of the variables of single security schemes; empty if there are none."""

    def of_scheme(self, scheme: str) -> str:
        """Return the variable of a security scheme: ``MY_API_SECRET``; empty if it has none."""
        return f"{self.schemes}_{snake_case(scheme).upper()}" if self.schemes else ""

    def key(self, name: KeyName) -> str:
        """Return the variable of a key."""
        return self.api_key if name == "api_key" else self.admin_api_key


OPENAI_VARIABLES = Variables()

NO_VARIABLES = Variables("", "", (), (), (), "")
"""The environment is not used."""


@dataclass(frozen=True)
class Settings:
    """The settings of a ``Client``. None means that the environment is read when needed."""

    api_key: Secret | SuppliedKey | KeySet | None = None
    admin_api_key: Secret | None = None
    organization: str | None = None
    project: str | None = None
    base_url: str | None = field(default=None, repr=False)  # its query may contain a key
    http_options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    http_headers: Mapping[str, object] = field(default_factory=Headers, repr=False)
    timeout: Timeout = DEFAULT_TIMEOUT
    max_retries: int = DEFAULT_MAX_RETRIES
    retry_timeouts: bool = False
    keyless: bool = False
    rate_limiter: RateLimiter | None = None
    hooks: Hooks = NO_HOOKS
    variables: Variables = OPENAI_VARIABLES

    @property
    def all_headers(self) -> Mapping[str, object]:
        """The headers of every request: those of the environment, and the client's own over them."""
        known = headers_of_environment(self.variables.headers)
        return merged_headers(known, self.http_headers) if known else self.http_headers

    @property
    def elsewhere(self) -> Settings:
        """The settings for a server that a description names in addition to the API's.

        OpenAI's environment does not apply to it: anyone may write a description that claims to be
        OpenAI's.
        """
        return replace(self, variables=NO_VARIABLES) if self.variables is OPENAI_VARIABLES else self

    def known_key(self, name: KeyName) -> Secret | SuppliedKey | None:
        """Return the client's or the environment's key of that name, or None."""
        if self.keyless:
            return None
        given: Secret | SuppliedKey | KeySet | None = getattr(self, name)
        if isinstance(given, KeySet):
            return None
        if given is not None:
            return given
        variable = self.variables.key(name)
        if variable and os.environ.get(variable):
            return secret(Sealed(os.environ[variable]), variable)
        return None

    def key_of_scheme(self, scheme: str) -> Secret | None:
        """Return the key of a security scheme: from a mapping that the client has, or the environment."""
        if self.keyless:
            return None
        if isinstance(self.api_key, KeySet):
            return self.api_key.key(scheme) if scheme in self.api_key.schemes else None
        variable = self.variables.of_scheme(scheme)
        text = os.environ.get(variable) if variable else ""
        return secret(Sealed(text), variable, spaces=True) if text else None

    def missing(self, name: KeyName, operation: str, option: str) -> MissingKeyError:
        """Return the error for an operation that needs the key of that name.

        ``option`` is the option of calls for a key.
        """
        return MissingKeyError(operation, name, self.variables.key(name), option=option)


def environment(variables: tuple[str, ...]) -> str | None:
    """Return the first of the environment variables that is set and not empty."""
    return next((value for name in variables if (value := os.environ.get(name))), None)


def name_of_environment(variables: tuple[str, ...]) -> str | None:
    """Return the organization or project of the environment; raises like :func:`checked_name`."""
    for variable in variables:
        if value := os.environ.get(variable):
            return checked_name(value, variable)
    return None


def mapping_of(value: object, name: str) -> Mapping[str, Any]:
    """Return ``value``, or an empty mapping for None. Raises :class:`CallError` if it is not a mapping."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise CallError(f'{name}: expected a mapping of "str" keys, got "{type(value).__name__}"')
    return value


def checked_name(value: object, name: str) -> str | None:
    """Return an organization or project. Raises :class:`CallError` if it cannot be sent."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise CallError(f'{name}: expected "str", got "{type(value).__name__}"')
    if not value.strip() or not value.isascii() or not value.isprintable():
        raise CallError(f"{name}: expected a non-empty text of printable ASCII characters, got {value!r}")
    return value


def checked_flag(value: object, name: str) -> bool:
    """Return ``value``. Raises :class:`CallError` if it is neither True nor False."""
    if not isinstance(value, bool):
        raise CallError(f'{name}: expected "bool", got "{type(value).__name__}"')
    return value


def checked_limiter(value: object, name: str) -> RateLimiter | None:
    """Return ``value``. Raises :class:`CallError` if it is no limiter."""
    if value is not None and not isinstance(value, RateLimiter):
        found = "the class itself" if value is RateLimiter else f'"{type(value).__name__}"'
        raise CallError(f"{name}: expected a RateLimiter or None, got {found}")
    return value


def checked_http_client(value: Any, name: str) -> Any:
    """Return ``value``. Raises :class:`CallError` if it cannot send requests."""
    if isinstance(value, type):
        raise CallError(f"{name}: expected a session, got the class {value.__name__} itself")
    if value is not None and not callable(getattr(value, "request", None)):
        raise CallError(
            f"{name}: expected an object with the interface of requests.Session, got "
            f'"{type(value).__name__}", which has no method "request"'
        )
    return value


def checked_retries(value: object, name: str) -> int:
    """Return ``value``. Raises :class:`CallError` if it is not a number of retries."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CallError(f"{name}: expected 0 or more, got {value!r}")
    return value
