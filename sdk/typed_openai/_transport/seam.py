"""The protocol between building requests and sending them: a request, a reply and a transport.

Nothing here depends on an HTTP library. A ``Transport`` for another library, or a fake, can be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from typed_openai._security.credentials import Headers, Secret, redacted_query, shown_url
from typed_openai._security.key_places import BEARER, KeyPlace
from typed_openai._security.key_supply import SuppliedKey
from typed_openai._security.redaction import redacted_json
from typed_openai._transport.deadlines import Limits
from typed_openai.timeouts import NO_LIMITS, Timeout

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing on the server (RFC 9110, section 9.2.1) and can always be repeated."""


@dataclass(frozen=True)
class HttpRequest:
    """A request that is ready to be sent, repeatedly if it is ``replayable``.

    ``body`` is sent with its ``len`` as Content-Length, or chunked if it has none. ``key`` is added at
    ``key_place`` when the request is sent, and not before. It is None if the headers contain the
    authorization, or if there is none, or until ``key_supply`` was asked for it. ``more_keys`` are
    sent as well. ``fields`` are the values of the body by wire name, as the caller gave them, if it is an
    object or a form.
    """

    operation: str
    method: str
    url: str = field(repr=False)  # its query may contain a key
    headers: Headers
    body: bytes | Iterable[bytes] | None = field(default=None, repr=False)
    key: Secret | None = None
    timeout: Timeout = NO_LIMITS
    replayable: bool = True
    key_place: KeyPlace = BEARER
    key_supply: SuppliedKey | None = None
    more_keys: tuple[tuple[Secret, KeyPlace], ...] = ()
    fields: Mapping[str, object] | None = field(default=None, repr=False)

    @property
    def keys(self) -> tuple[tuple[Secret, KeyPlace], ...]:
        """All keys with their places."""
        return self.more_keys if self.key is None else ((self.key, self.key_place), *self.more_keys)

    @property
    def is_safe(self) -> bool:
        """True if sending it changes nothing on the server."""
        return self.method in SAFE_METHODS

    @property
    def hides_query(self) -> bool:
        """True if the query of the URL contains a credential when the request is sent."""
        in_query = any(place.location == "query" for _, place in self.keys)
        return in_query or ("?" in self.url and shown_url(self.url) != self.url)

    def redacted(self, text: str, *, words: bool = True) -> str:
        """Return ``text`` without the request's key and credentials: servers quote keys in their messages.

        Without ``words``, short credentials are left, which may be ordinary words.
        """
        text = self.headers.redact(text, words=words)
        if "?" in self.url:
            text = redacted_query(self.url, text, words=words)
        for key, _ in self.keys:
            text = key.redact(text, words=words)
        return text

    def redacted_json(self, value: Any) -> Any:
        """Return a decoded JSON value of the server with its texts redacted, and nothing else changed."""
        return redacted_json(value, self.redacted)


class HttpReply(Protocol):
    """A reply whose headers have arrived. Reading raises ``APIConnectionError`` if the connection breaks."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, with names in lower case."""

    @property
    def aborted(self) -> bool:
        """True after :meth:`abort`."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the decoded body in pieces, each as soon as it arrives."""

    def read(self, most: int | None = None) -> bytes:
        """Return the rest of the decoded body, or at least ``most`` bytes of it.

        Raises ``InvalidReplyError`` for a compressed body that would exhaust the memory.
        """

    def close(self) -> None:
        """Close the connection unless everything was read. Closing again does nothing."""

    def abort(self) -> None:
        """End a blocked read of another thread, and the connection."""


class Transport(Protocol):
    """Sends requests. :meth:`send` raises ``APIConnectionError`` if there is no reply."""

    def send(self, request: HttpRequest, limits: Limits) -> HttpReply: ...

    def close(self) -> None: ...
