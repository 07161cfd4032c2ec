"""The meaning of media types: JSON, text, files, forms, streams of events (RFC 6838, RFC 6839)."""

from __future__ import annotations

from typing import Final

EVENT_STREAM: Final = "text/event-stream"
MULTIPART: Final = "multipart/form-data"
FORM: Final = "application/x-www-form-urlencoded"

_JSON: Final = frozenset("application/json text/json application/x-json text/x-json".split())

# Ranges that some frameworks declare for JSON.
_RANGES: Final = frozenset(("*/*", "application/*"))

_JSON_LINES: Final = frozenset(
    """
    application/jsonl application/jsonlines application/x-jsonlines application/json-lines
    application/x-ndjson application/ndjson application/x-jsonl text/x-ndjson text/ndjson text/jsonl
    application/stream+json application/json-seq
    """.split()
)

_TEXTS: Final = (
    frozenset(
        """
        application/sdp application/xml application/yaml application/x-yaml application/toml
        application/javascript
        """.split()
    )
    | _JSON_LINES
    | {FORM}
)


def bare(media_type: str) -> str:
    """Return the media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return True if content of this media type, or range of media types, is one JSON document."""
    name = bare(media_type)
    return name in _JSON or name in _RANGES or (name.endswith("+json") and name not in _JSON_LINES)


def is_range(media_type: str) -> bool:
    """Return True for a range that stands for any media type (``*/*``)."""
    return bare(media_type) in _RANGES


def is_json_lines(media_type: str) -> bool:
    """Return True if content of this media type is one JSON document per line, or per record (RFC 7464)."""
    return bare(media_type) in _JSON_LINES


def is_stream(media_type: str) -> bool:
    """Return True if content of this media type is a sequence of values that may arrive one by one."""
    return bare(media_type) == EVENT_STREAM or is_json_lines(media_type)


def is_text(media_type: str) -> bool:
    """Return True if a media type other than JSON is text, rather than a file's content."""
    name = bare(media_type)
    return name.startswith("text/") or name in _TEXTS or name.endswith(("+xml", "+yaml"))


def carries_fields(media_type: str) -> bool:
    """Return True if a body of this media type consists of named fields."""
    return is_json(media_type) or is_form(media_type)


def is_form(media_type: str) -> bool:
    """Return True if a body of this media type is a form, with or without files."""
    return bare(media_type) in (MULTIPART, FORM)
