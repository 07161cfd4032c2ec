"""The credentials in URLs, options and cookies as texts, for code that must not write any of them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import unquote, unquote_plus, urlsplit

from typed_openai._security.credentials import is_secret_name, revealed_options

_USER: Final = re.compile(r"(?<=://)(?P<name>[^/?#@:\s\"'<>]*)(?P<password>:[^/?#@\s\"'<>]*)?@")
_PARAMETER: Final = re.compile(r"(?P<name>[?&;#][^?&;#=\s\"'<>]+=)(?P<value>[^&;#\s\"'<>]+)")


def url_texts(url: str) -> Iterator[str]:
    """Yield the credentials in a URL: before its host and in its query, as they are meant and as written."""
    before, _, query = url.partition("?")
    user, at, _ = before.rpartition("@")
    if at:
        pair = user.rpartition("//")[2]
        name, _, password = pair.partition(":")
        yield from _both(password or name, unquote(password or name))
        yield b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
    for one in query.split("&"):
        name, _, value = one.partition("=")
        if value and is_secret_name(unquote_plus(name)):
            yield from _both(value, unquote_plus(value))


def without_url_secrets(text: str, mark: str, found: set[str]) -> str:
    """Return a text whose URLs have a mark in place of each credential; add these to ``found``.

    >>> without_url_secrets("see https://me:secret@a.test/?sig=abc&page=2", "***", set())
    'see https://me:***@a.test/?sig=***&page=2'
    """
    if "://" not in text:
        return text

    def hidden(value: str) -> str:
        found.update(_both(value, unquote_plus(value)))
        return mark

    def user(match: re.Match[str]) -> str:
        name, password = match["name"], match["password"]
        return f"{name}:{hidden(password[1:])}@" if password else f"{hidden(name)}@"

    def parameter(match: re.Match[str]) -> str:
        is_secret = is_secret_name(unquote_plus(match["name"][1:-1]))
        return match["name"] + (hidden(match["value"]) if is_secret else match["value"])

    return _PARAMETER.sub(parameter, _USER.sub(user, text))


def option_texts(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield the credentials in ``http_options``: the password of ``auth``, cookies, those of proxies."""
    known = revealed_options(options)
    auth, cookies, proxies = known.get("auth"), known.get("cookies"), known.get("proxies")
    if isinstance(auth, tuple):
        name, password = auth
        yield from _both(password or name, b64encode(f"{name}:{password}".encode()).decode())
    if isinstance(cookies, Mapping):
        yield from map(str, cookies.values())
    elif cookies is not None:
        yield from (str(one.value) for one in cookies if one.value)
    for url in (proxies or {}).values():
        if url and urlsplit(url).username is not None:
            yield from url_texts(url)


def cookie_texts(header: str) -> Iterator[str]:
    """Yield the values in a header ``Set-Cookie``."""
    try:
        yield from (one.value for one in SimpleCookie(header).values() if one.value)
    except CookieError:
        return


def _both(text: str, other: str) -> Iterator[str]:
    yield from dict.fromkeys((text, other))
