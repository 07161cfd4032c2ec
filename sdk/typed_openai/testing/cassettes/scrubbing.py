"""Removal of credentials from everything that is written to a cassette.

Three rules apply to every text. Credentials that the client knows are removed from all of them, however they
are escaped: keys, headers, the query, ``http_options``, and environment variables with such a name.
Fields and headers of bodies that are named like a credential lose their values. And texts with the form of a
key or a token are removed, as in the reply to an operation that creates keys.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote

from typed_openai._security.credentials import is_secret_name
from typed_openai._security.redaction import MARK, is_word, redacted
from typed_openai._security.secret_texts import cookie_texts, option_texts, url_texts
from typed_openai._transport.seam import HttpRequest
from typed_openai.testing.cassettes.secret_fields import masked, masked_request

_SHORTEST_KNOWN: Final = 8
"""In characters: shorter values of fields and variables are removed in their place, but not elsewhere."""

_SHAPES: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|rk|pk|ek|whsec|ghp|gho|ghs|github_pat|xox[abps]|hf|glpat)[-_](?=[\w-]*\d)[\w-]{12,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{35}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+"
    r"|(?<=[Bb]earer )(?=[\w.~+/-]*\d)[\w.~+/-]{12,}=*"
    r")"
)
"""The forms of keys and tokens: those with a known prefix, JSON web tokens, and what follows ``Bearer``."""


_FORMS: Final[tuple[Callable[[str], str], ...]] = (
    str,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(json.dumps(text))[3:-3],
    quote,
    lambda text: quote(text, safe=""),
    quote_plus,
    html.escape,
)
"""Forms in which a text contains a credential: as it is, in JSON, in JSON in JSON, in URLs, in HTML."""


class Scrubber:
    """Removes the credentials of all requests that it has learned of."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._learn(
            value
            for name, value in os.environ.items()
            if is_secret_name(name) and len(value) >= _SHORTEST_KNOWN
        )

    def learn(self, request: HttpRequest, options: Mapping[str, Any]) -> None:
        """Note the credentials of a request, and of the ``http_options`` of its client."""
        self._learn(request.headers.secret_texts())
        self._learn(url_texts(request.url))
        self._learn(option_texts(options))
        if request.key is not None:
            self._learn(request.key.texts)

    def learn_fields(self, request: Mapping[str, Any], reply: Iterable[Any]) -> None:
        """Note the credentials in the fields of a written request, and of the JSON values of its reply."""
        found: set[str] = set()
        masked_request(request, found)
        for value in reply:
            masked(value, found)
        self._learn(one for one in found if len(one) >= _SHORTEST_KNOWN)

    def learn_cookies(self, header: str) -> None:
        """Note the values in a header ``Set-Cookie``."""
        self._learn(one for one in cookie_texts(header) if len(one) >= _SHORTEST_KNOWN)

    def text(self, text: str) -> str:
        """Return a text without credentials."""
        for one in self._longest_first():
            for form in _FORMS:
                # Before escapes are resolved: a key may contain what looks like one.
                if not is_word(one) and (written := form(one)) in text:
                    text = text.replace(written, MARK)
            text = redacted(text, one)
        return _SHAPES.sub(MARK, text)

    def request(self, request: Mapping[str, Any]) -> Any:
        """Return a written request without credentials."""
        return self._texts(masked_request(request, set()))

    def json(self, value: Any) -> Any:
        """Return a JSON value without credentials, also in the names of its fields."""
        return self._texts(masked(value, set()))

    def data(self, data: bytes) -> bytes:
        """Return bytes that are not text without credentials."""
        for one in self._longest_first():
            data = data.replace(one.encode(), MARK.encode())
        return data

    def _learn(self, texts: Iterable[str]) -> None:
        self._known |= {form for one in texts if one for form in (one, unquote(one)) if form}

    def _longest_first(self) -> list[str]:
        return sorted(self._known, key=lambda one: (-len(one), one))

    def _texts(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._texts(one) for one in value]
        if isinstance(value, dict):
            return {self.text(name): self._texts(one) for name, one in value.items()}
        return value
