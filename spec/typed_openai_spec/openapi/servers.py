"""Servers of a description -> the address that calls go to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import PLACEHOLDER


def address(servers: Any, base: str = "") -> str:
    """The URL of the first server, its variables filled in with their defaults; empty where there is none.

    One that is relative is so to ``base``, the address of the whole API.
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
