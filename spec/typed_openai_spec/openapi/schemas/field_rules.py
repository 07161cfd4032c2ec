"""Requirements between fields that types cannot express: ``dependentRequired`` and the project's overrides.

An override extends the schema of the object::

    x-typed:
      rules:
        - {field: stream_options, needs: stream, values: [true], source: https://...}
        - {field: background, is: [transparent], needs: output_format, values: [png, webp], source: ...}
        - {field: max_tokens, excludes: max_completion_tokens, source: https://...}
        - {field: role, is: [assistant], each: content, needs: type, values: [output_text], source: ...}
      pairings:
        - {field: messages, asks: [tool_calls, id], answer: tool_call_id, source: https://...}
      strict_schemas:
        - {field: schema, flag: strict, unsupported: [allOf, not], source: https://...}
      models:
        - {field: dimensions, models: [text-embedding-3-small], most: 1536, source: https://...}
      tool_choices:
        - {field: tool_choice, among: tools, kinds: {function: [function, name]}, source: https://...}
      mistaken: {max_output_tokens: max_completion_tokens}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Object
from typed_openai_spec.model.relations import ModelRule, Pairing, Rule, StrictSchema, ToolChoice
from typed_openai_spec.openapi.schemas.deprecations import with_replacements
from typed_openai_spec.openapi.schemas.keywords import Raw, Report, pointer

_Requirement: TypeAlias = Rule | Pairing | StrictSchema | ModelRule | ToolChoice


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of requirement: its keys with their types, the required keys, and its constructor."""

    words: Mapping[str, type]
    required: frozenset[str]
    expected: str
    make: Callable[[Mapping[str, Any]], _Requirement | None]
    attribute: str = ""

    def read(self, raw: Any) -> _Requirement | None:
        """Return the requirement that ``raw`` defines, or None if it is invalid."""
        if not isinstance(raw, Mapping) or not self.required <= set(raw):
            return None
        fits = all(word in self.words and _is_a(value, self.words[word]) for word, value in raw.items())
        return self.make(raw) if fits else None


def _is_a(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


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
        each=raw.get("each", ""),
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
        may_ask=tuple(raw.get("may_ask", ())),
    )


def _strict_schema(raw: Mapping[str, Any]) -> StrictSchema:
    return StrictSchema(raw["field"], raw["flag"], tuple(raw["unsupported"]), raw["source"])


def _model_rule(raw: Mapping[str, Any]) -> ModelRule | None:
    are_names = all(isinstance(one, str) for one in raw["models"])
    if not are_names or len({"values", "most", "instead"} & set(raw)) > 1:
        return None
    return ModelRule(
        field=raw["field"],
        models=tuple(raw["models"]),
        values=tuple(raw.get("values", ())),
        most=raw.get("most"),
        instead=raw.get("instead", ""),
        by=raw.get("by", "model"),
        source=raw["source"],
    )


def _tool_choice(raw: Mapping[str, Any]) -> ToolChoice | None:
    kinds = raw["kinds"]
    if not all(isinstance(path, list) for path in kinds.values()):
        return None
    return ToolChoice(
        field=raw["field"],
        among=raw["among"],
        kinds=tuple((kind, tuple(path)) for kind, path in kinds.items()),
        allowed=tuple(raw.get("allowed", ())),
        needing=tuple(raw.get("needing", ())),
        elsewhere=tuple(raw.get("elsewhere", ())),
        beside=tuple(raw.get("beside", ())),
        bringing=tuple(raw.get("bringing", ())),
        source=raw["source"],
    )


_KINDS: Final[Mapping[str, _Kind]] = {
    "rules": _Kind(
        {**dict.fromkeys(("field", "needs", "excludes", "each", "source"), str), "is": list, "values": list},
        frozenset({"field", "source"}),
        "a field, what it needs or excludes, and a source",
        _rule,
    ),
    "pairings": _Kind(
        {
            **dict.fromkeys(("field", "answer", "source"), str),
            **dict.fromkeys(("asks", "asking", "may_ask", "answering", "elsewhere", "hiding"), list),
        },
        frozenset({"field", "asks", "answer", "source"}),
        "a field, what asks, the answer, and a source",
        _pairing,
    ),
    "strict_schemas": _Kind(
        {"field": str, "flag": str, "unsupported": list, "source": str},
        frozenset({"field", "flag", "unsupported", "source"}),
        "a field, its flag, unsupported keywords, and a source",
        _strict_schema,
    ),
    "models": _Kind(
        {
            **dict.fromkeys(("field", "instead", "by", "source"), str),
            "models": list,
            "values": list,
            "most": int,
        },
        frozenset({"field", "models", "source"}),
        "a field, models, one of values, most or instead at most, and a source",
        _model_rule,
        attribute="model_rules",
    ),
    "tool_choices": _Kind(
        {
            **dict.fromkeys(("field", "among", "source"), str),
            **dict.fromkeys(("allowed", "needing", "elsewhere", "beside", "bringing"), list),
            "kinds": dict,
        },
        frozenset({"field", "among", "kinds", "source"}),
        "a field, what it chooses among, kinds with the paths of their names, and a source",
        _tool_choice,
    ),
}


def required_together(raw: Raw) -> tuple[Rule, ...]:
    """Return the rules of ``dependentRequired`` (JSON Schema validation, section 6.5.4)."""
    listed = sorted(raw.get("dependentRequired", {}).items())
    return tuple(Rule(field, other) for field, others in listed for other in others)


def with_own_rules(node: Object, raw: Raw, place: str, report: Report) -> Object:
    """Return the object with the requirements of the project's overrides; invalid ones are reported."""
    typed = mapping(raw.get("x-typed"))
    names = {one.name for one in node.fields}
    for name, kind in _KINDS.items():
        if name in typed:
            read = _read(kind, typed[name], pointer(place, "x-typed", name), names, report)
            attribute = kind.attribute or name
            more: dict[str, Any] = {attribute: (*getattr(node, attribute), *read)}
            node = replace(node, **more)
    return with_replacements(_with_mistaken(node, typed, place, report), raw, place, report)


def _with_mistaken(node: Object, typed: Raw, place: str, report: Report) -> Object:
    """Return the object with the names that are mistaken for each of its fields."""
    listed = mapping(typed.get("mistaken"))
    names = {one.name for one in node.fields}
    for wrong, right in listed.items():
        if right not in names or wrong in names:
            text = f"expected a name that is not a field, for the field {right}"
            report(pointer(place, "x-typed", "mistaken", wrong), text, "it is ignored")
    if not listed:
        return node
    wrong_names = {name: tuple(wrong for wrong, right in listed.items() if right == name) for name in names}
    fields = (replace(one, mistaken=(*one.mistaken, *wrong_names[one.name])) for one in node.fields)
    return replace(node, fields=tuple(fields))


def _read(
    kind: _Kind, listed: Any, place: str, names: Collection[str], report: Report
) -> Iterator[_Requirement]:
    for number, raw in enumerate(listed if isinstance(listed, list) else [listed]):
        one = kind.read(raw)
        here = pointer(place, number)
        if one is None:
            report(here, f"expected {kind.expected}", "it is ignored")
        elif unknown := [name for name in _fields_of(one) if name not in names]:
            report(here, f"no field {unknown[0]}", "it is ignored")
        else:
            yield one


def _fields_of(one: _Requirement) -> tuple[str, ...]:
    """Return the fields that must exist for a requirement to make sense."""
    match one:
        case Rule():
            return one.field, one.each or one.other
        case Pairing():
            return one.field, *one.elsewhere
        case StrictSchema():
            return one.field, one.flag
        case ModelRule():
            return one.field.partition(".")[0], one.by
        case ToolChoice():
            return one.field, one.among, *one.elsewhere, *one.beside
