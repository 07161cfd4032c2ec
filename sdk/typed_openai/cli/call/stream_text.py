"""The text of a stream, located by the paths in the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from typed_openai_spec.model import Result


def texts(events: Iterable[object], result: Result) -> Iterator[str]:
    """Yield the pieces of text of a stream's events, in order."""
    paths = dict(result.text)
    for event in events:
        path = paths.get(_name(event), paths.get("*"))
        if path is not None:
            yield from _at(event, path.split("."))


def _name(event: object) -> str:
    """Return the event's name: its ``event`` or ``type``."""
    if not isinstance(event, Mapping):
        return ""
    return next((event[key] for key in ("event", "type") if isinstance(event.get(key), str)), "")


def _at(value: object, path: list[str]) -> Iterator[str]:
    """Yield the texts at a path; in a list, those of each of its items."""
    if isinstance(value, list):
        for one in value:
            yield from _at(one, path)
    elif not path:
        if isinstance(value, str):
            yield value
    elif isinstance(value, Mapping):
        yield from _at(value.get(path[0]), path[1:])
