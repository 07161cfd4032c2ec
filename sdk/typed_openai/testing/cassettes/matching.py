"""The differences between a request and a recorded one, and the recording that is nearest to a request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from typed_openai._security.redaction import MARK
from typed_openai.testing.cassettes.cassette_files import Interaction
from typed_openai.testing.cassettes.stored_requests import comparable
from typed_openai_spec.validation.value_places import Place, render

_SHOWN: Final = 12
"""The number of differences in a message."""

_LONGEST: Final = 100
_BEFORE: Final = 20
"""In characters: the longest value in a message, and what it shows before the first difference."""


class Absent:
    """The type of :data:`ABSENT`."""


ABSENT: Final = Absent()
"""Stands for a value that only one of two requests has."""


class Difference(NamedTuple):
    """A place where two requests differ, and the value that each has there, or :data:`ABSENT`."""

    place: str
    recorded: object
    sent: object


class Nearest(NamedTuple):
    """The recorded request that is most like a request, and its differences."""

    interaction: Interaction
    differences: Sequence[Difference]


def checked_places(places: Iterable[str]) -> frozenset[str]:
    """Return places that may differ. Raises ``TypeError`` for a single string, which is one place."""
    if isinstance(places, str):
        raise TypeError(f'ignore: expected a list of places, got "str"; write [{places!r}]')
    return frozenset(places)


def is_match(recorded: Mapping[str, Any], sent: Mapping[str, Any], ignored: frozenset[str]) -> bool:
    """Return True if two requests do not differ, except in the ignored places."""
    return next(differences(recorded, sent, ignored), None) is None


def differences(
    recorded: Mapping[str, Any], sent: Mapping[str, Any], ignored: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """Yield where two requests differ.

    ``ignored`` are places that may differ, such as ``metadata.run_id``, ``input[].id`` or ``query.after``.
    """
    one, other = comparable(recorded), comparable(sent)
    yield from _differences(one["head"], other["head"], (), frozenset())
    yield from _differences(one["query"], other["query"], ("query",), ignored)
    yield from _differences(one["body"], other["body"], (), ignored)


def _differences(
    recorded: object, sent: object, place: Place, ignored: frozenset[str]
) -> Iterator[Difference]:
    if ignored and general(place) in ignored:
        return
    if isinstance(recorded, dict) and isinstance(sent, dict):
        for name in dict.fromkeys((*recorded, *sent)):
            values = recorded.get(name, ABSENT), sent.get(name, ABSENT)
            yield from _differences(*values, (*place, name), ignored)
    elif isinstance(recorded, list) and isinstance(sent, list):
        for number in range(max(len(recorded), len(sent))):
            one, other = (items[number] if number < len(items) else ABSENT for items in (recorded, sent))
            yield from _differences(one, other, (*place, number), ignored)
    elif not _is_same(recorded, sent):
        yield Difference(render(place) or "body", recorded, sent)


def general(place: Place) -> str:
    """Return a place without the numbers of items: ``input[].id``."""
    return re.sub(r"\[\d+\]", "[]", render(place))


def _is_same(recorded: object, sent: object) -> bool:
    """Compare two values as JSON: 1.0 is 1, and true is not. A removed credential stands for any text."""
    if isinstance(recorded, str) and MARK in recorded:
        known = map(re.escape, recorded.split(MARK))
        return sent is not ABSENT and re.fullmatch(".+".join(known), str(sent), re.DOTALL) is not None
    return isinstance(recorded, bool) is isinstance(sent, bool) and recorded == sent


def nearest(
    interactions: Iterable[Interaction], sent: Mapping[str, Any], ignored: frozenset[str]
) -> Nearest | None:
    """Return the recorded request with the fewest differences, of the same method and path if possible."""
    found = [Nearest(one, tuple(differences(one.request, sent, ignored))) for one in interactions]
    return min(found, key=_distance, default=None)


def _distance(found: Nearest) -> tuple[bool, int]:
    elsewhere = any(one.place in ("method", "path") for one in found.differences)
    return elsewhere, len(found.differences)


def shown_differences(
    found: Sequence[Difference], scrubbed: Callable[[Any], Any] = lambda value: value
) -> str:
    """Return the differences as the lines of a diff; ``scrubbed`` removes credentials from what was sent."""
    lines: list[str] = []
    for one in found[:_SHOWN]:
        sent = ABSENT if one.sent is ABSENT else scrubbed(one.sent)
        lines.append(f"  {one.place}")
        lines += [
            f"    {sign} {text}" for sign, text in zip("-+", _pair(one.recorded, sent), strict=True) if text
        ]
    if more := len(found) - min(len(found), _SHOWN):
        lines.append(f"  and {more} more")
    return "\n".join(lines)


def _pair(recorded: object, sent: object) -> tuple[str, str]:
    """Return both values as JSON, cut to where they differ; an empty text for one that is absent."""
    texts = tuple("" if one is ABSENT else json.dumps(one, ensure_ascii=False) for one in (recorded, sent))
    common = next(
        (at for at, (one, other) in enumerate(zip(*texts, strict=False)) if one != other),
        min(map(len, texts)),
    )
    start = max(0, common - _BEFORE) if max(map(len, texts)) > _LONGEST else 0
    return _cut(texts[0], start), _cut(texts[1], start)


def _cut(text: str, start: int) -> str:
    cut = text[start : start + _LONGEST]
    return f"{'...' if start and text else ''}{cut}{'...' if start + _LONGEST < len(text) else ''}"
