"""Check the form of a JSON Schema: its keywords, its types, and the values of its keywords.

The rules are those of JSON Schema draft 2020-12, with the keywords that older drafts and OpenAPI add.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from typed_openai_spec.model import Literals
from typed_openai_spec.spelling import nearest
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import UNKNOWN, Violation, check_literals, describe, kind_of

_TYPES: Final = Literals(("string", "number", "integer", "boolean", "object", "array", "null"))

_A_SCHEMA: Final = frozenset({"object", "boolean"})
_NUMBER: Final = frozenset({"number", "integer"})
_MAP: Final = frozenset({"object"})
_LIST: Final = frozenset({"array"})
_TEXT: Final = frozenset({"string"})

_MAPS_OF_SCHEMAS: Final = ("properties", "$defs", "definitions", "patternProperties", "dependentSchemas")
_LISTS_OF_SCHEMAS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
_ONE_SCHEMA: Final = ("additionalProperties", "contains", "else", "if", "not", "propertyNames", "then")

_KINDS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(_MAPS_OF_SCHEMAS, _MAP),
    **dict.fromkeys(_LISTS_OF_SCHEMAS, _LIST),
    **dict.fromkeys(_ONE_SCHEMA, _A_SCHEMA),
    "items": _A_SCHEMA | _LIST,
    "type": _TEXT | _LIST,
    **dict.fromkeys(("enum", "required"), _LIST),
    **dict.fromkeys(("$ref", "description", "format", "pattern", "title"), _TEXT),
    **dict.fromkeys(("maximum", "minimum", "multipleOf"), _NUMBER),
    **dict.fromkeys(("maxItems", "maxLength", "minItems", "minLength"), frozenset({"integer"})),
}
"""The kinds of values that keywords accept, where all drafts agree."""

_OTHERS: Final = frozenset(
    "$anchor $comment $dynamicAnchor $dynamicRef $id $schema $vocabulary additionalItems const"
    " contentEncoding contentMediaType contentSchema default dependencies dependentRequired deprecated"
    " discriminator example examples exclusiveMaximum exclusiveMinimum externalDocs id maxContains"
    " maxProperties minContains minProperties nullable readOnly unevaluatedItems unevaluatedProperties"
    " uniqueItems writeOnly xml".split()
)
_KEYWORDS: Final = tuple(one for one in (*_KINDS, *sorted(_OTHERS)) if len(one) > 3)
"""Keywords that are long enough to suggest: "note" is not meant as "not"."""

_ALIKE: Final = 0.75
"""Any name may be an annotation, so only a likely misspelling is reported."""


def check_form(schema: Mapping[str, object], place: Place, *, spelling: bool) -> Iterator[Violation]:
    """Yield errors of form in a schema, without nested ones; with ``spelling``, also misspelt keywords."""
    for keyword, value in schema.items():
        here = (*place, keyword)
        if keyword in _KINDS:
            yield from _check_value(keyword, value, here)
        elif spelling and keyword not in _OTHERS and (near := nearest(keyword, _KEYWORDS, _ALIKE)):
            yield _wrong(here, f'unknown keyword; did you mean "{near}"?')


def _check_value(keyword: str, value: object, place: Place) -> Iterator[Violation]:
    if value is UNKNOWN:
        return
    if kind_of(value) not in _KINDS[keyword]:
        yield _wrong(place, f"expected {describe(_KINDS[keyword])}, got {kind_of(value)}")
    elif keyword == "type":
        words = [(value, place)] if isinstance(value, str) else _items(value, place)
        for word, here in words:
            yield from (replace(one, beyond="schema") for one in check_literals(word, _TYPES, here))
    elif keyword == "required":
        yield from _check_kinds(_items(value, place), _TEXT)
    elif keyword in _LISTS_OF_SCHEMAS:
        yield from _check_kinds(_items(value, place), _A_SCHEMA)
    elif keyword in _MAPS_OF_SCHEMAS and isinstance(value, dict):
        yield from _check_kinds(((one, (*place, name)) for name, one in value.items()), _A_SCHEMA)


def _check_kinds(found: Iterable[tuple[object, Place]], kinds: frozenset[str]) -> Iterator[Violation]:
    for value, place in found:
        if value is not UNKNOWN and kind_of(value) not in kinds:
            yield _wrong(place, f"expected {describe(kinds)}, got {kind_of(value)}")


def _items(value: object, place: Place) -> list[tuple[object, Place]]:
    """Return the items of an array with their places."""
    listed = value if isinstance(value, list) else []
    return [(one, (*place, number)) for number, one in enumerate(listed)]


def schemas_inside(
    schema: Mapping[str, object], place: Place
) -> Iterator[tuple[str, dict[str, object], Place]]:
    """Yield the schemas directly inside a schema, each with its keyword and its place."""
    for keyword, value in schema.items():
        here = (*place, keyword)
        found: list[tuple[object, Place]] = []
        if keyword in _MAPS_OF_SCHEMAS and isinstance(value, dict):
            found = [(one, (*here, name)) for name, one in value.items()]
        elif keyword in _LISTS_OF_SCHEMAS or (keyword == "items" and isinstance(value, list)):
            found = _items(value, here)
        elif keyword in _ONE_SCHEMA or keyword == "items":
            found = [(value, here)]
        yield from ((keyword, one, inner) for one, inner in found if isinstance(one, dict))


def _wrong(place: Place, text: str) -> Violation:
    return Violation(place, text, "invalid_value", "schema")
