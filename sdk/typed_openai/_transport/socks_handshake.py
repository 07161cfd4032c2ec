"""The handshake with a SOCKS proxy: version 4 with its extension 4a, and version 5 (RFC 1928, RFC 1929).

Bytes are exchanged by two callables, which respect the time limits of the exchange.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import unquote, urlsplit

Receive = Callable[[int], bytes]
Send = Callable[[bytes], None]

_DEFAULT_PORT: Final = 1080
SOCKS_SCHEMES: Final = {
    "socks4": (4, False),
    "socks4a": (4, True),
    "socks5": (5, False),
    "socks5h": (5, True),
}
"""The version of each scheme, and whether the proxy resolves host names."""

_NO_AUTHENTICATION: Final = 0
_PASSWORD: Final = 2
_CONNECT: Final = 1
_GRANTED_BY_4: Final = 90
_ADDRESS_LENGTHS: Final = {1: 4, 4: 16}
"""The length of an address by its type in a reply; a name (3) begins with its length."""

_FAILURES: Final = {
    1: "general failure",
    2: "the connection is not allowed",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "TTL expired",
    7: "the command is not supported",
    8: "the type of address is not supported",
    91: "request rejected or failed",
    92: "request rejected: no identd",
    93: "request rejected: another user",
}


class SocksError(OSError):
    """Raised if the proxy refuses the connection, or does not speak SOCKS."""


@dataclass(frozen=True)
class SocksProxy:
    """A SOCKS proxy, from its URL."""

    host: str
    port: int
    version: int
    resolves: bool
    name: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> SocksProxy:
        """Parse a URL. Raises ``ValueError``, without credentials, if it is not that of a SOCKS proxy."""
        parts = urlsplit(url)
        if parts.scheme.lower() not in SOCKS_SCHEMES or not parts.hostname:
            raise ValueError(f"{parts.scheme}:// is not a kind of SOCKS proxy")
        version, resolves = SOCKS_SCHEMES[parts.scheme.lower()]
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or _DEFAULT_PORT, version, resolves, name, password)


def shake_hands(proxy: SocksProxy, host: str, port: int, send: Send, receive: Receive) -> None:
    """Ask the proxy for a connection to a host. Raises :class:`SocksError` if it is refused."""
    if proxy.version == 4:
        _connect_4(proxy, host, port, send, receive)
        return
    _authenticate(proxy, send, receive)
    send(b"\5\1\0" + _destination(proxy, host) + struct.pack(">H", port))
    version, reply, _, kind = receive(4)
    if version != 5:
        raise SocksError("the proxy did not answer with SOCKS 5")
    if reply:
        raise SocksError(f"the SOCKS proxy answers: {_FAILURES.get(reply, f'error {reply}')}")
    receive((_ADDRESS_LENGTHS.get(kind) or receive(1)[0]) + 2)


def _connect_4(proxy: SocksProxy, host: str, port: int, send: Send, receive: Receive) -> None:
    address = _address(host) or (None if proxy.resolves else _resolved(host, socket.AF_INET))
    if isinstance(address, IPv6Address):
        raise SocksError("SOCKS 4 has no IPv6 addresses")
    # An invalid address announces a name.
    packed = address.packed if address else b"\0\0\0\1"
    name = b"" if address else host.encode("idna") + b"\0"
    send(struct.pack(">BBH", 4, _CONNECT, port) + packed + proxy.name.encode() + b"\0" + name)
    version, reply = receive(8)[:2]
    if version != 0:
        raise SocksError("the proxy did not answer with SOCKS 4")
    if reply != _GRANTED_BY_4:
        raise SocksError(f"the SOCKS proxy answers: {_FAILURES.get(reply, f'error {reply}')}")


def _authenticate(proxy: SocksProxy, send: Send, receive: Receive) -> None:
    methods = bytes([_NO_AUTHENTICATION, *([_PASSWORD] if proxy.name else [])])
    send(bytes([5, len(methods)]) + methods)
    version, method = receive(2)
    if version != 5:
        raise SocksError("the proxy did not answer with SOCKS 5")
    if method not in methods:
        raise SocksError("the SOCKS proxy accepts none of the ways to authenticate")
    if method == _PASSWORD:
        parts = [text.encode()[:255] for text in (proxy.name, proxy.password)]
        send(b"\1" + b"".join(bytes([len(part)]) + part for part in parts))
        if receive(2)[1] != 0:
            raise SocksError("the SOCKS proxy rejects the name or password")


def _destination(proxy: SocksProxy, host: str) -> bytes:
    """Return the type and the IP address, or the name if the proxy resolves it."""
    address = _address(host) or (None if proxy.resolves else _resolved(host))
    if address is not None:
        return (b"\1" if isinstance(address, IPv4Address) else b"\4") + address.packed
    name = host.encode("idna")
    return b"\3" + bytes([len(name)]) + name


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _resolved(host: str, family: int = socket.AF_UNSPEC) -> IPv4Address | IPv6Address:
    found = socket.getaddrinfo(host, None, family, socket.SOCK_STREAM)
    return ip_address(found[0][4][0])
