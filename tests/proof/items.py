"""Items of lists, written as values of their own.

mypy takes 20 times as long for an object inside a list, because it infers the type of the list. So each
operation has a few calls with a list; the items of its other lists are assigned to variables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.proof.judge import Judge
from tests.proof.values import Arguments, Value

from typed_openai_spec.model import Api, Array, Operation, Ref, Schema, Union

LISTS: Final = 10
"""The number of calls of one operation, for each verdict, in which an item is written inside its list."""


@dataclass(frozen=True)
class Item:
    """An item, and the component whose values the list has."""

    component: str
    value: Value

    @property
    def type(self) -> str:
        """The annotation of a variable."""
        return f"types.{self.component}"


@dataclass(frozen=True)
class Items:
    """Decides which items are written as values of their own."""

    api: Api
    judge: Judge
    _calls: Counter[tuple[str, bool]] = field(default_factory=Counter)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def apart(self, operation: Operation, arguments: Arguments, *, fits: bool) -> Item | None:
        """Return the only item of a list if the operation has enough calls with a list.

        ``fits`` is the verdict about the call. It must be that about the item: if anything else in the
        call is wrong, the call is needed.
        """
        name, item = self._only_item(operation, arguments)
        if item is None or not (fits or self.judge.takes(operation, {**arguments, name: []})):
            return None
        self._calls[operation.id, fits] += 1
        return item if self._calls[operation.id, fits] > LISTS else None

    def assigned(self, item: Item) -> str:
        """Return an assignment to a variable; the same text for the same item."""
        key = (item.component, repr(item.value))
        name = self._names.setdefault(key, f"_item_{len(self._names)}")
        return f"{name}: {item.type} = {item.value!r}"

    def _only_item(self, operation: Operation, arguments: Mapping[str, Value]) -> tuple[str, Item | None]:
        for one in operation.arguments:
            given, component = arguments.get(one.name), self._component(one.schema)
            if isinstance(given, list) and len(given) == 1 and component is not None:
                return one.name, Item(component, given[0])
        return "", None

    def _component(self, schema: Schema) -> str | None:
        """The component of the items, if all lists that an argument takes are of one component's values."""
        members = schema.members if isinstance(schema, Union) else (schema,)
        arrays = [one for one in map(self.api.resolve, members) if isinstance(one, Array)]
        items = arrays[0].items if len(arrays) == 1 else None
        return items.name if isinstance(items, Ref) else None
