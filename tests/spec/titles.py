"""Put titles into a description, and take them out, at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

from typed_openai_spec.model import METHODS

_LISTS: Final = ("allOf", "anyOf", "oneOf")
_SINGLE: Final = ("items", "additionalProperties", "propertyNames", "not")
_MAPS: Final = ("properties", "patternProperties")
_WORDS: Final = ("Web", "socket", "delta", "event", "THE", "type", "of", "a", "call", "2", "é", "List")


def schemas_within(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every schema of a description, those inside others too."""
    for schema in document["components"]["schemas"].values():
        yield from _schemas(schema)
    for item in document["paths"].values():
        for operation in (item, *(item[one] for one in METHODS if one in item)):
            for parameter in operation.get("parameters", ()):
                yield from _schemas(parameter.get("schema"))
            for part in (operation.get("requestBody", {}), *operation.get("responses", {}).values()):
                for media in part.get("content", {}).values():
                    yield from _schemas(media.get("schema"))


def _schemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        inner = [one for key in _LISTS for one in schema.get(key, ())]
        inner += [schema[key] for key in _SINGLE if key in schema]
        inner += [one for key in _MAPS for one in schema.get(key, {}).values()]
        for one in inner:
            yield from _schemas(one)


def retitle(document: dict[str, Any], random: Random) -> int:
    """Give schemas titles, or take theirs, at random; return the number of titles.

    Titles are words, names that other components have, or the same for several alternatives.
    """
    names = sorted(document["components"]["schemas"])
    share, count = random.random(), 0
    for schema in schemas_within(document):
        schema.pop("title", None)
        if random.random() < share:
            words = random.choices(_WORDS, k=random.randint(1, 4))
            schema["title"] = random.choice([" ".join(words), random.choice(names), "Event"])
            count += 1
    return count
