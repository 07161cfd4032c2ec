"""The client behind the module-level groups and functions, configured by the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from typed_openai._security.credentials import hidden_headers, hide_credentials, hide_unexpected
from typed_openai.client import CallOptions, Client
from typed_openai.omission import Omit
from typed_openai_spec.option_tables import ALL_CALL_OPTIONS

__all__ = ["as_curl", "call", "request"]

_made: dict[str, Client] = {}


def default_client() -> Client:
    """Return the default client, which is created on first use."""
    # No lock, which another thread could hold while the process forks: the first client is kept.
    return _made.get("client") or _made.setdefault("client", Client())


def call(operation_id: str, /, *args: Any, **kwargs: Any) -> Any:
    """Call an operation with the default client, like :meth:`Client.call`, with the same errors.

    >>> call("models.retrieve_model", "gpt-4o-mini")["object"]
    'model'
    """
    client = default_client()
    # The same dict all the way: values that are hidden in it are hidden in this frame, too.
    return client._call(client._endpoint(operation_id, "call"), args, kwargs)


def as_curl(operation_id: str, /, *args: Any, **kwargs: Any) -> str:
    r"""Return the ``curl`` command for a call of the default client, like :meth:`Client.as_curl`.

    >>> print(as_curl("listModels", base_url="https://api.openai.com/v1"))
    curl https://api.openai.com/v1/models \
      --header "Authorization: Bearer $OPENAI_API_KEY" \
      --header 'Accept: application/json'
    """
    return default_client()._as_curl(operation_id, args, kwargs)


def request(
    method: str,
    path: str,
    *,
    json: object = None,
    params: Mapping[str, object] | Omit | None = None,
    data: Mapping[str, object] | bytes | str | Omit | None = None,
    files: Mapping[str, object] | Omit | None = None,
    headers: Mapping[str, str | None] | Omit | None = None,
    stream: bool | Omit = False,
    **options: Unpack[CallOptions],  # type: ignore[misc]  # made from a table, as in the stub
) -> Any:
    """Send a request to a path of the API with the default client, like :meth:`Client.request`.

    >>> request("GET", "/models/gpt-4o-mini")["object"]
    'model'
    """
    headers = hidden_headers(headers)
    hide_credentials(options)
    hide_unexpected(options, ALL_CALL_OPTIONS)
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
