"""The errors that a call can raise.

Map::

    OpenAIError
      CallError (a TypeError)        the call is wrong; no complete request was sent
      MissingKeyError                no key is configured for an operation that needs one
      PollTimeoutError (a TimeoutError)  the work was not done before the deadline of poller
      APIError
        APIConnectionError           no usable connection, or one that broke
          APITimeoutError            a time-out while connecting, sending or reading
        APIStatusError               the server answered with an error status
          BadRequestError 400, AuthenticationError 401, PermissionDeniedError 403, NotFoundError 404,
          ConflictError 409, UnprocessableEntityError 422, RateLimitError 429, InternalServerError 5xx
        InvalidReplyError            the reply does not match the operation
        StreamTruncatedError         a stream ended before its terminal event
        TokenError                   no token for the request could be obtained; it was not sent
      JobError                       the files of long work are in use, damaged or of other work

The errors of webhooks, of answers as values and of tools have modules of their own.

Every error can be pickled, and none contains a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

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
    "JobError",
    "MissingKeyError",
    "NotFoundError",
    "OpenAIError",
    "PermissionDeniedError",
    "PollTimeoutError",
    "RateLimitError",
    "StreamTruncatedError",
    "TokenError",
    "UnprocessableEntityError",
]


class OpenAIError(Exception):
    """The base class of every error that this package raises.

    >>> try:
    ...     Client().models.retrieve_model()
    ... except OpenAIError as error:
    ...     print(error)
    missing required argument "model" for models.retrieve_model
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[OpenAIError], args: tuple[Any, ...], state: dict[str, Any]) -> OpenAIError:
    """Restore a pickled error without its constructor, which takes more than ``args``."""
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class DescriptionWarning(UserWarning):
    """A part of the description of ``Client(spec=...)`` was not understood: its place and the consequence.

    >>> import warnings
    >>> warnings.simplefilter("error", DescriptionWarning)  # make it an exception
    """


class CallError(OpenAIError, TypeError):
    """The call is wrong: an unknown keyword, a missing argument, a value that cannot be sent.

    Nothing was sent, with one exception: if a file or an iterator turns out to be wrong while it is sent
    (it became shorter, it yields something other than bytes), the request is aborted, and the server has
    received nothing complete. The message names the operation or the place inside an argument
    (``messages[0].content``), the value found, and the nearest valid alternative if there is one.

    >>> Client().models.retrieve_model(modl="gpt-4o-mini")
    Traceback (most recent call last):
        ...
    typed_openai.errors.CallError: unexpected keyword "modl" for ...; did you mean "model"?
    """


class MissingKeyError(OpenAIError):
    """The operation needs a key and none is configured. Nothing was sent.

    ``argument`` is the argument of ``Client`` for the key, and ``variable`` the environment variable; the
    latter is empty if the environment is not used.

    >>> try:
    ...     Client().organization.list_users()
    ... except MissingKeyError as error:
    ...     print(error.operation, "needs", error.variable)
    organization.list_users needs OPENAI_ADMIN_KEY
    """

    def __init__(
        self, operation: str, argument: str, variable: str, value: str = "...", option: str = "openai_api_key"
    ) -> None:
        plural = "s" if " and " in variable else ""
        environment = f"set the environment variable{plural} {variable}, or " if variable else ""
        needed = "a key" if value == "..." else "several keys at once"
        also = f" or {option}=... to the call" if value == "..." else ""
        super().__init__(
            f"{operation} needs {needed}: {environment}pass {argument}={value} to the client{also}"
        )
        self.operation = operation
        self.argument = argument
        self.variable = variable


class PollTimeoutError(OpenAIError, TimeoutError):
    """The work on the server was not over before the deadline of :func:`typed_openai.poller`.

    It goes on, unless it was to be cancelled. ``operation`` names the method, and ``reply`` is its last
    reply; None if there was none in time.

    >>> retrieve = Client().batches.retrieve_batch
    >>> wait = poller(retrieve, deadline=0.5, until=lambda batch: False)
    >>> try:
    ...     batch = wait("batch_abc123")
    ... except PollTimeoutError as error:
    ...     print(error)
    batches.retrieve_batch: not done after 0.5 seconds...
    """

    def __init__(self, message: str, *, operation: str = "", reply: Any = None) -> None:
        super().__init__(message)
        self.operation = operation
        self.reply = reply


class APIError(OpenAIError):
    """A call failed on the server or on the way there and back.

    ``operation`` is the operation's qualified name. ``code``, ``param`` and ``type`` come from the API's
    error object. ``body`` is that object, or the reply as far as it was understood. ``request_id`` is the
    server's id of the request. Each of them is None if the server did not provide it. ``message`` contains
    the operation, the status of a reply, the API's message and the request id.

    >>> try:
    ...     Client().request("GET", "/no/such/path")
    ... except APIError as error:
    ...     print(error.code, error.request_id)
    unknown_url req_...
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
        message = _on_one_line(message)
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.code = code
        self.param = param
        self.type = type
        self.request_id = request_id
        self.body = body


_LINE_BREAKS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def _on_one_line(text: str) -> str:
    """Replace line breaks: a server must not forge lines of a log."""
    return _LINE_BREAKS.sub(" ", text)


class APIConnectionError(APIError):
    """No usable connection to the server, or a connection that broke before the reply was complete.

    ``was_sent`` is True if the request may have reached the server. ``retryable`` is True if another try
    could succeed (unlike after an invalid certificate, for example). ``reused`` is True if the connection was
    kept from an earlier request, and the server closed it without an answer.

    >>> try:
    ...     Client(base_url="http://127.0.0.1:9", max_retries=0).models.list_models()
    ... except APIConnectionError as error:
    ...     print(error.was_sent, error.retryable)
    False True
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        was_sent: bool = True,
        retryable: bool = True,
        reused: bool = False,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, request_id=request_id)
        self.was_sent = was_sent
        self.retryable = retryable
        self.reused = reused


class APITimeoutError(APIConnectionError):
    """The server did not accept the connection, or stopped answering, within the time-out.

    >>> with serve(delay=60) as server:
    ...     client = Client(base_url=server.base_url, timeout=Timeout(idle=0.1))
    ...     list(client.responses.create_response("Hi", "gpt-4o", stream=True))
    Traceback (most recent call last):
        ...
    typed_openai.errors.APITimeoutError: responses.create_response: ...
    """


class InvalidReplyError(APIError):
    """The reply does not match the operation: not JSON, an HTML page, not a stream.

    ``status`` is the reply's status, ``preview`` its beginning.

    >>> with serve() as server:
    ...     server.fail_next(200, body=b"<html>Please log in</html>")
    ...     try:
    ...         Client(base_url=server.base_url).models.list_models()
    ...     except InvalidReplyError as error:
    ...         print(error.status, error.preview)
    200 <html>Please log in</html>
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

    ``events`` holds the received events; of a long stream the last ones, about a MiB of them. ``dropped``
    is the number of events before those.

    >>> with serve(delay=60) as server:
    ...     client = Client(base_url=server.base_url)
    ...     stream = client.responses.create_response("Hi", "gpt-4o", stream=True)
    ...     event = next(stream)  # the first one; the server ends before the second one
    >>> try:
    ...     event = next(stream)
    ... except StreamTruncatedError as error:
    ...     print([one["type"] for one in error.events])
    ['response.created']
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


class TokenError(APIError):
    """No token for a request could be obtained by :mod:`typed_openai.identity`. The request was not sent.

    ``source`` names what was asked for the token, ``place`` is the URL or the file, and ``status`` the HTTP
    status of a reply. ``code``, ``type`` and ``body`` come from the reply. The message contains no token.

    >>> from typed_openai.identity import KubernetesToken
    >>> try:
    ...     KubernetesToken("/no/such/file")()
    ... except TokenError as error:
    ...     print(error.source, error.place)
    KubernetesToken /no/such/file
    """

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        place: str = "",
        status: int | None = None,
        code: str | None = None,
        type: str | None = None,
        body: object = None,
    ) -> None:
        super().__init__(message, code=code, type=type, body=body)
        self.source = source
        self.place = place
        self.status = status


class APIStatusError(APIError):
    """The server answered with an error status, or with an error object in place of a result.

    ``status`` is the reply's HTTP status, which is 200 for some servers' errors. ``headers`` are its headers
    with names in lower case, without credentials. The subclasses, one for each common status, have the same
    attributes.

    >>> try:
    ...     Client().request("GET", "/no/such/path")
    ... except NotFoundError as error:
    ...     print(error.status, error.headers["x-request-id"])
    404 req_...
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
    """400: the server rejected the request as invalid."""


class AuthenticationError(APIStatusError):
    """401: the key is missing, wrong or revoked."""


class PermissionDeniedError(APIStatusError):
    """403: the key does not have permission."""


class NotFoundError(APIStatusError):
    """404: the resource does not exist, or the key has no access to it."""


class ConflictError(APIStatusError):
    """409: the resource was changed by another request."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is well-formed but cannot be processed."""


class RateLimitError(APIStatusError):
    """429: too many requests, or the quota is exhausted.

    >>> with serve() as server:
    ...     server.fail_next(429, headers={"retry-after": "20"})
    ...     try:
    ...         Client(base_url=server.base_url, max_retries=0).models.list_models()
    ...     except RateLimitError as error:
    ...         print(f"wait {error.headers['retry-after']} s")
    wait 20 s
    """


class InternalServerError(APIStatusError):
    """5xx: the server failed."""


class JobError(OpenAIError):
    """The files that keep the state of an upload or a batch job cannot be used; nothing was overwritten.

    ``reason`` is ``locked`` if another process has them open, ``damaged``, or ``foreign`` for files of other
    work. ``path`` is the file or the folder.

    >>> with open("data.jsonl", "wb") as file:
    ...     size = file.write(b"no journal")
    >>> upload_file(Client(), "data.jsonl", "batch", journal="data.jsonl", parts_above=0)
    Traceback (most recent call last):
        ...
    typed_openai.errors.JobError: data.jsonl: expected ... in line 1; nothing was changed
    """

    def __init__(self, message: str, *, reason: Literal["locked", "damaged", "foreign"], path: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.path = path
