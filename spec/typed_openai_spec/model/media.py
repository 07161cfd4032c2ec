"""The meaning of media types: JSON, text, files, forms, streams of events (RFC 6838, RFC 6839)."""

from __future__ import annotations

from typing import Final

EVENT_STREAM: Final = "text/event-stream"
MULTIPART: Final = "multipart/form-data"
FORM: Final = "application/x-www-form-urlencoded"

_TEXTS: Final = frozenset(
    """
    application/sdp application/xml application/yaml application/x-yaml application/toml
    application/jsonl application/x-ndjson application/jsonlines application/javascript
    """.split()
) | {FORM}


def bare(media_type: str) -> str:
    """Return the media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return True if a media type is JSON. Some frameworks declare ``*/*`` for JSON."""
    name = bare(media_type)
    return name in ("application/json", "text/json", "*/*", "application/*") or name.endswith("+json")


def is_text(media_type: str) -> bool:
    """Return True if a media type other than JSON is text, rather than a file's content."""
    name = bare(media_type)
    return name.startswith("text/") or name in _TEXTS or name.endswith(("+xml", "+yaml"))


def carries_fields(media_type: str) -> bool:
    """Return True if a body of this media type consists of named fields."""
    return is_json(media_type) or bare(media_type) in (MULTIPART, FORM)
