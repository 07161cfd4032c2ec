"""The events that the API sends to your server, and the check that they come from it."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterable, Sequence
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias, Union

from typed_openai._security.webhook_signatures import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    SigningKeys,
    as_sent,
    signed_content,
    signing_keys,
)
from typed_openai.errors import CallError
from typed_openai.webhook_errors import WebhookError, WebhookReplayError

__all__ = ["WebhookEvent", "WebhookHeaders", "unwrap_webhook"]

if TYPE_CHECKING:
    # Made from the index when it is first used; the stub lists the members.
    WebhookEvent: TypeAlias = Any
    """An event of any type that the API is known to send; its ``type`` selects the member of the union."""

_DEFAULT_TOLERANCE: Final = 300.0
_NEEDED: Final = (ID, TIMESTAMP, SIGNATURE)
_SECONDS: Final = re.compile(r"[0-9]{1,15}")


class _HasItems(Protocol):
    """The interface of the header objects of web frameworks."""

    def items(self) -> Iterable[tuple[str, str]]: ...


WebhookHeaders: TypeAlias = _HasItems | Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]
"""The headers of a request: a mapping, pairs of name and value as in ASGI, or the environment of WSGI."""


def unwrap_webhook(
    body: bytes | bytearray | memoryview | str,
    headers: WebhookHeaders,
    secret: str | Sequence[str],
    *,
    tolerance: float = _DEFAULT_TOLERANCE,
    is_replay: Callable[[str], bool] | None = None,
) -> WebhookEvent:
    """Return the event of a webhook, after checking that the API has sent it recently.

    ``body`` is the body of the request exactly as it was received, before any parser has changed it.
    ``headers`` are the request's headers; the case of their names does not matter. ``secret`` is the signing
    secret (``whsec_...``); while it is being replaced, pass the new and the old one.

    The signature is checked as the Standard Webhooks specification says, in constant time. An event whose
    time stamp is more than ``tolerance`` seconds in the past or in the future is refused. ``is_replay`` is
    called with the id of each event that passed these checks; if it returns True, the event was received
    before and is refused. The API sends an event again, under the same id, until your server answers with a
    2xx status: remember an id once its event is processed, and answer a replay with such a status.

    The event is the parsed body, as it was sent. Its ``type`` selects the type in :data:`WebhookEvent`; an
    event of a type that this version does not know is returned as well.

    Raises :class:`~typed_openai.WebhookError` if the event is refused, its subclass ``WebhookReplayError``
    for a replay, and ``CallError`` for a secret, a body or a tolerance of the wrong kind.

    >>> from typed_openai.testing import signed_webhook
    >>> secret = "whsec_c2VjcmV0IGZvciB0ZXN0cw=="
    >>> body, headers = signed_webhook("response.completed", secret, data={"id": "resp_1"})
    >>> event = unwrap_webhook(body, headers, secret)
    >>> if event["type"] == "response.completed":
    ...     print(event["data"]["id"])
    resp_1
    """
    keys, mistake = signing_keys(secret)
    del secret  # a traceback may show it
    if mistake:
        raise CallError(mistake)
    content = _content(body)
    tolerance = _checked(tolerance)
    _check_hook(is_replay)
    delivery = _Delivery(content, *(_header(found, name) for found, name in _found(headers)))
    _check_signature(delivery, keys)
    _check_age(delivery, tolerance)
    if is_replay is not None and is_replay(delivery.id):
        message = f"{ID} {delivery.id!r}: the event was received before"
        raise WebhookReplayError(message, reason="replay", webhook_id=delivery.id)
    return _event(delivery)


class _Delivery(NamedTuple):
    """A received webhook: its body, and the headers that are signed or hold the signatures."""

    content: bytes
    id: str
    timestamp: str
    signatures: str


def _content(body: object) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if isinstance(body, str):
        return as_sent(body)
    raise CallError(
        f'body: expected the bytes of the request as they were received, got "{type(body).__name__}"'
    )


def _checked(tolerance: object) -> float:
    is_number = isinstance(tolerance, (int, float)) and not isinstance(tolerance, bool)
    if is_number and 0 <= tolerance < math.inf:  # type: ignore[operator]  # a number
        return float(tolerance)  # type: ignore[arg-type]  # as above
    raise CallError(f"tolerance: expected a number of seconds, at least 0, got {tolerance!r}")


def _check_hook(is_replay: object) -> None:
    # The coroutine of a coroutine function is true: each event would be a replay.
    if is_replay is not None and (not callable(is_replay) or iscoroutinefunction(is_replay)):
        raise CallError(f'is_replay: expected a plain function or None, got "{type(is_replay).__name__}"')


def _found(headers: object) -> list[tuple[list[str], str]]:
    """Return the values of each header that is needed."""
    found: dict[str, list[str]] = {name: [] for name in _NEEDED}
    for name, value in _pairs(headers):
        wanted = found.get(_header_name(_text(name)))
        if wanted is not None:
            wanted.append(_text(value))
    return [(values, name) for name, values in found.items()]


def _pairs(headers: Any) -> list[tuple[object, object]]:
    """Return the headers as pairs. A mapping may have lists of values."""
    try:
        pairs = [(name, value) for name, value in (headers.items() if hasattr(headers, "items") else headers)]
    except (TypeError, ValueError):
        expected = "expected a mapping or pairs of name and value"
        raise CallError(f'headers: {expected}, got "{type(headers).__name__}"') from None
    listed = ((name, one if isinstance(one, (list, tuple)) else [one]) for name, one in pairs)
    return [(name, one) for name, values in listed for one in values]


def _header_name(name: str) -> str:
    """Return the name of a header in lower case; that in a WSGI environment is ``HTTP_WEBHOOK_ID``."""
    return name[5:].lower().replace("_", "-") if name.startswith("HTTP_") else name.lower()


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _header(values: list[str], name: str) -> str:
    if not values:
        raise WebhookError(f"the request has no header {name}", reason="headers")
    if len(values) > 1 and name != SIGNATURE:
        raise WebhookError(f"the request has {len(values)} headers {name}", reason="headers")
    if not (value := " ".join(values)).strip():
        raise WebhookError(f"the header {name} is empty", reason="headers")
    return value


def _check_signature(delivery: _Delivery, keys: SigningKeys) -> None:
    if not _SECONDS.fullmatch(delivery.timestamp):
        message = f"{TIMESTAMP}: expected seconds since 1970, got {delivery.timestamp[:40]!r}"
        raise WebhookError(message, reason="timestamp")
    signed = signed_content(delivery.id, delivery.timestamp, delivery.content)
    if not keys.accept(signed, as_sent(delivery.signatures)):
        message = (
            f"{SIGNATURE}: no signature fits the secret and the body; expected the body as it was received"
        )
        raise WebhookError(message, reason="signature", webhook_id=delivery.id)


def _check_age(delivery: _Delivery, tolerance: float) -> None:
    age = time.time() - int(delivery.timestamp)
    if abs(age) > tolerance:
        when = "past" if age > 0 else "future"
        message = f"{TIMESTAMP}: {abs(age):.0f} s in the {when}, expected at most {tolerance:g} s"
        raise WebhookError(message, reason="timestamp", webhook_id=delivery.id)


def _event(delivery: _Delivery) -> Any:
    try:
        event = json.loads(delivery.content.decode())
    except (ValueError, RecursionError):
        raise WebhookError("the body is not JSON", reason="body", webhook_id=delivery.id) from None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise WebhookError("the body is not an event with a type", reason="body", webhook_id=delivery.id)
    return event


def __getattr__(name: str) -> Any:
    if name != "WebhookEvent":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, _union())


def _union() -> Any:
    # Imported here: a server that receives events does not need the types at run time.
    from typed_openai import types  # noqa: PLC0415
    from typed_openai_spec.index.reader import packaged  # noqa: PLC0415
    from typed_openai_spec.model.webhook_payloads import payload_names  # noqa: PLC0415

    return Union[tuple(getattr(types, one) for one in payload_names(packaged().webhooks))]  # noqa: UP007
