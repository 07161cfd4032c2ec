"""The items of other lists that come with a new object: the messages of a thread, the input of a response."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from typed_openai.testing import value_paths
from typed_openai.testing.completed_values import Completer
from typed_openai.testing.fake import REPLY_CONSTANTS, Faker, Wishes
from typed_openai.testing.kept_objects import concrete
from typed_openai_spec.model import PLACEHOLDER, Array, Literals, Object, Operation, Schema
from typed_openai_spec.validation.validator import Validator


class SentItems:
    """Turns what requests send into the form that replies have."""

    def __init__(self, validator: Validator, completer: Completer, faker: Faker) -> None:
        self._validator = validator
        self._completer = completer
        self._faker = faker

    def whole(self, part: Any, schema: Schema, wishes: Wishes) -> Any:
        """Return an item as it is kept."""
        for one in (part, *self._written_out(part, schema)):
            whole = self._completer.completed(deepcopy(one), schema, replace(wishes, echo={}))
            if self._validator.fits(whole, schema):
                return whole
        text = part.get("content") if isinstance(part, dict) else None
        words = text if isinstance(text, str) else wishes.text
        echo = part if isinstance(part, dict) else {}
        return self._faker.value(schema, replace(wishes, echo=echo, text=words, wrapped=0))

    def _written_out(self, part: Any, schema: Schema) -> Iterator[Any]:
        """Yield a message whose content is a text with each kind of part in place of the text."""
        text = part.get("content") if isinstance(part, dict) else None
        if not isinstance(text, str):
            return
        kinds = list(dict.fromkeys(self._text_kinds(schema)))
        if part.get("role") == REPLY_CONSTANTS[0]:
            last = len(REPLY_CONSTANTS)
            kinds.sort(key=lambda one: REPLY_CONSTANTS.index(one) if one in REPLY_CONSTANTS else last)
        for kind in kinds:
            yield {"type": "message", **part, "content": [{"type": kind, "text": text}]}

    def _text_kinds(self, schema: Schema) -> Iterator[str]:
        """Yield the types of the parts with a text that the content of an item may have."""
        for item in map(self._validator.resolve, self._validator.leaves(schema)):
            content = item.field("content") if isinstance(item, Object) else None
            array = self._validator.resolve(content.schema) if content is not None else None
            for part in self._validator.leaves(array.items) if isinstance(array, Array) else ():
                node = self._validator.resolve(part)
                kind = node.field("type") if isinstance(node, Object) and node.field("text") else None
                values = self._validator.resolve(kind.schema) if kind is not None else None
                yield from map(str, values.values) if isinstance(values, Literals) else ()


class HeldItems:
    """Finds the lists that a new object brings, and the items in them, by the ``holds`` of its habits."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._listings = {one.id: one for one in operations}

    def listing(self, rule: Mapping[str, Any]) -> Operation | None:
        """Return the operation that lists the items of a rule."""
        return self._listings.get(rule["list"])

    def path(self, rule: Mapping[str, Any], known: Mapping[str, Any], reply: Mapping[str, Any]) -> str:
        """Return the path of a list; empty if the reply does not say whose it is.

        ``known`` has the values of the request's path.
        """
        listing = self._listings[rule["list"]]
        owner = value_paths.read(reply, rule.get("owner", "id"))
        found: dict[str, Any] = {}
        for name in PLACEHOLDER.findall(listing.path):
            own = owner if "owner" in rule else reply.get(name, owner)
            found[name] = known.get(name, own)
        return concrete(listing.path, found) if all(isinstance(one, str) for one in found.values()) else ""

    def parts(
        self, rule: Mapping[str, Any], arguments: Mapping[str, Any], reply: Mapping[str, Any]
    ) -> Sequence[Any]:
        """Return what a request, or the reply to it, has for the items; texts in the form of the rule."""
        given = value_paths.read(dict(reply if rule.get("reply") else arguments), rule["from"])
        listed = given if isinstance(given, list) else [] if given is None else [given]
        return [_filled(rule["item"], one) if isinstance(one, str) else one for one in listed]


def _filled(template: Any, text: str) -> Any:
    if isinstance(template, Mapping):
        return {key: _filled(one, text) for key, one in template.items()}
    return text if template == "$text" else template
