"""Events of webhooks: ``type`` selects the type of the data."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import assert_type

from typed_openai import WebhookError, WebhookEvent, WebhookReplayError, types, unwrap_webhook
from typed_openai.testing import SignedWebhook, signed_webhook

SECRET = "whsec_c2VjcmV0"


def receive(request: BaseHTTPRequestHandler, body: bytes) -> int:
    try:
        event = unwrap_webhook(
            body, request.headers, [SECRET, SECRET], tolerance=60, is_replay={"wh_1"}.__contains__
        )
    except WebhookReplayError:
        return 200
    except WebhookError as error:
        assert error.reason != "replay"
        return 400
    return 200 if process(event) else 500


def process(event: WebhookEvent) -> str:
    if event["type"] == "response.completed":
        assert_type(event, types.WebhookResponseCompleted)
        return event["data"]["id"]
    if event["type"] == "live.call.incoming" or event["type"] == "realtime.call.incoming":
        return ", ".join(header["name"] for header in event["data"]["sip_headers"])
    return event["id"]


def starlette(body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
    return unwrap_webhook(body, headers, SECRET)


def asgi(body: bytes, headers: list[tuple[bytes, bytes]]) -> WebhookEvent:
    return unwrap_webhook(body, headers, SECRET)


webhook = signed_webhook("batch.completed", SECRET, data={"id": "batch_1"})
assert_type(webhook, SignedWebhook)
assert_type(webhook.body, bytes)
body, headers = webhook
unwrap_webhook(body, headers, SECRET)
