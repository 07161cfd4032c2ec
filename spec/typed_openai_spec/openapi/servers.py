"""The URL of a description's server."""

from __future__ import annotations

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
