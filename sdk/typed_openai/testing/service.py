"""What the server does with a request, without any socket: find, check, answer, keep a record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from threading import Lock
from typing import Final

from typed_openai.testing.checking import Checked, Checker, Incoming, Refusal
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.replies import Outgoing, ReplyMaker
from typed_openai.testing.routing import NoRoute, Route, Router, WrongMethod
from typed_openai_spec.model import Component, Operation

_SECRET_HEADERS: Final = frozenset(("authorization", "proxy-authorization", "cookie", "api-key", "x-api-key"))


@dataclass(frozen=True, slots=True)
class ScriptedFailure:
    """A failure to answer with, whatever the request is."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, the headers that go with it beside the content type, and the record of the exchange."""

    reply: Outgoing
    headers: Mapping[str, str]
    record: RecordedRequest


class Service:
    """A fake of one API: any number of threads may ask it at once."""

    def __init__(
        self,
        operations: Iterable[Operation],
        components: Mapping[str, Component],
        *,
        base_path: str = "",
        api_key: str | None = None,
    ) -> None:
        self._router = Router(operations)
        self._checker = Checker(components)
        self._replies = ReplyMaker(components)
        self._base_path = base_path.rstrip("/")
        self._api_key = api_key
        self._numbers = count(1)
        self._failures: list[ScriptedFailure] = []
        self._lock = Lock()

    def fail_next(self, failure: ScriptedFailure, times: int) -> None:
        """Answer the next ``times`` requests with ``failure``."""
        with self._lock:
            self._failures += [failure] * times

    def answer(self, incoming: Incoming) -> Answer:
        """The answer to a request; ``incoming.path`` is the whole path."""
        number = next(self._numbers)
        record = _record(incoming)
        headers = _headers(number)
        with self._lock:
            failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            reply = Outgoing(failure.status, failure.content_type, failure.body)
            message = f"scripted failure {failure.status}"
            record = replace(record, status=failure.status, message=message)
            return Answer(reply, {**headers, **failure.headers}, record)
        try:
            route = self._route(incoming)
            record = replace(record, operation=route.operation.qualified_name)
            checked = self._check(incoming, route)
            reply = self._replies.reply(checked, number)
        except WrongMethod as error:
            headers["Allow"] = ", ".join(error.allowed)
            refusal = Refusal(405, _wrong_method(incoming, error))
        except Refusal as error:
            refusal = error
        else:
            record = replace(record, body=checked.body, arguments=checked.arguments, status=reply.status)
            return Answer(reply, headers, record)
        reply = Outgoing(refusal.status, "application/json", json.dumps(refusal.body).encode())
        return Answer(reply, headers, replace(record, status=refusal.status, message=refusal.message))

    def _route(self, incoming: Incoming) -> Route:
        """The operation asked for. The base path may be left out, as it is by clients of some gateways."""
        path = incoming.path
        base = self._base_path if path.startswith(f"{self._base_path}/") else ""
        try:
            return self._router.route(incoming.method, path.removeprefix(base), incoming.query)
        except NoRoute as error:
            hint = f"; did you mean {base}{error.nearest}?" if error.nearest else ""
            raise Refusal(404, f"unknown URL {path}{hint}", code="unknown_url") from None

    def _check(self, incoming: Incoming, route: Route) -> Checked:
        if route.operation.security:
            self._authorize(_key_of(incoming))
        return self._checker.check(incoming, route)

    def _authorize(self, key: str) -> None:
        if not key:
            text = 'no API key; expected the header "Authorization: Bearer <key>"'
            raise Refusal(401, text)
        if self._api_key is not None and key != self._api_key:
            raise Refusal(401, "incorrect API key", code="invalid_api_key")


def _wrong_method(incoming: Incoming, error: WrongMethod) -> str:
    return f"{incoming.method} is not allowed for {incoming.path}; expected {' or '.join(error.allowed)}"


def _key_of(incoming: Incoming) -> str:
    scheme, _, key = incoming.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _record(incoming: Incoming) -> RecordedRequest:
    headers = {name: "***" if name in _SECRET_HEADERS else one for name, one in incoming.headers.items()}
    return RecordedRequest(
        incoming.method,
        incoming.path,
        tuple(incoming.query),
        headers,
        body=_readable(incoming.body),
        content=incoming.body,
        api_key=_key_of(incoming),
    )


def _readable(body: bytes) -> object:
    """The body of a request that may not fit: parsed, if it is JSON."""
    try:
        value: object = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None
    return value


def _headers(number: int) -> dict[str, str]:
    """What the API sends beside every reply."""
    return {
        "x-request-id": f"req_{number:012d}",
        "openai-version": "2020-10-01",
        "openai-processing-ms": "1",
        "x-ratelimit-limit-requests": "10000",
        "x-ratelimit-remaining-requests": "9999",
        "x-ratelimit-reset-requests": "6ms",
    }
