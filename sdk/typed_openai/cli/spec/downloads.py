"""Fetch a description by its URL, over the client's own transport with its proxies and certificates."""

from __future__ import annotations

import base64
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

from typed_openai._security.credentials import Headers, shown_url, without_user
from typed_openai._transport.deadlines import Limits
from typed_openai._transport.first_use import requests_transport
from typed_openai._transport.redirects import Hop, target
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.errors import OpenAIError
from typed_openai.timeouts import Timeout
from typed_openai_spec.problems import DescriptionError

MOST_BYTES: Final = 64 << 20
"""Maximum size of a description that is fetched; a vendor's full one has three million bytes."""

_TIMEOUT: Final = Timeout(connect=10, first_byte=60, idle=60, total=300)
_MOST_REDIRECTIONS: Final = 10
_SCHEMES: Final = ("https", "http")
_ACCEPTED: Final = "application/yaml, application/json, text/plain;q=0.9, */*;q=0.5"


def is_url(place: str) -> bool:
    """Return True if ``place`` is meant as a URL of any scheme."""
    return "://" in place


def fetch(url: str) -> bytes:
    """Fetch an http or https URL and follow redirects; a name and password in it are sent (RFC 7617).

    Raises :class:`DescriptionError`, without credentials, if the reply cannot be a description.
    """
    shown = shown_url(url)
    request = _request(url, shown)
    transport = requests_transport()({"allow_redirects": False})
    limits = Limits(_TIMEOUT)
    try:
        hop = Hop(request.url, request.headers)
        for _ in range(_MOST_REDIRECTIONS + 1):
            reply = transport.send(replace(request, url=hop.url, headers=hop.headers), limits)
            onward = target(reply.status, reply.headers, request, hop)
            if onward is None:
                return _body(reply, shown)
            reply.close()
            if hop.url.startswith("https:") and onward.startswith("http:"):
                raise DescriptionError(f"{shown}: the redirect to {shown_url(onward)} leaves https")
            hop = hop.to(onward)
    except OpenAIError as error:
        text = str(error)
        raise DescriptionError(text if shown in text else f"{shown}: {text}") from error
    finally:
        transport.close()
    raise DescriptionError(f"{shown}: more than {_MOST_REDIRECTIONS} redirects")


def _request(url: str, shown: str) -> HttpRequest:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        usable = False
    if not usable:
        raise DescriptionError(f"{shown}: expected a URL that begins with https:// or http:// and a host")
    headers = Headers({"Accept": _ACCEPTED})
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return HttpRequest(
        "the description", "GET", without_user(url).partition("#")[0], headers, timeout=_TIMEOUT
    )


def _body(reply: HttpReply, shown: str) -> bytes:
    """Return the body of a reply that contains a description."""
    try:
        if reply.status != HTTPStatus.OK:
            raise DescriptionError(f"{shown}: expected an OpenAPI description, got {_status(reply.status)}")
        body = reply.read(MOST_BYTES + 1)
    finally:
        reply.close()
    if len(body) > MOST_BYTES:
        raise DescriptionError(f"{shown}: larger than {MOST_BYTES >> 20} MiB, the most that is fetched")
    if not body.strip():
        raise DescriptionError(f"{shown}: expected an OpenAPI description, got an empty reply")
    return body


def _status(status: int) -> str:
    known = status in HTTPStatus._value2member_map_
    return f"status {status}" + (f" ({HTTPStatus(status).phrase})" if known else "")
