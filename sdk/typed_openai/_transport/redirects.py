"""Where a redirection may lead, and what may be sent there (RFC 9110, section 15.4).

A request that changes something is only repeated as it was, at the same place; and no key, cookie or
certificate leaves the place that it was meant for.
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

# What is left as it is in an address: all that stands for itself or is quoted already.
_AS_IS = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True)
class Hop:
    """An address on the way to the reply; ``trusted`` where the request's credentials may go there."""

    url: str = field(repr=False)
    headers: Headers
    trusted: bool = True

    def to(self, url: str) -> Hop:
        """The next address, with what may be sent to it."""
        if _is_same_place(self.url, url):
            return replace(self, url=url)
        headers = {name: value for name, value in self.headers.items() if not is_secret_name(name)}
        return Hop(url, Headers(headers), trusted=False)


def target(status: int, headers: Mapping[str, str], request: HttpRequest, hop: Hop) -> str | None:
    """Where to go on after a reply; None where the reply itself is what the caller must see."""
    location = headers.get("location")
    if status not in _STATUSES or not location:
        return None
    try:
        url = urldefrag(urljoin(hop.url, quote(_text(location), safe=_AS_IS))).url
        parts = urlsplit(url)
        # Neither credentials in an address, nor characters that no host has.
        usable = parts.scheme in _PORTS and bool(parts.hostname) and not set(parts.netloc) & {"@", "%"}
        stays = usable and _is_same_place(hop.url, url)
    except ValueError:
        return None
    if request.is_safe:
        return url if usable else None
    return url if stays and status in _AS_IT_WAS and request.replayable else None


def _text(location: str) -> str:
    """A header's bytes, which http.client reads as Latin-1, as what they are meant for."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


def _is_same_place(before: str, after: str) -> bool:
    """Whether two addresses are of one host and port; going over to https there is no loss."""
    one, other = urlsplit(before), urlsplit(after)
    if one.hostname != other.hostname:
        return False
    old, new = ((parts.scheme, parts.port or _PORTS.get(parts.scheme)) for parts in (one, other))
    return old == new or (old, new) == (("http", 80), ("https", 443))
