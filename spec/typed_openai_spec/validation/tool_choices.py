"""Check that the tools that a request chooses are among its tools, and that their names differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from typed_openai_spec.model import Object
from typed_openai_spec.model.relations import ToolChoice
from typed_openai_spec.records import dataclass
from typed_openai_spec.spelling import hint
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import (
    UNKNOWN,
    PartialArray,
    PartialObject,
    Violation,
    list_literals,
    show,
)


@dataclass(frozen=True, slots=True)
class _Named:
    """A tool, or a reference to one, with the place of its name."""

    kind: object
    name: object
    place: Place

    @property
    def is_known(self) -> bool:
        """True if both the kind and the name are strings."""
        return isinstance(self.kind, str) and isinstance(self.name, str)


def check_choices(value: Mapping[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    """Yield the chosen tools that the request lacks, and the names that several tools share."""
    for rule in schema.tool_choices:
        if rule.among not in value and rule.field not in value:
            continue
        given = value.get(rule.among)
        items = given if isinstance(given, list) else []
        tools = [_named(one, rule, (*place, rule.among, number)) for number, one in enumerate(items)]
        yield from _duplicates(tools, rule)
        if _are_all_known(value, rule, tools):
            yield from _check_choice(value, rule, tools, (*place, rule.field))


def _named(tool: object, rule: ToolChoice, place: Place) -> _Named:
    kinds = dict(rule.kinds)
    kind = "" if "" in kinds else _at(tool, ("type",))
    path = kinds.get(kind, ()) if isinstance(kind, str) else ()
    return _Named(kind, _at(tool, path) if path else "", (*place, *path))


def _at(value: object, path: Sequence[str]) -> object:
    """Return the value at a path: UNKNOWN if it may be anything, None if there is none."""
    for name in path:
        if not isinstance(value, dict):
            return UNKNOWN if value is UNKNOWN else None
        value = value.get(name, UNKNOWN if isinstance(value, PartialObject) else None)
    return value


def _duplicates(tools: Sequence[_Named], rule: ToolChoice) -> Iterator[Violation]:
    """Yield each name that an earlier tool of the same kind has; the API accepts them."""
    first: dict[tuple[object, object], int] = {}
    for number, one in enumerate(tools):
        if not one.is_known or not one.name:
            continue
        earlier = first.setdefault((one.kind, one.name), number)
        if earlier != number:
            text = f"expected a unique name; got {show(one.name)}, as in {rule.among}[{earlier}]"
            yield Violation(one.place, text, "invalid_value", "tools", accepted=True)


def _are_all_known(value: Mapping[str, object], rule: ToolChoice, tools: Sequence[_Named]) -> bool:
    """Return True if all tools are known and none can come from elsewhere."""
    given = _at(value, (rule.among,))
    if given is UNKNOWN or isinstance(given, PartialArray) or not all(one.is_known for one in tools):
        return False
    absent = (None, UNKNOWN) if tools else (None,)
    if any(_at(value, (one,)) not in absent for one in rule.elsewhere):
        return False
    return not any(_brings(value.get(one), rule) for one in (rule.among, *rule.beside))


def _brings(items: object, rule: ToolChoice) -> bool:
    listed = items if isinstance(items, list) else []
    return any(isinstance(one, dict) and one.get("type") in rule.bringing for one in listed)


def _check_choice(
    value: Mapping[str, object], rule: ToolChoice, tools: Sequence[_Named], place: Place
) -> Iterator[Violation]:
    choice = value.get(rule.field)
    references = [*_references(choice, rule, place)]
    is_needing = isinstance(choice, str) and choice in rule.needing
    if not tools and (is_needing or references):
        lack = "empty" if value.get(rule.among) == [] else "not given"
        subject = f"{show(choice)} " if is_needing else ""
        yield Violation(place, f'{subject}needs "{rule.among}", which is {lack}', "invalid_value", "tools")
        return
    for one in references:
        if (one.kind, one.name) not in [(tool.kind, tool.name) for tool in tools]:
            yield Violation(one.place, _lack(one, rule, tools), "invalid_value", "tools")


def _references(choice: object, rule: ToolChoice, place: Place) -> Iterator[_Named]:
    """Yield the tools that a choice names, if both kind and name are known."""
    listed = _at(choice, rule.allowed) if rule.allowed else None
    here = (*place, *rule.allowed)
    items = enumerate(listed) if isinstance(listed, list) else ()
    named = [_named(choice, rule, place), *(_named(one, rule, (*here, number)) for number, one in items)]
    yield from (one for one in named if one.is_known and one.kind in dict(rule.kinds))


def _lack(one: _Named, rule: ToolChoice, tools: Sequence[_Named]) -> str:
    names = tuple(dict.fromkeys(str(tool.name) for tool in tools if tool.kind == one.kind and tool.name))
    if not names:
        return f'no {one.kind or "such"} tool in "{rule.among}"'
    what = f"the name of a {one.kind} tool" if one.kind else f'a name in "{rule.among}"'
    near = hint(str(one.name), names, written=show)
    return f"expected {what}: {list_literals(names)}; got {show(one.name)}{near}"
