"""The adapter of the sessions: pools of timed connections, also through proxies."""

from __future__ import annotations

import queue
import socket
from contextlib import suppress
from typing import Any, Final

from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidProxyURL
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from typed_openai._encoding.urls import PROXY_SCHEMES
from typed_openai._transport.connections import (
    CURRENT,
    PlainConnection,
    PlainThroughSocks,
    TimedConnection,
    TlsConnection,
    TlsThroughSocks,
)
from typed_openai._transport.socks_handshake import SOCKS_SCHEMES, SocksProxy
from typed_openai._transport.urllib3_classes import HTTPConnection, PoolConnections

_PROBE_AFTER: Final = 60
_PROBE_EVERY: Final = 60
_PROBES: Final = 5

_KEEPALIVE: Final = (
    # The first name is that of Linux and Windows, the second one of macOS.
    (("TCP_KEEPIDLE", "TCP_KEEPALIVE"), _PROBE_AFTER),
    (("TCP_KEEPINTVL",), _PROBE_EVERY),
    (("TCP_KEEPCNT",), _PROBES),
)


def socket_options() -> list[tuple[int, int, int]]:
    """Return the options of all sockets: those of urllib3, and TCP keepalive.

    Networks forget connections on which nothing is sent for minutes, as during a long answer.
    """
    options = [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for names, value in _KEEPALIVE:
        found = [getattr(socket, name) for name in names if hasattr(socket, name)]
        options += [(socket.IPPROTO_TCP, option, value) for option in found[:1]]
    return options


class _Pool(HTTPConnectionPool):
    """A pool that hides a credential in the query from urllib3, which logs it."""

    def urlopen(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        exchange = CURRENT.get()
        if exchange is not None:
            if not _is_timed(self.ConnectionCls):
                exchange.sent = None
            elif exchange.hides_query:
                exchange.target, url = url, f"{url.partition('?')[0]}?***"
        return super().urlopen(method, url, *args, **kwargs)


def _is_timed(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, TimedConnection)


class _PlainPool(_Pool):
    ConnectionCls: Any = PoolConnections(PlainConnection)


class _TlsPool(_Pool, HTTPSConnectionPool):
    ConnectionCls: Any = PoolConnections(TlsConnection)


class _PlainSocksPool(_Pool):
    ConnectionCls = PlainThroughSocks


class _TlsSocksPool(_Pool, HTTPSConnectionPool):
    ConnectionCls = TlsThroughSocks


_POOLS: Final = {"http": _PlainPool, "https": _TlsPool}
_SOCKS_POOLS: Final = {"http": _PlainSocksPool, "https": _TlsSocksPool}


class TimedAdapter(HTTPAdapter):
    """Sends requests over timed connections, also through proxies."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, socket_options=socket_options(), **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        scheme = proxy.partition(":")[0].lower()
        if scheme not in PROXY_SCHEMES:
            # The rest of the URL may contain a password.
            raise InvalidProxyURL(f'unknown scheme of a proxy: "{scheme}"')
        if scheme in SOCKS_SCHEMES:
            return self._socks_manager(proxy)
        manager: Any = super().proxy_manager_for(proxy, socket_options=socket_options(), **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def _socks_manager(self, url: str) -> Any:
        if url not in self.proxy_manager:
            try:
                options = {"proxy": SocksProxy.of(url)}
            except ValueError as error:
                raise InvalidProxyURL(f"the URL of the proxy: {error}") from None
            manager = PoolManager(_socks_options=options, socket_options=socket_options())
            manager.pool_classes_by_scheme = _SOCKS_POOLS
            self.proxy_manager[url] = manager
        return self.proxy_manager[url]

    def close(self) -> None:
        """Close idle connections now; urllib3 would wait until the last reply releases their pool."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118  # it cannot be iterated over
                if (pool := manager.pools.get(key)) is not None:
                    _close_idle(pool)
        super().close()


def _close_idle(pool: Any) -> None:
    # Not through its ``close``, which would make another thread's request fail that is about to begin.
    with suppress(queue.Empty, AttributeError):
        while True:
            connection = pool.pool.get(block=False)
            if connection is not None:
                connection.close()
