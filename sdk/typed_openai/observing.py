"""What was sent and what came: facts about a call's requests and reply, for hooks and ``response_info``.

Nothing here shows a credential: header values that carry one are ``***``, and texts in which a server
quotes the key have ``[key]`` in its place.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

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


class CallFacts(ABC):
    """The facts of one call, kept with its reply until :func:`response_info` asks for them."""

    __slots__ = ()

    @abstractmethod
    def info(self) -> ResponseInfo:
        """The facts, without credentials."""


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
