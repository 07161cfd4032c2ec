"""Departures from a description in short form: fields, alternatives and components of an override.

An entry may have these keys in place of a patch, each a mapping of components:

``fields``
    the paths of fields (``usage``, ``choices[].logprobs``, ``labels{}.name``) with what is true of them:
    ``optional``, ``nullable`` or a list of both; ``unsent`` if no server sends it; ``is`` with another
    schema; ``new`` with the schema of a field that the description lacks; ``values`` with values that the
    field's ``enum``, or that of its items, lacks. ``*`` stands for all optional fields.
``alternatives``
    schemas that are added to the ``oneOf`` or ``anyOf`` of a component.
``adds``
    components that the description lacks.

What matches nothing, or is already so, is dead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, TypeAlias

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.spelling import hint

Schema: TypeAlias = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/"
_COMBINATIONS: Final = ("allOf", "anyOf", "oneOf")
_INTO: Final = {"[]": "items", "{}": "additionalProperties"}
_MAKES_FIELDS: Final = ("new",)
_STEP: Final = re.compile(r"(?P<name>[^\[\]{}]*)(?P<into>(?:\[\]|\{\})*)")


def departed(
    document: Mapping[str, Any], departures: Mapping[str, Mapping[str, Any]], dead: list[str]
) -> dict[str, Any]:
    """Return the document with the departures of one entry; what has no effect is added to ``dead``."""
    components = dict(mapping(document.get("components")))
    schemas = dict(mapping(components.get("schemas")))
    for form, entries in departures.items():
        for name, told in entries.items():
            schemas[name], wrong = FORMS[form](schemas, name, told)
            dead += (f"{name}{one}" for one in wrong)
    for name, told in departures.get("adds", {}).items():
        if astray := [one for one in references(told) if one not in schemas]:
            schemas[name] = None
            dead.append(f"{name}: no component {', '.join(astray)}")
    named = {name: one for name, one in schemas.items() if one is not None}
    return {**document, "components": {**components, "schemas": named}}


def is_departure(form: str, told: Any) -> bool:
    """Return True if ``told`` has the structure of this form of departure."""
    return form in FORMS and bool(told) and _is_told(form, told)


def _is_told(form: str, told: Any) -> bool:
    if not isinstance(told, Mapping):
        return False
    if form == "alternatives":
        return all(isinstance(one, list) for one in told.values())
    if form == "adds":
        return all(isinstance(one, Mapping) for one in told.values())
    paths = [one for one in told.values() if isinstance(one, Mapping)]
    return len(paths) == len(told) and all(set(_words(one)) <= CHANGES.keys() for one in _each(paths))


def _each(paths: list[Mapping[str, Any]]) -> Iterator[Any]:
    return (told for one in paths for told in one.values())


def _words(told: Any) -> Mapping[Any, Any]:
    """Return what is said of a field: each word, with the schema that belongs to it."""
    if isinstance(told, Mapping):
        return told
    return dict.fromkeys(told if isinstance(told, list) else [told])


# The three forms: each returns a component's new schema, and what has no effect.

_Changed: TypeAlias = tuple[Any, list[str]]


def _added(schemas: Mapping[str, Any], name: str, told: Schema) -> _Changed:
    return (schemas[name], [": is in the description"]) if name in schemas else (told, [])


def references(node: Any) -> Iterator[str]:
    """Yield the names of the components that a part of a description refers to."""
    if isinstance(node, Mapping):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(_REFERENCE):
            yield target.removeprefix(_REFERENCE)
        for one in node.values():
            yield from references(one)
    elif isinstance(node, list):
        for one in node:
            yield from references(one)


def _with_alternatives(schemas: Mapping[str, Any], name: str, told: list[Any]) -> _Changed:
    schema = schemas.get(name)
    key = next((one for one in ("oneOf", "anyOf") if one in mapping(schema)), None)
    if key is None:
        return schema, [f": has no alternatives{hint(name, schemas) if schema is None else ''}"]
    listed = mapping(schema)[key]
    new = [one for one in told if one not in listed]
    astray = [one for one in new if "$ref" in one and one["$ref"].removeprefix(_REFERENCE) not in schemas]
    wrong = [f": {one} is listed" for one in told if one in listed]
    wrong += [f": no component {one['$ref']}" for one in astray]
    return {**mapping(schema), key: [*listed, *(one for one in new if one not in astray)]}, wrong


def _with_fields(schemas: Mapping[str, Any], name: str, told: Mapping[str, Any]) -> _Changed:
    if name not in schemas:
        return None, [f": no such component{hint(name, schemas)}"]
    schema, wrong = deepcopy(dict(schemas[name])), []
    for path, said in told.items():
        for word, value in _words(said).items():
            holders, field = _holders(schema, path, schemas)
            if word not in _MAKES_FIELDS and field != "*":
                holders = _having(holders, field, schemas)
            changed = [CHANGES[word](one, field, value) for one in holders]
            if not any(changed):
                wrong.append(f".{path}: {f'{word} has no effect' if holders else 'no such field'}")
    return schema, wrong


FORMS: Final[Mapping[str, Callable[[Mapping[str, Any], str, Any], _Changed]]] = {
    "adds": _added,
    "alternatives": _with_alternatives,
    "fields": _with_fields,
}
"""The forms of departures, in the order in which those of one entry apply."""


# Paths of fields


def _holders(schema: Schema, path: str, schemas: Mapping[str, Any]) -> tuple[list[Schema], str]:
    """Return the object schemas at the end of a path, and the name of the field that it leads to."""
    *steps, field = path.split(".")
    found = [schema]
    for step in steps:
        match = _STEP.fullmatch(step)
        name, into = (match["name"], match["into"]) if match else (step, "")
        found = _values(_having(found, name, schemas), name) if name else found
        for place in re.findall(r"\[\]|\{\}", into):
            found = [one[_INTO[place]] for part in found for one in _parts(part) if _INTO[place] in one]
    return found, field


def _having(found: list[Schema], name: str, schemas: Mapping[str, Any]) -> list[Schema]:
    """Return the schemas with a property; a part of ``allOf`` that is shared becomes their own for that."""
    for schema in found:
        if not _declares(schema, name):
            _unshare(schema, name, schemas)
    return [one for one in found if _declares(one, name)]


def _declares(schema: Schema, name: str) -> bool:
    return any(name in (*one.get("properties", ()), *one.get("required", ())) for one in _parts(schema))


def _values(found: list[Schema], name: str) -> list[Schema]:
    parts = (part for schema in found for part in _parts(schema))
    return [one["properties"][name] for one in parts if name in one.get("properties", {})]


def _unshare(schema: Schema, name: str, schemas: Mapping[str, Any]) -> None:
    """Replace a reference in ``allOf`` by a copy of its target if that has the property."""
    for number, part in enumerate(schema.get("allOf", ())):
        target = mapping(schemas.get(str(part.get("$ref", "")).removeprefix(_REFERENCE)))
        if name in mapping(target.get("properties")):
            schema["allOf"][number] = deepcopy(dict(target))


def _parts(schema: Schema) -> Iterator[Schema]:
    """Yield a schema and the inline schemas that it combines."""
    yield schema
    for key in _COMBINATIONS:
        for one in schema.get(key, ()):
            if isinstance(one, dict):
                yield from _parts(one)


def described(schemas: Mapping[str, Any], name: str, path: str) -> list[Any] | None:
    """Return the schemas that a component has at the path of a field; None if nothing leads to the field."""
    holders, field = _holders(deepcopy(dict(mapping(schemas.get(name)))), path, schemas)
    if not holders:
        return None
    return _values(_having(holders, field, schemas), field)


# Changes of a field


def _declaring(holder: Schema, field: str) -> Iterator[tuple[Schema, str]]:
    for part in _parts(holder):
        properties = part.get("properties", {})
        required = {name for one in _parts(holder) for name in one.get("required", ())}
        named = sorted(properties.keys() - required) if field == "*" else [field]
        yield from ((properties, name) for name in named if name in properties)


def _make_optional(holder: Schema, field: str, _: None) -> bool:
    changed = False
    for part in _parts(holder):
        if field in part.get("required", ()):
            part["required"] = [one for one in part["required"] if one != field]
            changed = True
    return changed


def _make_nullable(holder: Schema, field: str, _: None) -> bool:
    changed = False
    for properties, name in _declaring(holder, field):
        if not _is_nullable(properties[name]):
            properties[name] = {**properties[name], "nullable": True}
            changed = True
    return changed


def _remove(holder: Schema, field: str, _: None) -> bool:
    found = list(_declaring(holder, field))
    for properties, name in found:
        del properties[name]
    return bool(found) | _make_optional(holder, field, None)


def _replace(holder: Schema, field: str, schema: Schema) -> bool:
    changed = False
    for properties, name in _declaring(holder, field):
        changed = changed or properties[name] != schema
        properties[name] = schema
    return changed


def _add(holder: Schema, field: str, schema: Schema) -> bool:
    if any(_declaring(holder, field)):
        return False
    place = next((one for one in reversed(list(_parts(holder))) if "properties" in one), holder)
    place["properties"] = {**place.get("properties", {}), field: schema}
    return True


def _widen(holder: Schema, field: str, values: list[Any]) -> bool:
    changed = False
    for properties, name in _declaring(holder, field):
        wider = deepcopy(properties[name])
        widened = [add_values(one, values) for one in enumerations(wider)]
        changed = changed or any(widened)
        properties[name] = wider
    return changed


def enumerations(schema: Any) -> Iterator[Schema]:
    """Yield the inline schemas with ``enum`` or ``const`` that a value, or an item of it, is or may be."""
    if not isinstance(schema, dict):
        return
    if "enum" in schema or "const" in schema:
        yield schema
    for one in (*(part for key in _COMBINATIONS for part in schema.get(key, ())), schema.get("items")):
        yield from enumerations(one)


def add_values(schema: Schema, values: list[Any]) -> bool:
    """Add values to an ``enum`` or ``const``; return True if it lacked one."""
    known = [schema["const"]] if "const" in schema else schema["enum"]
    new = [one for one in values if one not in known]
    if new:
        schema.pop("const", None)
        schema["enum"] = [*known, *new]
    return bool(new)


def _is_nullable(schema: Schema) -> bool:
    return schema.get("nullable") is True or any(
        "null" in _words(one.get("type")) for one in _parts(schema) if "allOf" not in schema
    )


CHANGES: Final[Mapping[str, Callable[[Schema, str, Any], bool]]] = {
    "optional": _make_optional,
    "nullable": _make_nullable,
    "unsent": _remove,
    "is": _replace,
    "new": _add,
    "values": _widen,
}
"""The words for a field. Each function returns True if it changed the object's schema."""
