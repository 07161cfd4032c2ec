"""Short-lived tokens in place of an API key.

Map::

    WorkloadIdentity    exchanges a token of the workload for one of the API, and refreshes it
    KubernetesToken     the token of a Kubernetes service account, from a file
    AzureToken          a token of an Azure managed identity
    GoogleToken         an identity token of a Google service account

Pass a ``WorkloadIdentity`` as ``api_key`` of a client. Its first argument returns the token of the workload:
one of the other classes, or a function of your own without arguments.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from typed_openai._identity.exchange import Exchange
from typed_openai._identity.kept_token import KeptToken
from typed_openai._identity.subject_tokens import azure_token, google_token, kubernetes_token
from typed_openai._security.credentials import hidden_options, shown_url
from typed_openai._security.tracebacks import without_locals
from typed_openai._settings.base_urls import checked_base_url
from typed_openai._settings.http_options import checked_http_options
from typed_openai._settings.settings import checked_name
from typed_openai.errors import CallError
from typed_openai.timeouts import Timeout, checked_timeout

__all__ = ["AzureToken", "GoogleToken", "KubernetesToken", "WorkloadIdentity"]

_TOKEN_URL: Final = "https://auth.openai.com/oauth/token"  # noqa: S105  # no credential
_CERTIFICATE_URL: Final = "https://mtls.auth.openai.com/oauth/token"
_CERTIFICATE_TYPE: Final = "urn:openai:params:oauth:token-type:x509"
_OPTIONS: Final = frozenset({"cert", "proxies", "verify"})
_DEFAULT_TIMEOUT: Final = Timeout(connect=5, first_byte=10, idle=10, total=30)


@dataclass(frozen=True)
class KubernetesToken:
    """The token of a Kubernetes service account, from the file of a projected volume.

    The file is read for each exchange, because the platform replaces it. Other platforms also write tokens
    to files; in AKS, ``AZURE_FEDERATED_TOKEN_FILE`` has the path. Calling the object raises ``TokenError`` if
    the file contains no token.

    >>> KubernetesToken("/var/run/secrets/tokens/openai")
    KubernetesToken(path='/var/run/secrets/tokens/openai')
    """

    path: str | os.PathLike[str]

    def __call__(self) -> str:
        return kubernetes_token(os.fspath(self.path))


@dataclass(frozen=True)
class AzureToken:
    """The token of an Azure managed identity, from the metadata service of the machine.

    ``resource`` is the Application ID URI that the API expects as the audience. ``client_id`` selects one of
    several identities. App Service, Functions and Container Apps have a metadata service of their own, whose
    URL is in ``IDENTITY_ENDPOINT``. Calling the object raises ``TokenError`` if there is no token within 10
    seconds.

    >>> AzureToken("api://openai", client_id="0a1b")
    AzureToken(resource='api://openai', client_id='0a1b')
    """

    resource: str
    client_id: str | None = None

    def __call__(self) -> str:
        return azure_token(self.resource, self.client_id)


@dataclass(frozen=True)
class GoogleToken:
    """The identity token of the default Google service account, from the metadata server of the machine.

    Works in Compute Engine, Cloud Run and GKE. ``audience`` is the audience that the API expects. Calling the
    object raises ``TokenError`` if there is no token within 10 seconds.

    >>> GoogleToken("https://api.openai.com/v1").token_type
    'id_token'
    """

    audience: str = "https://api.openai.com/v1"

    token_type: ClassVar[Literal["id_token"]] = "id_token"  # noqa: S105  # no credential
    """The kind of token, which is the default of the exchange."""

    def __call__(self) -> str:
        return google_token(self.audience)


class WorkloadIdentity:
    """A short-lived token of the API, exchanged for a token of the workload. Pass it as ``api_key``.

    ``subject_token`` is called for each exchange and returns the token of the workload. ``token_type`` is the
    kind of that token: ``"jwt"`` by default, or a URN. If ``subject_token`` is None, the client certificate
    in ``http_options`` identifies the workload. ``identity_provider_id`` and ``service_account_id`` are the
    ids that the API's organization has configured. ``token_url`` is the endpoint of the exchange.

    The token is kept for all threads and clients that use the object. It is refreshed ``refresh_ahead``
    seconds before it expires, or after half of its lifetime if that is later. One thread refreshes it, while
    the others use the previous token as long as it is valid. If the API refuses the token, it is replaced and
    the request is sent once more.

    ``timeout`` is the limit for an exchange including its retries, in seconds or as a :class:`Timeout`. The
    ``total`` of the call that needs the token ends the exchange, too, as does cancelling that call.
    ``http_options`` accepts ``cert``, ``proxies`` and ``verify``, as for ``Client``. Safe to use after
    ``os.fork()``. A pickled object has no token.

    Raises ``CallError`` for an invalid argument. Calls of the API raise ``TokenError`` if there is no token.

    >>> identity = WorkloadIdentity(
    ...     KubernetesToken("/var/run/secrets/tokens/openai"),
    ...     identity_provider_id="idp_123",
    ...     service_account_id="sa_123",
    ... )
    >>> client = Client(api_key=identity)
    """

    def __init__(
        self,
        subject_token: Callable[[], str] | None,
        *,
        identity_provider_id: str,
        service_account_id: str,
        token_type: str | None = None,
        token_url: str | None = None,
        refresh_ahead: float = 300.0,
        timeout: float | Timeout | None = _DEFAULT_TIMEOUT,
        http_options: Mapping[str, Any] | None = None,
    ) -> None:
        http_options = hidden_options(http_options)
        if subject_token is not None and not callable(subject_token):
            found = type(subject_token).__name__
            del subject_token  # it may be a token, and a traceback may show it
            raise CallError(f'subject_token: expected a callable that returns a token, got "{found}"')
        options = _options(http_options)
        certified = subject_token is None
        if certified and not options.get("cert"):
            raise CallError('subject_token: expected a callable, or http_options={"cert": ...} in its place')
        usual_type = _CERTIFICATE_TYPE if certified else getattr(subject_token, "token_type", "jwt")
        usual_url = _CERTIFICATE_URL if certified else _TOKEN_URL
        self._ahead = _seconds(refresh_ahead)
        self._exchange = Exchange(
            "WorkloadIdentity",
            subject_token,
            _text(usual_type if token_type is None else token_type, "token_type"),
            {
                "identity_provider_id": _text(identity_provider_id, "identity_provider_id"),
                "service_account_id": _text(service_account_id, "service_account_id"),
            },
            checked_base_url(token_url, "token_url") or usual_url,
            checked_timeout(timeout),
            options,
        )
        self._kept = KeptToken(self._exchange, self._ahead, self._exchange.late)

    def __call__(self) -> str:
        """Return the current token, after an exchange if there is none or if it expires soon.

        Raises ``TokenError`` if there is no token, and the exceptions of ``subject_token``.
        """
        try:
            return self._kept.current().reveal()
        except BaseException as error:
            without_locals(error)
            raise

    def discard(self, token: str) -> None:
        """Forget ``token`` if it is the current one, so that the next call exchanges another one.

        A client does this when the API refuses the token.

        >>> def subject_token() -> str:
        ...     return "a-token-of-this-workload"
        >>> identity = WorkloadIdentity(
        ...     subject_token, identity_provider_id="idp_123", service_account_id="sa_123"
        ... )
        >>> identity.discard("a-token-that-was-refused")
        """
        self._kept.discard(token)

    def __getstate__(self) -> dict[str, Any]:
        return {"ahead": self._ahead, "exchange": self._exchange}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._ahead, self._exchange = state["ahead"], state["exchange"]
        self._kept = KeptToken(self._exchange, self._ahead, self._exchange.late)

    def __repr__(self) -> str:
        if "_exchange" not in vars(self):
            # A constructor that failed: the traceback may show the unfinished object.
            return "WorkloadIdentity(...)"
        fields = ", ".join(f"{name}={one!r}" for name, one in self._exchange.fields.items())
        return f"WorkloadIdentity(..., {fields}, token_url={shown_url(self._exchange.url)!r})"


def _text(value: object, name: str) -> str:
    text = checked_name(value, name)
    if text is None:
        raise CallError(f'{name}: expected "str", got "None"')
    return text


def _options(http_options: object) -> dict[str, Any]:
    options = checked_http_options(http_options, "http_options")
    if other := sorted(options.keys() - _OPTIONS):
        raise CallError(f'http_options: expected "cert", "proxies" or "verify", got "{other[0]}"')
    return options


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise CallError(f"refresh_ahead: expected a number of seconds, at least 0, got {value!r}")
    return float(value)
