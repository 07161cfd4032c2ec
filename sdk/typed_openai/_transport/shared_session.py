"""A session that many threads share: all calls of an async client use the same connections.

urllib3's pools of connections are safe to share. Of the rest of a session, only its cookies change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http.cookiejar import Cookie
from threading import RLock
from typing import Any

from requests.cookies import RequestsCookieJar

from typed_openai._transport.session import Session


class SharedSession(Session):
    """The connections of many threads. Keeps at most ``connections`` of them idle for each host."""

    def __init__(self, options: Mapping[str, Any], connections: int) -> None:
        super().__init__(options, connections)
        self.cookies = _SharedJar()


class _SharedJar(RequestsCookieJar):
    """A cookie jar that can be read while another thread adds a cookie."""

    def __init__(self) -> None:
        super().__init__()
        self._changing = RLock()

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> None:
        with self._changing:
            super().set_cookie(cookie, *args, **kwargs)

    def __iter__(self) -> Iterator[Cookie]:  # type: ignore[override]  # two bases of requests' jar disagree
        with self._changing:
            return iter([*super().__iter__()])
