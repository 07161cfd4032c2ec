"""The errors of webhooks."""

from __future__ import annotations

from typing import Literal, TypeAlias

from typed_openai.errors import OpenAIError

__all__ = ["WebhookError", "WebhookReplayError"]

_Refused: TypeAlias = Literal["headers", "timestamp", "signature", "body", "replay"]


class WebhookError(OpenAIError):
    """A webhook was refused: it is not from the API, or too old, or not an event.

    ``reason`` says what is wrong with it. ``webhook_id`` is the id of the event; empty if its signature was
    not checked. The message contains no secret.

    >>> try:
    ...     unwrap_webhook(b"{}", {"webhook-id": "wh_1"}, "whsec_c2VjcmV0IGZvciB0ZXN0cw==")
    ... except WebhookError as error:
    ...     print(error.reason, "-", error)
    headers - the request has no header webhook-timestamp
    """

    def __init__(self, message: str, *, reason: _Refused, webhook_id: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.webhook_id = webhook_id


class WebhookReplayError(WebhookError):
    """The event was received before, as ``is_replay`` says. Answer it with a 2xx status."""
