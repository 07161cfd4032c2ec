"""Tokens of a workload, which the platform that runs it issues. No frame of an error has one."""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import urlencode

from typed_openai._identity.token_requests import (
    JSON,
    TEXT,
    TokenRequest,
    checked_token,
    metadata_request,
    refused,
    requested,
)
from typed_openai._security.credentials import Sealed, secret
from typed_openai._security.key_places import KeyPlace
from typed_openai._security.tracebacks import without_locals
from typed_openai.errors import CallError, TokenError

_LARGEST_TOKEN: Final = 1 << 16
_AZURE: Final = "AzureToken"
_AZURE_SERVICE: Final = "http://169.254.169.254/metadata/identity/oauth2/token"
_AZURE_VERSION: Final = "2018-02-01"
_APP_SERVICE_VERSION: Final = "2019-08-01"
_GOOGLE: Final = "/computeMetadata/v1/instance/service-accounts/default/identity"


def kubernetes_token(path: str) -> str:
    """Return the token in a file. Raises :class:`TokenError`."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a path of the caller's, as it is
            content = Sealed(file.read(_LARGEST_TOKEN).decode("utf-8", "replace").strip())
        token = secret(content, path)
    except OSError as error:
        problem = f"cannot be read: {error.strerror or type(error).__name__}"
    except CallError:
        problem = "contains no token"
    else:
        assert token is not None
        return token.reveal()
    raise TokenError(f"KubernetesToken: {path} {problem}", source="KubernetesToken", place=path)


def azure_token(resource: str, client_id: str | None) -> str:
    """Return a token of a managed identity for ``resource``. Raises :class:`TokenError`."""
    try:
        request = _azure_request({"resource": resource} | ({"client_id": client_id} if client_id else {}))
        reply = requested(request, JSON)
        if not isinstance(reply, dict):
            raise refused(request, "the reply is not an object")
        return checked_token(reply.get("access_token"), request, "access_token").reveal()
    except BaseException as error:
        without_locals(error)
        raise


def _azure_request(query: dict[str, str]) -> TokenRequest:
    endpoint, header = os.environ.get("IDENTITY_ENDPOINT"), os.environ.get("IDENTITY_HEADER")
    if endpoint and header:
        # Azure App Service, Functions and Container Apps.
        url = f"{endpoint}?{urlencode({'api-version': _APP_SERVICE_VERSION, **query})}"
        key = secret(Sealed(header), "IDENTITY_HEADER")
        return metadata_request(_AZURE, url, {}, key, KeyPlace("header", "X-IDENTITY-HEADER"))
    url = f"{_AZURE_SERVICE}?{urlencode({'api-version': _AZURE_VERSION, **query})}"
    return metadata_request(_AZURE, url, {"Metadata": "true"})


def google_token(audience: str) -> str:
    """Return an identity token for ``audience``. Raises :class:`TokenError`."""
    host = os.environ.get("GCE_METADATA_HOST") or "metadata.google.internal"
    url = f"http://{host}{_GOOGLE}?{urlencode({'audience': audience, 'format': 'full'})}"
    request = metadata_request("GoogleToken", url, {"Metadata-Flavor": "Google"})
    try:
        return checked_token(str(requested(request, TEXT)).strip(), request, "token").reveal()
    except BaseException as error:
        without_locals(error)
        raise
