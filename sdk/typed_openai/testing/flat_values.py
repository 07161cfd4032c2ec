"""Convert the flat text of query strings and forms to values: ``metadata[k]=v``, ``include[]=a``.

Text has no types. Each text is converted to a type that the schema at its place allows, and stays text
otherwise, so that the validator can report the expected type.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from typed_openai.testing.multipart import UploadedFile
from typed_openai_spec.model import Anything, Array, Object, Schema
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import kind_of


@dataclass(slots=True)
class FormNode:
    """The content under one name: texts or files of its own, and the names in brackets below it."""

    leaves: list[str | UploadedFile] = field(default_factory=list)
    children: dict[str, FormNode] = field(default_factory=dict)


def gather(pairs: Iterable[tuple[str, str | UploadedFile]]) -> FormNode:
    """Return the tree of names of a form: ``a[b][]`` is the node "" below "b" below "a"."""
    root = FormNode()
    for name, leaf in pairs:
        node = root
        for key in _keys(name):
            node = node.children.setdefault(key, FormNode())
        node.leaves.append(leaf)
    return root


def _keys(name: str) -> list[str]:
    first, bracket, rest = name.partition("[")
    if not bracket or not first or not rest.endswith("]"):
        return [name]
    return [first, *rest[:-1].split("][")]


class FormReader:
    """Converts the nodes of a form to the types of schemas."""

    def __init__(self, validator: Validator) -> None:
        self._validator = validator

    def read(self, node: FormNode, schema: Schema, *, repeats: bool = False) -> object:
        """Return the value of a node. ``repeats`` means that an array is sent by repeating the plain name."""
        if not node.children:
            items = [self._leaf(one, schema) for one in node.leaves]
            kinds = self._validator.kinds(schema)
            if repeats and "array" in kinds and (len(items) > 1 or "string" not in kinds):
                return [self._leaf(one, self._items(schema)) for one in node.leaves]
            return items[0] if len(items) == 1 else items
        if set(node.children) == {""}:
            return self._array(node.children[""], self._items(schema))
        if self._is_numbered(node, schema):
            each = self._items(schema)
            in_order = sorted(node.children, key=int)
            return [self.read(node.children[one], each, repeats=repeats) for one in in_order]
        return self.fields(node, schema)

    def fields(self, node: FormNode, schema: Schema, *, repeats: bool = False) -> dict[str, object]:
        """Return the values of a node's children by name: the fields of an object."""
        return {
            key: self.read(child, self._member(schema, key), repeats=repeats)
            for key, child in node.children.items()
        }

    def _is_numbered(self, node: FormNode, schema: Schema) -> bool:
        """Return True for an array of which each item has a number: ``a[0][k]=1&a[1][k]=2``."""
        kinds = self._validator.kinds(schema)
        return "array" in kinds and "object" not in kinds and all(map(str.isdecimal, node.children))

    def _array(self, node: FormNode, items: Schema) -> list[object]:
        array = [self._leaf(one, items) for one in node.leaves]
        if node.children:  # a[][k]=1&a[][k]=2: an array of objects, a new one at each repeated key
            longest = max(len(one.leaves) or 1 for one in node.children.values())
            rows = [_row(node, number) for number in range(longest)]
            array.extend(self.read(row, items) for row in rows)
        return array

    def _leaf(self, leaf: str | UploadedFile, schema: Schema) -> object:
        if isinstance(leaf, UploadedFile) or self._validator.fits(leaf, schema):
            return leaf
        kinds = self._validator.kinds(schema)
        # Python would also read "1_000" and "inf" as numbers, unlike JSON.
        with suppress(ValueError):
            value = parse_json(leaf)
            if kind_of(value) in kinds - {"null"}:  # forms have no null
                return value
        return leaf

    def _items(self, schema: Schema) -> Schema:
        return next((one.items for one in self._nodes(schema) if isinstance(one, Array)), Anything())

    def _member(self, schema: Schema, key: str) -> Schema:
        """Return the schema at ``key`` of the first object that declares it, or of one that allows it."""
        objects = [one for one in self._nodes(schema) if isinstance(one, Object)]
        declared = [found.schema for one in objects if (found := one.field(key)) is not None]
        extra = [one.extra for one in objects if one.extra is not None]
        return (declared + extra + [Anything()])[0]

    def _nodes(self, schema: Schema) -> Iterator[Schema]:
        return map(self._validator.resolve, self._validator.leaves(schema))


def _row(node: FormNode, number: int) -> FormNode:
    children = {
        key: FormNode(child.leaves[number : number + 1], child.children)
        for key, child in node.children.items()
        if child.children or number < len(child.leaves)
    }
    return FormNode(children=children)


def parse_json(text: str | bytes) -> object:
    """Parse a JSON text. Raises ``ValueError`` for anything else, including Python's ``NaN``."""
    value: object = json.loads(text, parse_constant=_refuse_constant)
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
