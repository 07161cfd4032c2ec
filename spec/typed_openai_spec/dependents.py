"""Holds an object against the rules by which its fields depend on each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from typed_openai_spec.model import MISSING, Literals, Object, Rule
from typed_openai_spec.violations import UNKNOWN, PartialObject, Violation, is_among, join, list_literals


def check_rules(value: Mapping[str, object], schema: Object, place: str) -> Iterator[Violation]:
    """The violations of an object's rules; a rule about what is not known is taken to hold."""
    for rule in broken_rules(value, schema):
        yield Violation(join(place, rule.field), _text(rule, value), "invalid_value", "dependent")


def broken_rules(value: Mapping[str, object], schema: Object) -> Iterator[Rule]:
    """The rules that an object breaks."""
    for rule in schema.rules:
        if _applies(rule, value) and not _holds(rule, _other(rule, value, schema)):
            yield rule


def _applies(rule: Rule, value: Mapping[str, object]) -> bool:
    given = value.get(rule.field)
    if given is None or given is UNKNOWN:
        return False
    return not rule.values or is_among(given, Literals(rule.values))


def _other(rule: Rule, value: Mapping[str, object], schema: Object) -> object:
    """What the other field is, or may be: its default where it is left out, None where there is none."""
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
    if rule.excludes:
        return f'cannot be given together with "{rule.other}"'
    given = f"{json.dumps(value[rule.field], ensure_ascii=False)} " if rule.values else ""
    needed = f" to be {list_literals(rule.needed)}" if rule.needed else ""
    found = value.get(rule.other)
    got = f", got {json.dumps(found, ensure_ascii=False)}" if rule.other in value else ", which is not given"
    return f'{given}needs "{rule.other}"{needed}{got}'
