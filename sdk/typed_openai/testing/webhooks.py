"""Signed webhooks, as the API sends them, for tests of the server that receives them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final, NamedTuple

from typed_openai._security.webhook_signatures import ID, SIGNATURE, TIMESTAMP, signed_content, signing_keys
from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec import spelling
from typed_openai_spec.index.reader import Index, packaged
from typed_openai_spec.model import Literals, Object, Ref
from typed_openai_spec.model.webhook_payloads import payload_names

_numbers: Final = count(1)


class SignedWebhook(NamedTuple):
    """The body and the headers of a webhook.

    >>> webhook = signed_webhook("batch.completed", "whsec_c2VjcmV0IGZvciB0ZXN0cw==")
    >>> sorted(webhook.headers)
    ['content-type', 'webhook-id', 'webhook-signature', 'webhook-timestamp']
    """

    body: bytes
    headers: dict[str, str]


def signed_webhook(
    event: str | Mapping[str, object],
    secret: str | Sequence[str],
    *,
    data: Mapping[str, object] | None = None,
    webhook_id: str | None = None,
    timestamp: float | None = None,
) -> SignedWebhook:
    """Return a webhook as the API would send it, to pass to the server under test.

    ``event`` is a type (``"response.completed"``) for a generated event, or the whole event; its type may
    then be one that does not exist yet. ``data`` replaces fields of the event's ``data``. ``secret`` is one
    signing secret or several, which then give several signatures. ``webhook_id`` is the id in the headers,
    by default a new one. ``timestamp`` is the time of sending in seconds since 1970, by default now.

    Raises ``ValueError`` for a type that the API does not have, and for an invalid secret.

    >>> secret = "whsec_c2VjcmV0IGZvciB0ZXN0cw=="
    >>> body, headers = signed_webhook("batch.completed", secret, data={"id": "batch_1"})
    >>> unwrap_webhook(body, headers, secret)["data"]
    {'id': 'batch_1'}
    """
    keys, mistake = signing_keys(secret)
    del secret  # a traceback may show it
    if mistake:
        raise ValueError(mistake)
    made = dict(event) if isinstance(event, Mapping) else generated_event(event, packaged())
    if data is not None:
        fields = made.get("data")
        made["data"] = {**(fields if isinstance(fields, Mapping) else {}), **data}
    body = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
    used = f"wh_{next(_numbers):012d}" if webhook_id is None else webhook_id
    sent = str(int(time.time() if timestamp is None else timestamp))
    signatures = b" ".join(keys.signatures(signed_content(used, sent, body))).decode()
    return SignedWebhook(
        body,
        {"content-type": "application/json", ID: used, TIMESTAMP: sent, SIGNATURE: signatures},
    )


def generated_event(kind: str, index: Index) -> dict[str, object]:
    """Return a generated event of a type. Raises ``ValueError`` if no webhook has it."""
    names = event_types(index)
    if kind not in names:
        hint = spelling.hint(kind, names, written=repr)
        raise ValueError(f"event: the API has no event of the type {kind!r}{hint}")
    made = Faker(index.components).value(Ref(names[kind]), Wishes(seed=next(_numbers), constants=(kind,)))
    return {**made, "type": kind} if isinstance(made, dict) else {"type": kind}


def event_types(index: Index) -> dict[str, str]:
    """Return the component of each type of event."""
    found: dict[str, str] = {}
    for name in payload_names(index.webhooks):
        schema = index.components[name].schema
        field = schema.field("type") if isinstance(schema, Object) else None
        if field is not None and isinstance(field.schema, Literals):
            found |= {str(value): name for value in field.schema.values}
    return found
