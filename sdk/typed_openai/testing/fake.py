"""Generate values that fit a schema, deterministic and plausible.

Plausible values come from the tables of field names below, never from endpoints. Required fields are always
present, optional ones only near the top. Deeper values are smaller, so that recursive schemas end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from random import Random
from typing import Final

from typed_openai.testing.habits import PLAIN, Form, Habits, Manner
from typed_openai.testing.multipart import UploadedFile
from typed_openai.testing.reply_forms import EMPTY, chosen_form
from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Field,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.validation.bounded_regex import matches
from typed_openai_spec.validation.dependents import broken_rules
from typed_openai_spec.validation.example_texts import example_of
from typed_openai_spec.validation.model_rules import check_models
from typed_openai_spec.validation.tool_choices import check_choices
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import kind_of

SENTENCE: Final = "Hello! This reply was made up to fit."
"""The text of fields that hold a model's or a user's words."""

EPOCH: Final = 1_767_225_600
"""The time stamp of the first generated value: 2026-01-01, midnight UTC."""

REPLY_CONSTANTS: Final = (
    *("assistant", "completed", "succeeded", "processed", "active", "stop", "auto"),
    *("message", "output_text", "text", "wav"),
)
"""The preferred constants, best first, so that a reply describes a success."""

_TEXTS: Final = frozenset(
    ("content", "text", "transcript", "output_text", "delta", "message", "summary", "value")
)
_EMPTY: Final = frozenset(
    ("annotations", "attachments", "bytes", "errors", "logprobs", "tool_calls", "tools", "top_logprobs")
)
_NEVER_UNASKED: Final = frozenset(("error", "errors", "last_error", "incomplete_details"))
_ONLY_ASKED: Final = frozenset(("logprobs",))
_DEEP: Final = 4
_DEEPEST: Final = 60
_MOST_VALUES: Final = 10_000
_LONGEST: Final = 100_000
"""Maximum length of a generated text, whatever its minimum length is."""

_FIRST_ID: Final = 1_000
_BASE64: Final = "SGVsbG8h"
_INTEGERS: Final = {
    "input_tokens": 9,
    "prompt_tokens": 9,
    "output_tokens": 8,
    "completion_tokens": 8,
    "total_tokens": 17,
}
_ADDENDS: Final = ("input_tokens", "prompt_tokens", "output_tokens", "completion_tokens")
_BOOLEANS: Final = {"deleted": True}

# The first pattern that matches the field's name determines the string.
_STRINGS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"url|uri$"), "https://example.com/{name}"),
    (re.compile(r"email"), "user@example.com"),
    (re.compile(r"b64|base64|^audio$"), _BASE64),
    (re.compile(r"^(first_|last_|next_)?id$"), "id_{seed:04d}"),
    (re.compile(r"_ids?$"), "{stem}_{seed:04d}"),
    (re.compile(r"^model$"), "example-model"),
    (re.compile(r"file_?name$"), "example.txt"),
    (re.compile(r"^arguments$"), "{{}}"),
    (re.compile(r"^obfuscation$"), "x7Qp2LrT"),
    (re.compile(r""), "example {words}"),
)
_FORMATS: Final = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00+00:00",
    "email": "user@example.com",
    "uri": "https://example.com/{name}",
    "uuid": "00000000-0000-4000-8000-{seed:012d}",
}
_KIND_ORDER: Final = (Literals, Scalar, Object, Array, Anything, Null)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Preferences for a value, where the schema leaves a choice.

    ``echo`` holds values for fields of these names in the outermost objects; values that do not fit are
    ignored. ``wrapped`` is the number of objects around those that count as outermost: 1 for the object
    inside an event. ``seed`` numbers the generated ids and time stamps. ``optional`` requests optional
    fields too; ``files`` requests files for binary strings. ``served`` requests the keys, nulls and typical
    values that servers send; with ``chance``, any of their forms instead of the most frequent one. Fields
    in ``asked`` have a value even if servers usually send none; ``forms`` are chosen for components.
    """

    seed: int = 1
    text: str = SENTENCE
    echo: Mapping[str, object] = field(default_factory=dict)
    wrapped: int = 0
    constants: Sequence[str] = REPLY_CONSTANTS
    optional: bool = True
    files: bool = False
    served: bool = False
    asked: frozenset[str] = frozenset()
    forms: Mapping[str, Form] = field(default_factory=dict)
    chance: Random | None = None
    new_id: Callable[[str], str] = field(default=str, compare=False)


@dataclass(frozen=True, slots=True)
class _Spot:
    """The context of a value: its field, the nesting in objects and arrays, its position in an array."""

    name: str = ""
    depth: int = 0
    arrays: int = 0
    position: int = 0
    made: Iterator[int] = field(default_factory=count, compare=False)
    """Counts the values that are generated for one top-level value."""


class Faker:
    """Generates values for the schemas of one API."""

    def __init__(self, components: Mapping[str, Component], habits: Habits | None = None) -> None:
        self._components = components
        self._habits = habits or Habits()
        # Strict: a value that a reply repeats must not contain undeclared keys.
        self._validator = Validator(components, strict=True)

    def value(self, schema: Schema, wishes: Wishes | None = None, *, name: str = "") -> object:
        """Return a value that fits ``schema``; ``name`` is the name of its field or argument."""
        return self._make(schema, wishes or Wishes(), _Spot(name))

    def _make(self, schema: Schema, wishes: Wishes, spot: _Spot) -> object:
        # Some descriptions require infinite or excessively large values.
        if next(spot.made) > _MOST_VALUES or spot.depth + spot.arrays > _DEEPEST:
            return None
        node = self._validator.resolve(schema)
        match node:
            case Scalar():
                return _scalar(node, wishes, spot)
            case Literals():
                return _constant(node, wishes, spot)
            case Array():
                return self._array(node, wishes, spot)
            case Object():
                name = schema.name if isinstance(schema, Ref) else ""
                return self._object(node, wishes, spot, name)
            case Union():
                return self._union(node, wishes, spot)
            case Null():
                return None
            case _:
                return {}

    def _array(self, schema: Array, wishes: Wishes, spot: _Spot) -> list[object]:
        deep = spot.depth >= _DEEP or spot.arrays >= _DEEP
        usual = len(schema.places) or (0 if deep or spot.name in _EMPTY else 1)
        wanted = min(max(schema.min_items or 0, usual), _MOST_VALUES)
        if schema.max_items is not None:
            wanted = min(wanted, schema.max_items)
        spots = (replace(spot, arrays=spot.arrays + 1, position=one) for one in range(wanted))
        return [self._make(schema.at(one.position), wishes, one) for one in spots]

    def _object(self, schema: Object, wishes: Wishes, spot: _Spot, component: str) -> dict[str, object]:
        echoed = wishes.echo if spot.depth <= wishes.wrapped else {}
        must = set(schema.required_sets[0]) if schema.required_sets else set()
        # If exactly one of several sets is allowed, fields of the others are left out.
        out = {one for names in schema.required_sets for one in names} - must if schema.exclusive else set()
        manner = self._habits.manner(component) if wishes.served else PLAIN
        form = wishes.forms.get(component)
        if form is None:
            unasked = _NEVER_UNASKED | (_ONLY_ASKED - wishes.asked)
            form = chosen_form(manner, wishes.chance, _TEXTS, unasked)
        made: dict[str, object] = {}
        for one in schema.fields:
            if one.name in out:
                continue
            is_needed = one.required or one.name in must
            mark = "" if one.name in wishes.asked else None if form is None else form.keys.get(one.name)
            may_echo = is_needed or manner.sends(one.name)
            known = self._repeated(echoed[one.name], one.schema) if may_echo and one.name in echoed else None
            if known is not None:
                made[one.name] = known[0]
                continue
            if mark and self._validator.fits(EMPTY[mark], one.schema):
                made[one.name] = deepcopy(EMPTY[mark])
            elif is_needed or (self._wants(one, wishes, spot) if form is None else mark is not None):
                # The position is kept: a field inside the item may hold the item's number.
                inner = replace(spot, name=one.name, depth=spot.depth + 1)
                made[one.name] = self._field(one, manner, wishes, inner, is_sent=mark == "")
        for number in range(len(made), min(schema.min_properties or 0, _MOST_VALUES)):
            key = self._key(schema, wishes, replace(spot, position=number))
            made[key] = self._make(schema.extra or Anything(), wishes, spot)
        return _settled(made, schema)

    def _repeated(self, value: object, schema: Schema) -> tuple[object] | None:
        """Return the value of a request as replies repeat it, or None: an id may become an object."""
        forms = (value, {"id": value}) if isinstance(value, str) else (value,)
        return next(((one,) for one in forms if self._validator.fits(one, schema)), None)

    def _field(self, one: Field, manner: Manner, wishes: Wishes, spot: _Spot, *, is_sent: bool) -> object:
        """Return the value of a field: a typical one, if servers are known to send one.

        With ``is_sent``, the value is not null.
        """
        schema = self._not_null(one.schema) if is_sent else one.schema
        typical = manner.values.get(one.name)
        if isinstance(typical, dict) and "any" in typical:
            typical = typical["any"][wishes.seed % len(typical["any"])]
        if typical is None or one.name in _TEXTS or one.name in _INTEGERS or one.name.endswith("index"):
            return self._make(schema, wishes, spot)
        if isinstance(typical, str) and typical.endswith("{}"):
            typical = wishes.new_id(typical[:-2])
        node = self._validator.resolve(one.schema)
        first = wishes.constants[0] if wishes.constants else None
        if isinstance(node, Literals) and first in node.values:
            return first
        if not self._validator.fits(typical, one.schema):
            return self._make(schema, wishes, spot)
        return deepcopy(typical)

    def _not_null(self, schema: Schema) -> Schema:
        """Return a schema without null as an alternative."""
        if "null" not in self._validator.kinds(schema):
            return schema
        leaves = self._validator.leaves(schema)
        members = tuple(one for one in leaves if not isinstance(self._validator.resolve(one), Null))
        return Union(members) if len(members) > 1 else members[0] if members else schema

    def _key(self, schema: Object, wishes: Wishes, spot: _Spot) -> str:
        inner = replace(spot, name="key", depth=max(spot.depth, _DEEP))
        return str(self._make(schema.key_schema or Scalar("string"), wishes, inner))

    def _wants(self, one: Field, wishes: Wishes, spot: _Spot) -> bool:
        """Return True for a useful optional field: plain values near the top, any value at the very top."""
        if not wishes.optional or one.deprecated or one.name in _NEVER_UNASKED or spot.depth > _DEEP:
            return False
        if one.unsent:
            return False
        if one.name in _TEXTS:
            return True
        kinds = self._validator.kinds(one.schema)
        if "null" in kinds or spot.depth > 2:
            return False
        return spot.depth <= wishes.wrapped or not kinds & {"object", "array", "file"}

    def _union(self, schema: Union, wishes: Wishes, spot: _Spot) -> object:
        members = list(self._validator.leaves(schema))
        others = [one for one in members if not isinstance(self._validator.resolve(one), Null)]
        named = all(isinstance(self._validator.resolve(one), Literals) for one in others)
        if len(others) < len(members) and not named and spot.name not in _TEXTS:
            return None
        if spot.name in _TEXTS:
            others = [one for one in others if kind_of("") in self._validator.kinds(one)] or others
        best = min(others, key=lambda one: self._rank(one, wishes, spot), default=Null())
        return self._make(best, wishes, spot)

    def _rank(self, schema: Schema, wishes: Wishes, spot: _Spot) -> tuple[float, int, int]:
        """Return a sort key of a union's member: by excessive depth, by kind, then by its constants."""
        node = self._validator.resolve(schema)
        depth = self._height(schema) if spot.depth >= _DEEP else 0
        if spot.name in _TEXTS and isinstance(node, Scalar):
            return depth, -1, 0
        fields = node.fields if isinstance(node, Object) else ()
        constants = (self._validator.resolve(one.schema) for one in fields)
        found = [value for one in constants if isinstance(one, Literals) for value in one.values[:1]]
        preferred = min((_preference(value, wishes) for value in found), default=len(wishes.constants))
        return depth, _KIND_ORDER.index(type(node)), preferred

    def _height(self, schema: Schema) -> float:
        """Return the minimum nesting of objects and arrays in a value of the schema."""
        return _height(schema, self._heights)

    @cached_property
    def _heights(self) -> dict[str, float]:
        heights = dict.fromkeys(self._components, float("inf"))
        while True:
            found = {name: _height(one.schema, heights) for name, one in self._components.items()}
            if found == heights:
                return heights
            heights = found


def _height(schema: Schema, heights: Mapping[str, float]) -> float:
    match schema:
        case Ref(name=name):
            return heights[name]
        case Array(places=(_, *_) as places):
            return 1 + max(_height(one, heights) for one in places)
        case Array(items=items, min_items=least):
            return 1 + _height(items, heights) if least else 0
        case Object(fields=fields, required_sets=sets):
            must = set(sets[0]) if sets else set()
            needed = [one.schema for one in fields if one.required or one.name in must]
            return 1 + max((_height(one, heights) for one in needed), default=0)
        case Union(members=members):
            return min((_height(one, heights) for one in members), default=0)
        case _:
            return 0


def _settled(made: dict[str, object], schema: Object) -> dict[str, object]:
    """Return the object without the fields that break a requirement."""
    required = {one.name for one in schema.fields if one.required}
    for rule in broken_rules(made, schema):
        if rule.field not in required:
            made.pop(rule.field, None)
        elif rule.each:
            made[rule.each] = []
        elif rule.excludes:
            made.pop(rule.other, None)
        elif rule.needed:
            made[rule.other] = rule.needed[0]
    for wrong in (*check_models(made, schema, ()), *check_choices(made, schema, ())):
        name = str(wrong.place[0])  # every such requirement is about a field
        if name not in required:
            made.pop(name, None)
    parts = [made[one] for one in _ADDENDS if isinstance(made.get(one), int)]
    if isinstance(made.get("total_tokens"), int) and parts:
        made["total_tokens"] = sum(parts)  # type: ignore[arg-type]  # they are integers
    return made


def _preference(value: object, wishes: Wishes) -> int:
    return wishes.constants.index(value) if value in wishes.constants else len(wishes.constants)


def _constant(schema: Literals, wishes: Wishes, spot: _Spot) -> object:
    values = schema.values[spot.position % len(schema.values) :] + schema.values
    return min(values, key=lambda one: _preference(one, wishes))


def _scalar(schema: Scalar, wishes: Wishes, spot: _Spot) -> object:
    if schema.is_binary and wishes.files:
        return UploadedFile("example.txt", SENTENCE.encode())
    return _SCALARS[schema.kind](schema, wishes, spot)


def _string(schema: Scalar, wishes: Wishes, spot: _Spot) -> str:
    text = wishes.text if spot.name in _TEXTS else _filled(_string_template(schema, spot.name), wishes, spot)
    if schema.pattern is not None and not matches(schema.pattern, text):
        text = example_of(schema.pattern, schema.min_length or 8) or text
    if schema.min_length is not None and len(text) < schema.min_length:
        least = min(schema.min_length, _LONGEST)
        text = ((text or "x") * least)[:least]
    return text[: schema.max_length]


def _string_template(schema: Scalar, name: str) -> str:
    if schema.format in _FORMATS:
        return _FORMATS[schema.format]
    return next(template for pattern, template in _STRINGS if pattern.search(name))


def _filled(template: str, wishes: Wishes, spot: _Spot) -> str:
    words = " ".join(part for part in (spot.name.replace("_", " "), str(spot.position or "")) if part)
    stem = re.sub(r"_ids?$", "", spot.name)
    text = template.format(name=spot.name or "example", words=words, stem=stem, seed=wishes.seed)
    return text.strip()


def _number(schema: Scalar, wishes: Wishes, spot: _Spot) -> float:
    wanted = spot.position if spot.name.endswith("index") else 1 if schema.kind == "integer" else 0.5
    if spot.name == "id":
        wanted = _FIRST_ID + wishes.seed
    if schema.format == "unixtime":
        wanted = EPOCH + wishes.seed
    wanted = _INTEGERS.get(spot.name, wanted)
    step = schema.multiple_of or (1 if schema.kind == "integer" else 0.5)
    if schema.minimum is not None:
        wanted = max(wanted, schema.minimum)
    if schema.exclusive_minimum is not None and wanted <= schema.exclusive_minimum:
        wanted = schema.exclusive_minimum + step
    if schema.maximum is not None:
        wanted = min(wanted, schema.maximum)
    if schema.exclusive_maximum is not None and wanted >= schema.exclusive_maximum:
        wanted = schema.exclusive_maximum - step
    if schema.multiple_of is not None:
        with suppress(OverflowError):  # a tiny step, or a bound beyond any float
            wanted = round(wanted / step) * step
    return int(wanted) if isinstance(wanted, int) or wanted.is_integer() else wanted


def _boolean(schema: Scalar, wishes: Wishes, spot: _Spot) -> bool:
    return _BOOLEANS.get(spot.name, False)


_SCALARS: Final[Mapping[str, Callable[[Scalar, Wishes, _Spot], object]]] = {
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": _boolean,
}
