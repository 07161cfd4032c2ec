"""Values in URLs: path segments, queries and bracketed pairs.

Arrays and objects are serialized like in the official client: ``a[]=1&a[]=2``, ``m[k]=v``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from typed_openai._encoding.plain_text import is_array, plain_text
from typed_openai.errors import CallError

Pair = tuple[str, object]

PROXY_SCHEMES: Final = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
"""The schemes of the URLs of proxies."""


class AsIs(str):
    """Text of a query whose reserved characters are sent as they are (OpenAPI's ``allowReserved``)."""

    __slots__ = ()


_RESERVED: Final = ":/?@!$'()*,;="
"""Reserved characters (RFC 3986, section 2.2) without those that would end or change the text in a query."""


def bracketed(name: str, value: object, *, numbered: bool = False) -> Iterator[Pair]:
    """Yield the pairs of ``value``: arrays as ``name[]``, objects as ``name[key]``, at any depth; no None.

    With ``numbered``, arrays of objects or arrays are ``name[0][key]``.
    """
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from bracketed(f"{name}[{plain_text(key, name)}]", one, numbered=numbered)
    elif is_array(value):
        assert isinstance(value, Iterable)
        items = list(value)
        is_nested = numbered and any(isinstance(one, Mapping) or is_array(one) for one in items)
        for number, one in enumerate(items):
            yield from bracketed(f"{name}[{number if is_nested else ''}]", one, numbered=numbered)
    else:
        yield name, value


def encoded_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the query string. Raises :class:`CallError` for text that UTF-8 cannot encode."""
    try:
        return "&".join(f"{quote(name, safe='')}={_quoted(text)}" for name, text in pairs)
    except UnicodeEncodeError as error:
        raise CallError(f"query: {error.object!r} is not text that can be sent") from None


def _quoted(text: str) -> str:
    return quote(text, safe=_RESERVED if isinstance(text, AsIs) else "")


def path_segment(value: object, place: str) -> str:
    """Return one path parameter, quoted as a single segment.

    Raises :class:`CallError` if it is None, empty or consists of dots only (``.`` and ``..`` lead to
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
    """Return True if a path segment is empty or consists of dots only."""
    return not segment.strip(".")


def quoted_segment(value: object, place: str) -> str:
    """Return a string, number or boolean as part of a path segment. Raises :class:`CallError` for others."""
    text = plain_text(value, place)
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise CallError(f"{place}: {text!r} is not text that can be sent") from None
