"""Complete a part of a reply from its schema: what is given stays, everything else is generated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.model import Array, Component, Object, Schema
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import Violation, as_part, of_reply


class Completer:
    """Completes and judges parts of values of one API."""

    def __init__(self, components: Mapping[str, Component], faker: Faker) -> None:
        self._validator = Validator(components, strict=True)
        self._faker = faker

    def violations(self, part: object, schema: Schema) -> list[Violation]:
        """Return what is wrong with a part of a value; what it lacks is not."""
        return [of_reply(one) for one in self._validator.violations(as_part(part), schema)]

    def completed(self, part: Any, schema: Schema, wishes: Wishes, base: Any = None) -> Any:
        """Return the whole value of a part; ``base`` is what is taken for the rest, if known."""
        leaf = self._meant(part, schema)
        node = self._validator.resolve(leaf)
        if isinstance(node, Array) and isinstance(part, list):
            return [self._item(one, node.at(number), wishes, number) for number, one in enumerate(part)]
        if not isinstance(node, Object) or not isinstance(part, dict):
            return part
        whole = base if isinstance(base, dict) else self._faker.value(leaf, wishes)
        if not isinstance(whole, dict):
            return part
        declared = {one.name: one.schema for one in node.fields}
        completed = {
            key: self.completed(one, declared[key], wishes, whole.get(key)) if key in declared else one
            for key, one in part.items()
        }
        return {**whole, **completed}

    def _item(self, part: Any, schema: Schema, wishes: Wishes, number: int) -> Any:
        made = self.completed(part, schema, wishes)
        if isinstance(made, dict) and isinstance(part, dict) and "index" in made and "index" not in part:
            made["index"] = number
        return made

    def _meant(self, part: Any, schema: Schema) -> Schema:
        """Return the member of a union that a part belongs to: the first that it fits best."""
        leaves = list(self._validator.leaves(schema))
        if len(leaves) < 2:
            return leaves[0] if leaves else schema
        given = as_part(part)
        return min(leaves, key=lambda one: len(self._validator.violations(given, one)))
