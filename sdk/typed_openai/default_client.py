"""The client behind the module's own groups and functions, configured by the environment."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Unpack

from typed_openai.client import CallOptions, Client
from typed_openai.credentials import hidden_headers, hide_credentials

__all__ = ["call", "request"]

_lock = threading.Lock()
_made: list[Client] = []


def default_client() -> Client:
    """The one default client, made when it is first needed."""
    with _lock:
        if not _made:
            _made.append(Client())
        return _made[0]


def call(operation_id: str, /, *args: Any, **kwargs: Any) -> Any:
    """Call an operation with the default client, as :meth:`Client.call` does."""
    hide_credentials(kwargs)
    return default_client().call(operation_id, *args, **kwargs)


def request(
    method: str,
    path: str,
    *,
    json: object = None,
    params: Mapping[str, object] | None = None,
    data: Mapping[str, object] | bytes | str | None = None,
    files: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    stream: bool = False,
    **options: Unpack[CallOptions],
) -> Any:
    """Send a request to a path of the API with the default client, as :meth:`Client.request` does."""
    headers = hidden_headers(headers)
    hide_credentials(options)
    return default_client().request(
        method,
        path,
        json=json,
        params=params,
        data=data,
        files=files,
        headers=headers,
        stream=stream,
        **options,
    )
