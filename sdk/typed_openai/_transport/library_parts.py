"""The undocumented parts of urllib3, requests and http.client that the transport uses.

They are looked up once, when the transport is imported. If a release of a library has renamed one, the
import fails with an :class:`ImportError`, rather than a call halfway.
"""

from __future__ import annotations

import io
import platform
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any, Final

import requests
import urllib3
from urllib3.connectionpool import HTTPConnectionPool

from typed_openai._transport.urllib3_classes import HTTPConnection, HTTPSConnection

_VERSIONS: Final = {
    "Python": platform.python_version(),
    "requests": requests.__version__,
    "urllib3": urllib3.__version__,  # type: ignore[attr-defined]  # exported without saying so
}


MAY_BE_MISSING: Final = frozenset({"_decoders", "_obj"})
"""Undocumented names that the transport does without if a library lacks them."""


@dataclass(frozen=True)
class Used:
    """An object of a library, and the names of it that are used."""

    library: str
    owner: str
    sample: object
    names: tuple[str, ...]

    @property
    def missing(self) -> Iterator[str]:
        """Yield the full names that the library does not have."""
        return (f"{self.owner}.{name}" for name in self.names if not hasattr(self.sample, name))


class _NoSocket:
    """A stand-in for a socket, so that the lookup opens none."""

    def makefile(self, *_: Any) -> io.BytesIO:
        return io.BytesIO()

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def used_parts() -> tuple[Used, ...]:
    """Return all undocumented names that the transport uses, each with an object that should have it.

    Most are attributes of instances, so the samples are instances; none of them connects.
    """
    nowhere: Any = _NoSocket()
    connection = (
        *("_dns_host", "_encode_request", "_new_conn", "_tunnel", "_tunnel_host"),
        *("auto_open", "is_connected", "response_class"),
    )
    tls = ("_connect_tls_proxy",)
    reply = ("_check_close", "_method", "_read_status", "chunked", "fp", "length", "will_close")
    return (
        Used("urllib3", "urllib3.connection.HTTPConnection", HTTPConnection("localhost"), connection),
        Used("urllib3", "urllib3.connection.HTTPSConnection", HTTPSConnection("localhost"), tls),
        Used(
            "urllib3",
            "urllib3.HTTPConnectionPool",
            HTTPConnectionPool("localhost"),
            ("ConnectionCls", "pool"),
        ),
        Used(
            "urllib3",
            "urllib3.HTTPResponse",
            urllib3.HTTPResponse(),
            ("_decoder", "_fp", "_original_response"),
        ),
        Used("requests", "requests.Response", requests.Response(), ("_content_consumed",)),
        Used("Python", "http.client.HTTPResponse", HTTPResponse(nowhere), reply),
        Used("Python", "socket.SocketIO", socket.SocketIO(nowhere, "r"), ("_sock",)),
    )


def check(parts: tuple[Used, ...]) -> None:
    """Raise :class:`ImportError` for the first library that lacks a part."""
    for part in parts:
        if missing := ", ".join(part.missing):
            raise ImportError(
                f"typed-openai uses {missing}, which {part.library} {_VERSIONS[part.library]} does not have: "
                f"use an earlier {part.library}, or a newer typed-openai",
                name="typed_openai",
            )
