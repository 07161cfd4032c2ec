"""Keys and the headers that carry them, kept out of every text: messages, ``repr``, tracebacks, pickles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from typed_openai.errors import CallError

SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "api-key", "x-api-key"})
"""Headers that carry credentials, in lower case."""

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
        """``text`` without the key: a server may quote it in its error message.

        A test's key of a few letters would also stand inside words; it is only taken out as a word.
        """
        if len(self._text) >= _SHORTEST_REAL_KEY:
            return text.replace(self._text, "[key]")
        return re.sub(rf"(?<![\w-]){re.escape(self._text)}(?![\w-])", "[key]", text)

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is never pickled")


class Headers(dict[str, Any]):
    """Headers whose ``repr`` does not show credentials: a traceback may show local variables."""

    def __repr__(self) -> str:
        return repr({name: "***" if is_secret_header(name) else value for name, value in self.items()})

    def redact(self, text: str) -> str:
        """``text`` without the credentials among the headers, the scheme before them aside."""
        for name, value in self.items():
            if is_secret_header(name) and (words := str(value).split()):
                text = Secret(words[-1]).redact(Secret(str(value)).redact(text))
        return text


def is_secret_header(name: object) -> bool:
    """Whether the header called ``name`` carries credentials."""
    return isinstance(name, str) and name.lower() in SECRET_HEADERS


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
