"""Replies that a server begins before it has received the whole request (RFC 9112, section 9.5)."""

from __future__ import annotations

import ssl
from typing import Any, Final

NOT_READY: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""Raised by a socket that does not block."""

_READ_SIZE: Final = 1 << 14
_STATUS_AT: Final = 9
"""Position of the first digit of the status in a status line."""

_HEAD_ENDS: Final = (b"\r\n\r\n", b"\n\n")


class EarlyReply:
    """The bytes that arrived while the request was being sent; the reply is read from them first."""

    __slots__ = ("_is_over", "data")

    def __init__(self) -> None:
        self.data = bytearray()
        self._is_over = False

    def look(self, sock: Any) -> None:
        """Take what has arrived, without waiting. The socket must not block."""
        try:
            while not self._is_over and self.status is None:
                arrived = sock.recv(_READ_SIZE)
                self._is_over = not arrived
                self.data += arrived
        except NOT_READY:
            return

    @property
    def has_begun(self) -> bool:
        """True if the final reply has begun, or the server sends nothing more."""
        return self._is_over or self.status is not None

    @property
    def refuses(self) -> bool:
        """True if the rest of the request is of no use: the reply is an error, or there will be none."""
        return self._is_over or (self.status is not None and self.status != b"2")

    @property
    def status(self) -> bytes | None:
        """The first digit of the final reply's status; None before it, and during interim replies."""
        return final_status(bytes(self.data))

    def take(self, most: int) -> bytes:
        """Return the first bytes, which are the caller's from now on."""
        taken = bytes(self.data[:most])
        del self.data[:most]
        return taken


def final_status(data: bytes) -> bytes | None:
    r"""Return the first digit of the final status, after interim ones; None if it has not arrived.

    >>> final_status(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 Too Large\r\n")
    b'4'
    """
    while (digit := data[_STATUS_AT : _STATUS_AT + 1]) == b"1":
        ends = [at + len(end) for end in _HEAD_ENDS if (at := data.find(end)) >= 0]
        if not ends:
            return None
        data = data[min(ends) :]
    return digit or None
