"""Facts about a call's request and reply for hooks and ``response_info``, without credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from typed_openai._security.credentials import (
    Headers,
    Secret,
    hidden_url,
    is_secret_name,
    redacted_query,
    shown_url,
    unsealed,
)
from typed_openai._security.key_places import address_with
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.observing import CallFacts, RequestInfo, ResponseInfo, rate_limit


class ExchangeFacts(CallFacts):
    """The raw data of a call for :func:`response_info`; most callers never use it.

    The request's credentials are kept in order to redact them; its body is not kept.
    """

    __slots__ = ("_credentials", "_keys", "_reply_headers", "_url", "elapsed", "operation", "status", "tries")

    def __init__(self, request: HttpRequest, reply: HttpReply, tries: int, elapsed: float) -> None:
        self.operation = request.operation
        self.status = reply.status
        self.tries = tries
        self.elapsed = elapsed
        self._reply_headers = reply.headers
        self._credentials: Headers = request.headers
        self._keys: tuple[Secret, ...] = tuple(key for key, _ in request.keys)
        self._url = hidden_url(request.url)

    def info(self) -> ResponseInfo:
        """Return the facts, without credentials."""
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
        text = redacted_query(unsealed(self._url), self._credentials.redact(text))
        for key in self._keys:
            text = key.redact(text)
        return text


class ObjectReply(dict[str, Any]):
    """A JSON object that refers to its call. A copy of it, pickled or not, is a plain dict."""

    __slots__ = ("_facts",)
    _facts: CallFacts

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class ArrayReply(list[Any]):
    """A JSON array that refers to its call. A copy of it, pickled or not, is a plain list."""

    __slots__ = ("_facts",)
    _facts: CallFacts

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


class TextReply(str):
    """A text that refers to its call. A copy of it, pickled or not, is a plain str."""

    __slots__ = ("_facts",)
    _facts: CallFacts

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


def observed(value: Any, facts: CallFacts) -> Any:
    """Attach facts to the value of a reply, for :func:`response_info`.

    Streams and binary replies have an attribute for them; numbers and None do not.
    """
    if type(value) is dict:
        value = ObjectReply(value)
    elif type(value) is list:
        value = ArrayReply(value)
    elif type(value) is str:
        value = TextReply(value)
    elif not hasattr(value, "_facts"):
        return value
    value._facts = facts
    return value


def request_info(request: HttpRequest, tries: int) -> RequestInfo:
    """Return the facts about a request, without credentials."""
    headers = shown_headers(request.headers, request.redacted)
    url = shown_url(request.url)
    for _, place in request.keys:
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
    """Return the headers by lower-case names, without credentials and without those that are removed."""
    lower = {name.lower(): value for name, value in headers.items() if value is not None}
    return {name: _HIDDEN if is_secret_name(name) else redacted(value) for name, value in lower.items()}
