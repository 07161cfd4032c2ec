"""Webhooks of the embedded server: work goes on by itself, and its end is sent to a URL on this machine.

Objects of other servers change with time, those of the embedded server when they are retrieved. Therefore
each one that has events is retrieved here until it has ended.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Final, TypeAlias
from urllib.parse import SplitResult, quote, urlsplit

from typed_openai._security.webhook_signatures import ID, signing_keys
from typed_openai.testing.webhooks import event_types, signed_webhook
from typed_openai_spec.index.reader import Index

Look: TypeAlias = Callable[[str], Mapping[str, Any] | None]
"""Retrieves the object at a path."""

_STEP_SECONDS: Final = 0.05
_PAUSES: Final = (0.0, 0.1, 0.5, 2.0, 5.0)
"""The pauses before each try to deliver an event, in seconds."""

_TIMEOUT: Final = 10.0


@dataclass(frozen=True, slots=True)
class SentWebhook:
    """A webhook that the embedded server has sent, when it was accepted or the last try has failed.

    ``event`` is its type, ``object_id`` the id of the object that has ended, and ``webhook_id`` that of the
    webhook, which is the same in all ``tries``. ``status`` is that of the last answer, or None without one.

    >>> SentWebhook("batch.completed", "batch_1", "wh_1", tries=1, status=200).is_accepted
    True
    """

    event: str
    object_id: str
    webhook_id: str
    tries: int
    status: int | None

    @property
    def is_accepted(self) -> bool:
        """True if the last answer has a 2xx status.

        >>> SentWebhook("batch.completed", "batch_1", "wh_1", tries=5, status=None).is_accepted
        False
        """
        return self.status is not None and 200 <= self.status < 300


class WebhookSender:
    """Follows objects until they end, and sends the events. ``on_sent`` is called with each one."""

    def __init__(
        self, url: str, secret: str | None, index: Index, look: Look, on_sent: Callable[[SentWebhook], object]
    ) -> None:
        self._url = loopback(url)
        self.secret: str = secret or f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
        _, mistake = signing_keys(self.secret)
        if mistake:
            raise ValueError(f"webhook_secret: {mistake}")
        self._types = event_types(index)
        self._named: Mapping[str, str] = index.served.get("events", {})
        self._kinds = {one.rpartition(".")[0] for one in (*self._types, *self._named)}
        self._look = look
        self._on_sent = on_sent
        self._followed: dict[str, str] = {}
        self._streamed: set[str] = set()
        self._lock = Lock()
        self._ended = Event()
        self._thread: Thread | None = None

    def notice(self, path: str, reply: bytes) -> None:
        """Follow the object that a request to a path has created, unless it has ended already."""
        try:
            made = json.loads(reply)
        except ValueError:
            return
        if not isinstance(made, dict) or made.get("object") not in self._kinds:
            return
        object_id, event = made.get("id"), self._event_of(made)
        if not isinstance(object_id, str):
            return
        if event:  # complete at once, or by an action while it is streamed
            self._end_stream(object_id, event)
            return
        if object_id in path:  # an action on an object that is followed
            return
        with self._lock:
            self._followed[object_id] = f"{path.rstrip('/')}/{quote(object_id, safe='')}"
            if self._thread is None:
                self._thread = Thread(target=self._follow, name="typed-openai-webhooks", daemon=True)
                self._thread.start()

    def streamed(self, events: Iterator[Any], goes_on: Callable[[Any], bool], delay: float) -> Iterator[Any]:
        """Yield the server's events of a stream, and report the object in them when it has ended.

        Only an object that ``goes_on`` in the background is reported, also if the client leaves: the rest of
        the events, each after a ``delay``, then happens unseen.
        """
        last: Mapping[str, Any] = {}
        try:
            for event in events:
                if (found := self._object_in(event)) and goes_on(found):
                    if not last:
                        with self._lock:
                            self._streamed.add(str(found["id"]))
                    last = found
                yield event
        finally:
            if last:
                rest = list(events)
                last = next(filter(None, map(self._object_in, reversed(rest))), last)
                self._end_stream(str(last["id"]), self._event_of(last), len(rest) * delay)

    def forget(self) -> None:
        """Follow nothing that was created so far."""
        with self._lock:
            self._followed.clear()
            self._streamed.clear()

    def close(self) -> None:
        """Send nothing more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _event_of(self, value: Mapping[str, Any]) -> str:
        """Return the type of the event for the state of an object; empty if there is none."""
        state = f"{value.get('object')}.{value.get('status')}"
        state = self._named.get(state, state)
        return state if state in self._types else ""

    def _follow(self) -> None:
        while not self._ended.wait(_STEP_SECONDS):
            with self._lock:
                followed = dict(self._followed)
            for object_id, path in followed.items():
                value = self._look(path)
                if value is not None and not (event := self._event_of(value)):
                    continue
                with self._lock:
                    is_new = self._followed.pop(object_id, None) is not None
                if value is not None and is_new:
                    Thread(target=self._deliver, args=(event, object_id), daemon=True).start()

    def _object_in(self, event: Any) -> Mapping[str, Any]:
        """Return the object in an event whose end is reported; empty if there is none."""
        values = event.data.values() if isinstance(event.data, dict) else ()
        found = (one for one in values if isinstance(one, dict) and one.get("object") in self._kinds)
        return next((one for one in found if isinstance(one.get("id"), str)), {})

    def _end_stream(self, object_id: str, event: str, seconds: float = 0.0) -> None:
        """Report an object that is streamed, once, some seconds from now."""
        with self._lock:
            is_open = object_id in self._streamed
            self._streamed.discard(object_id)
        if is_open and event:
            Thread(target=self._deliver, args=(event, object_id, seconds), daemon=True).start()

    def _deliver(self, event: str, object_id: str, seconds: float = 0.0) -> None:
        if self._ended.wait(seconds):
            return
        tries, status = 0, None
        body, headers = _webhook(event, object_id, self.secret)
        for pause in _PAUSES:
            if self._ended.wait(pause):
                return
            tries += 1
            # Signed again: a time stamp that is too old would be refused.
            headers = _webhook(event, object_id, self.secret, body, headers[ID])[1]
            status = _posted(self._url, body, headers)
            if status is not None and 200 <= status < 300:
                break
        self._on_sent(SentWebhook(event, object_id, headers[ID], tries, status))


def _webhook(
    event: str, object_id: str, secret: str, body: bytes = b"", webhook_id: str | None = None
) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of an event; ``body`` is that of an earlier try."""
    if body:
        return signed_webhook(json.loads(body), secret, webhook_id=webhook_id)
    made = json.loads(signed_webhook(event, secret, data={"id": object_id}).body)
    return signed_webhook({**made, "created_at": int(time.time())}, secret)


def _posted(url: SplitResult, body: bytes, headers: Mapping[str, str]) -> int | None:
    """Return the status of the answer, or None without one."""
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=_TIMEOUT)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    try:
        connection.request("POST", path, body, {**headers, "user-agent": "typed-openai"})
        with connection.getresponse() as response:
            response.read(65536)
            return response.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def loopback(url: str) -> SplitResult:
    """Return a URL in parts. Raises ``ValueError`` unless it is one of this machine."""
    problem = f"webhook: expected a URL on this machine, such as http://127.0.0.1:9000/webhooks, got {url!r}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        found = {one[4][0] for one in socket.getaddrinfo(host, None)} if host == "localhost" else {host}
        is_local = all(ipaddress.ip_address(one).is_loopback for one in found)
    except (ValueError, OSError, TypeError, AttributeError):
        raise ValueError(problem) from None
    if parts.scheme != "http" or not is_local:
        raise ValueError(problem)
    return parts
