"""The end and the text of an event stream, as ``x-typed`` of the events' schema describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from typed_openai_spec.model import Ref, Result
from typed_openai_spec.openapi.schemas.keywords import Report, pointer
from typed_openai_spec.openapi.schemas.parser import Schemas


def with_end(schemas: Schemas, result: Result) -> Result:
    """Return the result of a stream with its terminal events and the places of its text."""
    if result.kind != "stream" or not isinstance(result.schema, Ref):
        return result
    typed, place = schemas.typed(result.schema)
    here = pointer(place, "x-typed")
    text = _text(typed.get("text", {}), pointer(here, "text"), schemas.report)
    terminal = _terminal(typed.get("terminal_events", []), pointer(here, "terminal_events"), schemas.report)
    return replace(result, text=text, terminal=terminal)


def _text(raw: Any, place: str, report: Report) -> tuple[tuple[str, str], ...]:
    if isinstance(raw, Mapping) and all(isinstance(path, str) for path in raw.values()):
        return tuple((str(event), path) for event, path in raw.items())
    report(place, "expected paths by the names of events", "it is ignored")
    return ()


def _terminal(raw: Any, place: str, report: Report) -> tuple[str, ...]:
    if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
        return tuple(raw)
    report(place, "expected a list of names", "it is ignored")
    return ()
