"""Calls of the tools that a request offers or forces, with arguments that fit the tools' schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from typed_openai.testing import value_paths
from typed_openai.testing.habits import OperationHabits, ToolPlace
from typed_openai.testing.json_schema_values import fitting_value
from typed_openai_spec.validation.example_texts import example_of

_INPUT: Final = "example input"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool: its name, and its arguments as JSON, or the free text that a custom tool takes."""

    place: ToolPlace
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Choice:
    """The decision of a request about calls: their tools, and whether they are forced or forbidden."""

    names: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    forced: bool = False
    forbidden: bool = False


def planned_calls(habits: OperationHabits, arguments: Mapping[str, Any]) -> list[ToolCall]:
    """Return the calls that a model would make: one of the first tool, unless calls were answered already.

    A request that forces calls gets them each time, as from a real model.
    """
    choice = _choice(habits, arguments)
    offered = list(_offered(habits, arguments))
    if choice.forbidden or not offered or (not choice.forced and _is_answered(habits, arguments)):
        return []
    hosted = [one for one in offered if one[0].hosted]
    own = [one for one in offered if not one[0].hosted]
    used = [one for one in hosted if one[0].type in choice.types or (choice.forced and not own)]
    if used:
        return [_call(place, name, tool) for place, name, tool in used[:1]]
    wanted = [one for one in own if not choice.names or one[1] in choice.names]
    return [_call(place, name, tool) for place, name, tool in wanted[:1]]


def offers(habits: OperationHabits, arguments: Mapping[str, Any], name: str) -> ToolPlace | None:
    """Return the kind of an offered tool called ``name``, or None."""
    return next((place for place, one, _ in _offered(habits, arguments) if one == name), None)


def put_calls(reply: Any, calls: Sequence[ToolCall], new_id: Callable[[str], str]) -> None:
    """Put calls into a reply; ``new_id`` makes an id with a prefix."""
    for number, call in enumerate(calls):
        owner_path, _, key = call.place.at.rpartition(".")
        for owner in value_paths.owners(reply, owner_path):
            filled = _filled(call.place.call, call, new_id)
            if call.place.single:
                owner[key] = filled
            else:
                before = owner.get(key) or () if number or not call.place.replaces else ()
                owner[key] = [filled, *before] if call.place.hosted else [*before, filled]
        for path, value in call.place.also.items():
            value_paths.write(reply, path, value)


def settle(reply: Any, part: object, habits: OperationHabits) -> None:
    """Let a reply agree with the calls in the ``part`` of it that was scripted, where that is silent."""
    for place in habits.tools:
        key, is_list, path = place.at.partition("[].")
        if not is_list or not isinstance(part, dict):
            continue
        for whole, given in zip(reply.get(key) or (), part.get(key) or (), strict=False):
            known = set(_keys(given))
            if path.rpartition(".")[2] in known:
                for name, value in place.also.items():
                    if name.rpartition(".")[2] not in known:
                        value_paths.write(whole, name.removeprefix(f"{key}[]."), value)


def _keys(value: object) -> Iterator[str]:
    """Yield the keys of all objects in a value that have something."""
    if isinstance(value, list):
        for one in value:
            yield from _keys(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from () if one is None or one == [] else (key,)
            yield from _keys(one)


def _offered(
    habits: OperationHabits, arguments: Mapping[str, Any]
) -> Iterator[tuple[ToolPlace, str, Mapping[str, Any]]]:
    for place in habits.tools:
        tools = arguments.get(place.argument)
        for tool in tools if isinstance(tools, list) else ():
            if isinstance(tool, dict) and (not place.type or tool.get("type") == place.type):
                yield place, str(value_paths.read(tool, place.name) or ""), tool


def _choice(habits: OperationHabits, arguments: Mapping[str, Any]) -> _Choice:
    for name in habits.choices:
        choice = arguments.get(name)
        if isinstance(choice, str):
            return _Choice(forced=choice == "required", forbidden=choice == "none")
        if isinstance(choice, dict):
            names = frozenset(_names(choice))
            modes = set(_texts_at(choice, "mode"))
            types = frozenset(_texts_at(choice, "type"))
            return _Choice(names, types, forced="auto" not in modes)
    return _Choice()


def _names(choice: object) -> Iterator[str]:
    return _texts_at(choice, "name")


def _texts_at(value: object, key: str) -> Iterator[str]:
    """Yield the texts under a key, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from _texts_at(one, key)
    elif isinstance(value, dict):
        if isinstance(value.get(key), str):
            yield value[key]
        for one in value.values():
            yield from _texts_at(one, key)


def _is_answered(habits: OperationHabits, arguments: Mapping[str, Any]) -> bool:
    rule = habits.answered
    items = arguments.get(rule.get("argument", ""))
    last = items[-1] if isinstance(items, list) and items else None
    return isinstance(last, dict) and last.get(rule["key"]) in rule["values"]


def _call(place: ToolPlace, name: str, tool: Mapping[str, Any]) -> ToolCall:
    if not place.schema:
        return ToolCall(place, name, _free_input(tool))
    schema = value_paths.read(tool, place.schema)
    value = fitting_value(schema) if isinstance(schema, dict) and schema else {}
    return ToolCall(place, name, json.dumps(value, ensure_ascii=False))


def _free_input(tool: Mapping[str, Any]) -> str:
    """Return the input of a custom tool: a text that its regular expression matches, if it has one."""
    syntax, definition = (next(_texts_at(tool, key), "") for key in ("syntax", "definition"))
    return (example_of(definition) if syntax == "regex" else None) or _INPUT


def _filled(template: Any, call: ToolCall, new_id: Callable[[str], str]) -> Any:
    if isinstance(template, dict):
        return {key: _filled(one, call, new_id) for key, one in template.items()}
    if not isinstance(template, str):
        return template
    known = {"$name": call.name, "$arguments": call.text}
    if template in known:
        return known[template]
    return new_id(template[:-2]) if template.endswith("{}") else template
