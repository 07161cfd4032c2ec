"""The processing of a request without sockets: find the operation, check, answer, record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from threading import Lock
from typing import Any, Final

from typed_openai._security.key_places import BEARER, KeyPlace
from typed_openai.testing.answers import EVENT_STREAM, Outgoing, ReplyMaker
from typed_openai.testing.checking import Checked, Checker, Incoming, Refusal
from typed_openai.testing.gateway_requests import Gateway
from typed_openai.testing.habits import Habits, Manner
from typed_openai.testing.kept_objects import kind_of
from typed_openai.testing.keys import key_at, places, shown
from typed_openai.testing.limit_script import LimitScript
from typed_openai.testing.long_work import LongWork
from typed_openai.testing.rate_limits import RateLimits
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.routing import NoRoute, Router, WrongMethod
from typed_openai.testing.script_book import Script, ScriptBook, ScriptedFailure, listed
from typed_openai.testing.scripted_answers import ScriptError
from typed_openai_spec import spelling
from typed_openai_spec.index.path_matcher import PathMatcher, Route
from typed_openai_spec.model import Component, Operation

_SECRET_HEADERS: Final = frozenset(("authorization", "proxy-authorization", "cookie", "api-key", "x-api-key"))


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
        matcher: PathMatcher | None = None,
        base_path: str = "",
        api_key: str | None = None,
        schemes: Mapping[str, object] | None = None,
        habits: Habits | None = None,
        seed: int | None = None,
        strict: bool = False,
        lenient: bool = False,
    ) -> None:
        self._schemes = schemes or {}
        known = tuple(operations)
        self._habits = habits = habits or Habits()
        self._router = Router(known, matcher)
        self.lenient: bool = lenient
        self._checker = Checker(components, lenient=lenient)
        self._replies = ReplyMaker(known, components, habits, seed)
        self.work: LongWork = LongWork(known, self._replies.files, self._inner_answer)
        self.limits: RateLimits = RateLimits()
        self._base_path = base_path.rstrip("/")
        self._api_key = api_key
        self._numbers = count(1)
        self._strict = strict
        self._gateway = Gateway.of(habits.gateways) if lenient else Gateway()
        self._unexpected: list[str] = []
        self._lock = Lock()
        self._by_name = {one.qualified_name: one for one in known}
        self._by_id = {one.id: one for one in known}
        self.scripts: ScriptBook = ScriptBook(habits)

    @property
    def unexpected(self) -> tuple[str, ...]:
        """The requests that no script answered, if only scripts may answer."""
        with self._lock:
            return tuple(self._unexpected)

    def operation(self, name: str) -> Operation:
        """Return the operation called ``group.name``, or with that id. Raises :class:`ScriptError`."""
        found = self._by_name.get(name) or self._by_id.get(name)
        if found is None:
            raise ScriptError(f'unknown operation "{name}"{spelling.hint(name, self._by_name)}')
        return found

    def manner(self, name: str) -> Manner:
        """Return the habits of the objects that the operation called ``group.name`` returns."""
        return self._habits.manner(kind_of(self.operation(name)))

    def judge_reply(self, operation: Operation, value: object) -> None:
        """Raise :class:`ScriptError` if a value, or a part of one, does not fit an operation's reply."""
        self._replies.judge_reply(operation, value)

    def judge_events(self, operation: Operation, events: Sequence[Mapping[str, Any]]) -> None:
        """Raise :class:`ScriptError` if an operation does not stream, or not such events."""
        self._replies.judge_events(operation, events)

    def forget(self) -> None:
        """Forget all objects that were created or deleted, the scripts, and the unexpected requests."""
        self._replies.forget()
        self.work.forget()
        self.scripts.clear()
        self.limits.script = LimitScript()
        with self._lock:
            self._unexpected.clear()

    def answer(self, incoming: Incoming) -> Answer:
        """Return the answer to a request; ``incoming.path`` is the whole path."""
        number = next(self._numbers)
        record = self._record(incoming)
        headers = _headers(number)
        incoming, known = self._gateway.plain(incoming, self._base_path)
        checked: Checked | None = None
        refusal: Refusal | None = None
        try:
            routes = self._routes(incoming)
            record = replace(record, operation=routes[0].operation.qualified_name)
            checked = self._checked(incoming, routes, known)
            record = replace(
                record,
                operation=checked.operation.qualified_name,
                body=checked.body,
                arguments=checked.arguments,
            )
        except WrongMethod as error:
            headers["Allow"] = ", ".join(error.allowed)
            refusal = Refusal(405, _wrong_method(incoming, error))
        except Refusal as error:
            refusal = error
        script: Script | None = None
        try:
            script = self.scripts.take(record, checked)
        except ScriptError as error:
            self._note(record)
            checked, refusal = None, Refusal(500, str(error))
        if script is not None and isinstance(script.answer, ScriptedFailure):
            return _failed(script.answer, record, headers)
        try:
            if checked is None:
                raise refusal or Refusal(400, "the request is not valid")
            if script is None and self._strict:
                raise self._surprise(record)
            self.limits.admit(checked.body, headers)
            answer = None if script is None else script.answer
            make = partial(self._replies.reply, checked, number, answer)
            reply = self.work.reply(checked, make) if script is None else make()
        except Refusal as error:
            reply = Outgoing(error.status, "application/json", json.dumps(error.body).encode())
            return Answer(reply, headers, replace(record, status=error.status, message=error.message))
        told = "" if script is None else f"scripted {script.title}"
        return Answer(reply, headers, replace(record, status=reply.status, scripted=told))

    def _surprise(self, record: RecordedRequest) -> Refusal:
        """Return the refusal of a request that no script answers, and remember the request."""
        self._note(record)
        waiting = listed(self.scripts.unused) or " none"
        return Refusal(
            400, f"no script answers {record.operation}; scripts left:{waiting}", code="unexpected_request"
        )

    def _note(self, record: RecordedRequest) -> None:
        """Remember a request that no script could answer."""
        with self._lock:
            self._unexpected.append(f"{record.method} {record.path} ({record.operation})")

    def _inner_answer(self, incoming: Incoming) -> tuple[int, bytes]:
        """Return status and body of a request in a batch, whose key was checked when it was created."""
        try:
            routes = self._routes(incoming)
            checked = self._checker.check(incoming, routes[0])
            reply = self._replies.reply(checked, next(self._numbers))
        except (Refusal, WrongMethod) as error:
            refusal = error if isinstance(error, Refusal) else Refusal(405, _wrong_method(incoming, error))
            return refusal.status, json.dumps(refusal.body).encode()
        return reply.status, reply.body

    def look(self, path: str) -> Mapping[str, Any] | None:
        """Return the object that a GET request to a path would return, or None. Nothing is recorded."""
        incoming = Incoming("GET", path, [], {}, b"")
        try:
            checked = self._checker.check(incoming, self._routes(incoming)[0])
            number = next(self._numbers)
            reply = self.work.reply(checked, partial(self._replies.reply, checked, number))
        except (Refusal, WrongMethod):
            return None
        value = _readable(reply.body)
        return value if isinstance(value, dict) else None

    def _checked(self, incoming: Incoming, routes: Sequence[Route], known: Mapping[str, str]) -> Checked:
        """Return the call for the first operation that accepts the request, or raise the first refusal."""
        refused: list[Refusal] = []
        for route in routes:
            try:
                return self._check(incoming, route, known)
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
            found = self._router.routes(incoming.method, path.removeprefix(base), incoming.query)
            # Of two operations of the same path, one streams and the other does not.
            wants = EVENT_STREAM in incoming.headers.get("accept", "")
            return sorted(found, key=lambda one: (one.operation.result.kind == "stream") is not wants)
        except NoRoute as error:
            hint = f"; did you mean {base}{error.nearest}?" if error.nearest else ""
            raise Refusal(404, f"unknown URL {path}{hint}", code="unknown_url") from None

    def _check(self, incoming: Incoming, route: Route, known: Mapping[str, str]) -> Checked:
        self._authorize(incoming, route.operation)
        hidden = {one.name for one in self._places if one.location == "query"}
        declared = {one.wire for one in route.operation.arguments if one.location == "query"}
        left = [pair for pair in incoming.query if pair[0] not in hidden - declared]
        return self._checker.check(replace(incoming, query=left), route, known)

    @property
    def _places(self) -> list[KeyPlace]:
        return [one for one in places(self._schemes, self._schemes) if one is not None]

    def _authorize(self, incoming: Incoming, operation: Operation) -> None:
        wanted = places(operation.security, self._schemes)
        if self._has_all_keys(incoming, operation):
            return
        if operation.combined_security and not wanted:
            text = "; or ".join(
                " and ".join(shown(one) for one in places(names, self._schemes) if one is not None)
                for names in operation.combined_security
            )
            raise Refusal(401, f"not all API keys; expected {text}")
        if not wanted or None in wanted:
            return
        listed = [one for one in wanted if one is not None]
        key = next((key for one in listed if (key := key_at(one, incoming))), "")
        if not key:
            text = f"no API key; expected {' or '.join(map(shown, dict.fromkeys(listed)))}"
            raise Refusal(401, text)
        # A name without a password may be given with its colon or without.
        if self._api_key is not None and key not in (self._api_key, self._api_key.removesuffix(":")):
            raise Refusal(401, "incorrect API key", code="invalid_api_key")

    def _has_all_keys(self, incoming: Incoming, operation: Operation) -> bool:
        """Return True if a request has all keys of schemes that are accepted together."""
        combinations = (places(names, self._schemes) for names in operation.combined_security)
        return any(all(one is None or key_at(one, incoming) for one in needed) for needed in combinations)

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


def _failed(failure: ScriptedFailure, record: RecordedRequest, headers: Mapping[str, str]) -> Answer:
    reply = Outgoing(failure.status, failure.content_type, failure.body)
    message = f"scripted failure {failure.status}"
    record = replace(record, status=failure.status, message=message, scripted=message)
    return Answer(reply, {**headers, **failure.headers}, record)


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
