"""The supported keywords of JSON Schema in OpenAPI's dialect, and the shape of each value.

All schemas pass :func:`checked` before they are read, so the reader can rely on shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias

from typed_openai_spec.model import Scalar
from typed_openai_spec.model.media import is_json, is_text
from typed_openai_spec.problems import Kind
from typed_openai_spec.validation.bounded_regex import is_readable

Raw: TypeAlias = Mapping[str, Any]


class Report(Protocol):
    """A function of the place, the text, the cost and the kind of a problem."""

    def __call__(self, place: str, text: str, cost: str, kind: Kind = ..., /) -> None: ...


ANNOTATIONS: Final = frozenset(
    """
    default deprecated description title example examples summary externalDocs readOnly writeOnly xml
    $comment $recursiveAnchor $anchor $dynamicAnchor $schema $id $vocabulary $defs definitions
    contentEncoding contentMediaType contentSchema x-typed
    """.split()
)
"""Keywords that describe the schema, not its values."""

COMBINATIONS: Final = ("allOf", "oneOf", "anyOf")

# The type that a keyword implies in a schema without a type.
_IMPLIED_TYPES: Final = (
    (
        "object",
        (
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "dependentRequired",
        ),
    ),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems")),
    ("string", ("minLength", "maxLength", "pattern", "contentMediaType", "contentEncoding")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)


def pointer(place: str, *steps: str | int) -> str:
    """Return a JSON pointer (RFC 6901) one or more steps below ``place``."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "/".join((place, *escaped))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


# The expected value in words and as a test, and the keywords that it applies to.
_SHAPES: Final[tuple[tuple[str, Callable[[Any], bool], str], ...]] = (
    ("a mapping", lambda value: isinstance(value, Mapping), "properties patternProperties discriminator"),
    (
        "a list that is not empty",
        lambda value: isinstance(value, list) and bool(value),
        "allOf oneOf anyOf prefixItems",
    ),
    ("a list of constants", lambda value: isinstance(value, list) and bool(value), "enum"),
    ("a list of names", _is_texts, "required"),
    ("a type or a list of types", lambda value: _is_text(value) or (_is_texts(value) and value), "type"),
    ("a number", _is_number, "minimum maximum multipleOf"),
    (
        "a number",
        lambda value: _is_number(value) or isinstance(value, bool),
        "exclusiveMinimum exclusiveMaximum",
    ),
    (
        "a whole number",
        _is_count,
        "minLength maxLength minItems maxItems minProperties maxProperties",
    ),
    ("a text", _is_text, "$ref $recursiveRef format pattern"),
    ("true or false", lambda value: isinstance(value, bool), "nullable uniqueItems"),
    (
        "a schema",
        lambda value: isinstance(value, (bool, Mapping)),
        "items additionalProperties propertyNames not",
    ),
    (
        "a mapping of names to lists of names",
        lambda value: isinstance(value, Mapping) and all(map(_is_texts, value.values())),
        "dependentRequired",
    ),
    ("", lambda value: True, "const"),
)
_SHAPE_OF: Final = {key: (words, test) for words, test, keys in _SHAPES for key in keys.split()}


# Keywords that are understood, but that nothing is checked by: types cannot express them.
_UNUSED: Final = frozenset(
    """
    if then else contains minContains maxContains unevaluatedItems unevaluatedProperties dependentSchemas
    """.split()
)


def checked(raw: Raw, place: str, report: Report) -> dict[str, Any]:
    """Return the supported keywords of a schema; unknown ones and wrong shapes are reported."""
    kept = {}
    for key, value in raw.items():
        if key in ANNOTATIONS:
            kept[key] = value
        elif key in _UNUSED:
            report(pointer(place, key), f'"{key}" is not used', "values are not checked by it", "unused")
        elif key not in _SHAPE_OF:
            if not key.startswith("x-"):
                report(pointer(place, key), f'unknown keyword "{key}"', "it is ignored")
        elif not _SHAPE_OF[key][1](value):
            report(pointer(place, key), f"expected {_SHAPE_OF[key][0]}, found {value!r:.60}", "it is ignored")
        else:
            kept[key] = value
            if key == "pattern" and not is_readable(value):
                text = "a regular expression that is not understood"
                report(pointer(place, key), text, "values are not checked by it", "unused")
    return kept


def assertions(raw: Raw, *apart: str) -> dict[str, Any]:
    """Return the keywords of a checked schema that restrict its values, without those in ``apart``."""
    left_out = {*ANNOTATIONS, "nullable", *apart}
    return {key: value for key, value in raw.items() if key not in left_out}


def is_only_required(members: Any) -> bool:
    """Return True if the alternatives only list fields that must be present together."""
    return isinstance(members, list) and all(
        isinstance(one, Mapping) and _told(one) == {"required"} and _is_texts(one["required"])
        for one in members
    )


def _told(raw: Raw) -> set[str]:
    """Return the keywords that restrict values."""
    return {key for key in raw if key not in ANNOTATIONS and not key.startswith("x-")}


def required_sets(raw: Raw) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return the sets of fields of which one must be present, and True if only one may be."""
    key = next((one for one in ("oneOf", "anyOf") if is_only_required(raw.get(one))), "")
    sets = tuple(tuple(one["required"]) for one in raw.get(key, ()))
    return sets, bool(sets) and (key == "oneOf" or excludes_all(raw))


def excludes_all(raw: Raw) -> bool:
    """Return True if ``not`` merely says that the sets of fields may not all be present together."""
    key = next((one for one in ("oneOf", "anyOf") if is_only_required(raw.get(one))), "")
    named = {name for one in raw.get(key, ()) for name in one["required"]}
    negated = raw.get("not")
    if not isinstance(negated, Mapping) or not is_only_required([negated]):
        return False
    return bool(named) and set(negated["required"]) == named


def implied_type(raw: Raw) -> str | None:
    """Return the type that the keywords of a schema without a type imply, or None."""
    if required_sets(raw)[0]:
        return "object"
    return next((kind for kind, keys in _IMPLIED_TYPES if any(key in raw for key in keys)), None)


def is_typeless(raw: Any) -> bool:
    """Return True if a raw schema takes its type from the union that it is an alternative of."""
    return isinstance(raw, Mapping) and not {
        "type",
        "$ref",
        "$recursiveRef",
        "const",
        "enum",
        *COMBINATIONS,
    } & set(raw)


def alternatives(raw: Any) -> list[Any]:
    """Return the schemas that ``anyOf`` or ``oneOf`` list, without null."""
    listed = raw.get("anyOf") or raw.get("oneOf") if isinstance(raw, Mapping) else None
    if not isinstance(listed, list):
        return []
    return [one for one in listed if not is_null(one)]


def is_null(raw: Any) -> bool:
    """Return True for an alternative that stands for null: its type, or only ``nullable: true``."""
    if not isinstance(raw, Mapping):
        return False
    return raw.get("type") == "null" or (raw.get("nullable") is True and not _told(raw) - {"nullable"})


def is_deprecated(raw: Any) -> bool:
    """Return True if a raw schema, or the single schema that a nullable wraps, is deprecated."""
    if not isinstance(raw, Mapping):
        return False
    if raw.get("deprecated") is True:
        return True
    members = alternatives(raw)
    return len(members) == 1 and is_deprecated(members[0])


def scalar(kind: Any, raw: Raw) -> Scalar:
    """Return the string, number, integer or boolean of a checked schema with its bounds."""
    if kind == "string":
        return Scalar(
            kind,
            format="binary" if _is_file(raw) else raw.get("format"),
            min_length=raw.get("minLength"),
            max_length=raw.get("maxLength"),
            pattern=raw.get("pattern"),
        )
    if kind == "boolean":
        return Scalar(kind, format=raw.get("format"))
    return Scalar(kind, format=raw.get("format"), multiple_of=raw.get("multipleOf"), **_bounds(raw))


def _is_file(raw: Raw) -> bool:
    """Return True if a string is a file's content in OpenAPI 3.1: of a binary media type, not encoded."""
    media_type = raw.get("contentMediaType")
    if not isinstance(media_type, str) or raw.get("contentEncoding") is not None:
        return False
    return not is_json(media_type) and not is_text(media_type)


def _bounds(raw: Raw) -> dict[str, Any]:
    bounds = {"minimum": raw.get("minimum"), "maximum": raw.get("maximum")}
    for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        value = raw.get(key)
        exclusive = f"exclusive_{plain}"
        if value is True:  # in OpenAPI 3.0, a flag beside the bound
            bounds[exclusive], bounds[plain] = bounds[plain], None
        elif value is not False:
            bounds[exclusive] = value
    return bounds
