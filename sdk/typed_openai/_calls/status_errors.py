"""Create the errors for replies with an error status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from typed_openai._calls.error_pages import line_of
from typed_openai._streams.error_bodies import error_details
from typed_openai.errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    UnprocessableEntityError,
)


def status_error(status: int, body: object, headers: Mapping[str, str], operation: str) -> APIStatusError:
    """Return the error for a reply with an error status; ``body`` is its parsed JSON, or its text."""
    details = error_details(body) | ({"message": line_of(body)} if isinstance(body, str) else {})
    request_id = headers.get("x-request-id")
    parts = [f"{operation}: {status} {_reason(status)}".rstrip()]
    if told := details["message"] or _quoted(body):
        parts.append(told)
    if 300 <= status < 400:
        parts.append(f"the redirect to {_target(headers)} was not followed")
    return status_error_class(status)(
        ": ".join(parts),
        status=status,
        operation=operation,
        headers=headers,
        code=details["code"],
        param=details["param"],
        type=details["type"],
        request_id=request_id,
        body=body,
    )


def _quoted(body: object) -> str:
    """Return the beginning of a JSON body whose message is in no known place, if there is anything in it."""
    values = body.values() if isinstance(body, Mapping) else body if isinstance(body, list) else ()
    is_empty = all(one is None or one in ("", [], {}, {"message": ""}, {"message": None}) for one in values)
    return "" if is_empty else line_of(json.dumps(body, ensure_ascii=False))


def _target(headers: Mapping[str, str]) -> str:
    """Return the host of a redirect's target, or its path on the same host."""
    location = headers.get("location", "")
    try:
        parts = urlsplit(location)
    except ValueError:
        return "an invalid URL"
    return parts.hostname or parts.path or "nowhere"


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


_BY_STATUS: Final[Mapping[int, type[APIStatusError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def status_error_class(status: int) -> type[APIStatusError]:
    """Return the class of the error for a reply with an error status."""
    return InternalServerError if status >= 500 else _BY_STATUS.get(status, APIStatusError)
