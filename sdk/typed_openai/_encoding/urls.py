"""Values in addresses, forms and headers: paths, queries, bracketed pairs, header lines.

Arrays and objects are written as the official client writes them: ``a[]=1&a[]=2``, ``m[k]=v``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

from typed_openai._security.credentials import Headers
from typed_openai.errors import CallError

Pair = tuple[str, object]


def plain_text(value: object, place: str) -> str:
    """A string, number or boolean as it is written outside JSON. Raises :class:`CallError` for others."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__repr__(value)
    found = repr(value) if isinstance(value, float) else f'"{type(value).__name__}"'
    raise CallError(f"{place}: expected a string, a number or a boolean, got {found}")


def encoded_text(text: str, place: str) -> bytes:
    """``text`` in UTF-8. Raises :class:`CallError` where it holds half a character (a lone surrogate)."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise CallError(f"{place}: {text!r} is not text that can be sent") from None


def is_array(value: object) -> bool:
    """Whether ``value`` is sent as an array: any sequence or iterator that is not text or bytes."""
    return isinstance(value, (Sequence, Iterator)) and not isinstance(
        value, (str, bytes, bytearray, memoryview)
    )


def bracketed(name: str, value: object) -> Iterator[Pair]:
    """The pairs of ``value``: arrays as ``name[]``, objects as ``name[key]``, at any depth; no None."""
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from bracketed(f"{name}[{plain_text(key, name)}]", one)
    elif is_array(value):
        assert isinstance(value, Iterable)
        for one in value:
            yield from bracketed(f"{name}[]", one)
    else:
        yield name, value


def encoded_query(pairs: Iterable[tuple[str, str]]) -> str:
    """The query string. Raises :class:`CallError` for text that UTF-8 cannot hold."""
    try:
        return urlencode(list(pairs), quote_via=quote)
    except UnicodeEncodeError as error:
        raise CallError(f"query: {error.object!r} is not text that can be sent") from None


def path_segment(value: object, place: str) -> str:
    """One path parameter, quoted so that it can only ever be this one segment.

    Raises :class:`CallError` where it is None, empty or nothing but dots (``.`` and ``..`` lead to
    another endpoint).
    """
    if value is None:
        raise CallError(f"{place}: expected a path parameter, got None")
    text = plain_text(value, place)
    if not text:
        raise CallError(f"{place}: a path parameter cannot be empty")
    if is_dots(text):
        raise CallError(f"{place}: a path parameter cannot be {text!r}, which leads to another endpoint")
    return quoted_segment(text, place)


def is_dots(segment: str) -> bool:
    """Whether a segment of a path is one that is resolved away, or would be if it were empty."""
    return not segment.strip(".")


def quoted_segment(value: object, place: str) -> str:
    """A string, number or boolean as a part of a segment of a path. Raises :class:`CallError` for others."""
    text = plain_text(value, place)
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise CallError(f"{place}: {text!r} is not text that can be sent") from None


def header_value(name: str, value: object) -> str:
    """A header's value, arrays joined by commas. Raises :class:`CallError` where it would break the header.

    The value is not quoted in the message, nor kept in a frame of its traceback: it may be a secret.
    """
    if type(value) is str:
        text = value
    elif is_array(value):
        assert isinstance(value, Iterable)
        text = ", ".join(plain_text(one, name) for one in value if one is not None)
    else:
        text = plain_text(value, name)
    if (found := _BREAKING.search(text)) is not None:
        wrong = "a line break or NUL" if found[0] in "\r\n\0" else "characters beyond Latin-1"
        del text, value, found
        raise CallError(f"header {name}: the value contains {wrong}")
    return text.strip(" \t")


_OF_THE_BODY: Final = frozenset({"content-length", "transfer-encoding"})
_BREAKING: Final = re.compile(r"[\r\n\0]|[^\0-\xff]")


def merged_headers(*layers: Mapping[str, object]) -> Headers:
    """The headers of all layers; a later layer replaces an earlier one's, whatever the case of the name."""
    merged = Headers()
    for layer in layers:
        for name in layer:
            if _is_absent(layer[name]):
                continue
            if not isinstance(name, str) or not _is_token(name):
                raise CallError(f"{name!r} is not a header name")
            if name.lower() in _OF_THE_BODY:
                raise CallError(f"header {name}: it cannot be given, the body that is sent decides it")
            merged[name.lower()] = (name, header_value(name, layer[name]))
    return Headers(merged.values())


def _is_absent(value: object) -> bool:
    """Whether ``value`` makes no header: None, or an array of nothing else. An empty text makes one."""
    if value is None or type(value) is str:
        return value is None
    return isinstance(value, Sequence) and is_array(value) and all(one is None for one in value)


@lru_cache(maxsize=256)
def _is_token(name: str) -> bool:
    """Whether ``name`` is a token of RFC 9110."""
    return bool(name) and name.isascii() and all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in name)
