"""Scripts as data: the entries of a script file, and the arguments of pytest's marker.

An entry has an ``operation`` and one of these keys, with the arguments of the server's method:

``reply``      a reply, or a part of one
``text``       the text of a stream
``events``     the events of a stream
``tool_call``  the ``name`` of a tool and its ``arguments``
``fail``       a status, or the name of a failure of the connection
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from typed_openai.testing.script_places import scripted_at
from typed_openai.testing.scripted_answers import ScriptError
from typed_openai.testing.scripting import Scripting
from typed_openai_spec import spelling

_ANSWERS: Final = ("reply", "text", "events", "tool_call", "fail")
_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(_ANSWERS, ("operation", "times", "when")),
    "fail": ("operation", "times", "when", "message", "headers", "body", "after"),
}


def add_entry(server: Scripting, entry: object, place: str) -> None:
    """Script what an entry says; ``place`` is its place, for messages.

    Raises :class:`ScriptError` for an entry of another form.
    """
    try:
        answer = _answer_of(entry)
        assert isinstance(entry, Mapping)
        options = {key: one for key, one in entry.items() if key != answer}
        with scripted_at(place):
            _ADD[answer](server, entry[answer], options)
    except (ScriptError, ValueError) as error:
        raise ScriptError(f"{place}: {error}") from None


def _answer_of(entry: object) -> str:
    """Return the key with an entry's answer."""
    if not isinstance(entry, Mapping):
        raise ScriptError(f"expected a mapping, got {type(entry).__name__}")
    found = [one for one in _ANSWERS if one in entry]
    if len(found) != 1:
        given = " and ".join(found) or "none"
        raise ScriptError(
            f"expected one of {', '.join(_ANSWERS)}; got {given}{_hint(entry, _ANSWERS, found)}"
        )
    known = (found[0], *_OPTIONS[found[0]])
    for key in entry:
        if key not in known:
            raise ScriptError(f'unknown key "{key}"{spelling.hint(str(key), known)}')
    if "operation" not in entry and found[0] in ("reply", "text", "events"):
        raise ScriptError("operation: required, but missing")
    operation = entry.get("operation")
    if operation is not None and not isinstance(operation, str) and not callable(operation):
        raise ScriptError(f'operation: expected "group.name", got "{type(operation).__name__}"')
    return found[0]


def _hint(entry: Mapping[str, Any], known: tuple[str, ...], found: list[str]) -> str:
    unknown = next((str(one) for one in entry if one not in ("operation", "times", "when")), "")
    return "" if found else spelling.hint(unknown, known)


def _add_reply(server: Scripting, value: Any, options: dict[str, Any]) -> None:
    server.reply(options.pop("operation"), value, **options)


def _add_text(server: Scripting, value: Any, options: dict[str, Any]) -> None:
    server.stream(options.pop("operation"), text=value, **options)


def _add_events(server: Scripting, value: Any, options: dict[str, Any]) -> None:
    if not isinstance(value, list):
        raise ScriptError(f'events: expected a list, got "{type(value).__name__}"')
    server.stream(options.pop("operation"), events=value, **options)


def _add_tool_call(server: Scripting, value: Any, options: dict[str, Any]) -> None:
    pair = (
        [value["name"], value.get("arguments", "{}")]
        if isinstance(value, Mapping) and "name" in value
        else value
    )
    if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not isinstance(pair[0], str):
        raise ScriptError("tool_call: expected the name of a tool and its arguments")
    server.reply_tool_call(pair[0], pair[1], **options)


def _add_failure(server: Scripting, value: Any, options: dict[str, Any]) -> None:
    server.fail(value, **options)


_ADD: Final[Mapping[str, Callable[[Scripting, Any, dict[str, Any]], None]]] = {
    "reply": _add_reply,
    "text": _add_text,
    "events": _add_events,
    "tool_call": _add_tool_call,
    "fail": _add_failure,
}
