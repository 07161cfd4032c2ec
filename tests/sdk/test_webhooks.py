"""Webhooks: signatures over raw bytes, rotation, tolerance, replays, and unknown events."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import traceback
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai import CallError, WebhookError, WebhookEvent, WebhookReplayError, unwrap_webhook
from typed_openai.testing import SignedWebhook, signed_webhook
from typed_openai.testing.webhooks import event_types
from typed_openai_spec.index.reader import packaged

SECRET = "whsec_" + base64.b64encode(b"a secret of some length").decode()
OTHER = "whsec_" + base64.b64encode(b"another one of some length").decode()
BODY = b'{"type":"batch.completed","data":{"id":"batch_1"}}'


def refused(webhook: SignedWebhook, secret: Any = SECRET, **options: Any) -> WebhookError:
    with pytest.raises(WebhookError) as caught:
        unwrap_webhook(*webhook, secret, **options)
    return caught.value


def signature(body: bytes, key: bytes, webhook_id: str, timestamp: str) -> str:
    """The signature as the specification defines it, computed independently."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


# The specification's own example


def test_the_example_of_the_specification_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1614265330.0)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    with pytest.raises(WebhookError, match="not an event with a type") as caught:
        unwrap_webhook(b'{"test": 2432232314}', headers, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert caught.value.reason == "body"  # the signature is right


# What is accepted


@pytest.mark.parametrize("kind", event_types(packaged()))
def test_an_event_of_each_type_is_generated_and_accepted(kind: str) -> None:
    event: Any = unwrap_webhook(*signed_webhook(kind, SECRET), SECRET)
    assert event["type"] == kind
    assert isinstance(event["data"], dict)


def test_the_union_has_every_payload_of_the_index() -> None:
    assert {one.__name__ for one in get_args(WebhookEvent)} == set(event_types(packaged()).values())
    assert len(event_types(packaged())) >= 15


def test_an_unknown_type_is_returned_as_it_was_sent() -> None:
    event = {"type": "comet.sighted", "data": [1, None], "more": True}
    assert unwrap_webhook(*signed_webhook(event, SECRET), SECRET) == event


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, bytes.decode])
def test_each_kind_of_body_is_accepted(kind: Any) -> None:
    body, headers = signed_webhook({"type": "x", "data": "é\u2028"}, SECRET)
    event: Any = unwrap_webhook(kind(body), headers, SECRET)
    assert event["data"] == "é\u2028"


class Framework:
    """Headers of a web framework: only ``items``, and the names as they were sent."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def items(self) -> Iterator[tuple[str, str]]:
        return iter((name.title(), one) for name, one in self._headers.items())


@pytest.mark.parametrize(
    "kind",
    [
        dict,
        Framework,
        lambda headers: list(headers.items()),
        lambda headers: [(name.upper().encode(), one.encode()) for name, one in headers.items()],
        lambda headers: {name: [one] for name, one in headers.items()},
        lambda headers: {f"HTTP_{name.upper().replace('-', '_')}": one for name, one in headers.items()},
    ],
)
def test_each_kind_of_headers_is_accepted(kind: Any) -> None:
    body, headers = signed_webhook("batch.failed", SECRET)
    assert unwrap_webhook(body, kind(headers), SECRET)["type"] == "batch.failed"


def test_one_of_several_signatures_suffices() -> None:
    body, headers = signed_webhook(json.loads(BODY), SECRET)
    right = headers["webhook-signature"]
    others = f"v1a,{right[3:]} v2,abc v1,{'A' * 43}= v1, nonsense v1,é"
    assert unwrap_webhook(body, {**headers, "webhook-signature": f"{others} {right}"}, SECRET)
    assert refused(SignedWebhook(body, {**headers, "webhook-signature": others})).reason == "signature"


def test_a_header_with_signatures_may_be_repeated() -> None:
    body, headers = signed_webhook("batch.failed", SECRET)
    assert unwrap_webhook(body, [("Webhook-Signature", "v1,AAAA"), *headers.items()], SECRET)


@pytest.mark.parametrize("signing", [SECRET, OTHER, [SECRET, OTHER]])
@pytest.mark.parametrize("checking", [[SECRET, OTHER], (OTHER, SECRET)])
def test_two_secrets_are_accepted_while_they_are_rotated(signing: Any, checking: Any) -> None:
    assert unwrap_webhook(*signed_webhook("batch.failed", signing), checking)
    assert refused(signed_webhook("batch.failed", "whsec_b2xk"), checking).reason == "signature"


def test_a_secret_without_the_prefix_is_the_key_itself() -> None:
    now = str(int(time.time()))
    headers = {"webhook-id": "wh_1", "webhook-timestamp": now}
    headers["webhook-signature"] = signature(BODY, b"plain secret", "wh_1", now)
    assert unwrap_webhook(BODY, headers, "plain secret")
    assert signed_webhook(json.loads(BODY), "plain secret", webhook_id="wh_1", timestamp=int(now)) == (
        BODY,
        {**headers, "content-type": "application/json"},
    )


# What is refused


@pytest.mark.parametrize("seconds", [-301, -4000, 310, 1e9])
def test_an_event_from_too_far_in_the_past_or_the_future_is_refused(seconds: float) -> None:
    error = refused(signed_webhook("batch.failed", SECRET, timestamp=time.time() + seconds))
    assert error.reason == "timestamp"
    assert ("in the past" if seconds < 0 else "in the future") in str(error)


@pytest.mark.parametrize("seconds", [-295, 0, 295])
def test_an_event_within_the_tolerance_is_accepted(seconds: float) -> None:
    assert unwrap_webhook(*signed_webhook("batch.failed", SECRET, timestamp=time.time() + seconds), SECRET)


def test_the_tolerance_is_a_choice() -> None:
    old = signed_webhook("batch.failed", SECRET, timestamp=time.time() - 86_400)
    assert unwrap_webhook(*old, SECRET, tolerance=90_000)
    assert refused(old, tolerance=80_000).reason == "timestamp"


@pytest.mark.parametrize("text", ["", "now", "1e9", "-5", "+5", " ", "1_000", "٣", "9" * 40, "1.5"])
def test_a_timestamp_that_is_not_a_number_of_seconds_is_refused(text: str) -> None:
    body, headers = signed_webhook("batch.failed", SECRET)
    signed = signature(body, b"a secret of some length", headers["webhook-id"], text)
    error = refused(
        SignedWebhook(body, {**headers, "webhook-timestamp": text, "webhook-signature": signed}),
    )
    assert error.reason in ("timestamp", "headers")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_named(name: str) -> None:
    body, headers = signed_webhook("batch.failed", SECRET)
    del headers[name]
    error = refused(SignedWebhook(body, headers))
    assert (error.reason, str(error)) == ("headers", f"the request has no header {name}")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_a_repeated_header_is_refused(name: str) -> None:
    body, headers = signed_webhook("batch.failed", SECRET)
    with pytest.raises(WebhookError, match=f"the request has 2 headers {name}"):
        unwrap_webhook(body, [*headers.items(), (name.upper(), headers[name])], SECRET)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"type":1}', b"{}", b"\xff", b"[" * 10**5])
def test_a_signed_body_that_is_not_an_event_is_refused(body: bytes) -> None:
    now = str(int(time.time()))
    headers = {"webhook-id": "wh_1", "webhook-timestamp": now}
    headers["webhook-signature"] = signature(body, b"a secret of some length", "wh_1", now)
    assert refused(SignedWebhook(body, headers)).reason == "body"


@given(st.data())
def test_any_change_is_refused(data: st.DataObject) -> None:
    body, headers = signed_webhook("batch.failed", SECRET)
    name = data.draw(st.sampled_from(["body", "webhook-id", "webhook-timestamp"]))
    content = body if name == "body" else headers[name].encode()
    at = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.sampled_from([one for one in b"0123456789{}x" if one != content[at]]))
    changed = content[:at] + bytes([other]) + content[at + 1 :]
    if name == "body":
        webhook = SignedWebhook(changed, headers)
    else:
        webhook = SignedWebhook(body, {**headers, name: changed.decode()})
    assert refused(webhook).reason in ("signature", "timestamp")


# Replays


def test_a_replay_is_refused_and_only_genuine_events_reach_the_hook() -> None:
    asked: list[str] = []

    def is_replay(webhook_id: str) -> bool:
        asked.append(webhook_id)
        return webhook_id == "wh_2"

    assert unwrap_webhook(
        *signed_webhook("batch.failed", SECRET, webhook_id="wh_1"), SECRET, is_replay=is_replay
    )
    replayed = refused(signed_webhook("batch.failed", SECRET, webhook_id="wh_2"), is_replay=is_replay)
    assert isinstance(replayed, WebhookReplayError)
    assert (replayed.reason, replayed.webhook_id) == ("replay", "wh_2")
    refused(signed_webhook("batch.failed", OTHER, webhook_id="wh_3"), is_replay=is_replay)
    refused(signed_webhook("batch.failed", SECRET, webhook_id="wh_4", timestamp=1), is_replay=is_replay)
    assert asked == ["wh_1", "wh_2"]


# Wrong calls


async def coroutine(webhook_id: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"body": {"type": "x"}},
            'body: expected the bytes of the request as they were received, got "dict"',
        ),
        ({"headers": 5}, 'headers: expected a mapping or pairs of name and value, got "int"'),
        ({"headers": ["webhook-id"]}, 'headers: expected a mapping or pairs of name and value, got "list"'),
        ({"secret": None}, 'secret: expected "str", got "NoneType"'),
        ({"secret": []}, "secret: expected a secret or a list of them, got none"),
        ({"secret": ""}, "secret: expected whsec_ and base64, or other text, got no key"),
        ({"secret": "whsec_"}, "secret: expected whsec_ and base64, or other text, got no key"),
        (
            {"secret": [SECRET, "whsec_hidden!"]},
            "secret[1]: expected whsec_ and base64, or other text, got other characters after the prefix",
        ),
        ({"tolerance": -1}, "tolerance: expected a number of seconds, at least 0, got -1"),
        ({"tolerance": float("nan")}, "tolerance: expected a number of seconds, at least 0, got nan"),
        ({"tolerance": None}, "tolerance: expected a number of seconds, at least 0, got None"),
        ({"is_replay": coroutine}, 'is_replay: expected a plain function or None, got "function"'),
    ],
)
def test_a_wrong_argument_is_a_call_error(changed: dict[str, Any], message: str) -> None:
    body, headers = signed_webhook("batch.failed", SECRET)
    arguments: dict[str, Any] = {"body": body, "headers": headers, "secret": SECRET, **changed}
    with pytest.raises(CallError) as caught:
        unwrap_webhook(**arguments)
    assert str(caught.value) == message


def test_no_frame_of_the_package_shows_a_secret() -> None:
    def fail(webhook_id: str) -> bool:
        raise OSError("no database")

    wrong: list[tuple[Any, Any]] = [
        ({"secret": OTHER}, WebhookError),
        ({"secret": [SECRET, "whsec_hidden!"]}, CallError),
        ({"secret": SECRET, "is_replay": fail}, OSError),
    ]
    for options, kind in wrong:
        with pytest.raises(kind) as caught:
            unwrap_webhook(*signed_webhook("batch.failed", SECRET), **options)
        frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
        shown = [one for one in frames if "/typed_openai/" in one.filename]
        assert shown
        values = " ".join(f"{one.locals}" for one in shown)
        assert not any(hidden in values for hidden in (SECRET, OTHER, "hidden", "a secret of"))


# The helper of tests


def test_an_unknown_type_of_event_is_not_generated() -> None:
    with pytest.raises(
        ValueError, match=r"no event of the type 'batch.complete'; did you mean 'batch.completed'\?"
    ):
        signed_webhook("batch.complete", SECRET)


def test_a_wrong_secret_is_not_shown() -> None:
    with pytest.raises(ValueError, match="secret: expected whsec_ and base64") as caught:
        signed_webhook("batch.completed", "whsec_hidden!")
    assert "hidden" not in str(caught.value)
