"""The URL of a description's server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import PLACEHOLDER


def address(servers: Any, base: str = "") -> str:
    """Return the URL of the first server with the defaults of its variables; empty if there is none.

    A relative URL is resolved against ``base``, the URL of the API.
    """
    server = mapping(servers[0]) if isinstance(servers, list) and servers else {}
    if not isinstance(server.get("url"), str):
        return ""
    variables = mapping(server.get("variables"))
    url = PLACEHOLDER.sub(
        lambda found: str(mapping(variables.get(found[1])).get("default", found[0])), server["url"]
    ).rstrip("/")
    try:
        return urljoin(base, url or "/").rstrip("/") if base and not urlsplit(url).scheme else url
    except ValueError:
        return url


def located(document: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Return a description whose first server has an absolute URL, as far as that is known.

    A relative URL is resolved against ``$self`` or ``origin``, the URL that the description came from.
    Without any server, the server is the root of that URL.
    """
    own = document.get("$self")
    base = urljoin(origin, own) if isinstance(own, str) else origin
    if not base.startswith(("http://", "https://")):
        return dict(document)
    servers = document.get("servers")
    listed = servers if isinstance(servers, list) and servers else [{"url": "/"}]
    url = address(listed)
    if urlsplit(url).scheme or not isinstance(listed[0], Mapping):
        return dict(document)
    try:
        absolute = urljoin(base, url or "/").rstrip("/")
    except ValueError:
        return dict(document)
    return {**document, "servers": [{**listed[0], "url": absolute, "variables": {}}, *listed[1:]]}
