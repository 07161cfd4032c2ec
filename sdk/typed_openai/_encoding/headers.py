"""Header values as text, and the merge of several layers of headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from typed_openai._encoding.plain_text import is_array, plain_text
from typed_openai._security.credentials import Headers, Sealed, Secret, unsealed
from typed_openai.errors import CallError


def header_value(name: str, value: object) -> str:
    """Return a header's value, with arrays joined by commas.

    Raises :class:`CallError` for a value that would break the header. As the value may be a secret, it is
    neither quoted in the message nor kept in a frame of the traceback.
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
    """Merge all layers; later layers replace headers of earlier ones, regardless of the case of names.

    None removes a header: it is kept as None, so that no library adds its own one.
    """
    merged: dict[str, tuple[str, object]] = {}
    for layer in layers:
        for name in layer:
            if not isinstance(name, str) or not _is_token(name):
                raise CallError(f"{name!r} is not a header name")
            if name.lower() in _OF_THE_BODY:
                raise CallError(f"header {name}: cannot be set; it depends on the body")
            value = layer[name]
            text = header_value(name, value) if type(value) is str else _sealed_value(name, value)
            merged[name.lower()] = (name, text)
    return Headers(merged.values())


def present(headers: Mapping[str, object]) -> dict[str, object]:
    """Return the headers without those whose value is absent."""
    return {name: value for name, value in headers.items() if not _is_absent(value)}


def _sealed_value(name: str, value: object) -> object:
    """Return the value of a header as it is sent, sealed if it is a credential; None if it is absent."""
    if isinstance(value, (Sealed, Secret)):
        return None if _is_absent(unsealed(value)) else Secret(header_value(name, unsealed(value)))
    return None if _is_absent(value) else header_value(name, value)


def _is_absent(value: object) -> bool:
    """Return True if ``value`` means no header: None, or an array of None. An empty text is a header."""
    if value is None or type(value) is str:
        return value is None
    return isinstance(value, Sequence) and is_array(value) and all(one is None for one in value)


@lru_cache(maxsize=256)
def _is_token(name: str) -> bool:
    """Return True if ``name`` is a token of RFC 9110."""
    return bool(name) and name.isascii() and all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in name)
