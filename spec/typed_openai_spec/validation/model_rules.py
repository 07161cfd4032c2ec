"""Check a request against the requirements of the model that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from typed_openai_spec.model import Literals, Object
from typed_openai_spec.model.relations import ModelRule
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import UNKNOWN, Violation, is_among, list_literals, show

_SNAPSHOT: Final = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")
"""The suffix of a snapshot's name: ``o3-2025-04-16`` is a snapshot of ``o3``."""


def check_models(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    """Yield the fields that the model does not support; a model without rules supports all."""
    for rule in schema.model_rules:
        if rule.field.partition(".")[0] not in value:
            continue
        model = value.get(rule.by)
        if isinstance(model, str) and not {model, _family(model)}.isdisjoint(rule.models):
            yield from _check_field(value, rule, place, model)


@lru_cache(maxsize=64)
def _family(model: str) -> str:
    """The name of a model without the date of a snapshot."""
    return _SNAPSHOT.sub("", model)


def _check_field(
    value: Mapping[str, object], rule: ModelRule, place: Place, model: str
) -> Iterator[Violation]:
    found: object = value
    for name in rule.field.split("."):
        found = found.get(name) if isinstance(found, dict) else None
        place = (*place, name)
    if found is None or found is UNKNOWN:
        return
    if not rule.values and rule.most is None:
        hint = f"; use {rule.instead}" if rule.instead else ""
        text = f"not supported by the model {show(model)}{hint}"
        yield Violation(place, text, "unsupported_parameter", "model")
    elif expected := _expected(found, rule):
        text = f"expected {expected} for the model {show(model)}; got {show(found)}"
        yield Violation(place, text, "unsupported_value", "model")


def _expected(found: object, rule: ModelRule) -> str:
    """Return the expected value in words; empty if the value is valid."""
    if rule.most is None:
        return "" if is_among(found, Literals(rule.values)) else list_literals(rule.values)
    if not isinstance(found, (int, float)) or isinstance(found, bool):
        return ""
    return f"at most {rule.most:g}" if found > rule.most else ""
