"""Facts about a call's request and reply, as hooks and ``response_info`` show them: without credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from typed_openai._security.credentials import Headers, Secret, is_secret_name, shown_url
from typed_openai._security.key_places import address_with
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.observing import CallFacts, RequestInfo, ResponseInfo, rate_limit


class ExchangeFacts(CallFacts):
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
