"""The types of replies that streams make up: one overload for each kind of events."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

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
    for name, signatures in (("accumulate", _accumulate(api)), ("accumulator", _accumulator(api))):
        for number, signature in enumerate(signatures):
            # Editors show the first docstring that they find.
            doc = [] if number else docs[name]
            head, _, comment = signature.partition("  #")
            parts += ["@overload", f"def {name}{head}:{comment and f'  #{comment}'}", *doc, "    ...", ""]
    return "\n".join(parts)


def _accumulate(api: Api) -> Iterator[str]:
    for result, stream in _TAKES.items():
        for name in _ordered(api):
            events, makes = _annotation(name), " | ".join(map(_annotation, api.accumulations[name].makes))
            yield f"(stream: {stream}[{events}]) -> {result}[{events}, {makes}]{_comment(api, name)}"
        yield f"(stream: {stream}[_Event]) -> {result}[_Event, Any]"


def _ordered(api: Api) -> list[str]:
    """Return the types of events, each before those that include it: checkers take the first that fits."""
    return sorted(api.accumulations, key=lambda name: (len(_kinds(api, name)), name))


def _comment(api: Api, *names: str) -> str:
    """Return the comment for an overload for these events if later ones have events of the same kinds."""
    ordered = _ordered(api)
    own = {kind for name in names for kind in _kinds(api, name)}
    later = ordered[max(map(ordered.index, names)) + 1 :]
    return _OVERLAPS if any(own & _kinds(api, name) for name in later) else ""


def _kinds(api: Api, name: str) -> set[object]:
    """Return the values of ``type`` that the events have."""
    node = api.resolve(api.components[name].schema) if name in api.components else None
    members = [api.resolve(one) for one in (node.members if isinstance(node, Union) else ())]
    fields = [one.field("type") for one in members if isinstance(one, Object)]
    types = [api.resolve(one.schema) for one in fields if one is not None]
    return {value for one in types if isinstance(one, Literals) for value in one.values}


def _accumulator(api: Api) -> Iterator[str]:
    yield "() -> Accumulator[Any, Any]"
    replies: dict[str, list[str]] = {}
    for name in _ordered(api):
        for made in api.accumulations[name].makes:
            replies.setdefault(_annotation(made), []).append(name)
    for reply, names in replies.items():
        events = " | ".join(map(_annotation, names))
        yield f"(reply: type[{reply}]) -> Accumulator[{events}, {reply}]{_comment(api, *names)}"
    yield "(reply: type[Reply]) -> Accumulator[Any, Reply]"


def _annotation(name: str) -> str:
    return name if name in _BUILT_IN else f"{_COMPONENTS}.{name}"
