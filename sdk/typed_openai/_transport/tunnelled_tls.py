"""TLS inside of TLS: the connection to an https server through an https proxy.

urllib3's ``SSLTransport`` reads and writes the inner TLS over the outer socket, as often as a record needs.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any


class TimedChannel:
    """The outer TLS socket, in which each operation waits only for as long as the exchange allows.

    ``wait`` returns the seconds that are left, or None, and raises if there are none. Everything else is the
    socket's own.
    """

    def __init__(self, sock: Any, wait: Callable[[], float | None]) -> None:
        self.socket = sock
        self._wait = wait
        self._blocks = True

    def settimeout(self, seconds: float | None) -> None:
        self._blocks = seconds != 0
        self.socket.settimeout(seconds)

    def recv(self, *args: Any) -> bytes:
        self._limit()
        data: bytes = self.socket.recv(*args)
        return data

    def recv_into(self, *args: Any) -> int:
        self._limit()
        count: int = self.socket.recv_into(*args)
        return count

    def sendall(self, *args: Any) -> None:
        self._limit()
        self.socket.sendall(*args)

    @property
    def _io_refs(self) -> int:
        """The number of open files of the socket, which keep it open."""
        count: int = self.socket._io_refs
        return count

    @_io_refs.setter
    def _io_refs(self, count: int) -> None:
        self.socket._io_refs = count

    def __getattr__(self, name: str) -> Any:
        return getattr(self.socket, name)

    def _limit(self) -> None:
        if self._blocks:
            self.socket.settimeout(self._wait())


def base_socket(sock: Any) -> socket.socket | None:
    """Return the socket of the operating system below TLS in TLS; a real socket unchanged."""
    while not isinstance(sock, socket.socket):
        sock = getattr(sock, "socket", None)
        if sock is None:
            return None
    return sock
