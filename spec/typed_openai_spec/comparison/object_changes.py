"""Compare two objects: their fields, undeclared fields, and rules between fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from typed_openai_spec.comparison.changes import NARROWS, NEITHER, OTHERS, WIDENS, Change, Kind
from typed_openai_spec.comparison.context import Spot, identical
from typed_openai_spec.comparison.phrases import listed, moved, type_text
from typed_openai_spec.comparison.scalar_changes import bounds, kind_of
from typed_openai_spec.model import Anything, Field, Object, Schema
from typed_openai_spec.model.relations import ModelRule, Pairing, Rule, StrictSchema, ToolChoice
from typed_openai_spec.validation.wording import list_literals, show

Descend: TypeAlias = Callable[[Spot, Schema, Schema], Iterator[Change]]
"""A function that compares two schemas in the same place."""


def objects(spot: Spot, old: Object, new: Object, descend: Descend) -> Iterator[Change]:
    """Yield the changes between two objects."""
    before, after = {one.name: one for one in old.fields}, {one.name: one for one in new.fields}
    for name, field in before.items():
        if name not in after:
            yield _removed(spot.key(name), field)
        else:
            yield from _fields(spot.key(name), field, after[name], descend)
    for name, field in after.items():
        if name not in before:
            yield _added(spot.key(name), field, old)
    if before.keys() == after.keys() and list(before) != list(after):
        yield spot.plain("compatible", "changed", "order", "the fields are in a different order")
    yield from _undeclared(spot, old, new, descend)
    yield from bounds(spot, old, new)
    yield from _rules(spot, old, new)


def _removed(spot: Spot, field: Field) -> Change:
    return spot.told("removed", "field", f"{type_text(field.schema)} removed", OTHERS)


def _added(spot: Spot, field: Field, old: Object) -> Change:
    """Return the change for a new field. A value that was sent undeclared may not fit its schema."""
    text = f"{'required' if field.required else 'optional'} {type_text(field.schema)} added"
    if field.required:
        return replace(spot.told("added", "required", text, NARROWS), subject="field")
    loose = old.extra or (None if old.closed or old.fields else Anything())
    if spot.sides.given and loose is not None and not spot.context.is_taken(loose, field.schema):
        return spot.plain("risky", "added", "field", text, "undeclared values that were sent may be invalid")
    return spot.told("added", "field", text, NEITHER)


def _fields(spot: Spot, old: Field, new: Field, descend: Descend) -> Iterator[Change]:
    if identical(old, new):
        return
    yield from spot.required(old.required, new.required)
    yield from descend(spot, old.schema, new.schema)
    yield from spot.defaults(old.default, new.default)
    yield from spot.deprecated((old.deprecated, old.replacement), (new.deprecated, new.replacement))
    yield from spot.documented((old.doc, old.text), (new.doc, new.text))
    yield from _one_sided(spot, old, new)
    yield from spot.rest(old, new, _COMPARED)


# fmt: off
_COMPARED: Final = frozenset((
    "name", "schema", "required", "default", "read_only", "write_only",
    "deprecated", "replacement", "doc", "text",
))
# fmt: on


def _one_sided(spot: Spot, old: Field, new: Field) -> Iterator[Change]:
    """Yield the changes where a field becomes specific to requests or to replies, or stops being so."""
    for was, is_now, where, side in (
        (old.read_only, new.read_only, "replies", replace(spot.sides, got=False)),
        (old.write_only, new.write_only, "requests", replace(spot.sides, given=False)),
    ):
        if was != is_now:
            text = f"{'only' if is_now else 'no longer only'} {where} contain it"
            effect = OTHERS if is_now else NEITHER
            kind: Kind = "removed" if is_now else "added"
            yield replace(spot, sides=side).told(kind, "field", text, effect)


def _undeclared(spot: Spot, old: Object, new: Object, descend: Descend) -> Iterator[Change]:
    """Yield the changes of the schemas for undeclared fields and for keys."""
    if old.extra is not None and new.extra is not None:
        yield from descend(spot.inside(), old.extra, new.extra)
    if (old.extra is None) != (new.extra is None) or old.closed != new.closed:
        yield _opened(spot, old, new)
    if old.key_schema is not None and new.key_schema is not None:
        yield from descend(spot.inside("[key]"), old.key_schema, new.key_schema)
    elif old.key_schema is not None:
        yield spot.told("removed", "bound", "keys are unrestricted now", WIDENS)
    elif new.key_schema is not None:
        yield spot.told("added", "bound", "keys are restricted now", NARROWS)


def _opened(spot: Spot, old: Object, new: Object) -> Change:
    """Return the change of the undeclared fields that an object accepts."""
    before, after = (_allowed(one) for one in (old, new))
    kind, text = (
        kind_of(before, after),
        f"undeclared fields: {moved(_undeclared_text(old), _undeclared_text(new))}",
    )
    is_less = before is not None and (after is None or not spot.context.is_taken(before, after))
    effect = NARROWS if is_less or (new.closed and not old.closed) else WIDENS
    if effect is NARROWS and old.extra is None and old.fields:
        # Type checkers rejected undeclared fields before, too, but the server may have accepted them.
        if spot.sides.given:
            return spot.plain(
                "risky", kind, "undeclared", text, "undeclared fields that were sent are rejected"
            )
        effect = NEITHER
    return spot.told(kind, "undeclared", text, effect)


def _undeclared_text(node: Object) -> str:
    if node.extra is None and (node.closed or node.fields):
        return "forbidden" if node.closed else "not known"
    return type_text(node.extra or Anything())


def _allowed(node: Object) -> Schema | None:
    """Return the schema of undeclared fields; None if requests may not hold any."""
    if node.extra is not None:
        return node.extra
    return None if node.closed or node.fields else Anything()


def _rules(spot: Spot, old: Object, new: Object) -> Iterator[Change]:
    before, after = _asked(old), _asked(new)
    for key, text in before.items():
        if key not in after:
            yield spot.told("removed", "rule", f"{text}: no longer required", WIDENS)
    for key, text in after.items():
        if key not in before:
            yield spot.told("added", "rule", f"{text}: required now", NARROWS)
    if set(before) == set(after) and list(before) != list(after):
        yield spot.plain("compatible", "changed", "order", "the rules are in a different order")
    elif set(before) == set(after) and not _same_rules(old, new):
        yield spot.plain("compatible", "changed", "rule", "the rules are phrased differently")


def _same_rules(old: Object, new: Object) -> bool:
    return all(
        identical(getattr(old, one), getattr(new, one))
        for one in ("required_sets", "exclusive", *_REQUIREMENTS)
    )


def _asked(node: Object) -> dict[object, str]:
    """Return the requirements of an object on its fields with their texts, regardless of their source."""
    asked: dict[object, str] = {
        replace(one, source=""): text(one)
        for name, text in _REQUIREMENTS.items()
        for one in getattr(node, name)
    }
    if node.required_sets:
        amount = "exactly one" if node.exclusive else "at least one"
        choices = " or ".join(" with ".join(map(show, names)) for names in node.required_sets)
        asked[node.required_sets, node.exclusive] = f"{amount} of {choices}"
    return asked


def _rule(rule: Rule) -> str:
    given = f"{show(rule.field)}{f' as {listed(rule.values)}' if rule.values else ''}"
    needed = f" as {listed(rule.needed)}" if rule.needed else ""
    return f"{given} {'excludes' if rule.excludes else 'needs'} {show(rule.other)}{needed}"


def _pairing(pairing: Pairing) -> str:
    asking, answering = (f" of {listed(one)}" if one else "" for one in (pairing.asking, pairing.answering))
    asked = ".".join(pairing.asks)
    return f"each {asked}{asking} in {show(pairing.field)} is answered by a {pairing.answer}{answering}"


def _strict(schema: StrictSchema) -> str:
    without = f" without {list_literals(schema.unsupported)}" if schema.unsupported else ""
    return f"a strict schema in {show(schema.field)} if {show(schema.flag)} is true{without}"


def _of_models(rule: ModelRule) -> str:
    most = "" if rule.most is None else f" of at most {rule.most:g}"
    what = f"{show(rule.field)}{f' as {listed(rule.values)}' if rule.values else most}"
    verb = "support" if rule.values or most else "do not support"
    return f"the models {listed(rule.models)} {verb} {what}"


def _tool_choice(choice: ToolChoice) -> str:
    return f"{show(choice.field)} names tools in {show(choice.among)}"


_REQUIREMENTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "rules": _rule,
    "pairings": _pairing,
    "strict_schemas": _strict,
    "model_rules": _of_models,
    "tool_choices": _tool_choice,
}
"""The attributes of an object that hold requirements on its fields, each with its text function."""
