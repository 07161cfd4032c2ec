"""Facts about a call's requests and reply, for hooks and ``response_info``.

None of them shows a credential: header values with credentials are ``***``, and if a server quotes the key
in a text, it is replaced by ``[key]``.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any, Final

from typed_openai.errors import CallError, OpenAIError
from typed_openai.token_usage import UsageInfo

__all__ = ["RateLimit", "RequestInfo", "ResponseInfo", "RetryInfo", "response_info"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The rate limits of the key, from the reply's ``x-ratelimit-*`` headers; None if one is absent.

    ``reset_requests`` and ``reset_tokens`` are the seconds until the full limit is available again.

    >>> models = Client().models.list_models()
    >>> limit = response_info(models).rate_limit
    >>> f"{limit.remaining_requests} of {limit.limit_requests} requests are left"
    '9999 of 10000 requests are left'
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

    ``tries`` counts from 1. The names of ``headers`` are in lower case; headers that the HTTP library adds
    (``accept-encoding``, ``content-length``) are not included. ``body`` is None if there is none, or if it
    is produced while it is sent, as for forms with files.

    >>> def show(request: RequestInfo) -> None:
    ...     print(request.operation, request.method, request.headers["authorization"])
    >>> models = Client(on_request=show).models.list_models()
    models.list_models GET ***
    """

    operation: str
    method: str
    url: str
    headers: Mapping[str, str]
    tries: int
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ResponseInfo:
    """A reply whose headers have arrived, whatever its status.

    The names of ``headers`` are in lower case. ``request_id`` is the server's id of the request, or None.
    ``tries`` is the number of requests that the call took. ``elapsed`` is the time in seconds since the
    first one was about to be sent, including pauses. It ends when the reply was read; for a stream or a
    file, and in ``on_response``, it ends when the headers had arrived.

    >>> def show(response: ResponseInfo) -> None:
    ...     print(response.operation, response.status, response.request_id)
    >>> models = Client(on_response=show).models.list_models()
    models.list_models 200 req_...
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

    >>> def show(retry: RetryInfo) -> None:
    ...     print(f"try {retry.tries} failed, next in {retry.delay} s: {retry.error}")
    >>> with serve() as server:
    ...     server.fail_next(503, headers={"retry-after": "0"})
    ...     models = Client(base_url=server.base_url, on_retry=show).models.list_models()
    try 1 failed, next in 0.0 s: models.list_models: 503 Service Unavailable...
    """

    operation: str
    tries: int
    delay: float
    error: OpenAIError


@dataclass(frozen=True, slots=True)
class Hooks:
    """A client's callbacks for requests, replies, retries and the use of tokens."""

    on_request: Callable[[RequestInfo], object] | None = None
    on_response: Callable[[ResponseInfo], object] | None = None
    on_retry: Callable[[RetryInfo], object] | None = None
    on_usage: Callable[[UsageInfo], object] | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if (given := getattr(self, name)) is not None and not callable(given):
                raise CallError(f'{name}: expected a callable or None, got "{type(given).__name__}"')
            if iscoroutinefunction(given):
                raise CallError(f"{name}: expected a plain function, got a coroutine function")


NO_HOOKS: Final = Hooks()


class CallFacts(ABC):
    """The facts of one call, kept with its reply for :func:`response_info`."""

    __slots__ = ()

    @abstractmethod
    def info(self) -> ResponseInfo:
        """Return the facts, without credentials."""


def response_info(reply: object) -> ResponseInfo:
    """Return status, headers, request id, rate limit, tries and time of the call that returned ``reply``.

    ``reply`` is the same dict, list, str, ``Stream`` or ``BinaryReply`` object that a call returned: copies
    of it are plain values without a connection to a call. Raises ``TypeError`` for anything else.

    >>> models = Client().models.list_models()
    >>> info = response_info(models)
    >>> info.status, info.request_id, info.tries
    (200, 'req_...', 1)
    """
    facts = getattr(reply, "_facts", None)
    if not isinstance(facts, CallFacts):
        raise TypeError(
            "response_info: expected the dict, list, str, Stream or BinaryReply that a call returned, got "
            f'an unrelated "{type(reply).__name__}"'
        )
    return facts.info()


def rate_limit(headers: Mapping[str, str]) -> RateLimit:
    """Parse the ``x-ratelimit-*`` headers; invalid numbers count as absent."""
    return RateLimit(
        **{
            f"{figure}_{of}": read(headers.get(f"x-ratelimit-{figure}-{of}", ""))
            for figure, read in _FIGURES.items()
            for of in ("requests", "tokens")
        }
    )


def _number(text: str) -> int | None:
    # Python refuses to parse numbers of thousands of digits.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def duration(text: str) -> float | None:
    """Return the seconds of a text such as ``6m0s``, ``1h30m``, ``120ms`` or ``1.5``; None for any other."""
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
