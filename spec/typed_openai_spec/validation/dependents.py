"""Check an object against the requirements between its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from typed_openai_spec.model import MISSING, Literals, Object
from typed_openai_spec.model.relations import Pairing, Rule
from typed_openai_spec.validation.json_strings import check_texts
from typed_openai_spec.validation.model_rules import check_models
from typed_openai_spec.validation.tool_choices import check_choices
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import (
    UNKNOWN,
    PartialArray,
    PartialObject,
    TypedObject,
    Violation,
    is_among,
    list_literals,
    show,
)


def check_rules(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    """Yield the requirements that an object breaks; one about unknown values counts as met."""
    for check in _CHECKS:
        yield from check(value, schema, place)


def _check_fields(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    for rule in broken_rules(value, schema):
        yield Violation((*place, rule.field), _text(rule, value), "invalid_value", "dependent")


def _check_schemas(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    if any(isinstance(value.get(one.field), dict) for one in schema.strict_schemas):
        from typed_openai_spec.validation.strict_schemas import check_schemas  # noqa: PLC0415  few values have schemas

        yield from check_schemas(value, schema, place)


def check_pairings(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    """Yield the items that need an answer and get none, or else the answers to nothing."""
    for pairing in schema.pairings:
        items = value.get(pairing.field)
        if isinstance(items, list) and not isinstance(items, PartialArray):
            here = (*place, pairing.field)
            unanswered = [*_unanswered(items, pairing, here)]
            yield from unanswered or _unasked(items, pairing, value, here)


def _unanswered(items: list[object], pairing: Pairing, place: Place) -> Iterator[Violation]:
    """Yield the ids that no later item answers; an unknown answer may be to any earlier id."""
    answers = [_answer(one, pairing) for one in items]
    last = {one: number for number, one in enumerate(answers) if isinstance(one, str)}
    first = max((number for number, one in enumerate(answers) if one is UNKNOWN), default=0)
    for number, item in enumerate(items[first:], first):
        for here, asked in _asked(item, pairing, pairing.asking, (*place, number)):
            if isinstance(asked, str) and last.get(asked, -1) <= number:
                text = f'no item after this one has the "{pairing.answer}" {show(asked)}'
                yield Violation(here, text, "invalid_value", "dependent")


def _unasked(
    items: list[object], pairing: Pairing, value: Mapping[str, object], place: Place
) -> Iterator[Violation]:
    """Yield the answers to ids that nothing asks for, if all items that may ask are known."""
    is_open = isinstance(value, PartialObject) and bool(pairing.elsewhere)
    if is_open or any(value.get(one) is not None for one in pairing.elsewhere):
        return
    kinds = (*pairing.asking, *pairing.may_ask) if pairing.asking else ()
    asked = {one for item in items for _, one in _asked(item, pairing, kinds, ())}
    if UNKNOWN in asked or any(_may_stand_for_others(one, pairing) for one in items):
        return
    for number, item in enumerate(items):
        answer = _answer(item, pairing)
        if isinstance(answer, str) and answer not in asked:
            here = (*place, number, pairing.answer)
            text = f"answers {show(answer)}, which no item of {pairing.field} asks for"
            yield Violation(here, text, "invalid_value", "dependent")


def _may_stand_for_others(item: object, pairing: Pairing) -> bool:
    """Return True if an item may imply other items that are not known."""
    if isinstance(item, TypedObject):
        return not item.declared.isdisjoint(pairing.hiding)
    if not isinstance(item, dict) or isinstance(item, PartialObject):
        return True
    takes_part = bool(pairing.asking) and item.get("type") in (*pairing.asking, *pairing.answering)
    return not takes_part and any(key in item for key in pairing.hiding)


def _asked(
    item: object, pairing: Pairing, kinds: tuple[str, ...], place: Place
) -> Iterator[tuple[Place, object]]:
    """Yield the ids that an item of one of these types asks for; an unknown one may be any id."""
    if not isinstance(item, dict):
        if item is UNKNOWN:
            yield place, UNKNOWN
    elif _is_of(item, kinds) or (isinstance(item, PartialObject) and "type" not in item):
        yield from _at(item, pairing.asks, place)


def _at(value: object, path: tuple[str, ...], place: Place) -> Iterator[tuple[Place, object]]:
    if value is UNKNOWN or (not path and isinstance(value, str)):
        yield place, value
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _at(one, path, (*place, number))
        if isinstance(value, PartialArray):
            yield place, UNKNOWN
    elif path and isinstance(value, dict):
        yield from _at(value.get(path[0], _lacking(value, path[0])), path[1:], (*place, path[0]))


def _lacking(item: Mapping[str, object], key: str) -> object:
    """Return the value of a missing key: None, or UNKNOWN if the object is only partly known."""
    if isinstance(item, TypedObject):
        return UNKNOWN if key in item.declared else None
    return UNKNOWN if isinstance(item, PartialObject) else None


def _answer(item: object, pairing: Pairing) -> object:
    """Return the id that an item answers, or None."""
    if not isinstance(item, dict):
        return UNKNOWN if item is UNKNOWN else None
    if not _is_of(item, pairing.answering) and ("type" in item or not isinstance(item, PartialObject)):
        return None
    return item.get(pairing.answer, _lacking(item, pairing.answer))


def _is_of(item: Mapping[str, object], types: tuple[str, ...]) -> bool:
    return not types or item.get("type") in types


def broken_rules(value: Mapping[str, object], schema: Object) -> Iterator[Rule]:
    """Yield the rules that an object breaks."""
    for rule in schema.rules:
        if _applies(rule, value) and not all(_holds(rule, one) for one in _others(rule, value, schema)):
            yield rule


def _applies(rule: Rule, value: Mapping[str, object]) -> bool:
    given = value.get(rule.field)
    if given is None or given is UNKNOWN:
        return False
    return not rule.values or _deciding(given, rule) is not None


def _deciding(given: object, rule: Rule) -> object:
    """Return the value, or the item of an array, that is one of the rule's values; else None."""
    values = Literals(rule.values)
    items = given if isinstance(given, list) else [given]
    return next((one for one in items if one is not UNKNOWN and is_among(one, values)), None)


def _others(rule: Rule, value: Mapping[str, object], schema: Object) -> list[object]:
    """Return the values that the rule is about: of the other field, or of a key of each item."""
    if not rule.each:
        return [_other(rule, value, schema)]
    items = value.get(rule.each)
    listed = items if isinstance(items, list) else []
    return [one.get(rule.other, UNKNOWN) for one in listed if isinstance(one, dict)]


def _other(rule: Rule, value: Mapping[str, object], schema: Object) -> object:
    """Return the value or default of the other field; None if it has neither, UNKNOWN if it is not known."""
    if rule.other in value:
        return value[rule.other]
    if isinstance(value, PartialObject):
        return UNKNOWN
    declared = schema.field(rule.other)
    if rule.excludes or declared is None or declared.default is MISSING:
        return None
    return declared.default


def _holds(rule: Rule, other: object) -> bool:
    if other is UNKNOWN:
        return True
    if rule.excludes or other is None:
        return rule.excludes and other is None
    return not rule.needed or is_among(other, Literals(rule.needed))


def _text(rule: Rule, value: Mapping[str, object]) -> str:
    given = f"{show(_deciding(value[rule.field], rule))} " if rule.values else ""
    if rule.excludes:
        return f'{given}cannot be given together with "{rule.other}"'
    needed = f" to be {list_literals(rule.needed)}" if rule.needed else ""
    if rule.each:
        return f'{given}needs "{rule.other}"{needed} in every item of "{rule.each}"'
    found = value.get(rule.other)
    got = f"; got {show(found)}" if rule.other in value else ", which is not given"
    return f'{given}needs "{rule.other}"{needed}{got}'


_CHECKS: Final[tuple[Callable[[Mapping[str, object], Object, Place], Iterator[Violation]], ...]] = (
    _check_fields,
    check_pairings,
    _check_schemas,
    check_models,
    check_choices,
    check_texts,
)
