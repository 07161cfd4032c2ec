"""The results of batch jobs, the progress of their batches, and the lines of their files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from typing_extensions import TypedDict

__all__ = [
    "BatchError",
    "BatchFailure",
    "BatchLine",
    "BatchProgress",
    "BatchReply",
    "BatchResponse",
    "BatchResult",
]

P = TypeVar("P", bound=Mapping[str, Any])
R = TypeVar("R")


class BatchLine(TypedDict, Generic[P]):
    """A line of the input of a batch; ``P`` are the params of the operation.

    >>> from typed_openai.params import CreateEmbeddingParams
    >>> line: BatchLine[CreateEmbeddingParams] = {
    ...     "custom_id": "row-1",
    ...     "method": "POST",
    ...     "url": "/v1/embeddings",
    ...     "body": {"input": "Hello", "model": "text-embedding-3-small"},
    ... }
    """

    custom_id: str
    method: Literal["POST"]
    url: str
    body: P


class BatchError(TypedDict):
    """An error in a line of results: the request was not answered.

    >>> error: BatchError = {"code": "batch_expired", "message": "Not executed in time."}
    """

    code: str
    message: str


class BatchResponse(TypedDict, Generic[R]):
    """The answer in a line of results. With another ``status_code`` than 200, the body is an error object.

    >>> response: BatchResponse[types.Model]
    """

    status_code: int
    request_id: str
    body: R


class BatchResult(TypedDict, Generic[R]):
    """A line of the output or of the errors of a batch; ``R`` is the reply of the operation.

    >>> def succeeded(line: BatchResult[types.CreateEmbeddingResponse]) -> bool:
    ...     return line["response"] is not None and line["response"]["status_code"] == 200
    """

    id: str
    custom_id: str
    response: BatchResponse[R] | None
    error: BatchError | None


@dataclass(frozen=True, slots=True)
class BatchReply(Generic[R]):
    """The reply to one request of a job, with the request's ``id``.

    >>> with BatchJob("one", Client().embeddings.create_embedding) as job:
    ...     job.add("row-1", "Hello", "text-embedding-3-small")
    ...     job.send(Client())
    ...     job.wait(Client(), poll_seconds=0.01)
    ...     (result,) = job.results()
    BatchProgress(total=1, done=0, failed=0, batches=1, ended=0)
    BatchProgress(total=1, done=1, failed=0, batches=1, ended=1)
    >>> assert isinstance(result, BatchReply)
    >>> result.id, result.reply["model"]
    ('row-1', 'text-embedding-3-small')
    """

    id: str
    reply: R
    line: bytes = field(repr=False)
    """The line of the request as it was sent."""

    @property
    def request(self) -> dict[str, Any]:
        """The body of the request.

        >>> BatchReply("row-1", {}, b'{"custom_id": "row-1", "body": {"input": "Hi"}}').request
        {'input': 'Hi'}
        """
        return _body(self.line)


@dataclass(frozen=True, slots=True)
class BatchFailure:
    """The failure of one request of a job: it was refused, not executed in time, or cancelled.

    ``status`` is the HTTP status of an answer, or None without one. ``code`` and ``message`` are those of the
    API: ``batch_expired`` for a request that was not executed in time.

    >>> BatchFailure("row-1", "batch_expired", "Not executed in time.", None, b"").code
    'batch_expired'
    """

    id: str
    code: str | None
    message: str
    status: int | None
    line: bytes = field(repr=False)
    """The line of the request as it was sent."""

    @property
    def request(self) -> dict[str, Any]:
        """The body of the request.

        >>> line = b'{"custom_id": "row-1", "body": {"input": "Hi"}}'
        >>> BatchFailure("row-1", None, "", 500, line).request
        {'input': 'Hi'}
        """
        return _body(self.line)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """The progress of a job in requests, and in batches.

    ``done`` includes the ``failed`` requests. ``ended`` is the number of batches that do no more.

    >>> BatchProgress(total=10, done=10, failed=1, batches=1, ended=1).is_complete
    True
    """

    total: int
    done: int
    failed: int
    batches: int
    ended: int

    @property
    def is_complete(self) -> bool:
        """True if all batches have ended.

        >>> BatchProgress(total=10, done=0, failed=0, batches=1, ended=0).is_complete
        False
        """
        return self.ended == self.batches


def _body(line: bytes) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(line)["body"]
    return body
