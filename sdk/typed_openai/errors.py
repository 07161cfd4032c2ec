"""The errors that a call can end in.

Map::

    OpenAIError
      CallError (a TypeError)      the call is wrong; nothing complete was sent
      MissingKeyError              no key is configured for an operation that needs one
      APIError
        APIConnectionError         no usable connection, or one that broke
          APITimeoutError          a time-out while connecting, sending or reading
        APIStatusError             the server answered with an error status
          BadRequestError 400, AuthenticationError 401, PermissionDeniedError 403, NotFoundError 404,
          ConflictError 409, UnprocessableEntityError 422, RateLimitError 429, InternalServerError 5xx
        InvalidReplyError          the reply is not what the operation promises
        StreamTruncatedError       a stream ended before its terminal event

Every error pickles, and none holds a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "CallError",
    "ConflictError",
    "DescriptionWarning",
    "InternalServerError",
    "InvalidReplyError",
    "MissingKeyError",
    "NotFoundError",
    "OpenAIError",
    "PermissionDeniedError",
    "RateLimitError",
    "StreamTruncatedError",
    "UnprocessableEntityError",
]


class OpenAIError(Exception):
    """The base of every error that this package raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[OpenAIError], args: tuple[Any, ...], state: dict[str, Any]) -> OpenAIError:
    """An unpickled error: constructors take more than ``args``, so they are not run again."""
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class DescriptionWarning(UserWarning):
    """Something in the description of ``Client(spec=...)`` was not understood: where, and what it costs."""


class CallError(OpenAIError, TypeError):
    """The call is wrong: an unknown keyword, a missing argument, a value that cannot be sent.

    Nothing was sent; but where a file or an iterator turns out to be wrong while it is sent (it became
    shorter, it gives something else than bytes), the request is broken off, so that the server has
    nothing complete. The message names the operation or the place inside an argument
    (``messages[0].content``), what was found and the nearest right thing where there is one.
    """


class MissingKeyError(OpenAIError):
    """The operation needs a key and none is configured. Nothing was sent.

    ``argument`` is the argument of ``Client`` and ``variable`` the environment variable that give it; the
    latter is empty where the environment is not asked.
    """

    def __init__(self, operation: str, argument: str, variable: str) -> None:
        environment = f"set the environment variable {variable}, or " if variable else ""
        super().__init__(
            f"{operation} needs a key: {environment}pass "
            f"{argument}=... to Client or openai_api_key=... to the call"
        )
        self.operation = operation
        self.argument = argument
        self.variable = variable


class APIError(OpenAIError):
    """A call failed at the server or on the way there and back.

    ``operation`` is the operation's qualified name. ``code``, ``param`` and ``type`` are what the API's
    error object says, ``body`` that object or the reply as far as it was understood, ``request_id``
    the server's name for the request; each is None where the server did not tell. ``message`` names the
    operation, the status of a reply, what the API says and the request id.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        code: str | None = None,
        param: str | None = None,
        type: str | None = None,
        request_id: str | None = None,
        body: object = None,
    ) -> None:
        if request_id:
            message = f"{message} (request id {request_id})"
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.code = code
        self.param = param
        self.type = type
        self.request_id = request_id
        self.body = body


class APIConnectionError(APIError):
    """No usable connection to the server, or a connection that broke before the reply was complete.

    ``was_sent`` tells whether the request may have reached the server, ``retryable`` whether another try
    could go better (a certificate that does not fit will not).
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        was_sent: bool = True,
        retryable: bool = True,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, request_id=request_id)
        self.was_sent = was_sent
        self.retryable = retryable


class APITimeoutError(APIConnectionError):
    """The server did not accept, or did not go on answering, within the time-out."""


class InvalidReplyError(APIError):
    """The reply is not what the operation promises: not JSON, an HTML page, not a stream.

    ``status`` is the reply's status, ``preview`` its beginning.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        status: int = 0,
        preview: str = "",
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, request_id=request_id, body=preview)
        self.status = status
        self.preview = preview


class StreamTruncatedError(APIError):
    """The connection ended before the stream's terminal event.

    ``events`` holds what arrived: of a long stream the last events, about a MiB of them. ``dropped`` is
    the number of events that came before those.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        events: list[Any] | None = None,
        dropped: int = 0,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, request_id=request_id)
        self.events: list[Any] = [] if events is None else events
        self.dropped = dropped


class APIStatusError(APIError):
    """The server answered with an error status.

    ``headers`` are the reply's, their names in lower case, without credentials.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        operation: str = "",
        headers: Mapping[str, str] | None = None,
        code: str | None = None,
        param: str | None = None,
        type: str | None = None,
        request_id: str | None = None,
        body: object = None,
    ) -> None:
        super().__init__(
            message,
            operation=operation,
            code=code,
            param=param,
            type=type,
            request_id=request_id,
            body=body,
        )
        self.status = status
        self.headers: dict[str, str] = dict(headers or {})


class BadRequestError(APIStatusError):
    """400: the server found the request wrong."""


class AuthenticationError(APIStatusError):
    """401: the key is missing, wrong or revoked."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: there is no such thing, or the key may not see it."""


class ConflictError(APIStatusError):
    """409: the thing was changed by another request."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is well-formed but cannot be carried out."""


class RateLimitError(APIStatusError):
    """429: too many requests, or the quota is used up."""


class InternalServerError(APIStatusError):
    """5xx: the server failed."""


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def status_error_class(status: int) -> type[APIStatusError]:
    """The class of the error that a reply with an error status raises."""
    return InternalServerError if status >= 500 else _BY_STATUS.get(status, APIStatusError)


def error_details(body: object) -> dict[str, str | None]:
    """``message``, ``code``, ``param`` and ``type`` of an error body.

    Reads ``{"error": {...}}`` as the API documents it, and what compatible servers send instead:
    ``{"error": "text"}``, the error object without its wrapper, ``{"detail": ...}`` and plain text.
    """
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return {"message": _text(error), "code": None, "param": None, "type": None}
    message = error.get("message", error.get("detail"))
    return {"message": _text(message)} | {name: _text(error.get(name)) for name in ("code", "param", "type")}


def _text(value: object) -> str | None:
    """A value of an error object as text: some servers give numbers or nested objects."""
    return value if value is None or isinstance(value, str) else str(value)
