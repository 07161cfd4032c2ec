"""The session of one thread: its connections and cookies, and cached settings of the environment.

It sends through the session's adapters, as requests does, but does not prepare requests by requests' rules:
the URL, headers and body are ready, and the key must not be replaced from ``~/.netrc``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sized
from contextlib import nullcontext
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import DEFAULT_POOLSIZE
from requests.cookies import RequestsCookieJar, merge_cookies
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from urllib3.util import SKIP_HEADER
from urllib3.util.request import SKIPPABLE_HEADERS

from typed_openai._security.key_places import address_with, put
from typed_openai._transport.adapter import TimedAdapter
from typed_openai._transport.baton import others_run
from typed_openai._transport.clock import now
from typed_openai._transport.no_proxy import unproxied_host
from typed_openai._transport.redirects import Hop
from typed_openai._transport.seam import HttpRequest

_ENVIRONMENT = (
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "REQUEST_METHOD"),
)
"""The environment variables that requests reads."""

_KEPT = 1.0
"""Seconds for which the system's proxy settings are cached; the environment is checked each time."""

_CODINGS = "gzip, deflate"

_SHORT = 1 << 16
"""The size of a body that the system accepts at once."""


class Session(requests.Session):
    """The connections of one thread. ``options`` are those of ``requests.Session.request``."""

    def __init__(self, options: Mapping[str, Any], connections: int = DEFAULT_POOLSIZE) -> None:
        """Keep at most ``connections`` idle connections to each host."""
        super().__init__()
        self._options = options
        self._surroundings: dict[str, tuple[tuple[str | None, ...], float, dict[str, Any]]] = {}
        # Sessions of requests have one adapter per scheme; connections are pooled by host anyway.
        adapter = TimedAdapter(pool_maxsize=connections)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def __del__(self) -> None:
        # When its thread ends; replies that still exist would keep its idle connections open.
        if "adapters" in self.__dict__:
            # At the interpreter's exit, parts of the libraries are gone already, and so may suppress() be.
            try:  # noqa: SIM105
                self.close()
            except Exception:  # noqa: S110
                pass

    def carry(self, request: HttpRequest, hop: Hop) -> requests.Response:
        """Send a request and wait for the reply's headers. Redirects are not followed."""
        with others_run() if self._may_wait(request.body) else nullcontext():
            prepared = self._prepared(request, hop)
            url = prepared.url or hop.url
            limits = request.timeout
            sending = {**self._sending(url), "timeout": (limits.connect, limits.first_byte)}
            if not hop.trusted:
                sending["cert"] = None
            # Through the session's own ``send``, where test and tracing libraries hook in.
            return self.send(prepared, allow_redirects=False, **sending)

    def _may_wait(self, body: object) -> bool:
        """Return True if sending runs code of the user, or takes long."""
        is_short = body is None or (isinstance(body, bytes) and len(body) <= _SHORT)
        return not is_short or bool(self._options.get("hooks") or self._options.get("auth"))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None: the transport follows redirects by its own rules."""
        return None

    def _prepared(self, request: HttpRequest, hop: Hop) -> requests.PreparedRequest:
        prepared = requests.PreparedRequest()
        prepared.method = request.method
        prepared.url = _prepared_url(hop.url)
        prepared.headers = headers = CaseInsensitiveDict(_sent_headers(hop))
        prepared.hooks = default_hooks()
        body: Any = request.body
        prepared.body = body
        if isinstance(body, Sized):
            headers["Content-Length"] = str(len(body))
        elif body is not None:
            headers["Transfer-Encoding"] = "chunked"
        elif not request.is_safe:
            headers["Content-Length"] = "0"
        for key, place in request.keys if hop.trusted else ():
            put(key, place, headers)
            prepared.url = address_with(key, place, prepared.url)
        self._apply_options(prepared, hop)
        return prepared

    def _apply_options(self, prepared: requests.PreparedRequest, hop: Hop) -> None:
        """Apply the options that concern the request itself; credentials only for trusted URLs."""
        options = self._options
        own = options.get("cookies") if hop.trusted else None
        if own or len(self.cookies):
            jar: Any = RequestsCookieJar()
            for cookies in (self.cookies, own or {}):
                jar = merge_cookies(jar, cookies)  # type: ignore[no-untyped-call]  # untyped in requests
            prepared.prepare_cookies(jar)
        if options.get("auth") is not None and hop.trusted:
            prepared.prepare_auth(options["auth"], prepared.url or "")
        for event, hooks in (options.get("hooks") or {}).items():
            prepared.register_hook(event, hooks)  # type: ignore[no-untyped-call]  # as above

    def _sending(self, url: str) -> dict[str, Any]:
        """Return the adapter's arguments from the options and the environment: proxies and certificates."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        environment = tuple(map(os.environ.get, _ENVIRONMENT))
        time = now()
        known = self._surroundings.get(origin)
        if known is None or known[0] != environment or known[1] < time:
            options = self._options
            proxies = dict(options.get("proxies") or {})
            if (host := unproxied_host(url, proxies.get("no_proxy"))) is not None:
                proxies["no_proxy"] = host
            found = self.merge_environment_settings(
                url, proxies, True, options.get("verify"), options.get("cert")
            )
            known = self._surroundings[origin] = environment, time + _KEPT, dict(found)
        return known[2]


def _sent_headers(hop: Hop) -> dict[str, Any]:
    """Return the headers with their credentials, without those that the caller removes."""
    headers = {"Accept-Encoding": _CODINGS, **hop.headers.revealed}
    for name in [one for one, value in headers.items() if value is None]:
        del headers[name]
        if name.lower() in SKIPPABLE_HEADERS:
            # urllib3 and http.client would add their own.
            headers[name] = SKIP_HEADER
    return headers


@lru_cache(maxsize=512)
def _prepared_url(url: str) -> str:
    """Return the URL as it is sent, with a non-ASCII host in its IDNA form."""
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    return prepared.url or url
