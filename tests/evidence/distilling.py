"""Distil from recorded replies what servers leave out, send as null, and call things, by component.

For each component, ``forms`` has the combinations of keys that were seen, the most frequent first, each with
the number of distinct shapes. A key is followed by ``=null``, ``=[]``, ``={}`` or ``=""`` if its value was
empty. ``rare`` has the keys of all other combinations. ``values`` has the most frequent value of fields that
are not free; a text with a number in braces is the prefix of an id.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from tests.evidence.judging import Judge
from tests.evidence.shapes import Shape

RECENT: Final = 2025
MOST_FORMS: Final = 4

_EMPTY: Final[tuple[tuple[str, Any], ...]] = (("=null", None), ("=[]", []), ("={}", {}), ('=""', ""))
_SUCCESS: Final = frozenset(
    ("completed", "succeeded", "processed", "uploaded", "active", "stop", "tool_calls")
)
_OUTCOMES: Final = ("status", "finish_reason")
_NUMBERED: Final = re.compile(r"([a-z]+[_-])\d+")
# What stands for free values in the recordings.
_NEUTRAL: Final = re.compile(r"text|AAAA|AACAPw==|\{\}|https?://.*|(?:name|key|id|user|field)_\d+")
_NEUTRAL_NUMBERS: Final = (0.5, 1, 100, 1_700_000_000)


def observed(shapes: Iterable[Shape], judge: Judge) -> dict[str, dict[str, Any]]:
    """Return the forms and values of each component, by name.

    What a new object looks like is preferred to what lists show of it.
    """
    found: defaultdict[str, list[_Seen]] = defaultdict(list)
    for shape in shapes:
        for component, value in judge.objects(shape):
            found[component].append(_Seen(shape.year, judge.reads(shape), value))
    made = {name: _component(values) for name, values in sorted(found.items()) if name}
    return {name: one for name, one in made.items() if one["forms"]}


class _Seen(NamedTuple):
    """An object, the year of its recording, and whether it was read rather than made by the request."""

    year: int
    is_read: bool
    value: Mapping[str, Any]


def _component(seen: list[_Seen]) -> dict[str, Any]:
    latest = max(one.year for one in seen)
    recent = [one for one in seen if one.year >= min(latest, RECENT)]
    made = [one.value for one in recent if not one.is_read]
    chosen = list(_successes(made or [one.value for one in recent]))
    forms = Counter(" ".join(sorted(_key(key, one) for key, one in value.items())) for value in chosen)
    listed = sorted(forms.items(), key=lambda one: (-one[1], one[0]))[:MOST_FORMS]
    kept = {form: number for form, number in listed if form}
    usual = {key.partition("=")[0] for form in kept for key in form.split()}
    rare = sorted({key for value in chosen for key in value} - usual)
    return {"forms": kept, **({"rare": rare} if rare else {}), "values": _values(chosen)}


def _successes(values: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for one in values:
        outcome = next((one[key] for key in _OUTCOMES if isinstance(one.get(key), str)), "completed")
        if outcome in _SUCCESS or not any(_outcome(other) for other in values):
            yield one


def _outcome(value: Mapping[str, Any]) -> bool:
    return any(value.get(key) in _SUCCESS for key in _OUTCOMES)


def _key(key: str, value: Any) -> str:
    return key + next((mark for mark, empty in _EMPTY if value == empty and type(value) is type(empty)), "")


def _values(values: list[Mapping[str, Any]]) -> dict[str, Any]:
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for value in values:
        for key, one in value.items():
            if (typical := _typical(one)) is not None:
                seen[key][json.dumps(typical)] += 1
    best = {key: min(counts, key=lambda one: (-counts[one], one)) for key, counts in sorted(seen.items())}
    return {key: json.loads(one) for key, one in best.items()}


def _typical(value: Any) -> Any:
    """Return a value, the prefix of an id, or None if it is free."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value:
        if _NEUTRAL.fullmatch(value):
            return None
        return f"{found[1]}{{}}" if (found := _NUMBERED.fullmatch(value)) else value
    if isinstance(value, (int, float)) and value not in _NEUTRAL_NUMBERS:
        return value
    # Neutral numbers are 1 and 0.5; a temperature of 1.0 is real.
    return value if isinstance(value, float) and value == 1.0 else None
