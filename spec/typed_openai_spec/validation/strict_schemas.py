"""Check the JSON Schemas in a request: their form, and the supported subset if they are strict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typed_openai_spec.model import Object
from typed_openai_spec.model.relations import StrictSchema
from typed_openai_spec.spelling import nearest
from typed_openai_spec.validation.json_schemas import check_form, schemas_inside
from typed_openai_spec.validation.strict_limits import WALKED, excesses
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import UNKNOWN, PartialArray, PartialObject, Violation


def check_schemas(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    """Yield the errors in the JSON Schemas of an object's fields; those with a true flag are strict."""
    for one in schema.strict_schemas:
        given = value.get(one.field)
        if isinstance(given, dict):
            here = (*place, one.field)
            if value.get(one.flag) is True:
                yield from _check_root(given, one, here)
            else:
                yield from _check_plain(given, here)


def _check_plain(schema: Mapping[str, object], place: Place) -> Iterator[Violation]:
    """Check the form of a schema that is not strict."""
    yield from check_form(schema, place, spelling=False)
    for _, inner, here in schemas_inside(schema, place):
        yield from _check_plain(inner, here)


def _check_root(schema: Mapping[str, object], rule: StrictSchema, place: Place) -> Iterator[Violation]:
    """Check a strict schema; its root must be an object, not a union."""
    is_formed = not any(check_form(schema, place, spelling=True))
    if is_formed and "anyOf" in schema:
        yield _wrong((*place, "anyOf"), 'a strict schema is an object; it cannot be "anyOf" as a whole')
    elif (
        is_formed
        and not isinstance(schema, PartialObject)
        and "$ref" not in schema
        and not _is_object(schema)
    ):
        yield _wrong(place, 'a strict schema is an object as a whole: expected "type": "object"')
    yield from _check(schema, rule, place)
    yield from (_wrong(here, text) for here, text in excesses(schema, place))


def _check(schema: Mapping[str, object], rule: StrictSchema, place: Place) -> Iterator[Violation]:
    malformed = [*check_form(schema, place, spelling=True)]
    yield from malformed
    for keyword in rule.unsupported:
        if keyword in schema:
            yield _wrong((*place, keyword), f'a strict schema cannot have "{keyword}"')
    if not malformed and _is_object(schema):
        yield from _check_object(schema, place)
    for keyword, inner, here in schemas_inside(schema, place):
        if keyword in WALKED:  # schemas in other keywords are not supported
            yield from _check(inner, rule, here)


def _is_object(schema: Mapping[str, object]) -> bool:
    kind = schema.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or kind is UNKNOWN


def _check_object(schema: Mapping[str, object], place: Place) -> Iterator[Violation]:
    is_whole = not isinstance(schema, PartialObject)
    extra = schema.get("additionalProperties", None if is_whole else False)
    if extra is not False and extra is not UNKNOWN and schema.get("type") is not UNKNOWN:
        here = (*place, "additionalProperties") if "additionalProperties" in schema else place
        yield _wrong(here, 'an object in a strict schema is closed: expected "additionalProperties": False')
    properties, required = schema.get("properties", {}), schema.get("required", [] if is_whole else None)
    if isinstance(properties, dict) and isinstance(required, list):
        yield from _check_required(properties, required, place, is_whole=is_whole or "properties" in schema)


def _check_required(
    properties: Mapping[str, object], required: list[object], place: Place, *, is_whole: bool
) -> Iterator[Violation]:
    """Check that all properties are required, and nothing else. ``is_whole`` means that all are known."""
    missing = [name for name in properties if name not in required]
    if is_whole and not isinstance(properties, PartialObject):
        for number, one in enumerate(required):
            if isinstance(one, str) and one not in properties:
                near = nearest(one, missing)
                text = f'no property "{one}" to require' + (f'; did you mean "{near}"?' if near else "")
                yield _wrong((*place, "required", number), text)
                missing = [name for name in missing if name != near]
    if not isinstance(required, PartialArray) and UNKNOWN not in required:
        text = 'a strict schema requires every property; add it to "required", and null to its types'
        yield from (_wrong((*place, "properties", name), text) for name in missing)


def _wrong(place: Place, text: str) -> Violation:
    return Violation(place, text, "invalid_value", "schema")
