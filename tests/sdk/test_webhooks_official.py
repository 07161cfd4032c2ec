"""The judgement of webhooks, compared with that of the official client on thousands of changed ones."""

from __future__ import annotations

import base64
import importlib
import random
import time
from typing import Any

import pytest

from typed_openai import WebhookError, unwrap_webhook
from typed_openai.testing import signed_webhook

CASES = 4000
SECRETS = ("whsec_" + base64.b64encode(b"a secret of some length").decode(), "a plain secret")


@pytest.fixture(scope="module")
def official() -> Any:
    """The official client. Checkers need not read its types, nor other tests wait for its import."""
    return importlib.import_module("openai").OpenAI(api_key="test")


def accepts(body: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        unwrap_webhook(body, headers, secret)
    except WebhookError:
        return False
    return True


def official_accepts(client: Any, body: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        client.webhooks.verify_signature(body, headers, secret=secret)
    except (ValueError, TypeError):
        # It raises a TypeError for a signature that is not ASCII, and an encoding error for a body.
        return False
    return True


def changed(text: str, chance: random.Random) -> str:
    """A text with a character changed, removed, added or repeated, or none."""
    at = chance.randrange(len(text) + 1)
    return chance.choice(
        [
            text,
            text,
            text[:at] + chance.choice("0aZ+/=,. v1é") + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + chance.choice("0a ,v") + text[at:],
            f"{text} {text}",
            f"v1,AAAA {text}",
            f"{text} v2,BBBB",
            text.swapcase(),
            "",
        ]
    )


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("secret", SECRETS)
def test_the_same_webhooks_are_accepted(secret: str, official: Any) -> None:
    chance = random.Random(7)
    accepted = 0
    for number in range(CASES):
        sent = time.time() + chance.choice([0, 0, 0, -200, 200, -400, 400])
        body, headers = signed_webhook("batch.completed", secret, webhook_id=f"wh_{number}", timestamp=sent)
        name = chance.choice(
            ["body", "webhook-id", "webhook-timestamp", "webhook-signature", "webhook-signature"]
        )
        if name == "body":
            body = changed(body.decode(), chance).encode()
        else:
            headers[name] = changed(headers[name], chance)
        ours = accepts(body, headers, secret)
        theirs = official_accepts(official, body, headers, secret)
        accepted += ours
        # The specification demands the version: the official client also accepts a signature without it.
        unversioned = not any(one.startswith("v1,") for one in headers["webhook-signature"].split())
        assert ours == (theirs and not unversioned), (body, headers)
    assert CASES / 10 < accepted < CASES * 9 / 10
