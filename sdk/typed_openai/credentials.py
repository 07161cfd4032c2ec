"""Keys and the headers that carry them, kept out of every text: messages, ``repr``, tracebacks, pickles."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn
from urllib.parse import quote, quote_plus, unquote_plus

from typed_openai.errors import CallError

# Words of a header's or parameter's name that say what it carries: "X-Goog-Api-Key", "access_token", "sig".
_SECRET_WORD: Final = re.compile(
    r"(?<![a-z0-9])(?:x?(?:api|access|auth|secret|private|client|session|subscription)?(?:key|token|secret)"
    r"|password|passwd|pwd|credentials?|cookie2?|o?auth|authorization|authentication|signature|sig|jwt"
    r")(?![a-z0-9])"
)

# Keys and tokens that open nothing, by the word before.
_NO_SECRET: Final = re.compile(
    r"(?:idempotency|cache|surrogate|partition|sort|page|next|continuation|websocket)-(?:key|token)"
)

_SHORTEST_REAL_KEY = 12


class Secret:
    """A key. Its text is only reached through :meth:`reveal`: not by ``repr``, ``str`` or pickling."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    def redact(self, text: str) -> str:
        """``text`` without the key, quoted as in JSON or an address too: servers repeat it in their errors.

        A test's key of a few letters would also stand inside words; it is only taken out as a word.
        """
        return _pattern(self._text).sub("[key]", text)

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    in_json = json.dumps(text)[1:-1]
    ways = {text, in_json, in_json.replace("/", "\\/"), quote(text, safe=""), quote_plus(text)}
    either = "|".join(re.escape(one) for one in sorted(ways, key=len, reverse=True))
    if len(text) >= _SHORTEST_REAL_KEY:
        return re.compile(either, re.IGNORECASE)
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")


class Headers(dict[str, Any]):
    """Headers whose ``repr`` does not show credentials: a traceback may show local variables."""

    def __repr__(self) -> str:
        return repr({name: "***" if is_secret_name(name) else value for name, value in self.items()})

    def redact(self, text: str) -> str:
        """``text`` without the credentials among the headers, the scheme before them aside."""
        for name, value in self.items():
            if is_secret_name(name):
                for part in _secret_parts(str(value)):
                    text = Secret(part).redact(text)
        return text


def _secret_parts(value: str) -> list[str]:
    """What of a header's value must not be told: all of it, the token after a scheme, each cookie."""
    words = value.split()
    cookies = [one.partition("=")[2].strip() for one in value.split(";") if "=" in one]
    return [part for part in (value, *words[-1:], *cookies) if part]


def is_secret_name(name: object) -> bool:
    """Whether the header or query parameter called ``name`` carries credentials, by what its words say."""
    return isinstance(name, str) and _is_secret(name)


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    words = re.sub(r"[^a-z0-9]+", "-", name.lower())
    return _SECRET_WORD.search(_NO_SECRET.sub("", words)) is not None


def shown_url(url: str) -> str:
    """An address without the credentials that its query may carry."""
    return _without_secrets(url, "***")


def without_secrets(url: str) -> str:
    """An address without those parameters of its query that carry credentials."""
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


class _Url(str):
    """An address that does not show the credentials of its query where a traceback shows variables."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(shown_url(str(self)))


def hidden_url(url: Any) -> Any:
    """``url`` as one whose ``repr`` shows no credentials; what is no text is refused elsewhere."""
    return _Url(url) if isinstance(url, str) and "?" in url else url


class _HttpOptions(dict[str, Any]):
    """``http_options`` that do not show the credentials among them."""

    def __repr__(self) -> str:
        return repr({name: "***" if name in _SECRET_OPTIONS else value for name, value in self.items()})


_SECRET_OPTIONS: Final = frozenset({"auth", "cert", "cookies", "headers", "proxies"})


def hidden_options(options: Any) -> Any:
    """``options`` as a dict whose ``repr`` shows no credentials, where they are a mapping."""
    return _HttpOptions(options) if isinstance(options, Mapping) else options


def names_authorization(headers: Mapping[str, object]) -> bool:
    """Whether the Authorization header is among ``headers``."""
    return any(name.lower() == "authorization" for name in headers)


def hidden_headers(headers: Any) -> Any:
    """``headers`` as :class:`Headers` where they are headers at all, which is checked elsewhere."""
    return Headers(headers) if isinstance(headers, Mapping) else headers


def hide_credentials(options: Any) -> None:
    """Replace the key and the headers among a call's keywords, in place, by what does not show them."""
    if isinstance(options.get("openai_api_key"), str):
        options["openai_api_key"] = Secret(options["openai_api_key"])
    if "base_url" in options:
        options["base_url"] = hidden_url(options["base_url"])
    if "extra_headers" in options:
        options["extra_headers"] = hidden_headers(options["extra_headers"])


def secret(key: str | Secret | None, argument: str) -> Secret | None:
    """``key`` as a :class:`Secret`. Raises :class:`CallError`, without quoting it, where it cannot be one."""
    if key is None:
        return None
    text = key.reveal() if isinstance(key, Secret) else key
    if not isinstance(text, str):
        raise CallError(f'{argument}: expected "str", got "{type(text).__name__}"')
    if not text or not text.isascii() or any(char <= " " or char == "\x7f" for char in text):
        del text, key  # a traceback may show local variables
        raise CallError(
            f"{argument}: a key is a non-empty text of ASCII characters without spaces or line breaks"
        )
    return Secret(text)
