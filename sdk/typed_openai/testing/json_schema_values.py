"""Generate values that fit a JSON Schema of the user's: of a tool's parameters, or of a structured answer.

Optional properties are generated near the top. Deeper values are smaller, so that recursive schemas end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor
from typing import Any, Final

from typed_openai_spec.validation.example_texts import example_of

_DEEP: Final = 4
_DEEPEST: Final = 40
_FORMATS: Final = {
    "date": "2026-01-01",
    "time": "12:00:00Z",
    "date-time": "2026-01-01T12:00:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000001",
}
_WORDS: Final = {
    "city": "Rome",
    "location": "Rome, Italy",
    "name": "Ada",
    "country": "Italy",
    "unit": "metric",
}
"""Values of properties with usual names."""

Node = Mapping[str, Any]


def fitting_value(schema: object, name: str = "") -> object:
    """Return a value that fits a JSON Schema, as far as it can be read; ``name`` is the property's name.

    >>> fitting_value({"type": "object", "properties": {"city": {"type": "string"}}})
    {'city': 'Rome'}
    """
    try:
        return _Generator(schema).value(schema, name, 0)
    except (AttributeError, LookupError, TypeError, ValueError):
        return {}  # keywords of the wrong type: nothing fits


class _Generator:
    def __init__(self, root: object) -> None:
        self._root = root

    def value(self, schema: object, name: str, depth: int) -> object:
        if not isinstance(schema, Mapping) or depth > _DEEPEST:
            return None if depth > _DEEPEST else f"example {name}".strip()
        node = self._resolved(schema)
        if "const" in node:
            return node["const"]
        if node.get("enum"):
            return node["enum"][0]
        for word in ("anyOf", "oneOf"):
            if node.get(word):
                return self._best(node, node[word], name, depth)
        return self._typed(node, name, depth)

    def _resolved(self, schema: Node) -> Node:
        """Return the schema with its references followed, and the parts of ``allOf`` merged."""
        seen: set[str] = set()
        while isinstance(schema.get("$ref"), str) and schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            rest = {key: one for key, one in schema.items() if key != "$ref"}
            schema = _merged([self._target(schema["$ref"]), rest])
        if parts := schema.get("allOf"):
            rest = {key: one for key, one in schema.items() if key != "allOf"}
            return _merged([rest, *(self._resolved(one) for one in parts if isinstance(one, Mapping))])
        return schema

    def _target(self, reference: str) -> Node:
        found: Any = self._root
        for part in reference.removeprefix("#").strip("/").split("/") if reference != "#" else ():
            key = part.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def _best(self, node: Node, members: Sequence[object], name: str, depth: int) -> object:
        """Return a value of the first member; deep inside, of the one with the smallest value."""
        rest = {key: one for key, one in node.items() if key not in ("anyOf", "oneOf")}
        merged = [_merged([rest, self._resolved(one)]) for one in members if isinstance(one, Mapping)]
        merged.sort(key=lambda one: self._height(one, 0) if depth >= _DEEP else one.get("type") == "null")
        return self.value(merged[0], name, depth + (depth >= _DEEP)) if merged else None

    def _height(self, schema: object, depth: int) -> int:
        """Return a rough size of the smallest value of a schema."""
        if not isinstance(schema, Mapping) or depth > _DEEP:
            return depth
        node = self._resolved(schema)
        members = node.get("anyOf") or node.get("oneOf")
        if members:
            return min(self._height(one, depth) for one in members)
        required = node.get("required", ())
        inner = [one for key, one in node.get("properties", {}).items() if key in required]
        inner += [node["items"]] if node.get("minItems") and "items" in node else []
        return max((self._height(one, depth + 1) for one in inner), default=depth)

    def _typed(self, node: Node, name: str, depth: int) -> object:
        kind = _kind_of(node)
        if kind == "object":
            return self._object(node, depth)
        if kind == "array":
            return self._array(node, name, depth)
        return _SCALARS[kind](node, name) if kind in _SCALARS else None

    def _object(self, node: Node, depth: int) -> dict[str, object]:
        properties = node.get("properties", {})
        required = list(node.get("required", ()))
        wanted = [key for key in properties if key in required or depth < _DEEP - 1]
        wanted += [key for key in required if key not in properties]
        made = {key: self.value(properties.get(key, {}), key, depth + 1) for key in wanted}
        extra = node.get("additionalProperties")
        for number in range(len(made), int(node.get("minProperties", 0))):
            made[f"key_{number}"] = self.value(extra, "value", depth + 1)
        return made

    def _array(self, node: Node, name: str, depth: int) -> list[object]:
        first = [self.value(one, name, depth + 1) for one in node.get("prefixItems", ())]
        usual = 0 if depth >= _DEEP - 1 else 1
        wanted = max(int(node.get("minItems", 0)), usual)
        wanted = min(wanted, int(node.get("maxItems", wanted)))
        items = node.get("items", {})
        if items is False:
            return first
        more = [self.value(items, name.removesuffix("s"), depth + 1) for _ in range(wanted - len(first))]
        return [*first, *(_distinct(more, items) if node.get("uniqueItems") else more)]


def _distinct(values: list[object], items: object) -> list[object]:
    choices = items.get("enum") if isinstance(items, Mapping) else None
    if choices:
        return list(choices[: len(values)])
    return [_varied(one, number) for number, one in enumerate(values)]


def _varied(value: object, number: int) -> object:
    if isinstance(value, str) and number:
        return f"{value} {number}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value + number
    return value


def _merged(schemas: Sequence[Node]) -> dict[str, Any]:
    """Return one schema with the keywords of all; properties and required ones are united."""
    merged: dict[str, Any] = {}
    for schema in schemas:
        for key, one in schema.items():
            if key == "properties":
                merged[key] = {**merged.get(key, {}), **one}
            elif key == "required":
                merged[key] = [*merged.get(key, ()), *one]
            else:
                merged[key] = one
    return merged


def _kind_of(node: Node) -> str:
    kind = node.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if isinstance(kind, str):
        return kind
    if "properties" in node or "required" in node:
        return "object"
    if "items" in node or "prefixItems" in node:
        return "array"
    return "integer" if "minimum" in node or "maximum" in node else "string"


def _string(node: Node, name: str) -> str:
    text = _FORMATS.get(str(node.get("format", "")), _WORDS.get(name, f"example {name}".strip()))
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        text = example_of(pattern, int(node.get("minLength", 8))) or text
    if len(text) < int(node.get("minLength", 0)):
        text = (text * int(node["minLength"]))[: int(node["minLength"])]
    return text[: int(node["maxLength"])] if "maxLength" in node else text


def _integer(node: Node, name: str) -> int:
    return int(_bounded(node, 1, step=1))


def _number(node: Node, name: str) -> float:
    return _bounded(node, 0.5, step=0.5)


def _bounded(node: Node, wanted: float, step: float) -> float:
    step = node.get("multipleOf", step)
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    if high is not None and wanted >= high:
        wanted = high - (step if wanted == high and "exclusiveMaximum" in node else 0)
    if low is not None and wanted <= low:
        wanted = low + (step if "exclusiveMinimum" in node else 0)
    if "multipleOf" in node:
        times = wanted / step
        wanted = step * (ceil(times) if low is not None or high is None else floor(times))
    is_open = "exclusiveMaximum" in node
    if high is not None and low is not None and (wanted > high or (is_open and wanted >= high)):
        wanted = (low + high) / 2
    return wanted


def _boolean(node: Node, name: str) -> bool:
    return True


_SCALARS: Final[Mapping[str, Callable[[Node, str], object]]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
