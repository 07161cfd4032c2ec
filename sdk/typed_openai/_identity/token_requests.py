"""Requests for tokens, to the token endpoint of an API and to the metadata services of clouds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from typed_openai._calls.build import user_agent
from typed_openai._calls.described import UNDESCRIBED
from typed_openai._calls.option_values import Options
from typed_openai._calls.send import Sending
from typed_openai._security.credentials import Headers, Sealed, Secret, secret
from typed_openai._security.key_places import BEARER, KeyPlace
from typed_openai._settings.settings import NO_VARIABLES, Settings
from typed_openai._transport.deadlines import KEY_LIMITS, Cancellation, Limits
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import APIConnectionError, APIError, APIStatusError, CallError, TokenError
from typed_openai.timeouts import Timeout
from typed_openai_spec.model import Result

SUBJECT_TOKEN: Final = KeyPlace("body", "subject_token")

_SHORTEST: Final = 0.001
"""Seconds, because a timeout cannot be zero."""

_METADATA_TIMEOUT: Final = Timeout(connect=1, first_byte=5, idle=5, total=10)
"""Metadata services are close; without one, connecting may hang."""


@dataclass(frozen=True)
class TokenRequest:
    """A request for a token. ``source`` names it in errors; ``key`` is the credential that it contains."""

    source: str
    method: Literal["GET", "POST"]
    url: str
    timeout: Timeout
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    key: Secret | None = None
    key_place: KeyPlace = BEARER
    http_options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def place(self) -> str:
        """The URL without its query."""
        return self.url.partition("?")[0]


def metadata_request(
    source: str,
    url: str,
    headers: Mapping[str, str],
    key: Secret | None = None,
    key_place: KeyPlace = BEARER,
) -> TokenRequest:
    """Return a request to a metadata service, which is never reached through a proxy."""
    options = {"proxies": {"no_proxy": urlsplit(url).hostname}}
    return TokenRequest(source, "GET", url, _METADATA_TIMEOUT, headers, None, key, key_place, options)


JSON: Final = Result("json")

TEXT: Final = Result("text", media_type="text/html")
"""A text, which Google's metadata server declares to be HTML."""


def requested(request: TokenRequest, result: Result) -> Any:
    """Send a request, again if that may help, and return the value of the reply.

    Raises :class:`TokenError`. The environment's settings of a client do not apply. The request ends with the
    call that it is made for: by its ``total``, and when it is cancelled.
    """
    cancelled = Cancellation()
    caller = KEY_LIMITS.get()
    if caller is not None and caller.cancellation is not None:
        caller.cancellation.watch(cancelled.set)
    settings = Settings(
        http_options={**request.http_options, "allow_redirects": False},
        retry_timeouts=True,
        keyless=True,
        variables=NO_VARIABLES,
    )
    sent = HttpRequest(
        operation=request.source,
        method=request.method,
        url=request.url,
        headers=Headers({"User-Agent": user_agent(), **request.headers}),
        body=request.body,
        key=request.key,
        timeout=_within(request.timeout, caller),
        key_place=request.key_place,
    )
    sending = Sending(settings)
    try:
        return sending.send(sent, result, Options(), UNDESCRIBED, cancelled)
    except (APIConnectionError, APIStatusError) as error:
        raise _token_error(request, error) from error
    except APIError:
        # Its text begins like the reply, which may be a token.
        failure = refused(request, f"the reply is not {'JSON' if result is JSON else 'text'}")
    finally:
        sending.close()
    raise failure


def _within(timeout: Timeout, caller: Limits | None) -> Timeout:
    """Return a timeout whose ``total`` ends with that of the caller."""
    left = None if caller is None else caller.remaining
    if left is None or (timeout.total is not None and timeout.total <= left):
        return timeout
    return replace(timeout, total=max(round(left, 3), _SHORTEST))


def checked_token(text: object, request: TokenRequest, part: str) -> Secret:
    """Return a token of a reply. Raises :class:`TokenError` if it cannot be sent; ``part`` names it."""
    token = Sealed(text)
    del text
    try:
        found = secret(token, part)
    except CallError:
        found = None
    if found is None:
        raise refused(request, f"the reply has no usable {part}")
    return found


def refused(request: TokenRequest, problem: str) -> TokenError:
    """Return the error for a reply without a usable token."""
    message = f"{request.source}: no token from {request.place}: {problem}"
    return TokenError(message, source=request.source, place=request.place)


def _token_error(request: TokenRequest, error: APIConnectionError | APIStatusError) -> TokenError:
    problem = str(error.args[0])
    if isinstance(error, APIStatusError):
        # The other errors name the server themselves.
        problem = problem.removeprefix(f"{request.source}: ")
        problem = f"{request.source}: no token from {request.place}: {problem}"
    return TokenError(
        problem,
        source=request.source,
        place=request.place,
        status=error.status if isinstance(error, APIStatusError) else None,
        code=error.code,
        type=error.type,
        body=error.body,
    )
