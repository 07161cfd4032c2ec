"""What no type can say of an object's fields: ``dependentRequired``, and the rules of our overrides.

An override writes, in the schema of the object::

    x-typed:
      rules:
        - {field: stream_options, needs: stream, values: [true], source: https://...}
        - {field: background, is: [transparent], needs: output_format, values: [png, webp], source: ...}
        - {field: max_tokens, excludes: max_completion_tokens, source: https://...}
      pairings:
        - {field: messages, asks: [tool_calls, id], answer: tool_call_id, source: https://...}
      strict_schemas:
        - {field: schema, flag: strict, unsupported: [allOf, not], source: https://...}
      mistaken: {max_output_tokens: max_completion_tokens}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from typed_openai_spec.deprecations import with_replacements
from typed_openai_spec.keywords import Raw, Report, mapping, pointer
from typed_openai_spec.model import Object
from typed_openai_spec.relations import Pairing, Rule, StrictSchema


@dataclass(frozen=True, slots=True)
class _Kind:
    """A list of rules of one kind: the words that each must and may have, and what is made of them."""

    texts: frozenset[str]
    lists: frozenset[str]
    optional: frozenset[str]
    expected: str
    make: Callable[[Mapping[str, Any]], Rule | Pairing | StrictSchema | None]

    def read(self, raw: Any) -> Rule | Pairing | StrictSchema | None:
        """The rule that ``raw`` spells; None where it is none."""
        if not isinstance(raw, Mapping):
            return None
        must = (self.texts | self.lists) - self.optional
        shapes = [
            isinstance(value, str) if word in self.texts else isinstance(value, list)
            for word, value in raw.items()
            if word in self.texts | self.lists
        ]
        fits = must <= set(raw) and len(shapes) == len(raw) and all(shapes)
        return self.make(raw) if fits else None


def _rule(raw: Mapping[str, Any]) -> Rule | None:
    others = [raw[word] for word in ("needs", "excludes") if word in raw]
    if len(others) != 1:
        return None
    return Rule(
        field=raw["field"],
        other=others[0],
        values=tuple(raw.get("is", ())),
        needed=tuple(raw.get("values", ())),
        excludes="excludes" in raw,
        source=raw["source"],
    )


def _pairing(raw: Mapping[str, Any]) -> Pairing:
    return Pairing(
        field=raw["field"],
        asks=tuple(raw["asks"]),
        answer=raw["answer"],
        asking=tuple(raw.get("asking", ())),
        answering=tuple(raw.get("answering", ())),
        elsewhere=tuple(raw.get("elsewhere", ())),
        hiding=tuple(raw.get("hiding", ())),
        source=raw["source"],
    )


def _strict_schema(raw: Mapping[str, Any]) -> StrictSchema:
    return StrictSchema(raw["field"], raw["flag"], tuple(raw["unsupported"]), raw["source"])


_KINDS: Final[Mapping[str, _Kind]] = {
    "rules": _Kind(
        frozenset({"field", "needs", "excludes", "source"}),
        frozenset({"is", "values"}),
        frozenset({"needs", "excludes", "is", "values"}),
        "a field, what it needs or excludes, and a source",
        _rule,
    ),
    "pairings": _Kind(
        frozenset({"field", "answer", "source"}),
        frozenset({"asks", "asking", "answering", "elsewhere", "hiding"}),
        frozenset({"asking", "answering", "elsewhere", "hiding"}),
        "a field, what asks, the answer, and a source",
        _pairing,
    ),
    "strict_schemas": _Kind(
        frozenset({"field", "flag", "source"}),
        frozenset({"unsupported"}),
        frozenset(),
        "a field, its flag, unsupported keywords, and a source",
        _strict_schema,
    ),
}


def required_together(raw: Raw) -> tuple[Rule, ...]:
    """The rules of ``dependentRequired`` (JSON Schema validation, section 6.5.4)."""
    listed = sorted(raw.get("dependentRequired", {}).items())
    return tuple(Rule(field, other) for field, others in listed for other in others)


def with_own_rules(node: Object, raw: Raw, place: str, report: Report) -> Object:
    """The object with what our overrides say of its fields; rules that make no sense are reported."""
    typed = mapping(raw.get("x-typed"))
    names = {one.name for one in node.fields}
    for name, kind in _KINDS.items():
        if name in typed:
            read = _read(kind, typed[name], pointer(place, "x-typed", name), names, report)
            more: dict[str, Any] = {name: (*getattr(node, name), *read)}
            node = replace(node, **more)
    return with_replacements(_with_mistaken(node, typed, place, report), raw, place, report)


def _with_mistaken(node: Object, typed: Raw, place: str, report: Report) -> Object:
    """The object, its fields with the names that are mistaken for theirs."""
    listed = mapping(typed.get("mistaken"))
    names = {one.name for one in node.fields}
    for wrong, right in listed.items():
        if right not in names or wrong in names:
            report(pointer(place, "x-typed", "mistaken", wrong), f"no field {right} alone", "it is ignored")
    if not listed:
        return node
    wrong_names = {name: tuple(wrong for wrong, right in listed.items() if right == name) for name in names}
    fields = (replace(one, mistaken=(*one.mistaken, *wrong_names[one.name])) for one in node.fields)
    return replace(node, fields=tuple(fields))


def _read(
    kind: _Kind, listed: Any, place: str, names: Collection[str], report: Report
) -> Iterator[Rule | Pairing | StrictSchema]:
    for number, raw in enumerate(listed if isinstance(listed, list) else [listed]):
        one = kind.read(raw)
        here = pointer(place, number)
        if one is None:
            report(here, f"expected {kind.expected}", "it is ignored")
        elif unknown := [name for name in _fields_of(one) if name not in names]:
            report(here, f"no field {unknown[0]}", "it is ignored")
        else:
            yield one


def _fields_of(one: Rule | Pairing | StrictSchema) -> tuple[str, ...]:
    """The fields that must be there for a rule to mean something."""
    match one:
        case Rule():
            return one.field, one.other
        case Pairing():
            return one.field, *one.elsewhere
        case StrictSchema():
            return one.field, one.flag
