"""What was sent and what came: facts about a call's requests and reply, for hooks and ``response_info``.

Nothing here shows a credential: header values that carry one are ``***``, and texts in which a server
quotes the key have ``[key]`` in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from typed_openai._security.credentials import Headers, Secret, is_secret_name, shown_url
from typed_openai._security.key_places import address_with
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.errors import CallError, OpenAIError

__all__ = ["RateLimit", "RequestInfo", "ResponseInfo", "RetryInfo", "response_info"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How much the key may still use, by the reply's ``x-ratelimit-*`` headers; None where one is absent.

    ``reset_requests`` and ``reset_tokens`` are the seconds until the full limit holds again.
    """

    limit_requests: int | None = None
    limit_tokens: int | None = None
    remaining_requests: int | None = None
    remaining_tokens: int | None = None
    reset_requests: float | None = None
    reset_tokens: float | None = None


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """A request that is about to be sent.

    ``tries`` counts from 1. The names of ``headers`` are in lower case; what the HTTP library adds
    (``accept-encoding``, ``content-length``) is not among them. ``body`` is None where there is none or
    where it is made while it is sent, as forms with files are.
    """

    operation: str
    method: str
    url: str
    headers: Mapping[str, str]
    tries: int
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ResponseInfo:
    """A reply whose headers have come, whatever its status.

    The names of ``headers`` are in lower case. ``request_id`` is the server's name for the request, None
    where it tells none. ``tries`` is the number of requests that the call took, ``elapsed`` the seconds
    since its first one was about to be sent, pauses included: until the reply was read, or where it is
    a stream or a file, and in ``on_response``, until its headers had come.
    """

    operation: str
    status: int
    headers: Mapping[str, str]
    request_id: str | None
    rate_limit: RateLimit
    tries: int
    elapsed: float


@dataclass(frozen=True, slots=True)
class RetryInfo:
    """A try that failed with ``error`` and will be followed by another one in ``delay`` seconds.

    ``tries`` is the number of requests that were sent so far.
    """

    operation: str
    tries: int
    delay: float
    error: OpenAIError


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a client was given to be told of its requests, replies and repetitions."""

    on_request: Callable[[RequestInfo], object] | None = None
    on_response: Callable[[ResponseInfo], object] | None = None
    on_retry: Callable[[RetryInfo], object] | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if (given := getattr(self, name)) is not None and not callable(given):
                raise CallError(f'{name}: expected a callable or None, got "{type(given).__name__}"')


NO_HOOKS: Final = Hooks()


class CallFacts:
    """What is kept of a call for :func:`response_info`, as it came: most callers never ask.

    The request's credentials are kept to be taken out of what is shown, its body is not.
    """

    __slots__ = ("_credentials", "_key", "_reply_headers", "elapsed", "operation", "status", "tries")

    def __init__(self, request: HttpRequest, reply: HttpReply, tries: int, elapsed: float) -> None:
        self.operation = request.operation
        self.status = reply.status
        self.tries = tries
        self.elapsed = elapsed
        self._reply_headers = reply.headers
        self._credentials: Headers = request.headers
        self._key: Secret | None = request.key

    def info(self) -> ResponseInfo:
        """The facts, without credentials."""
        headers = shown_headers(self._reply_headers, self._redacted)
        return ResponseInfo(
            operation=self.operation,
            status=self.status,
            headers=headers,
            request_id=headers.get("x-request-id"),
            rate_limit=rate_limit(headers),
            tries=self.tries,
            elapsed=self.elapsed,
        )

    def _redacted(self, text: str) -> str:
        text = self._credentials.redact(text)
        return text if self._key is None else self._key.redact(text)


class ObjectReply(dict[str, Any]):
    """A JSON object that knows the call it is from. A copy of it, pickled or not, is a plain dict."""

    __slots__ = ("_facts",)
    _facts: CallFacts

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class ArrayReply(list[Any]):
    """A JSON array that knows the call it is from. A copy of it, pickled or not, is a plain list."""

    __slots__ = ("_facts",)
    _facts: CallFacts

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


def observed(value: Any, facts: CallFacts) -> Any:
    """The value of a reply, such that :func:`response_info` finds the facts that it came from.

    Streams and binary replies have a place for it; texts, numbers and None have none.
    """
    if type(value) is dict:
        value = ObjectReply(value)
    elif type(value) is list:
        value = ArrayReply(value)
    elif not hasattr(value, "_facts"):
        return value
    value._facts = facts
    return value


def response_info(reply: object) -> ResponseInfo:
    """Status, headers, request id, rate limit, tries and time of the call that gave ``reply``.

    ``reply`` is the very dict, list, ``Stream`` or ``BinaryReply`` that a call gave: copies of it are
    plain values that know nothing of a call. Raises ``TypeError`` for anything else.
    """
    facts = getattr(reply, "_facts", None)
    if not isinstance(facts, CallFacts):
        raise TypeError(
            "response_info: expected the dict, list, Stream or BinaryReply that a call gave, got "
            f'"{type(reply).__name__}" that comes from no call'
        )
    return facts.info()


def request_info(request: HttpRequest, tries: int) -> RequestInfo:
    """The facts about a request, without credentials."""
    headers = shown_headers(request.headers, request.redacted)
    url = shown_url(request.url)
    if request.key is not None:
        place = request.key_place
        if place.location == "query":
            url = address_with(Secret(_HIDDEN), place, url)
        else:
            headers[place.name.lower() if place.location == "header" else "cookie"] = _HIDDEN
    return RequestInfo(
        operation=request.operation,
        method=request.method,
        url=url,
        headers=headers,
        tries=tries,
        body=request.body if isinstance(request.body, bytes) else None,
    )


_HIDDEN: Final = "***"


def shown_headers(headers: Mapping[str, str], redacted: Callable[[str], str]) -> dict[str, str]:
    """Headers by lower-case names, without credentials."""
    lower = {name.lower(): value for name, value in headers.items()}
    return {name: _HIDDEN if is_secret_name(name) else redacted(value) for name, value in lower.items()}


def rate_limit(headers: Mapping[str, str]) -> RateLimit:
    """The figures of the ``x-ratelimit-*`` headers; what is not a figure counts as absent."""
    return RateLimit(
        **{
            f"{figure}_{of}": read(headers.get(f"x-ratelimit-{figure}-{of}", ""))
            for figure, read in _FIGURES.items()
            for of in ("requests", "tokens")
        }
    )


def _number(text: str) -> int | None:
    # Python refuses to read numbers of thousands of digits.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def duration(text: str) -> float | None:
    """Seconds, from a text such as ``6m0s``, ``1h30m``, ``120ms`` or ``1.5``; None for any other."""
    if text[-1:].isdigit():
        text += "s"
    if not _DURATION.fullmatch(text):
        return None
    return sum(float(amount) * _SECONDS[unit] for amount, unit in _PART.findall(text))


_PART: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?)(ms|us|µs|ns|[dhms])")
_DURATION: Final = re.compile(rf"(?:{_PART.pattern})+")
_SECONDS: Final[Mapping[str, float]] = {
    "d": 86400,
    "h": 3600,
    "m": 60,
    "s": 1,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "ns": 1e-9,
}
_FIGURES: Final[Mapping[str, Callable[[str], Any]]] = {
    "limit": _number,
    "remaining": _number,
    "reset": duration,
}
