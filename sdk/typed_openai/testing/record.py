"""The record of the requests to the embedded server, and of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request that the server received, and the status of its answer.

    ``path`` is without the query, ``query`` holds the decoded pairs as sent. ``headers`` have lower-case
    names; those with secrets are ``***``. ``api_key`` is the key that was sent; it is not part of the repr.
    ``body`` is the parsed body if it could be parsed: a JSON value, a form's fields (with
    :class:`~typed_openai.testing.UploadedFile` for files), text. ``operation`` is ``group.name``, or empty
    if none was found. ``message`` is the reason of an error. ``scripted`` names the script that answered; it
    is empty if none did.

    >>> with serve() as server:
    ...     client = Client(base_url=server.base_url)
    ...     reply = client.embeddings.create_embedding("Hello", "text-embedding-3-small")
    >>> (request,) = server.requests
    >>> request.path, request.arguments["input"], request.status
    ('/v1/embeddings', 'Hello', 200)
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
    scripted: str = ""
