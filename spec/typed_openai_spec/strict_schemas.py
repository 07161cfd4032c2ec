"""JSON Schemas that a user sends: whether each keeps to the subset that the API takes as strict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from typed_openai_spec.model import Object
from typed_openai_spec.relations import StrictSchema
from typed_openai_spec.violations import UNKNOWN, PartialArray, PartialObject, Violation, join

_SCHEMAS_BY_NAME: Final = ("properties", "$defs", "definitions")
_LISTS_OF_SCHEMAS: Final = ("anyOf",)
_SCHEMAS: Final = ("items",)


def check_strict_schemas(value: Mapping[str, object], schema: Object, place: str) -> Iterator[Violation]:
    """What is wrong with the JSON Schemas in an object's fields, where their flags are true."""
    for one in schema.strict_schemas:
        given = value.get(one.field)
        if value.get(one.flag) is True and isinstance(given, dict):
            here = join(place, one.field)
            yield from _check_root(given, here)
            yield from _check(given, one, here)


def _check_root(schema: Mapping[str, object], place: str) -> Iterator[Violation]:
    """The whole is an object, not a choice of several."""
    if "anyOf" in schema:
        yield _wrong(join(place, "anyOf"), 'a strict schema is an object; it cannot be "anyOf" as a whole')
    elif not isinstance(schema, PartialObject) and "$ref" not in schema and not _is_object(schema):
        yield _wrong(place, 'a strict schema is an object as a whole: expected "type": "object"')


def _check(schema: Mapping[str, object], rule: StrictSchema, place: str) -> Iterator[Violation]:
    for keyword in rule.unsupported:
        if keyword in schema:
            yield _wrong(join(place, keyword), f'a strict schema cannot have "{keyword}"')
    if _is_object(schema):
        yield from _check_object(schema, place)
    for inner, here in _inside(schema, place):
        yield from _check(inner, rule, here)


def _is_object(schema: Mapping[str, object]) -> bool:
    kind = schema.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or kind is UNKNOWN


def _check_object(schema: Mapping[str, object], place: str) -> Iterator[Violation]:
    is_whole = not isinstance(schema, PartialObject)
    extra = schema.get("additionalProperties", None if is_whole else False)
    if extra is not False and extra is not UNKNOWN and schema.get("type") is not UNKNOWN:
        here = join(place, "additionalProperties") if "additionalProperties" in schema else place
        yield _wrong(here, 'an object in a strict schema is closed: expected "additionalProperties": False')
    properties, required = schema.get("properties"), schema.get("required", [] if is_whole else None)
    if not isinstance(properties, dict) or not isinstance(required, list):
        return
    if isinstance(required, PartialArray) or UNKNOWN in required:
        return
    for name in properties:
        if name not in required:
            text = 'a strict schema requires every property; add it to "required", and null to its types'
            yield _wrong(join(join(place, "properties"), name), text)


def _inside(schema: Mapping[str, object], place: str) -> Iterator[tuple[Mapping[str, object], str]]:
    """The schemas directly inside a schema, each with its place."""
    for keyword in _SCHEMAS_BY_NAME:
        named = schema.get(keyword)
        for name, one in named.items() if isinstance(named, dict) else ():
            if isinstance(one, dict):
                yield one, join(join(place, keyword), name)
    for keyword in _LISTS_OF_SCHEMAS:
        listed = schema.get(keyword)
        for number, one in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(one, dict):
                yield one, f"{join(place, keyword)}[{number}]"
    for keyword in _SCHEMAS:
        if isinstance(one := schema.get(keyword), dict):
            yield one, join(place, keyword)


def _wrong(place: str, text: str) -> Violation:
    return Violation(place, text, "invalid_value", "schema")
