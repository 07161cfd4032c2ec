"""The seam between building requests and sending them: a request, a reply, and who carries one to the other.

Nothing here knows an HTTP library. A ``Transport`` of another one, or a fake, fits in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from typed_openai._security.credentials import Headers, Secret, redacted_query
from typed_openai._security.key_places import BEARER, KeyPlace
from typed_openai._transport.deadlines import Limits
from typed_openai.timeouts import NO_LIMITS, Timeout

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing at the server (RFC 9110, section 9.2.1): at any time, to be sent again."""


@dataclass(frozen=True)
class HttpRequest:
    """A request that is ready to be sent, any number of times where ``replayable``.

    ``body`` is sent with its ``len`` as Content-Length, chunked where it has none. ``key`` is put at
    ``key_place`` when it is sent, and nowhere before; None where the headers carry the authorization or
    there is none.
    """

    operation: str
    method: str
    url: str = field(repr=False)  # its query may carry a key
    headers: Headers
    body: bytes | Iterable[bytes] | None = field(default=None, repr=False)
    key: Secret | None = None
    timeout: Timeout = NO_LIMITS
    replayable: bool = True
    key_place: KeyPlace = BEARER

    @property
    def is_safe(self) -> bool:
        """Whether sending it changes nothing at the server."""
        return self.method in SAFE_METHODS

    def redacted(self, text: str) -> str:
        """``text`` without the request's key and credentials: servers quote keys in their messages."""
        text = self.headers.redact(text)
        if "?" in self.url:
            text = redacted_query(self.url, text)
        return text if self.key is None else self.key.redact(text)


class HttpReply(Protocol):
    """A reply whose headers have come. Reading raises ``APIConnectionError`` where the connection breaks."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""

    @property
    def aborted(self) -> bool:
        """Whether :meth:`abort` was called."""

    def chunks(self) -> Iterator[bytes]:
        """The decoded body in pieces, each as soon as it arrives."""

    def read(self, most: int | None = None) -> bytes:
        """The rest of the decoded body; where ``most`` is given, its beginning of at least that many bytes.

        Raises ``InvalidReplyError`` for a compressed body that is made to exhaust the memory.
        """

    def close(self) -> None:
        """Close the connection unless everything was read. Closing again does nothing."""

    def abort(self) -> None:
        """End a read that blocks in another thread, and the connection with it."""


class Transport(Protocol):
    """Sends requests. :meth:`send` raises ``APIConnectionError`` where no reply comes."""

    def send(self, request: HttpRequest, limits: Limits) -> HttpReply: ...

    def close(self) -> None: ...
