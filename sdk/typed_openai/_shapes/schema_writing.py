"""The strict JSON Schema of a shape."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count, islice
from typing import Any

from typed_openai._shapes.shape_nodes import Alias, Constants, Described, Items, Node, OneOf, Plain, Record
from typed_openai._shapes.unfit_values import kind_of_json

VALUE = "value"
"""The key of a root that is no object, in the object that is made around it."""


def field_place(name: str, place: Iterable[object]) -> str:
    """Return the field that a place in the schema of the type ``name`` belongs to: ``Event.tags``."""
    parts = [name]
    left = iter(place)
    for keyword in left:
        if keyword == "$defs":
            parts = [str(next(left, name))]
        elif keyword == "properties":
            parts += map(str, islice(left, 1))
    return ".".join(parts)


class SchemaWriter:
    """Writes one schema. Classes are definitions, so that recursive ones can be referred to."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._names: dict[int, str] = {}
        self._definitions: dict[str, Any] = {}

    def whole(self) -> dict[str, Any]:
        """Return the schema, which is that of an object."""
        doc = self._root.doc if isinstance(self._root, Described) else ""
        inner = self._root.node if isinstance(self._root, Described) else self._root
        while isinstance(inner, Alias) and inner.target is not None:
            inner = inner.target
        if isinstance(inner, Record):
            schema = self._object(inner)
            if doc:
                schema = {**schema, "description": doc}
        else:
            schema = {"type": "object", "properties": {VALUE: self._with_doc(self._schema(inner), doc)}}
            schema |= {"required": [VALUE], "additionalProperties": False}
        return {**schema, "$defs": self._definitions} if self._definitions else schema

    def _schema(self, node: Node) -> dict[str, Any]:
        match node:
            case Plain(kind=kind, keywords=keywords):
                return {"type": kind, **keywords}
            case Items(item=item, keywords=keywords):
                return {"type": "array", "items": self._schema(item), **keywords}
            case OneOf(members=members):
                return {"anyOf": [self._schema(one) for one in members]}
            case Described(node=inner, doc=doc):
                return self._with_doc(self._schema(inner), doc)
            case Constants(name=""):
                return _constants(node)
            case _:
                return self._reference(node)

    def _reference(self, node: Record | Constants | Alias) -> dict[str, Any]:
        name = self._names.get(id(node))
        if name is None:
            name = self._names[id(node)] = self._free_name(node.name)
            self._definitions[name] = {}  # in the order of first use
            self._definitions[name] = self._definition(node)
        return {"$ref": f"#/$defs/{name}"}

    def _free_name(self, name: str) -> str:
        numbered = (f"{name}_{number}" for number in count(2))
        return next(one for one in chain((name,), numbered) if one not in self._definitions)

    def _definition(self, node: Record | Constants | Alias) -> dict[str, Any]:
        if isinstance(node, Record):
            return self._object(node)
        if isinstance(node, Constants):
            return _constants(node)
        assert node.target is not None
        return self._schema(node.target)

    def _object(self, record: Record) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "object"}
        if record.doc:
            schema["description"] = record.doc
        schema["properties"] = {
            one.key: self._with_doc(self._schema(one.node), one.doc) for one in record.members
        }
        schema["required"] = [one.key for one in record.members]
        return {**schema, "additionalProperties": False}

    def _with_doc(self, schema: dict[str, Any], doc: str) -> dict[str, Any]:
        """Return a schema with a description. A reference may have no other keys: it is written out."""
        if not doc:
            return schema
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self._definitions[name] or {"anyOf": [schema]}
        return {**schema, "description": doc}


def _constants(node: Constants) -> dict[str, Any]:
    values = list(dict.fromkeys((type(one), one) for one, _ in node.pairs))
    kinds = list(dict.fromkeys(kind_of_json(one) for _, one in values))
    schema: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if node.doc:
        schema["description"] = node.doc
    return {**schema, "enum": [one for _, one in values]}
