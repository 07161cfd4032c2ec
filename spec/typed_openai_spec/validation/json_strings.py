"""Check the strings that should contain JSON, such as the arguments of a tool call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from typed_openai_spec.model import Object
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import Violation, kind_of, show


def check_texts(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    """Yield the strings that do not contain the JSON that their fields require.

    The API accepts such strings nevertheless. An empty string is allowed: streamed texts begin with it.
    """
    for field in schema.fields:
        text = value.get(field.name) if field.json else None
        if isinstance(text, str) and text and (wrong := _wrong(text, field.json)):
            yield Violation((*place, field.name), wrong, "invalid_value", "json", accepted=True)


def _wrong(text: str, expected: str) -> str:
    wanted = "a JSON object" if expected == "object" else "JSON"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return f"expected a string with {wanted}, got {show(text)}"
    if expected == "object" and not isinstance(found, dict):
        return f"expected a string with {wanted}, got one with a JSON {kind_of(found)}"
    return ""
