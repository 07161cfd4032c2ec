"""Remove a secret from texts and JSON values of a server, in whatever form it is quoted there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from typing import Any, Final, NamedTuple, Protocol

_SHORTEST_REAL_KEY: Final = 12
"""In characters. A shorter secret, as in tests and for local servers, may also be part of other words."""

MARK: Final = "[key]"
"""The text in place of a secret."""

_MOST_LEVELS: Final = 3
"""The number of encodings inside each other that are understood: JSON in JSON, or a URL in JSON."""

_MOST_DECODED: Final = 1 << 20
"""In characters: the part of a text that is searched for an escaped secret; texts of errors are shorter."""

# The escapes of JSON, HTML and URLs.
_ESCAPE: Final = re.compile(
    r"\\+u(?P<json>[0-9a-fA-F]{4})|\\(?P<plain>[\"\\/])|&(?:#[xX]?[0-9a-fA-F]+|[a-zA-Z]{2,8});?"
    r"|%(?P<url>[0-9a-fA-F]{2})"
)

_IDENTIFIERS: Final = frozenset({"code", "param", "type"})
"""Fields of an error object whose values are words of the API, so that a short secret may be one, too."""


class Redact(Protocol):
    """Removes credentials from a text; without ``words``, only those that cannot be an ordinary word."""

    def __call__(self, text: str, *, words: bool = True) -> str: ...


class _Decoded(NamedTuple):
    """A text without some levels of escapes, and where each of its characters begins in the original.

    The last of ``starts`` is the end of the original.
    """

    text: str
    starts: list[int]


def is_word(secret: str) -> bool:
    """Return True if a secret is so short that an ordinary word may be the same."""
    return len(secret) < _SHORTEST_REAL_KEY


def redacted(text: str, secret: str) -> str:
    """Return ``text`` without ``secret``, also if it is written with escapes of JSON, HTML or URLs.

    The beginning of a secret at the end of a text is removed, too: the text may have been cut there.

    >>> redacted("wrong key: c2VjcmV0a%2Bb2V5", "c2VjcmV0a+b2V5")
    'wrong key: [key]'
    """
    pattern = _pattern(secret)
    text = pattern.sub(MARK, text)
    if (cut := _cut_at(text, secret)) is not None:
        text = text[:cut] + MARK
    if _ESCAPE.search(text) is None:
        return text
    begin, rest = text[:_MOST_DECODED], text[_MOST_DECODED:]
    for start, end in reversed(_hidden_spans(begin, pattern, secret)):
        begin = begin[:start] + MARK + begin[end:]
    return begin + rest


def redacted_json(value: Any, redact: Redact) -> Any:
    """Return a JSON value with its texts redacted; numbers, ``null`` and the structure stay as they are."""
    try:
        return _redacted_json(value, redact)
    except RecursionError:
        return redact(str(value))


def _redacted_json(value: Any, redact: Redact, words: bool = True) -> Any:
    if isinstance(value, str):
        return redact(value, words=words)
    if isinstance(value, list):
        return [_redacted_json(one, redact, words) for one in value]
    if isinstance(value, dict):
        return {
            redact(name, words=False): _redacted_json(one, redact, name not in _IDENTIFIERS)
            for name, one in value.items()
        }
    return value


@lru_cache(maxsize=64)
def _pattern(secret: str) -> re.Pattern[str]:
    # Forms write a space as a plus.
    ways = sorted({secret, secret.replace(" ", "+")}, key=len, reverse=True)
    either = "|".join(map(re.escape, ways))
    if is_word(secret):
        return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")
    return re.compile(either, re.IGNORECASE)


def _cut_at(text: str, secret: str) -> int | None:
    """Return where the beginning of a secret begins at the end of a text; None if there is none."""
    end = text[-len(secret) :].lower()
    lengths = range(min(len(secret) - 1, len(end)), _SHORTEST_REAL_KEY - 1, -1)
    found = (len(text) - length for length in lengths if end.endswith(secret[:length].lower()))
    return next(found, None)


def _hidden_spans(text: str, pattern: re.Pattern[str], secret: str) -> list[tuple[int, int]]:
    """Return where an escaped secret begins and ends in ``text``, in order and without overlaps."""
    found: set[tuple[int, int]] = set()
    decoded = _Decoded(text, list(range(len(text) + 1)))
    for _ in range(_MOST_LEVELS):
        decoded = _decoded(decoded)
        matches = pattern.finditer(decoded.text)
        found |= {(decoded.starts[one.start()], decoded.starts[one.end()]) for one in matches}
        if (cut := _cut_at(decoded.text, secret)) is not None:
            found.add((decoded.starts[cut], len(text)))
        if _ESCAPE.search(decoded.text) is None:
            break
    return _merged(sorted(found))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for span in spans:
        if merged and span[0] < merged[-1][1]:
            merged[-1] = merged[-1][0], max(span[1], merged[-1][1])
        else:
            merged.append(span)
    return merged


def _decoded(before: _Decoded) -> _Decoded:
    """Resolve the outermost escapes."""
    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    for found in _ESCAPE.finditer(before.text):
        char = _character(found)
        pieces += before.text[at : found.start()], char
        starts += before.starts[at : found.start()]
        starts += [before.starts[found.start()]] * len(char)
        at = found.end()
    return _Decoded("".join([*pieces, before.text[at:]]), starts + before.starts[at:])


def _character(found: re.Match[str]) -> str:
    for group, read in _READERS.items():
        if (digits := found[group]) is not None:
            return read(digits)
    return unescape(found[0])


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "json": lambda digits: chr(int(digits, 16)),
    "plain": str,
    "url": lambda digits: chr(int(digits, 16)),
}
"""Decoders of escapes, by the names of their groups; all others are those of HTML."""
