"""The types of replies that streams make up: one overload for each kind of events."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from typed_openai_spec.model import Api, Literals, Object, Union
from typed_openai_stubgen import layers
from typed_openai_stubgen.safe_text import docstring

MODULE: Final = "typed_openai.accumulation"

_COMPONENTS: Final = "_types"
_BUILT_IN: Final = frozenset({"bytes", "str"})

_IMPORTS: Final = """\
from collections.abc import AsyncIterator
from typing import Any, Protocol, TypeVar, overload
"""

_ASYNC_EVENTS: Final = """\
_Event = TypeVar("_Event")
_Event_co = TypeVar("_Event_co", covariant=True)

class _AsyncEvents(Protocol[_Event_co]):
    def __aiter__(self) -> AsyncIterator[_Event_co]: ...
    async def aclose(self) -> None: ...
"""
"""The stream of an async client; its own stub is read only by those who import the async client."""

_TAKES: Final = {"Accumulated": "Stream", "AsyncAccumulated": "_AsyncEvents"}
"""The result for each kind of stream."""

_OVERLAPS: Final = "  # type: ignore[overload-overlap]  # Events of both may be equal."


def accumulation_types(api: Api, package: str, source: str) -> str:
    """Return Python text that defines the functions of ``source`` for the streams of ``api``."""
    docs = {
        node.name: docstring((ast.get_docstring(node) or "").splitlines(), "    ")
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    parts = [_IMPORTS, f"from {package} import {layers.NEEDED} as {_COMPONENTS}", _ASYNC_EVENTS]
    events = _events(api)
    for name, overloads in (("accumulate", _accumulate(events)), ("accumulator", _accumulator(events))):
        for number, (signature, overlaps) in enumerate(overloads):
            # Editors show the first docstring that they find.
            doc = [] if number else docs[name]
            head = f"def {name}{signature}:{_OVERLAPS if overlaps else ''}"
            parts += ["@overload", head, *doc, "    ...", ""]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Events:
    """Annotations of a kind of events and of the replies that they make up.

    ``overlaps`` is True if events of a later kind have some of the same types.
    """

    events: str
    makes: tuple[str, ...]
    overlaps: bool


_Overload: TypeAlias = tuple[str, bool]
"""A signature, and whether it overlaps with a later one."""


def _events(api: Api) -> list[_Events]:
    """Return the events, each before those that include it: checkers take the first overload that fits."""
    kinds = {name: _kinds(api, name) for name in api.accumulations}
    ordered = sorted(kinds, key=lambda name: (len(kinds[name]), name))
    return [
        _Events(
            _annotation(name),
            tuple(map(_annotation, api.accumulations[name].makes)),
            any(kinds[name] & kinds[later] for later in ordered[number + 1 :]),
        )
        for number, name in enumerate(ordered)
    ]


def _accumulate(listed: list[_Events]) -> Iterator[_Overload]:
    for result, stream in _TAKES.items():
        for one in listed:
            takes, makes = one.events, " | ".join(one.makes)
            yield f"(stream: {stream}[{takes}]) -> {result}[{takes}, {makes}]", one.overlaps
        yield f"(stream: {stream}[_Event]) -> {result}[_Event, Any]", False


def _accumulator(listed: list[_Events]) -> Iterator[_Overload]:
    yield "() -> Accumulator[Any, Any]", False
    replies: dict[str, list[_Events]] = {}
    for one in listed:
        for made in one.makes:
            replies.setdefault(made, []).append(one)
    for made, several in replies.items():
        takes = " | ".join(one.events for one in several)
        overlaps = any(one.overlaps for one in several)
        yield f"(reply: type[{made}]) -> Accumulator[{takes}, {made}]", overlaps
    yield "(reply: type[Reply]) -> Accumulator[Any, Reply]", False


def _kinds(api: Api, name: str) -> set[object]:
    """Return the values of ``type`` that the events have."""
    node = api.resolve(api.components[name].schema) if name in api.components else None
    members = [api.resolve(one) for one in (node.members if isinstance(node, Union) else ())]
    fields = [one.field("type") for one in members if isinstance(one, Object)]
    types = [api.resolve(one.schema) for one in fields if one is not None]
    return {value for one in types if isinstance(one, Literals) for value in one.values}


def _annotation(name: str) -> str:
    return name if name in _BUILT_IN else f"{_COMPONENTS}.{name}"
