"""The record of what the embedded server was asked, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request that the server got, and the status it answered.

    ``path`` is without the query, ``query`` the decoded pairs as sent. ``headers`` have lower-case
    names; those that carry secrets say ``***``, and ``api_key``, the key that was sent, stays out
    of the repr. ``body`` is the parsed body where it could be parsed: a JSON value, a form's fields
    (with :class:`~typed_openai.testing.UploadedFile` for files), text. ``operation`` is
    ``group.name``, or empty where none was found; ``message`` the reason of an error.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    content: bytes = field(default=b"", repr=False)
    operation: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    status: int = 0
    message: str = ""
    api_key: str = field(default="", repr=False)
