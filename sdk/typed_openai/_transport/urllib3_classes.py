"""The connection classes of urllib3 itself.

Test tools such as vcrpy replace them by subclasses for a while. If this package is imported in the meantime,
those must not become the bases of its own classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import urllib3.connection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection, HTTPSConnection
else:

    def _original(name: str) -> type:
        """Return the class that urllib3 defines under a name; a replacement is a subclass of it."""
        found = getattr(urllib3.connection, name)
        originals = (one for one in found.__mro__ if one.__module__ == "urllib3.connection")
        return next(originals, found)

    HTTPConnection = _original("HTTPConnection")
    HTTPSConnection = _original("HTTPSConnection")

__all__ = ["HTTPConnection", "HTTPSConnection", "PoolConnections"]

_PLAIN: Final = HTTPConnectionPool, HTTPConnection
_TLS: Final = HTTPSConnectionPool, HTTPSConnection
"""The pool of each scheme, and the class of its connections unless it is replaced."""


class PoolConnections:
    """The class of a pool's connections: ``own``, or the one that replaces that of urllib3's pools.

    So tools that replace the latter see the requests, over connections without the time limits of ``own``.
    """

    def __init__(self, own: type[HTTPConnection]) -> None:
        self._own = own

    def __get__(self, pool: Any, owner: Any) -> Any:
        usual, original = _TLS if issubclass(self._own, HTTPSConnection) else _PLAIN
        found = usual.ConnectionCls
        return self._own if found is original else found
