"""The processing of a request without sockets: find the operation, check, answer, record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from threading import Lock
from typing import Final

from typed_openai._security.key_places import BEARER, KeyPlace
from typed_openai.testing.answers import Outgoing, ReplyMaker
from typed_openai.testing.checking import Checked, Checker, Incoming, Refusal
from typed_openai.testing.habits import Habits
from typed_openai.testing.keys import key_at, places, shown
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.routing import NoRoute, Router, WrongMethod
from typed_openai_spec.index.path_matcher import Route
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
    """A reply, its headers apart from the content type, and the record of the exchange."""

    reply: Outgoing
    headers: Mapping[str, str]
    record: RecordedRequest


class Service:
    """A fake of one API, safe to use from any number of threads."""

    def __init__(
        self,
        operations: Iterable[Operation],
        components: Mapping[str, Component],
        *,
        base_path: str = "",
        api_key: str | None = None,
        schemes: Mapping[str, object] | None = None,
        habits: Habits | None = None,
        seed: int | None = None,
    ) -> None:
        self._schemes = schemes or {}
        listed = tuple(operations)
        self._router = Router(listed)
        self._checker = Checker(components)
        self._replies = ReplyMaker(listed, components, habits, seed)
        self._base_path = base_path.rstrip("/")
        self._api_key = api_key
        self._numbers = count(1)
        self._failures: list[ScriptedFailure] = []
        self._lock = Lock()

    def fail_next(self, failure: ScriptedFailure, times: int) -> None:
        """Answer the next ``times`` requests with ``failure``."""
        with self._lock:
            self._failures += [failure] * times

    def forget(self) -> None:
        """Forget all objects that were created or deleted."""
        self._replies.forget()

    def answer(self, incoming: Incoming) -> Answer:
        """Return the answer to a request; ``incoming.path`` is the whole path."""
        number = next(self._numbers)
        record = self._record(incoming)
        headers = _headers(number)
        with self._lock:
            failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            reply = Outgoing(failure.status, failure.content_type, failure.body)
            message = f"scripted failure {failure.status}"
            record = replace(record, status=failure.status, message=message)
            return Answer(reply, {**headers, **failure.headers}, record)
        try:
            routes = self._routes(incoming)
            record = replace(record, operation=routes[0].operation.qualified_name)
            checked = self._checked(incoming, routes)
            record = replace(record, operation=checked.operation.qualified_name)
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

    def _checked(self, incoming: Incoming, routes: Sequence[Route]) -> Checked:
        """Return the call for the first operation that accepts the request, or raise the first refusal."""
        refused: list[Refusal] = []
        for route in routes:
            try:
                return self._check(incoming, route)
            except Refusal as refusal:
                refused.append(refusal)
        raise refused[0]

    def _routes(self, incoming: Incoming) -> list[Route]:
        """Return the operations that the request may mean.

        The base path may be missing, as clients of some gateways omit it.
        """
        path = incoming.path
        base = self._base_path if path.startswith(f"{self._base_path}/") else ""
        try:
            return self._router.routes(incoming.method, path.removeprefix(base), incoming.query)
        except NoRoute as error:
            hint = f"; did you mean {base}{error.nearest}?" if error.nearest else ""
            raise Refusal(404, f"unknown URL {path}{hint}", code="unknown_url") from None

    def _check(self, incoming: Incoming, route: Route) -> Checked:
        self._authorize(incoming, route.operation)
        hidden = {one.name for one in self._places if one.location == "query"}
        declared = {one.wire for one in route.operation.arguments if one.location == "query"}
        left = [pair for pair in incoming.query if pair[0] not in hidden - declared]
        return self._checker.check(replace(incoming, query=left), route)

    @property
    def _places(self) -> list[KeyPlace]:
        return [one for one in places(self._schemes, self._schemes) if one is not None]

    def _authorize(self, incoming: Incoming, operation: Operation) -> None:
        wanted = places(operation.security, self._schemes)
        if not wanted or None in wanted:
            return
        listed = [one for one in wanted if one is not None]
        key = next((key for one in listed if (key := key_at(one, incoming))), "")
        if not key:
            text = f"no API key; expected {' or '.join(map(shown, dict.fromkeys(listed)))}"
            raise Refusal(401, text)
        if self._api_key is not None and key != self._api_key:
            raise Refusal(401, "incorrect API key", code="invalid_api_key")

    def _record(self, incoming: Incoming) -> RecordedRequest:
        secret = _SECRET_HEADERS | {one.name.lower() for one in self._places if one.location == "header"}
        in_query = {one.name for one in self._places if one.location == "query"}
        headers = {name: "***" if name in secret else one for name, one in incoming.headers.items()}
        keys = (key_at(one, incoming) for one in (*self._places, BEARER))
        return RecordedRequest(
            incoming.method,
            incoming.path,
            tuple((name, "***" if name in in_query else text) for name, text in incoming.query),
            headers,
            body=_readable(incoming.body),
            content=incoming.body,
            api_key=next((one for one in keys if one), ""),
        )


def _wrong_method(incoming: Incoming, error: WrongMethod) -> str:
    return f"{incoming.method} is not allowed for {incoming.path}; expected {' or '.join(error.allowed)}"


def _readable(body: bytes) -> object:
    """Return the body of a request that may be invalid: parsed if it is JSON, else None."""
    try:
        value: object = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None
    return value


def _headers(number: int) -> dict[str, str]:
    """Return the headers that the API sends with every reply."""
    return {
        "x-request-id": f"req_{number:012d}",
        "openai-version": "2020-10-01",
        "openai-processing-ms": "1",
        "x-ratelimit-limit-requests": "10000",
        "x-ratelimit-remaining-requests": "9999",
        "x-ratelimit-reset-requests": "6ms",
    }
