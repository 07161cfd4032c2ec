"""Bodies as JSON values, as readable as possible.

A body is stored under one of these names: ``json`` for JSON, ``form`` for the pairs of a form, ``parts`` for
those of a multipart form, ``text`` for any other text, ``file`` for the description of other bytes.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl

from typed_openai.testing.multipart import MultipartError, UploadedFile, parse_multipart
from typed_openai_spec.model.media import FORM, bare, is_json

FORMS: Final = ("json", "form", "parts", "text", "file")
"""The names under which a body may be stored."""

_LONGEST_TEXT: Final = 4096
"""In bytes: of longer files in requests, only the size and a digest are stored."""

_BOUNDARY: Final = re.compile(r";\s*boundary=(\"[^\"]*\"|[^;]*)", re.IGNORECASE)


def without_boundary(content_type: str) -> str:
    """Return the content type of a multipart form without its boundary, which is random."""
    return _BOUNDARY.sub("", content_type)


def stored_body(content: bytes, content_type: str) -> Mapping[str, Any]:
    """Return the body of a request under one of the names, or an empty mapping if it is empty."""
    if not content:
        return {}
    media_type = bare(content_type)
    if is_json(media_type) and (value := readable_json(content)) is not UNREADABLE:
        return {"json": value}
    if media_type == FORM and (text := readable_text(content)) is not None:
        return {"form": [list(pair) for pair in parse_qsl(text, keep_blank_values=True)]}
    if media_type.startswith("multipart/"):
        try:
            return {"parts": [_part(*one) for one in parse_multipart(content, content_type)]}
        except MultipartError:
            pass
    file = _described(content)
    return file if "text" in file else {"file": file}


def _part(name: str, value: str | UploadedFile) -> dict[str, Any]:
    if isinstance(value, str):
        return {"name": name, "text": value}
    described = {"name": name, "filename": value.filename, "content_type": value.content_type}
    return {**described, **_described(value.content)}


def _described(content: bytes) -> dict[str, Any]:
    """Return a short text itself, and the size and digest of anything else."""
    text = readable_text(content) if len(content) <= _LONGEST_TEXT else None
    if text is not None:
        return {"text": text}
    return {"size": len(content), "sha256": sha256(content).hexdigest()}


class Unreadable:
    """The type of :data:`UNREADABLE`."""


UNREADABLE: Final = Unreadable()
"""JSON that a cassette cannot hold as a value without changing it, or text that is not JSON."""


def readable_json(content: bytes | str) -> Any:
    """Return the value of a JSON text, or :data:`UNREADABLE`: repeated names and infinities would be lost."""
    try:
        return json.loads(
            content if isinstance(content, str) else content.decode(),
            object_pairs_hook=_once,
            parse_float=_finite,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError):
        return UNREADABLE


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def readable_text(content: bytes) -> str | None:
    """Return UTF-8 text; None for other bytes, among them those with a NUL."""
    try:
        return None if b"\0" in content else content.decode()
    except UnicodeDecodeError:
        return None


def in_base64(content: bytes) -> str:
    """Return bytes as text."""
    return b64encode(content).decode()
