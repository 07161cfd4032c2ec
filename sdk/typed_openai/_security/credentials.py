"""Keys and headers with keys, hidden in every text: messages, ``repr``, tracebacks, pickles."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, Final, NoReturn
from urllib.parse import unquote_plus

from typed_openai._security.redaction import is_word, redacted
from typed_openai.errors import CallError
from typed_openai.omission import Omit
from typed_openai_spec.option_tables import (
    CALL_OPTION_TABLE,
    CLIENT_SETTINGS,
    OTHER_CALL_OPTION_TABLE,
    OptionKind,
)

# Words in names of headers or parameters that mark credentials: "X-Goog-Api-Key", "access_token", "sig".
_SECRET_WORD: Final = re.compile(
    r"(?<![a-z0-9])(?:x?(?:api|access|auth|secret|private|client|session|subscription)?(?:key|token|secret)"
    r"|password|passwd|pwd|credentials?|cookie2?|o?auth|authorization|authentication|signature|sig|jwt"
    r")(?![a-z0-9])"
)

# Keys and tokens that are not credentials, by the word before them.
_NO_SECRET: Final = re.compile(
    r"(?:idempotency|cache|surrogate|partition|sort|page|next|continuation|websocket)-(?:key|token)"
)


class Secret:
    """A key. Only :meth:`reveal` returns its text; ``repr``, ``str`` and pickling do not."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key itself."""
        return self._text

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts that reveal the key."""
        return (self._text,)

    def redact(self, text: str, *, words: bool = True) -> str:
        """Return ``text`` without the key, including its escaped forms in JSON, HTML and URLs.

        Servers repeat keys in their errors. A short key, as in tests, may also be part of other words; it
        is only removed as a whole word, and not at all without ``words``.
        """
        return redacted(text, self._text) if words or not is_word(self._text) else text

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")


class BasicSecret(Secret):
    """A name and an optional password, ``name:password``, in the form that is sent (RFC 7617)."""

    __slots__ = ("_parts",)

    def __init__(self, text: str) -> None:
        name, _, password = text.partition(":")
        super().__init__(b64encode(f"{name}:{password}".encode()).decode())
        # A name that has a password is not secret.
        self._parts = tuple(Secret(one) for one in (text, password or name) if one)

    @property
    def texts(self) -> tuple[str, ...]:
        """The pair in both forms, and the password."""
        return (*super().texts, *(one.reveal() for one in self._parts))

    def redact(self, text: str, *, words: bool = True) -> str:
        """Return ``text`` without the pair, in any form, and without the password."""
        for part in self._parts:
            text = part.redact(text, words=words)
        return super().redact(text, words=words)


class Sealed:
    """A value that may be a key and has not been checked yet; its ``repr`` does not show it."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "..."


def sealed(value: object) -> object:
    """Wrap ``value`` so that tracebacks do not show it."""
    return value if isinstance(value, (Sealed, Secret, Omit)) else Sealed(value)


def unsealed(value: Any) -> Any:
    """Return the value that was wrapped by :func:`sealed`, or the text of a secret; others unchanged."""
    if isinstance(value, Secret):
        return value.reveal()
    return value.value if isinstance(value, Sealed) else value


class Headers(dict[str, Any]):
    """Headers, or other named values, in which credentials are sealed.

    Tools that show the local variables of a traceback look into mappings, so that a ``repr`` is not enough.
    A header whose value is None is not sent, even if a library has a default for it.
    """

    def __init__(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(values)
        for name in [one for one in self if is_secret_name(one)]:
            self[name] = self[name]

    def __setitem__(self, name: str, value: Any) -> None:
        hidden = value is not None and is_secret_name(name)
        super().__setitem__(name, sealed(value) if hidden else value)

    def __repr__(self) -> str:
        return repr({name: "***" if is_secret_name(name) else value for name, value in self.items()})

    @property
    def revealed(self) -> dict[str, Any]:
        """The headers with their credentials, as they are sent."""
        return {name: one if type(one) is str else unsealed(one) for name, one in self.items()}

    def redact(self, text: str, *, words: bool = True) -> str:
        """Return ``text`` without the credentials in the headers; a scheme before them is kept."""
        for part in self.secret_texts():
            text = Secret(part).redact(text, words=words)
        return text

    def secret_texts(self) -> Iterator[str]:
        """Yield the credentials: values of headers, tokens after a scheme, each cookie."""
        for name, value in self.items():
            if value is not None and is_secret_name(name):
                yield from _secret_parts(str(unsealed(value)))


def _secret_parts(value: str) -> list[str]:
    """Return the secret parts of a header's value: all of it, the token after a scheme, each cookie."""
    words = value.split()
    cookies = [one.partition("=")[2].strip() for one in value.split(";") if "=" in one]
    return [part for part in (value, *words[-1:], *cookies) if part]


@lru_cache(maxsize=1024)
def is_secret_name(name: object) -> bool:
    """Return True if the words in a header's or query parameter's name mark credentials."""
    if not isinstance(name, str):
        return False
    words = re.sub(r"[^a-z0-9]+", "-", name.lower())
    return _SECRET_WORD.search(_NO_SECRET.sub("", words)) is not None


def shown_url(url: str) -> str:
    """Mask the credentials that a URL may contain: before its host, and in its query."""
    return _without_secrets(without_user(url), "***")


def without_user(url: str) -> str:
    """Return a URL without the name and password before its host."""
    before, mark, query = url.partition("?")
    user, at, rest = before.rpartition("@")
    scheme, slashes, _ = user.partition("://")
    return (f"{scheme}://{rest}" if slashes else rest) + mark + query if at else url


def redacted_query(url: str, text: str, *, words: bool = True) -> str:
    """Return ``text`` without the credentials in the query of ``url``."""
    for pair in url.partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        if value and is_secret_name(unquote_plus(name)):
            text = Secret(unquote_plus(value)).redact(text, words=words)
    return text


def without_secrets(url: str) -> str:
    """Return a URL without the query parameters that contain credentials."""
    return _without_secrets(url, None)


def _without_secrets(url: str, instead: str | None) -> str:
    before, mark, query = url.partition("?")
    if not mark:
        return url
    pairs = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if not is_secret_name(unquote_plus(name)):
            pairs.append(f"{name}{equals}{value}")
        elif instead is not None:
            pairs.append(f"{name}={instead}")
    return f"{before}?{'&'.join(pairs)}" if pairs else before


def hidden_url(url: Any) -> Any:
    """Seal ``url`` if it may contain credentials; values of other types are rejected elsewhere."""
    return Sealed(url) if isinstance(url, str) and ("?" in url or "@" in url) else url


_SECRET_OPTIONS: Final = frozenset({"auth", "cert", "cookies", "headers", "proxies"})


def hidden_options(options: Any) -> Any:
    """Return ``options`` as a dict in which credentials are sealed, if they are a mapping."""
    if not isinstance(options, Mapping):
        return options
    return {name: sealed(one) if name in _SECRET_OPTIONS else one for name, one in options.items()}


def revealed_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with their credentials, as requests takes them."""
    return {name: unsealed(one) for name, one in options.items()}


def hidden_headers(headers: Any) -> Any:
    """Return ``headers`` as :class:`Headers` if they are a mapping; their content is checked elsewhere."""
    return Headers(headers) if isinstance(headers, Mapping) else headers


def hide_credentials(options: Any) -> None:
    """Replace credentials in a call's keywords, in place, by values that hide them."""
    for name, hidden in _HIDDEN_OPTIONS:
        # A member of an enumeration marks an omitted argument.
        if name in options and not isinstance(options[name], Enum):
            options[name] = hidden(options[name])


def hide_settings(settings: Any) -> None:
    """Replace possible credentials in a client's settings, in place, by values that hide them."""
    for name, hidden in _HIDDEN_SETTINGS:
        if name in settings:
            settings[name] = hidden(settings[name])


def hide_unexpected(options: Any, expected: Container[str]) -> None:
    """Replace the values of unknown keywords in place: a key may be passed under a misspelt name."""
    if isinstance(options, dict):
        options.update({name: Sealed(None) for name in options if name not in expected})


_HIDING: Final[Mapping[OptionKind, Callable[[Any], Any]]] = {
    "headers": hidden_headers,
    "http_options": hidden_options,
    "key": sealed,
    "password": sealed,
    "query": hidden_headers,
    "url": hidden_url,
}
"""Converts a value to one that hides credentials, for each kind of options that may contain some."""

_HIDDEN_OPTIONS: Final = [
    (name, _HIDING[kind])
    for name, kind in {one.name: one.kind for one in (*CALL_OPTION_TABLE, *OTHER_CALL_OPTION_TABLE)}.items()
    if kind in _HIDING
]
_HIDDEN_SETTINGS: Final = [(one.name, _HIDING[one.kind]) for one in CLIENT_SETTINGS if one.kind in _HIDING]


def secret(key: str | Secret | Sealed | None, argument: str, *, spaces: bool = False) -> Secret | None:
    """Return ``key`` as a :class:`Secret`. Raises :class:`CallError`, without quoting it, if it is invalid.

    ``spaces`` allows spaces inside the key, as in passwords and in header values such as ``Token abc``.
    """
    text = key.value if isinstance(key, Sealed) else key
    if text is None or isinstance(text, Secret):
        return text
    if not isinstance(text, str):
        found = type(text).__name__
        del text, key  # a traceback may show local variables
        raise CallError(f'{argument}: expected "str", got "{found}"')
    least = " " if spaces else "!"
    if not text.strip(" ") == text != "" or any(not least <= char < "\x7f" for char in text):
        del text, key
        raise CallError(
            f"{argument}: a key is a non-empty text of ASCII characters without spaces or line breaks"
        )
    return Secret(text)
