"""Rules for redirects and for the headers that may follow them (RFC 9110, section 15.4).

A request that changes something is repeated only unchanged and at the same origin. Keys, cookies and
certificates never leave the origin that they were meant for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from typed_openai._security.credentials import Headers, is_secret_name
from typed_openai._transport.seam import HttpRequest

MOST_REDIRECTIONS = 30

_STATUSES = frozenset({301, 302, 303, 307, 308})
_AS_IT_WAS = frozenset({307, 308})
_PORTS = {"http": 80, "https": 443}

# Characters of a URL that are not quoted: those with a meaning, and those that are quoted already.
_AS_IS = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True)
class Hop:
    """A URL on the way to the reply; ``trusted`` if the request's credentials may be sent there."""

    url: str = field(repr=False)
    headers: Headers
    trusted: bool = True

    def to(self, url: str) -> Hop:
        """Return the next URL with the headers that may be sent there."""
        if _is_same_place(self.url, url):
            return replace(self, url=url)
        headers = {name: value for name, value in self.headers.items() if not is_secret_name(name)}
        return Hop(url, Headers(headers), trusted=False)


def target(status: int, headers: Mapping[str, str], request: HttpRequest, hop: Hop) -> str | None:
    """Return the URL to follow after a reply; None if the reply itself is the result."""
    location = headers.get("location")
    if status not in _STATUSES or not location:
        return None
    try:
        url = urldefrag(urljoin(hop.url, quote(_text(location), safe=_AS_IS))).url
        usable = _is_usable(url)
        stays = usable and _is_same_place(hop.url, url)
    except ValueError:
        return None
    if request.is_safe:
        return url if usable else None
    return url if stays and status in _AS_IT_WAS and request.replayable else None


def _is_usable(url: str) -> bool:
    """Return True if a request can be sent to the URL. Raises ``ValueError`` for some that are invalid."""
    parts = urlsplit(url)
    # Neither credentials in a URL, nor characters that are invalid in a host.
    if parts.scheme not in _PORTS or not parts.hostname or set(parts.netloc) & {"@", "%"}:
        return False
    import requests  # noqa: PLC0415  the rules are also read by commands that send nothing

    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    host = urlsplit(prepared.url or "").hostname or ""
    # As the system's resolver encodes it; the port is checked by reading it.
    return bool(host.encode("idna")) and parts.port != 0


def _text(location: str) -> str:
    """Decode a header as UTF-8 if possible; http.client reads its bytes as Latin-1."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


def _is_same_place(before: str, after: str) -> bool:
    """Return True if two URLs have the same origin; a change from http to https is allowed."""
    one, other = urlsplit(before), urlsplit(after)
    if one.hostname != other.hostname:
        return False
    old, new = ((parts.scheme, parts.port or _PORTS.get(parts.scheme)) for parts in (one, other))
    return old == new or (old, new) == (("http", 80), ("https", 443))
