"""Accumulation of a stream's events to a reply, as ``x-typed`` of the events' schema describes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, cast, get_args

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import Array, Json, Literals, Null, Object, Operation, Ref, Result, Schema, Union
from typed_openai_spec.model.accumulating_events import (
    ITEM,
    AccumulatedList,
    Accumulation,
    AccumulationStep,
    InitialValue,
    Merging,
    StepAction,
    parts,
)
from typed_openai_spec.openapi.schemas.keywords import pointer
from typed_openai_spec.openapi.schemas.parser import Schemas

_KEYS: Final = frozenset({"events", "lists", "new", "merge", "also"})
_ACTIONS: Final = get_args(StepAction)


def accumulations(operations: tuple[Operation, ...], schemas: Schemas) -> dict[str, Accumulation]:
    """Return how events make up replies, by the name of the events' component."""
    results: dict[str, list[Result]] = {}
    for operation in operations:
        stream = operation.stream
        if stream is not None and isinstance(events := stream.result.schema, Ref):
            results.setdefault(events.name, []).append(operation.result)
    return {
        name: made
        for name, one in results.items()
        if (made := _accumulation(Ref(name), one, schemas)) is not None
    }


def _accumulation(events: Ref, results: list[Result], schemas: Schemas) -> Accumulation | None:
    typed, place = schemas.typed(events)
    if "accumulation" not in typed:
        return None
    raw, here = typed["accumulation"], pointer(place, "x-typed", "accumulation")
    also = tuple(_also(raw, pointer(here, "also"), schemas))
    made = _Reader(schemas, events, results[0], also, here).read(raw)
    names = [name for one in results if (name := _name(one))]
    return replace(made, makes=tuple(dict.fromkeys((*names, *also))))


def _name(result: Result) -> str:
    """Return the name of a reply's type; empty if it has none."""
    if isinstance(result.schema, Ref):
        return result.schema.name
    return {"binary": "bytes", "text": "str"}.get(result.kind, "")


def _also(raw: Any, place: str, schemas: Schemas) -> Iterator[str]:
    names = mapping(raw).get("also", [])
    for name in names if isinstance(names, list) else [names]:
        if isinstance(name, str) and name in schemas.components:
            yield name
        else:
            schemas.report(place, f"no component {name}", "it is ignored")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the accumulation of ``events`` to ``result``, or to one of the components ``also``."""

    schemas: Schemas
    events: Ref
    result: Result
    also: tuple[str, ...]
    place: str

    def read(self, raw: Any) -> Accumulation:
        if not isinstance(raw, Mapping) or not set(raw) <= _KEYS:
            self._report("", f"expected a mapping with {', '.join(sorted(_KEYS))}")
            return Accumulation()
        for key in ("events", "lists", "new"):
            if not isinstance(raw.get(key, {}), Mapping):
                self._report(key, "expected a mapping")
        merging = self._merging(raw["merge"]) if "merge" in raw else None
        is_piece = merging is not None
        return Accumulation(
            tag="" if is_piece else self._tag(),
            steps=tuple(self._steps(raw)),
            lists=tuple(self._lists(raw)),
            merging=merging,
            initial=(*(self._required() if is_piece else ()), *self._new(raw)),
        )

    def _report(self, key: str, text: str) -> None:
        self.schemas.report(
            pointer(self.place, *key.split("/")) if key else self.place, text, "it is ignored"
        )

    def _tag(self) -> str:
        """Return the field with the events' names."""
        return next(iter(_tags(self.events, self.schemas)), "")

    def _names(self) -> set[str]:
        """Return the names of the events."""
        return set(_tags(self.events, self.schemas).get(self._tag(), ()))

    def _steps(self, raw: Mapping[str, Any]) -> Iterator[AccumulationStep]:
        known = self._names()
        for event, targets in mapping(raw.get("events")).items():
            if event not in known:
                self._report(f"events/{event}", "no event has this name")
                continue
            for target, step in mapping(targets).items():
                if (read := self._step(event, target, step)) is not None:
                    yield read

    def _step(self, event: str, target: str, raw: Any) -> AccumulationStep | None:
        key = f"events/{event}/{target}"
        actions = [one for one in _ACTIONS if one in mapping(raw)]
        kept = mapping(raw).get("keep", [])
        if len(actions) != 1 or not set(raw) <= {*actions, "keep"} or not isinstance(kept, list):
            self._report(key, f"expected one of {', '.join(_ACTIONS)}, and perhaps keep")
            return None
        if not self._has(target):
            self._report(key, "the reply has no such field")
            return None
        (action,) = actions
        keep = tuple(map(str, kept))
        if action == "set":
            return AccumulationStep(event, target, "set", value=raw["set"], keep=keep)
        return AccumulationStep(event, target, cast("StepAction", action), str(raw[action]), keep=keep)

    def _has(self, target: str) -> bool:
        """Return True if one of the replies has the place; a file has only itself."""
        named = [] if self.result.schema is None else [self.result.schema]
        named += map(Ref, self.also)
        return not target or any(_has(one, tuple(parts(target)), self.schemas) for one in named)

    def _lists(self, raw: Mapping[str, Any]) -> Iterator[AccumulatedList]:
        for path, one in mapping(raw.get("lists")).items():
            given = self._attributes(one, AccumulatedList, f"lists/{path}", texts=("index",))
            if given is not None:
                yield AccumulatedList(path, **given)

    def _new(self, raw: Mapping[str, Any]) -> Iterator[InitialValue]:
        for event, listed in mapping(raw.get("new")).items():
            for path, value in mapping(listed).items():
                yield InitialValue(path + ITEM, cast("Json", value), event)

    def _merging(self, raw: Any) -> Merging | None:
        names = mapping(mapping(raw).get("renamed")).items()
        rest = {key: one for key, one in mapping(raw).items() if key != "renamed"} if raw else raw
        given = self._attributes(rest, Merging, "merge")
        return None if given is None else Merging(tuple((str(old), str(new)) for old, new in names), **given)

    def _attributes(
        self, raw: Any, record: type[AccumulatedList | Merging], key: str, texts: Collection[str] = ()
    ) -> dict[str, Any] | None:
        """Return the attributes of a record: lists of texts, and some single ``texts``."""
        known = {one.name for one in fields(record)} - {"path", "renamed"}
        if not isinstance(raw, Mapping) or not set(raw) <= known:
            self._report(key, f"expected a mapping with {', '.join(sorted(known))}")
            return None
        for name, one in raw.items():
            listed = [one] if name in texts else one
            if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
                expected = "a text" if name in texts else "a list of texts"
                self._report(f"{key}/{name}", f"expected {expected}")
                return None
        return {name: one if name in texts else tuple(one) for name, one in raw.items()}

    def _required(self) -> Iterator[InitialValue]:
        """Yield the fields of the reply that have only one value, or null for those that may lack one."""
        if self.result.schema is not None:
            yield from _initial(self.result.schema, "", self.schemas)


def _members(schema: Schema, schemas: Schemas) -> Iterator[Schema]:
    node = schemas.resolve(schema)
    if isinstance(node, Union):
        for one in node.members:
            yield from _members(one, schemas)
    else:
        yield node


def _tags(events: Schema, schemas: Schemas) -> dict[str, list[str]]:
    """Return the fields that are another constant in each event, with the constants."""
    objects = [one for one in _members(events, schemas) if isinstance(one, Object)]
    found = {}
    for field in objects[0].fields if objects else ():
        names = [name for one in objects for name in _constant(one, field.name, schemas)]
        if len(set(names)) == len(objects):
            found[field.name] = names
    return found


def _constant(event: Object, name: str, schemas: Schemas) -> Iterator[str]:
    """Yield the only value of a field."""
    field = event.field(name)
    node = None if field is None else schemas.resolve(field.schema)
    if isinstance(node, Literals) and len(node.values) == 1:
        yield str(node.values[0])


def _has(schema: Schema, path: tuple[str, ...], schemas: Schemas) -> bool:
    if not path:
        return True
    for one in _members(schema, schemas):
        match one:
            case Array(items=items) if path[0] == ITEM and _has(items, path[1:], schemas):
                return True
            case Object() if (field := one.field(path[0])) and _has(field.schema, path[1:], schemas):
                return True
            case _:
                pass
    return False


def _initial(schema: Schema, path: str, schemas: Schemas) -> Iterator[InitialValue]:
    """Yield the values of required fields that are the same in every reply, or may be null."""
    node = schemas.resolve(schema)
    if isinstance(node, Array):
        yield from _initial(node.items, path + ITEM, schemas)
    if not isinstance(node, Object):
        return
    values: dict[str, Json] = {}
    for field in node.fields:
        if not field.required:
            continue
        inner = schemas.resolve(field.schema)
        if isinstance(inner, Literals) and len(inner.values) == 1:
            values[field.name] = inner.values[0]
        elif isinstance(inner, Union) and Null() in inner.members:
            values[field.name] = None
        elif isinstance(inner, Array) and not path:
            values[field.name] = []
        yield from _initial(field.schema, f"{path}.{field.name}".lstrip("."), schemas)
    if values:
        yield InitialValue(path, cast("Json", values))
