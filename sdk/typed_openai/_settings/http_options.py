"""The arguments of ``requests.Session.request`` that a client accepts, checked when it is created."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from typed_openai._encoding.urls import PROXY_SCHEMES
from typed_openai._security.credentials import (
    hidden_headers,
    hidden_options,
    revealed_options,
    unsealed,
    without_user,
)
from typed_openai._settings.client_certificates import check_certificate
from typed_openai._settings.settings import mapping_of
from typed_openai.errors import CallError
from typed_openai.timeouts import timeout_option
from typed_openai_spec import spelling

# Arguments that a call sets itself.
_NOT_OPTIONS: Final = frozenset({"method", "url", "params", "data", "json", "files", "stream"})


def checked_http_options(http_options: object, place: str) -> dict[str, Any]:
    """Return ``http_options`` as a dict in which credentials are sealed.

    Raises :class:`CallError` for an argument that a call sets itself, for one that requests does not have,
    and for an invalid value. No message quotes a value that may be a credential.
    """
    options = mapping_of(http_options, place)
    for name in sorted(options):
        if name in _NOT_OPTIONS:
            raise CallError(f'http_options: "{name}" is set by each call and cannot be an option')
        if name not in _CHECKS:
            raise CallError(f'http_options: requests has no option "{name}"{spelling.hint(name, _CHECKS)}')
    try:
        checked: dict[str, Any] = hidden_options(
            {name: _checked(name, unsealed(options[name])) for name in options}
        )
    except CallError as error:
        # Without the frames that hold the value.
        raise error.with_traceback(None) from None
    return checked


def _checked(name: str, value: Any) -> Any:
    # None is the default of each, except for the time-out, where it means no limit.
    return None if value is None and name != "timeout" else _CHECKS[name](value)


def picklable_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``options`` without credentials: an unpickled client has none, and no keys."""
    kept = {
        name: value for name, value in revealed_options(options).items() if name not in ("auth", "cookies")
    }
    if kept.get("proxies"):
        kept["proxies"] = {
            scheme: url if url is None else without_user(url) for scheme, url in kept["proxies"].items()
        }
    return kept


def _wrong(name: str, expected: str, value: object) -> CallError:
    return CallError(f'http_options: {name}: expected {expected}, got "{type(value).__name__}"')


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong("allow_redirects", '"bool"', value)
    return value


def _auth(value: Any) -> Any:
    pair = isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, str) for one in value)
    if not pair and not callable(value):
        raise _wrong("auth", "a (user, password) pair or a callable", value)
    return value


def _verify(value: Any) -> bool | str:
    return (
        value if isinstance(value, bool) else _file("verify", value, 'a "bool" or the path of certificates')
    )


def _cert(value: Any) -> str | tuple[str, str]:
    expected = "the path of a certificate or a (certificate, key) pair of paths"
    if isinstance(value, tuple) and len(value) == 2:
        pair = _file("cert", value[0], expected), _file("cert", value[1], expected)
        check_certificate(*pair)
        return pair
    both = _file("cert", value, expected)
    check_certificate(both)
    return both


def _file(name: str, value: Any, expected: str) -> str:
    if not isinstance(value, (str, os.PathLike)) or not isinstance(os.fspath(value), str):
        raise _wrong(name, expected, value)
    if not Path(value).exists():
        raise CallError(f"http_options: {name}: no such file: {os.fspath(value)!r}")
    return str(os.fspath(value))


def _proxies(value: Any) -> dict[str, str | None]:
    proxies = mapping_of(value, "http_options: proxies")
    for scheme, url in proxies.items():
        if url is not None and not isinstance(url, str):
            raise _wrong(f'proxies: "{scheme}"', "the URL of a proxy", url)
        if url and not _is_proxy(url):
            raise CallError(f'http_options: proxies: "{scheme}" is not the URL of a proxy')
    return dict(proxies)


def _is_proxy(url: str) -> bool:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        return parts.scheme.lower() in PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _cookies(value: Any) -> Any:
    # A jar of http.cookiejar is not a mapping; importing it here would slow down every user.
    if callable(getattr(value, "add_cookie_header", None)):
        return value
    cookies = mapping_of(value, "http_options: cookies")
    for name, one in cookies.items():
        if not isinstance(one, str):
            raise _wrong(f'cookies: "{name}"', '"str"', one)
    return dict(cookies)


def _hooks(value: Any) -> dict[str, Any]:
    hooks = mapping_of(value, "http_options: hooks")
    for event, given in hooks.items():
        if event != "response":
            raise CallError(f'http_options: hooks: requests has no event "{event}", only "response"')
        for hook in given if isinstance(given, (list, tuple)) else (given,):
            if not callable(hook):
                raise _wrong("hooks", "a callable", hook)
    return dict(hooks)


def _headers(value: Any) -> Mapping[str, Any]:
    return mapping_of(hidden_headers(value), "http_options: headers")


_CHECKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "allow_redirects": _flag,
    "auth": _auth,
    "cert": _cert,
    "cookies": _cookies,
    "headers": _headers,
    "hooks": _hooks,
    "proxies": _proxies,
    "timeout": timeout_option,
    "verify": _verify,
}
