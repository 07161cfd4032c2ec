"""Removal of credentials from everything that is written to a cassette.

Three rules apply to every text. Credentials that the client knows are removed from all of them, however they
are escaped: keys, headers, the query, ``http_options``, and environment variables with such a name.
Fields and headers of bodies that are named like a credential lose their values. And texts with the form of a
key or a token are removed, as in the reply to an operation that creates keys.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from typed_openai._security.credentials import is_secret_name
from typed_openai._security.redaction import MARK, redacted
from typed_openai._security.secret_texts import cookie_texts, option_texts, url_texts
from typed_openai._transport.seam import HttpRequest

__all__ = ["MARK", "Scrubber", "names_secret"]

_SHORTEST_KNOWN: Final = 8
"""In characters: shorter values of fields and variables are removed in their place, but not elsewhere."""

_FIELD: Final = re.compile(
    r"(?:.*-)?(?:authorization|password|passwd|pwd|cookies?|credentials?|secrets?"
    r"|(?:api|access|auth|secret|private|client|refresh|bearer|id|webhook|signing|server)-?(?:key|token|secret)s?)"
)
"""Names of fields with a credential. Not ``key`` and ``token``, which mean other things in the API."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_HEADERS: Final = re.compile(r"(?:.*-)?headers")
"""Names of fields with headers."""

_SHAPES: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|rk|pk|ek|whsec|ghp|gho|ghs|github_pat|xox[abps]|hf|glpat)[-_](?=[\w-]*\d)[\w-]{12,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{35}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+"
    r"|(?<=[Bb]earer )(?=[\w.~+/-]*\d)[\w.~+/-]{12,}=*"
    r")"
)
"""The forms of keys and tokens: those with a known prefix, JSON web tokens, and what follows ``Bearer``."""


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

    def learn_values(self, value: Any) -> None:
        """Note the credentials in the fields of a JSON value."""
        self._learn(one for one in _named_values(value) if len(one) >= _SHORTEST_KNOWN)

    def learn_cookies(self, header: str) -> None:
        """Note the values in a header ``Set-Cookie``."""
        self._learn(one for one in cookie_texts(header) if len(one) >= _SHORTEST_KNOWN)

    def text(self, text: str) -> str:
        """Return a text without credentials."""
        for one in self._longest_first():
            text = redacted(text, one)
        return _SHAPES.sub(MARK, text)

    def json(self, value: Any) -> Any:
        """Return a JSON value without credentials, also in the names of its fields."""
        return self._texts(_masked(value))

    def data(self, data: bytes) -> bytes:
        """Return bytes that are not text without credentials."""
        for one in self._longest_first():
            data = data.replace(one.encode(), MARK.encode())
        return data

    def _learn(self, texts: Iterable[str]) -> None:
        self._known |= {one for one in texts if one}

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


def names_secret(name: str, *, of_header: bool = False) -> bool:
    """Return True if a field, or a header inside a body, is named like a credential."""
    words = re.sub(r"[^a-z0-9]+", "-", _CAMEL.sub("-", name).lower())
    return _FIELD.fullmatch(words) is not None or (of_header and is_secret_name(name))


def _is_headers(name: str) -> bool:
    return _HEADERS.fullmatch(re.sub(r"[^a-z0-9]+", "-", _CAMEL.sub("-", name).lower())) is not None


def _masked(value: Any, *, in_headers: bool = False) -> Any:
    """Return a JSON value in which the fields that are named like a credential have none."""
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _mask(one)
        if names_secret(name, of_header=in_headers)
        else _masked(one, in_headers=_is_headers(name))
        for name, one in value.items()
    }


def _mask(value: Any) -> Any:
    """Return the value of a field with a credential; of an object, which may be a schema, only ``value``."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {name: MARK if name == "value" else _masked({name: one})[name] for name, one in value.items()}
    if isinstance(value, list):
        return [_mask(one) for one in value]
    return MARK


def _named_values(value: Any, *, in_headers: bool = False) -> Iterator[str]:
    """Yield the texts that :func:`_masked` removes."""
    if isinstance(value, list):
        for one in value:
            yield from _named_values(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if not names_secret(name, of_header=in_headers):
                yield from _named_values(one, in_headers=_is_headers(name))
                continue
            for text in one if isinstance(one, list) else [one]:
                if isinstance(text, dict):
                    yield from _named_values(text)
                    text = text.get("value")  # noqa: PLW2901  the credential itself
                if isinstance(text, str):
                    yield from dict.fromkeys((text, text.rpartition(" ")[2]))
