"""Error objects in JSON, in the shapes that servers use: recognizing one, and finding what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import chain
from typing import Any, Final, NamedTuple

_WRAPPERS: Final = ("error", "errors", "Error", "fault", "base_resp")
"""Fields that hold the error itself, or several of them."""

_MESSAGES: Final = (
    *("message", "msg", "error_description", "error_message", "errorMessage", "error_msg", "Message"),
    *("detail", "details", "faultstring", "status_msg", "description", "reason", "title"),
)
"""Fields that hold the message, the most telling ones first."""

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
    and other names of the message (``detail``, ``msg``, ``error_description``).
    """
    found = _found(body, ()) or _Found("", tuple(_wrapped(body)))
    details = {name: _text(_first(name, found.objects)) for name in ("code", "param", "type")}
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
        place = value.get("loc")
        return first._replace(message=f"{_dotted(place)}: {first.message}") if _is_place(place) else first
    if isinstance(error := value.get("error"), str) and error:
        return _Found(error, inside)
    if unread := value.get("message") or value.get("detail"):
        return _Found(str(unread), inside)
    # A message or a list of them for each field, as web frameworks have it.
    lists = (_Found(f"{name}: {one[0]}", inside) for name, one in value.items() if _is_texts(one))
    return next(lists, None) if around else None


def _in_list(values: list[Any], around: tuple[Mapping[str, Any], ...]) -> _Found | None:
    if not all(isinstance(one, (Mapping, str)) for one in values):
        return _Found(str(values), around)
    found = [one for value in values[:_SEVERAL] if (one := _found(value, around)) is not None]
    return found[0]._replace(message="; ".join(one.message for one in found)) if found else None


def _is_place(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _dotted(place: Any) -> str:
    return ".".join(map(str, place))


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
