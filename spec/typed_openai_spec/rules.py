"""What fields of an object ask of each other: JSON Schema's ``dependentRequired``, and our overrides' rules.

An override writes, in the schema of the object::

    x-typed:
      rules:
        - {field: stream_options, needs: stream, values: [true], source: https://...}
        - {field: background, is: [transparent], needs: output_format, values: [png, webp], source: ...}
        - {field: max_tokens, excludes: max_completion_tokens, source: https://...}
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from typed_openai_spec.keywords import Raw, Report, mapping, pointer
from typed_openai_spec.model import Rule

_WORDS: Final = frozenset({"field", "is", "needs", "excludes", "values", "source"})
_EXPECTED: Final = "expected a field, what it needs or excludes, and a source"


def required_together(raw: Raw) -> Iterator[Rule]:
    """The rules of ``dependentRequired`` (JSON Schema validation, section 6.5.4)."""
    for field, others in sorted(raw.get("dependentRequired", {}).items()):
        yield from (Rule(field, other) for other in others)


def own_rules(raw: Raw, place: str, names: Collection[str], report: Report) -> Iterator[Rule]:
    """Our overrides' rules for an object whose fields are called ``names``; nonsense is reported."""
    listed = mapping(raw.get("x-typed")).get("rules", [])
    for number, one in enumerate(listed if isinstance(listed, list) else [listed]):
        rule = _rule(one) if isinstance(one, Mapping) else None
        here = pointer(place, "x-typed", "rules", number)
        if rule is None:
            report(here, _EXPECTED, "the rule is ignored")
        elif unknown := [name for name in (rule.field, rule.other) if name not in names]:
            report(here, f"no field {unknown[0]}", "the rule is ignored")
        else:
            yield rule


def _rule(raw: Mapping[str, Any]) -> Rule | None:
    others = [raw[word] for word in ("needs", "excludes") if word in raw]
    texts = [raw.get("field"), raw.get("source"), *others]
    lists = [raw.get("is", []), raw.get("values", [])]
    if (
        set(raw) - _WORDS
        or len(others) != 1
        or not all(isinstance(one, str) for one in texts)
        or not all(isinstance(one, list) for one in lists)
    ):
        return None
    return Rule(
        field=raw["field"],
        other=others[0],
        values=tuple(lists[0]),
        needed=tuple(lists[1]),
        excludes="excludes" in raw,
        source=raw["source"],
    )
