"""Error objects in JSON, in the shapes that servers use: recognizing one, and finding what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import chain
from typing import Any, Final, NamedTuple

_WRAPPERS: Final = ("error", "errors", "Error", "fault", "base_resp", "status")
"""Fields that hold the error itself, or several of them."""

_MESSAGES: Final = (
    *("message", "msg", "error_description", "error_message", "errorMessage", "error_msg", "Message"),
    *("detail", "details", "faultstring", "status_msg", "description", "reason", "title", "text"),
)
"""Fields that hold the message, the most telling ones first."""

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "error_code", "errorCode"),
    "param": ("param", "parameter"),
    "type": ("type", "error_type", "errorType"),
}
"""Fields that hold a detail, by the name of the detail."""

_PLACES: Final = ("loc", "pointer")
"""Fields that hold the place of an error in a request."""

_SEVERAL: Final = 3
"""Number of messages that are shown of a list."""

_DEEPEST: Final = 5

_ENVELOPE: Final = frozenset(
    {
        *("error", "object", "message", "msg", "code", "type", "param", "detail", "details", "success", "ok"),
        *("statusCode", "status_code", "request_id", "requestId", "user_id", "timestamp", "path", "created"),
        *("error_description", "provider", "metadata"),
    }
)
"""Fields of error objects, beside which ``error`` is the whole content of a reply."""


class _Found(NamedTuple):
    """A message, and the objects around it, the innermost first."""

    message: str
    objects: tuple[Mapping[str, Any], ...] = ()


def error_details(body: object) -> dict[str, str | None]:
    """Return ``message``, ``code``, ``param`` and ``type`` of an error body, each of them None if absent.

    Reads ``{"error": {...}}`` as documented by the API, and the variants of compatible servers and
    gateways: ``{"error": "text"}``, the error object without its wrapper or with several, lists of errors,
    and other names of the message (``detail``, ``msg``, ``error_description``). Problem details (RFC 9457)
    and the errors of ASP.NET, Elasticsearch, Plaid and Qdrant are such variants.
    """
    found = _found(body, ()) or _Found("", tuple(_wrapped(body)))
    details = {
        name: next((text for one in names if (text := _text(_first(one, found.objects))) is not None), None)
        for name, names in _NAMES.items()
    }
    # OAuth 2.0 (RFC 6749, section 5.2) has the code beside its description.
    if details["code"] is None and _first("error_description", found.objects) == found.message:
        details["code"] = _text(_first("error", found.objects))
    return {"message": found.message or None} | details


def is_error_body(body: object, beside: Set[str] | None = None) -> bool:
    """Return True if a JSON body is an error object rather than a result.

    ``beside`` are the fields beside which ``error`` is a field of the result itself, such as that of a
    failed job. It is empty if no result has such a field, and None if nothing is known about the result.
    """
    if not isinstance(body, Mapping):
        return False
    if body.get("object") == "error":
        return "message" in body or "error" in body
    error = body.get("error")
    if not isinstance(error, (Mapping, str)):
        return False
    if not error:
        return len(body) == 1
    if beside is None:
        return body.keys() <= _ENVELOPE
    return not beside & body.keys()


def _found(value: object, around: tuple[Mapping[str, Any], ...]) -> _Found | None:
    """Return the first message inside ``value``, which is inside the objects ``around`` it."""
    if len(around) > _DEEPEST or value is None or value == "":
        return None
    if isinstance(value, Mapping):
        return _in_object(value, around)
    if isinstance(value, list):
        return _in_list(value, around)
    return _Found(str(value), around)


def _in_object(value: Mapping[str, Any], around: tuple[Mapping[str, Any], ...]) -> _Found | None:
    inside = (value, *around)
    wrapped = (value.get(name) for name in _WRAPPERS if isinstance(value.get(name), (Mapping, list)))
    told = (value.get(name) for name in _MESSAGES)
    found = (_found(one, inside) for one in chain(wrapped, told))
    if (first := next((one for one in found if one is not None), None)) is not None:
        place = next((text for one in _PLACES if (text := _place(value.get(one)))), "")
        cause = _root_cause(value, first.message)
        return first._replace(message=f"{place}{first.message}{cause}")
    if isinstance(error := value.get("error"), str) and error:
        return _Found(error, inside)
    if unread := value.get("message") or value.get("detail"):
        return _Found(str(unread), inside)
    # A message or a list of them for each field, as web frameworks have it.
    listed = [f"{name}: {one[0]}" for name, one in value.items() if _is_texts(one)][:_SEVERAL]
    return _Found("; ".join(listed), inside) if listed and around else None


def _in_list(values: list[Any], around: tuple[Mapping[str, Any], ...]) -> _Found | None:
    if not all(isinstance(one, (Mapping, str)) for one in values):
        return _Found(str(values), around)
    found = [one for value in values[:_SEVERAL] if (one := _found(value, around)) is not None]
    return found[0]._replace(message="; ".join(one.message for one in found)) if found else None


def _place(value: object) -> str:
    """Return the place of an error before its message; empty if there is none."""
    if isinstance(value, list) and value:
        return f"{'.'.join(map(str, value))}: "
    return f"{value}: " if isinstance(value, str) and value.startswith(("#", "/")) else ""


def _root_cause(value: Mapping[str, Any], message: str) -> str:
    """Return the reason behind a general message, if the error has one and it says something else."""
    causes = value.get("root_cause")
    reason = (
        causes[0].get("reason")
        if isinstance(causes, list) and causes and isinstance(causes[0], Mapping)
        else ""
    )
    return f": {reason}" if isinstance(reason, str) and reason and reason not in message else ""


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str)


def _wrapped(body: object) -> Iterator[Mapping[str, Any]]:
    """Yield the error object of a body without a message, and the body around it."""
    if isinstance(body, Mapping):
        if isinstance(error := body.get("error"), Mapping):
            yield error
        yield body


def _first(name: str, objects: tuple[Mapping[str, Any], ...]) -> object:
    """Return the first value of a field, from the inside out."""
    return next((one[name] for one in objects if one.get(name) is not None), None)


def _text(value: object) -> str | None:
    """Convert a value of an error object to text: some servers send numbers or nested objects."""
    return value if value is None or isinstance(value, str) else str(value)
