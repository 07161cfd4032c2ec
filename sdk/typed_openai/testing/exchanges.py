"""The value that answers a request: a new object, one that was created before, a page of a list.

Requests of one server change what later ones get. They are therefore answered one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Final

from typed_openai.testing import object_states, value_paths
from typed_openai.testing.asked_values import forms_of, number_of, repeated_values, structured_text
from typed_openai.testing.checking import Checked, Refusal
from typed_openai.testing.completed_values import Completer
from typed_openai.testing.embedding_vectors import put_vectors
from typed_openai.testing.fake import EPOCH, Faker, Wishes
from typed_openai.testing.fake_usage import cut_to
from typed_openai.testing.habits import Habits, OperationHabits
from typed_openai.testing.held_items import HeldItems, SentItems
from typed_openai.testing.kept_objects import Kept, KeptObjects, concrete, kind_of
from typed_openai.testing.list_pages import fields_of, page_of
from typed_openai.testing.multipart import UploadedFile
from typed_openai.testing.object_states import Moment
from typed_openai.testing.offered_tools import ToolCall, planned_calls, put_calls
from typed_openai.testing.spent_tokens import Spending, limit_of
from typed_openai.testing.stored_files import StoredFiles
from typed_openai_spec.model import Array, Component, Object, Operation, Ref, Result, Schema
from typed_openai_spec.validation.validator import Validator

_MADE_UP: Final = 3
"""The number of items in a list of which nothing was created."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A valid request, the values of its path, what is wished of the reply, and the calls of tools in it.

    ``is_final`` means that the object is in its last state at once: a stream ends when it is complete. The
    text of a reply that ``is_cut`` is longer than the request allows.
    """

    checked: Checked
    known: Mapping[str, Any]
    wishes: Wishes
    habits: OperationHabits
    calls: tuple[ToolCall, ...]
    spending: Spending = field(default_factory=Spending)
    is_final: bool = False
    is_cut: bool = False

    @property
    def operation(self) -> Operation:
        """The operation of the request."""
        return self.checked.operation


class Exchanges:
    """Answers the requests to one server with JSON values."""

    def __init__(
        self,
        operations: Iterable[Operation],
        components: Mapping[str, Component],
        faker: Faker,
        habits: Habits,
    ) -> None:
        self._faker = faker
        self._completer = Completer(components, faker)
        self._habits = habits
        self._validator = Validator(components)
        known = tuple(operations)
        self._objects = KeptObjects(known)
        self._held = HeldItems(known)
        self._sent = SentItems(self._validator, self._completer, faker)
        self._lock = Lock()
        self.files = StoredFiles(self._objects, self._lock)

    def forget(self) -> None:
        """Forget all objects that were created or deleted."""
        with self._lock:
            self._objects.forget()

    def begun(
        self, checked: Checked, wishes: Wishes, calls: Sequence[ToolCall] | None = None, text: str = ""
    ) -> Exchange:
        """Return the exchange that a request begins; ``calls`` and ``text`` are those of a script.

        Raises :class:`Refusal` if the request is about an object that was deleted.
        """
        operation = checked.operation
        known = {
            one.wire: checked.arguments[one.name]
            for one in operation.arguments
            if one.location == "path" and one.name in checked.arguments
        }
        path = concrete(operation.path, known)
        with self._lock:
            # PUT may create an object again.
            gone = self._objects.gone(path.rpartition("/")[0] if operation.method == "PUT" else path)
            arguments = self._inherited(checked, self._habits.operation(operation.id))
            spending = Spending.of(arguments, self._habits.tokens, self._objects, wishes.seed)
        if gone:
            raise Refusal(404, f"no object with the id {gone!r}; it was deleted", code="not_found")
        habits = self._habits.operation(operation.id)
        echo = {**wishes.echo, **repeated_values(replace(checked, arguments=arguments), self._habits)}
        echo |= {field: arguments[name] for field, name in habits.same.items() if name in arguments}
        repeated = arguments.get(habits.text)
        repeated = repeated if isinstance(repeated, str) else ""
        planned = tuple(planned_calls(habits, arguments) if calls is None else calls)
        whole = text or structured_text(habits, checked.arguments) or repeated or wishes.text
        most = limit_of(habits, arguments) if calls is None and not planned else None
        text = whole if most is None else cut_to(whole, most)
        wishes = replace(wishes, echo=echo, text=text, forms=forms_of(habits, arguments))
        is_final = operation.result_for(checked.arguments).kind == "stream"
        return Exchange(checked, known, wishes, habits, planned, spending, is_final, text != whole)

    def value(self, exchange: Exchange, result: Result) -> Any:
        """Return the value that answers a request, and remember what it changes."""
        with self._lock:
            return self._value(exchange, result)

    def content(self, exchange: Exchange) -> bytes | None:
        """Return the content of the file that was uploaded for the object above a path, or None."""
        path = concrete(exchange.operation.path, exchange.known).rpartition("/")[0]
        with self._lock:
            kept = self._objects.find(path)
        return None if kept is None else kept.content

    def delete(self, exchange: Exchange) -> None:
        """Remember that a request without a reply deleted an object."""
        with self._lock:
            self._deleted(exchange)

    def keep(self, exchange: Exchange, value: Any) -> Any:
        """Remember a new object whose value was scripted, and return it. It passes through no states."""
        with self._lock:
            return self._kept(exchange, value, is_scripted=True)

    def _value(self, exchange: Exchange, result: Result) -> Any:
        operation, objects = exchange.operation, self._objects
        path = concrete(operation.path, exchange.known)
        if operation.method == "DELETE":
            self._deleted(exchange)
            if owner := objects.owner_path_of(operation):  # a part was deleted; the whole is returned
                return self._item(exchange, concrete(owner, exchange.known), "delete")
            return self.made(exchange, result)
        if objects.is_item(operation) and result == operation.result:
            return self._item(exchange, path)
        if owner := objects.item_path_of(operation):
            action = operation.path.rpartition("/")[2]
            return self._item(exchange, concrete(owner, exchange.known), action)
        if operation.method == "GET" and (listed := self._list_field(result.schema)) is not None:
            return self._page(exchange, result.schema, listed, path)
        return self._kept(exchange, self.made(exchange, result))

    def made(self, exchange: Exchange, result: Result) -> Any:
        """Return a new value that fits a result, with everything that the request asks for."""
        schema, arguments = result.schema, exchange.checked.arguments
        habits = exchange.habits
        asked = {
            path.rpartition(".")[2] for name, path in habits.asked.items() if arguments.get(name) is True
        }
        wishes = replace(exchange.wishes, asked=frozenset(asked))
        if (example := self._example(exchange, result)) is not None:
            return example
        value = self._faker.value(schema, wishes) if schema is not None else {}
        if not isinstance(value, dict) or schema is None:
            return value
        for name, source in habits.each.items():
            value[name] = self._repeated(schema, name, number_of(arguments.get(source)), wishes)
        if habits.vectors:
            put_vectors(value, habits.vectors, arguments)
        for name, source in habits.completes.items():
            items = self._items_of(schema, name)
            parts: Any = arguments.get(source) or ()
            value[name] = [self._sent.whole(one, items, wishes) for one in parts]
        self._put_unasked(exchange, value)
        if exchange.calls and not self._waits_for_calls(exchange):
            put_calls(value, exchange.calls, exchange.wishes.new_id)
        if exchange.is_cut:
            for path, one in habits.limited["also"].items():
                value_paths.change(value, path, one)
        exchange.spending.settle(value, exchange.operation, exchange.wishes.text)
        return value

    def _example(self, exchange: Exchange, result: Result) -> Any:
        """Return an example of the description that fits, with what the request says; None if none does."""
        if result.schema is None:
            return None
        listed = self._habits.examples(exchange.operation.id)
        fitting = [one for one in listed if self._validator.fits(one, result.schema)]
        if not fitting:
            return None
        chance = exchange.wishes.chance
        example = deepcopy(fitting[0] if chance is None else chance.choice(fitting))
        if isinstance(example, dict):
            echo = self._fitting(exchange.wishes.echo, exchange.operation)
            example |= {key: one for key, one in echo.items() if key in example}
        return example

    def _repeated(self, schema: Schema, name: str, number: int, wishes: Wishes) -> list[object]:
        items = self._items_of(schema, name)
        values = [self._faker.value(items, wishes, name=name) for _ in range(number)]
        for index, value in enumerate(values):
            if isinstance(value, dict) and "index" in value:
                value["index"] = index
        return values

    def _items_of(self, schema: Schema, name: str) -> Schema:
        node = self._validator.resolve(schema)
        field = node.field(name) if isinstance(node, Object) else None
        array = self._validator.resolve(field.schema) if field is not None else None
        if not isinstance(array, Array):
            raise TypeError(f"the habits of {name!r} expect an array")
        return array.items

    def _put_unasked(self, exchange: Exchange, value: Mapping[str, Any]) -> None:
        """Add what models say unasked: reasoning, citations."""
        wishes, model = exchange.wishes, str(exchange.checked.arguments.get("model", ""))
        for rule in exchange.habits.sometimes:
            by_chance = wishes.chance is not None and wishes.chance.random() < rule["chance"]
            if not by_chance and not (rule.get("models") and re.fullmatch(rule["models"], model)):
                continue
            owner_path, _, key = rule["at"].rpartition(".")
            for owner in value_paths.owners(value, owner_path):
                made = self._faker.value(Ref(rule["component"]), replace(wishes, echo={}))
                extra = dict(made) if isinstance(made, dict) else {}
                unset = rule.get("unset", {})
                if not value_paths.read(dict(exchange.checked.arguments), unset.get("unless", "-")):
                    extra |= {unset["field"]: []} if unset else {}
                before = owner.get(key) or []
                owner[key] = [extra, *before] if rule.get("first") else [*before, extra]

    def _waits_for_calls(self, exchange: Exchange) -> bool:
        manner = self._habits.manner(kind_of(exchange.operation))
        return any(one.calls for one in manner.states)

    def _kept(self, exchange: Exchange, value: Any, *, is_scripted: bool = False) -> Any:
        """Remember a new object, and return it as it is in its first state."""
        operation = exchange.operation
        path = self._objects.place(operation, exchange.known, value) if isinstance(value, dict) else ""
        manner = self._habits.manner(kind_of(operation))
        if not isinstance(value, dict):
            return value
        # An example has the same id each time.
        is_new = not is_scripted and "id" in value and exchange.wishes.echo.get("id") != value["id"]
        if is_new and path and self._objects.find(path) is not None:
            value = {**value, "id": _another_id(value.get("id"), exchange.wishes.seed)}
            path = self._objects.place(operation, exchange.known, value)
        files = [one for one in exchange.checked.arguments.values() if isinstance(one, UploadedFile)]
        kept = Kept(value, path, calls=exchange.calls, content=files[0].content if files else None)
        if not is_scripted and not exchange.is_final:
            object_states.begin(kept, manner, self._moment(exchange))
        rule = exchange.habits.kept
        is_kept = not rule or exchange.checked.arguments.get(rule["argument"], rule["default"]) is True
        if path and is_kept and operation.method != "GET":
            self._objects.keep(kept)
        for name in exchange.habits.completes:
            for item in value.get(name) or ():
                place = f"{concrete(operation.path, exchange.known)}/{item.get('id', '')}"
                self._objects.keep(Kept(item, place))
        if is_kept:
            self._hold(exchange, value)
            if not is_scripted:
                self._count(exchange, kept)
        return deepcopy(kept.value)

    def _hold(self, exchange: Exchange, value: Mapping[str, Any]) -> None:
        """Remember the items of other lists that came with a new object."""
        arguments = exchange.checked.arguments
        for rule in exchange.habits.holds:
            listing, path = self._held.listing(rule), self._held.path(rule, exchange.known, value)
            schema = listing.result.schema if listing is not None else None
            name = self._list_field(schema)
            if not path or schema is None or name is None:
                continue
            self._objects.begin_list(path)
            for number, part in enumerate(self._held.parts(rule, arguments, value)):
                wishes = replace(exchange.wishes, seed=exchange.wishes.seed * 10 + number)
                items = self._items_of(schema, name)
                item = self._sent.whole(part, items, wishes)
                if isinstance(item, dict):
                    held = Kept(item, f"{path}/{item.get('id', number)}")
                    manner = self._habits.manner(items.name if isinstance(items, Ref) else "")
                    object_states.begin(held, manner, self._moment(exchange, items))
                    self._objects.keep(held)

    def _item(self, exchange: Exchange, path: str, action: str = "") -> Any:
        """Return the object at a path, changed by the request or moved to its next state."""
        kept = self._objects.find(path)
        moment = self._moment(exchange)
        if kept is None:
            wishes = exchange.wishes
            if action:  # the id of the object is the last one in its path
                wishes = replace(wishes, echo={**wishes.echo, "id": path.rpartition("/")[2]})
            value = self.made(replace(exchange, wishes=wishes), exchange.operation.result)
            kept = Kept(value, path, made_up=True)
            object_states.finish(kept, self._habits.manner(kind_of(exchange.operation)), moment)
            self._objects.keep(kept)
        elif exchange.operation.method == "GET":
            object_states.advance(kept, moment)
        else:
            echo = {key: one for key, one in exchange.wishes.echo.items() if key != "id"}
            kept.value |= self._fitting(echo, exchange.operation)
        if action:
            manner = self._habits.manner(kind_of(exchange.operation))
            object_states.act(kept, manner, action, moment)
        self._count(exchange, kept, action)
        return deepcopy(kept.value)

    def _count(self, exchange: Exchange, kept: Kept, action: str = "") -> None:
        """Move the items that an object counts as the request moves the object, and count them."""
        rule = self._habits.manner(kind_of(exchange.operation)).counts
        items = self._objects.below(f"{kept.path}/{rule['list']}") if rule else []
        if not items:
            return
        manner, moment = self._habits.manner(rule["kind"]), self._moment(exchange, Ref(rule["kind"]))
        for item in items:
            if exchange.operation.method == "GET":
                object_states.advance(item, moment)
            elif action and item.states:
                object_states.act(item, manner, action, moment)
        object_states.count(kept, items, rule["field"])

    def _fitting(self, echo: Mapping[str, object], operation: Operation) -> dict[str, object]:
        node = self._validator.resolve(operation.result.schema or Object())
        fields = {one.name: one.schema for one in node.fields} if isinstance(node, Object) else {}
        return {
            key: one for key, one in echo.items() if key in fields and self._validator.fits(one, fields[key])
        }

    def _deleted(self, exchange: Exchange) -> None:
        if exchange.operation.path.endswith("}"):
            self._objects.delete(concrete(exchange.operation.path, exchange.known))

    def _list_field(self, schema: Schema | None) -> str | None:
        """Return the name of the array of objects in a list's reply, or None."""
        node = self._validator.resolve(schema) if schema is not None else None
        if not isinstance(node, Object) or node.field("id") is not None:
            return None
        arrays = (one for one in node.fields if self._validator.kinds(one.schema) == {"array"})
        return next((one.name for one in arrays if self._holds_objects(one.schema)), None)

    def _holds_objects(self, schema: Schema) -> bool:
        array = self._validator.resolve(schema)
        return isinstance(array, Array) and self._validator.kinds(array.items) == {"object"}

    def _page(self, exchange: Exchange, schema: Schema | None, name: str, path: str) -> Any:
        """Return a page of a list, and make up its items if none was ever created."""
        operation, wishes = exchange.operation, exchange.wishes
        if schema is None:
            return {}
        if self._objects.is_unknown(path):
            self._make_up(exchange, schema, name, path)
        kept = self._objects.below(path)
        made_up = all(one.made_up for one in kept)
        page = page_of((one.value for one in kept), operation, exchange.checked.arguments, made_up=made_up)
        envelope = {**wishes.echo, name: [], **fields_of(page, operation.paging)}
        value = self._faker.value(schema, replace(wishes, echo=envelope))
        if isinstance(value, dict):
            value[name] = [deepcopy(one) for one in page.items]
        return value

    def _make_up(self, exchange: Exchange, schema: Schema, name: str, path: str) -> None:
        example = self._example(exchange, exchange.operation.result)
        if isinstance(example, dict) and isinstance(example.get(name), list):
            for number, one in enumerate(example[name]):
                place = f"{path}/{one.get('id', number) if isinstance(one, dict) else number}"
                self._objects.keep(Kept(one, place, made_up=True))
            return
        items = self._items_of(schema, name)
        for number in range(_MADE_UP):
            wishes = replace(exchange.wishes, seed=exchange.wishes.seed * 10 + number, wrapped=0)
            value = self._faker.value(items, wishes, name=name)
            if isinstance(value, dict):
                while self._objects.find(place := f"{path}/{value.get('id', number)}") is not None:
                    value["id"] = _another_id(value.get("id"), number)
                kept = Kept(value, place, made_up=True)
                manner = self._habits.manner(items.name if isinstance(items, Ref) else "")
                object_states.finish(kept, manner, self._moment(exchange, items))
                self._objects.keep(kept)

    def _inherited(self, checked: Checked, habits: OperationHabits) -> Mapping[str, Any]:
        """Return the arguments, with those that another object has for them."""
        arguments = dict(checked.arguments)
        for argument, names in habits.inherits.items():
            owner = self._objects.with_id(arguments.get(argument))
            if owner is not None:
                arguments |= {
                    name: owner.value[name]
                    for name in names
                    if name in owner.value and arguments.get(name) is None
                }
        return arguments

    def _moment(self, exchange: Exchange, schema: Schema | None = None) -> Moment:
        node = self._validator.resolve(schema or exchange.operation.result.schema or Object())
        names = {one.name for one in node.fields} if isinstance(node, Object) else set()
        return Moment(EPOCH + exchange.wishes.seed, exchange.wishes.new_id, names.__contains__)


def _another_id(item_id: object, number: int) -> object:
    """Return another id of the same form."""
    if isinstance(item_id, int):
        return item_id + number + 1
    return f"{item_id or 'id'}-{number + 1}"
