"""Compare all components, each once, and find the operations that use the changed ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from typed_openai_spec.comparison.changes import Change, Severity, Sides
from typed_openai_spec.comparison.context import Context, Spot, identical
from typed_openai_spec.comparison.phrases import Place
from typed_openai_spec.comparison.schema_changes import schemas
from typed_openai_spec.model import Api, Component, Operation, Ref, Schema
from typed_openai_spec.model.walking import references


def components(context: Context) -> Iterator[Change]:
    """Yield the changes of all components, each once with all operations that use the component."""
    old, new = context.old.components, context.new.components
    reach = Reach([context.old, context.new])
    back = {after: before for before, after in context.names.items()}
    for name, one in old.items():
        after = context.names.get(name, name)
        changes = list(_pair(context, one, new[after])) if after in new else [_gone(context, one)]
        yield from (replace(change, operations=reach.operations(name)) for change in changes)
    for name in new:
        if name not in old and name not in back:
            yield replace(_come(context, new[name]), operations=reach.operations(name))


def _spot(context: Context, component: Component, sides: Sides | None = None) -> Spot:
    return Spot(context, Place(component.name), sides or Sides())


def _gone(context: Context, component: Component) -> Change:
    why = "the type no longer exists"
    return _spot(context, component).plain("breaking", "removed", "component", "removed", why)


def _come(context: Context, component: Component) -> Change:
    return _spot(context, component).plain("compatible", "added", "component", "added")


def _pair(context: Context, old: Component, new: Component) -> Iterator[Change]:
    """Yield the changes of one component, on the sides where both descriptions use it."""
    if old.name == new.name and identical(old, new):
        return
    spot = _spot(context, old, Sides(old.input and new.input, old.output and new.output))
    yield from _names(spot, old, new)
    yield from schemas(spot, old.schema, new.schema)
    yield from spot.deprecated((old.deprecated, old.replacement), (new.deprecated, new.replacement))
    yield from spot.documented((old.doc, old.text), (new.doc, new.text))
    yield from _sides(spot, old, new)
    if old.beta != new.beta:
        yield spot.plain("compatible", "changed", "beta", "beta now" if new.beta else "no longer beta")
    was, is_now = ((one.added, one.added_fields) for one in (old, new))
    if was != is_now:
        yield spot.plain("compatible", "changed", "publication", PUBLICATION[any(is_now)])
    yield from spot.rest(old, new, _COMPARED)


PUBLICATION: Final = {True: "additions to the published description changed", False: "published now"}
"""The text about a change of what is added to the published description, by whether anything still is."""

# fmt: off
_COMPARED: Final = frozenset((
    "name", "schema", "source", "owner", "input", "output", "aliases",
    "deprecated", "replacement", "beta", "doc", "text", "added", "added_fields",
))
# fmt: on


def _sides(spot: Spot, old: Component, new: Component) -> Iterator[Change]:
    """Yield the changes of the sides on which a component occurs.

    A component that occurs only in requests accepts any sequence or mapping; otherwise its arrays and maps
    are lists and dicts.
    """
    for was, is_now, where in ((old.input, new.input, "requests"), (old.output, new.output, "replies")):
        if was != is_now:
            text = f"{'now' if is_now else 'no longer'} occurs in {where}"
            is_risky = where == "replies" and is_now and old.input
            why = "its arrays and maps must be lists and dicts" if is_risky else ""
            severity: Severity = "risky" if is_risky else "compatible"
            yield spot.plain(severity, "added" if is_now else "removed", "component", text, why)


def _names(spot: Spot, old: Component, new: Component) -> Iterator[Change]:
    if old.name != new.name and old.name in new.aliases:
        text = f"renamed to {new.name}; the former name still works"
        yield spot.plain("deprecating", "renamed", "component", text)
    elif old.name != new.name:
        text = f"renamed to {new.name}"
        why = f'add "{old.name}" as an alias in the overrides to keep it'
        yield spot.plain("breaking", "renamed", "component", text, why)
    yield from former_names(spot, (old.name, *old.aliases), (new.name, *new.aliases))
    if (old.source, _place(old)) != (new.source, _place(new)):
        text = f"the description calls it {new.source or new.owner} now"
        yield spot.plain("compatible", "changed", "name", text)


def _place(component: Component) -> str:
    """Return the place of an inline component without positions in lists, which have no meaning."""
    return re.sub(r"/\d+(?=/|$)", "/", component.owner)


def former_names(spot: Spot, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    """Yield the changes of former names; each of the two tuples starts with the current name."""
    for name in old[1:]:
        if name not in new:
            text = f"the alias {name} was removed"
            yield spot.plain("breaking", "removed", "name", text, "code that still uses it fails")
    for name in new[1:]:
        if name not in old:
            yield spot.plain("compatible", "added", "name", f"the alias {name} was added")
    if set(old[1:]) == set(new[1:]) and old[1:] != new[1:]:
        yield spot.plain("compatible", "changed", "order", "the aliases are in a different order")


def schemas_of(operation: Operation) -> Iterator[Schema]:
    """Yield the schemas that an operation itself contains."""
    yield from (one.schema for one in operation.arguments)
    yield from (one.schema for one in operation.bodies)
    results = (operation.result, *(one.result for one in operation.variants))
    given_back = [*(one.schema for one in results), *(one.schema for one in operation.replies)]
    yield from (one for one in given_back if one is not None)


class Reach:
    """The operations that use a component, directly or through other components."""

    def __init__(self, apis: Iterable[Api]) -> None:
        self._users: dict[str, set[str]] = {}
        self._callers: dict[str, set[str]] = {}
        for api in apis:
            for one in api.components.values():
                self._note(self._users, one.name, [one.schema])
            for operation in api.operations:
                self._note(self._callers, operation.qualified_name, schemas_of(operation))

    @staticmethod
    def _note(found: dict[str, set[str]], user: str, held: Iterable[Schema]) -> None:
        for schema in held:
            for name in references(schema):
                found.setdefault(name, set()).add(user)

    def operations(self, component: str) -> tuple[str, ...]:
        """Return the sorted qualified names of the operations that use the component."""
        seen, waiting = {component}, [component]
        while waiting:
            for user in self._users.get(waiting.pop(), ()):
                if user not in seen:
                    seen.add(user)
                    waiting.append(user)
        return tuple(sorted({caller for one in seen for caller in self._callers.get(one, ())}))


def whole_bodies(api: Api) -> set[str]:
    """Return the components that are used only as whole request bodies."""
    bodies = {id(one.schema): one.schema for operation in api.operations for one in operation.bodies}
    held = [one.schema for one in api.components.values()]
    held += [one.schema for one in api.webhooks]
    held += [one for operation in api.operations for one in schemas_of(operation) if id(one) not in bodies]
    used = {name for schema in held for name in references(schema)}
    return {one.name for one in bodies.values() if isinstance(one, Ref)} - used
