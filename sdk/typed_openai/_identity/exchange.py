"""The exchange of a workload's token for one of the API (RFC 8693)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from typed_openai._identity.kept_token import Issued
from typed_openai._identity.token_requests import (
    JSON,
    SUBJECT_TOKEN,
    TokenRequest,
    checked_token,
    refused,
    requested,
)
from typed_openai._security.credentials import Sealed, Secret, secret
from typed_openai._settings.http_options import picklable_options
from typed_openai.errors import CallError, TokenError
from typed_openai.timeouts import Timeout

_GRANT: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
_TOKEN_TYPES: Final = "urn:ietf:params:oauth:token-type:"  # noqa: S105  # no credential

_USUAL_LIFETIME: Final = 300.0
"""Seconds for which a token is used if the reply does not say for how long it is valid."""


@dataclass(frozen=True)
class Exchange:
    """The settings of an exchange. ``source`` names it in errors.

    Without ``subject_token``, the client certificate in ``http_options`` identifies the workload.
    """

    source: str
    subject_token: Callable[[], str] | None = field(repr=False)
    token_type: str
    fields: Mapping[str, str]
    url: str
    timeout: Timeout
    http_options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return the settings without credentials."""
        return {**vars(self), "http_options": picklable_options(self.http_options)}

    def __call__(self) -> Issued:
        """Return a token of the API. Raises ``TokenError``, ``CallError`` and what the callable raises."""
        subject = self._subject()
        request = TokenRequest(
            source=self.source,
            method="POST",
            url=self.url,
            timeout=self.timeout,
            headers={"Accept": "application/json", "Content-Type": "application/json"},
            body=self._body(subject),
            key=subject,
            key_place=SUBJECT_TOKEN,
            http_options=self.http_options,
        )
        reply = requested(request, JSON)
        if not isinstance(reply, dict):
            raise refused(request, "the reply is not an object")
        token = checked_token(reply.get("access_token"), request, "access_token")
        return Issued(token, _lifetime(reply.get("expires_in"), request))

    def late(self, total: float) -> TokenError:
        """Return the error of a call whose ``total`` passed while another one exchanged the token."""
        place = self.url.partition("?")[0]
        within = f"within total={total:g} seconds: another call is exchanging it"
        message = f"{self.source}: no token from {place} {within}"
        return TokenError(message, source=self.source, place=place)

    def _subject(self) -> Secret | None:
        """Return the token of the workload; None if there is a certificate instead."""
        if self.subject_token is None:
            return None
        subject = secret(Sealed(self.subject_token()), "subject_token()")
        if subject is None:
            raise CallError('subject_token(): expected "str", got "None"')
        return subject

    def _body(self, subject: Secret | None) -> bytes:
        token_type = self.token_type if ":" in self.token_type else _TOKEN_TYPES + self.token_type
        proof = {} if subject is None else {"subject_token": subject.reveal()}
        fields = {"grant_type": _GRANT, "subject_token_type": token_type, **self.fields, **proof}
        return json.dumps(fields).encode()


def _lifetime(seconds: Any, request: TokenRequest) -> float:
    """Return ``expires_in`` in seconds, which may be a text. Raises ``TokenError`` for anything else."""
    if seconds is None:
        return _USUAL_LIFETIME
    try:
        lifetime = math.nan if isinstance(seconds, bool) else float(seconds)
    except (TypeError, ValueError, OverflowError):
        lifetime = math.nan
    if not math.isfinite(lifetime):
        raise refused(request, "the reply has no usable expires_in")
    return max(0.0, lifetime)
