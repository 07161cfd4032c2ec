"""Gather what a description refers to in one document: other files, and parts of itself anywhere.

Afterwards every reference leads to a named part of ``components``. A schema that is referred to in another
place (``#/paths/~1a/get/...``, ``common.yaml#/Pet``, an ``$anchor``) becomes a component. Anything else is
copied to where it is referred to. Only files in the folder of the description, or below it, are read; nothing
is read from the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from typed_openai_spec.files.reference_names import reference_name
from typed_openai_spec.files.referred_files import ReferredFiles, Target, Unreachable
from typed_openai_spec.files.texts import mapping
from typed_openai_spec.problems import Problem

Steps: TypeAlias = tuple[str, ...]

_SCHEMAS: Final = "#/components/schemas/"
_HERE: Final = ("components", "schemas")

# The keywords of a schema that hold schemas: one, a list, or a mapping of them.
_ONE: Final = frozenset(
    """
    items additionalProperties not if then else propertyNames contains unevaluatedItems unevaluatedProperties
    contentSchema additionalItems
    """.split()
)
_LISTS: Final = frozenset("allOf anyOf oneOf prefixItems".split())
_MAPS: Final = frozenset("properties patternProperties $defs definitions dependentSchemas".split())
# Keys outside of schemas whose values are data, in which nothing is a reference.
_DATA: Final = frozenset(("example", "examples"))


@dataclass(frozen=True, slots=True)
class Bundle:
    """A description in one document.

    ``origins`` has the places in ``document`` at which something else was put, with its own place. ``files``
    are the other files that were read.
    """

    document: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def placed(self, problem: Problem) -> Problem:
        """Return a problem of ``document`` with the place in its own file."""
        steps = problem.place.split("/")
        for length in range(len(steps), 1, -1):
            origin = self.origins.get("/".join(steps[:length]))
            if origin is not None:
                place = "/".join((origin, *steps[length:]))
                return Problem(place, problem.text, problem.kind, problem.cost)
        return problem


def bundled(document: dict[str, Any], path: Path | None = None) -> Bundle:
    """Return the description with all that it refers to; ``path`` is its file, if it has one."""
    return _Bundler(document, path).bundle()


class _Bundler:
    def __init__(self, document: dict[str, Any], path: Path | None) -> None:
        self._document = document
        self._files = ReferredFiles(document, path)
        self._problems: list[Problem] = []
        self._origins: dict[str, str] = {}
        self._names: dict[Target, str] = {}
        self._waiting: list[tuple[str, Target]] = []
        self._inside: list[Target] = []
        self._placed: set[str] = set()
        components = mapping(document.get("components"))
        self._own = self._listed(mapping(components.get("schemas")))
        self._taken = set(self._own)

    def _listed(self, schemas: Mapping[str, Any]) -> dict[str, Any]:
        """Return the description's own schemas by name; all of them may be in another file."""
        reference = schemas.get("$ref")
        if not isinstance(reference, str):
            return dict(schemas)
        try:
            target = self._files.target(reference, self._files.main, _HERE)
        except Unreachable as error:
            self._problem("/components/schemas", f'"$ref" {error}', "they are ignored")
            return {}
        listed = mapping(self._files.value(target))
        return {
            name: {"$ref": f"{reference}{'' if '#' in reference else '#'}/{_escaped(name)}"}
            for name in listed
        }

    def bundle(self) -> Bundle:
        for name, raw in self._own.items():
            self._expect(name, raw)
        document = {key: self._part(key, value) for key, value in self._document.items()}
        schemas = {
            name: self._schema(raw, self._files.main, f"/components/schemas/{_escaped(name)}", (*_HERE, name))
            for name, raw in self._own.items()
        }
        while self._waiting:
            name, target = self._waiting.pop(0)
            place = f"/components/schemas/{_escaped(name)}"
            self._origins[place] = self._files.shown(target)
            value = self._files.value(target)
            schemas[name] = self._schema(value, target.file, place, target.steps)
        if schemas:
            document["components"] = {**mapping(document.get("components")), "schemas": schemas}
        return Bundle(document, tuple(self._problems), self._origins, self._files.read)

    def _expect(self, name: str, raw: Any) -> None:
        """A component that only stands for a part of another file gives it its name."""
        if isinstance(raw, Mapping) and isinstance(raw.get("$ref"), str) and len(raw) == 1:
            try:
                target = self._files.target(raw["$ref"], self._files.main, (*_HERE, name))
            except Unreachable:
                return
            if target.file != self._files.main and target not in self._names:
                self._names[target] = name

    def _part(self, key: str, value: Any) -> Any:
        if key != "components" or not isinstance(value, Mapping):
            return self._other(value, self._files.main, f"/{_escaped(key)}")
        kept = {kind: one for kind, one in value.items() if kind != "schemas"}
        return self._other(kept, self._files.main, "/components")

    def _problem(self, place: str, text: str, cost: str) -> None:
        self._problems.append(Problem(place, text, "lost", cost))

    # Anything but schemas

    def _other(self, node: Any, file: Path | None, place: str) -> Any:
        if isinstance(node, list):
            return [self._other(one, file, f"{place}/{number}") for number, one in enumerate(node)]
        if not isinstance(node, Mapping):
            return node
        if isinstance(node.get("$ref"), str):
            return self._copied(node, file, place)
        return {
            key: self._below(key, value, file, f"{place}/{_escaped(str(key))}") for key, value in node.items()
        }

    def _below(self, key: Any, value: Any, file: Path | None, place: str) -> Any:
        if key in ("schema", "itemSchema"):
            return self._schema(value, file, place, ())
        if key in _DATA or str(key).startswith("x-"):
            return value
        return self._other(value, file, place)

    def _copied(self, node: Mapping[str, Any], file: Path | None, place: str) -> Any:
        """Return the target of a reference, with what is beside the reference."""
        reference = node["$ref"]
        try:
            target = self._files.target(reference, file, ())
        except Unreachable as error:
            if reference.startswith("#") and file == self._files.main:
                return node  # reported where it is read
            self._problem(place, f'"$ref" {error}', "it is ignored")
            return {}
        if target.file == self._files.main and len(target.steps) == 3 and target.steps[0] == "components":
            return {**node, "$ref": "#/" + "/".join(map(_escaped, target.steps))}
        if target in self._inside:
            self._problem(place, f'"$ref" leads back to itself: {reference[:80]}', "it is ignored")
            return {}
        self._origins[place] = self._files.shown(target)
        self._inside.append(target)
        value = self._other(self._files.value(target), target.file, place)
        self._inside.pop()
        beside = {key: one for key, one in node.items() if key != "$ref"}
        return {**value, **self._other(beside, file, place)} if isinstance(value, dict) else value

    # Schemas

    def _schema(self, node: Any, file: Path | None, place: str, base: Steps) -> Any:
        """Return a schema of ``file``; ``base`` is the place there of the component that it is part of."""
        if not isinstance(node, Mapping):
            return node
        if place not in self._placed and self._is_own_alias(node, place):
            self._placed.add(place)
            return self._schema(*self._in_place(node, file, place))
        result: dict[str, Any] = {}
        for key, value in node.items():
            here = f"{place}/{_escaped(str(key))}"
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                result |= self._referred(key, value, file, place, base)
            elif key in _ONE:
                result[key] = self._schema(value, file, here, base)
            elif key in _LISTS and isinstance(value, list):
                result[key] = [self._schema(one, file, f"{here}/{i}", base) for i, one in enumerate(value)]
            elif key in _MAPS and isinstance(value, Mapping):
                result[key] = {
                    name: self._schema(one, file, f"{here}/{_escaped(str(name))}", base)
                    for name, one in value.items()
                }
            elif key == "discriminator" and isinstance(value, Mapping):
                result[key] = self._discriminator(value, file, base)
            else:
                result[key] = value
        return {key: one for key, one in result.items() if key not in ("$defs", "definitions")}

    def _is_own_alias(self, node: Mapping[str, Any], place: str) -> bool:
        """Return True for a component that stands for a part of another file."""
        if len(node) != 1 or not isinstance(node.get("$ref"), str):
            return False
        steps = place.split("/")
        return len(steps) == 4 and _unescaped(steps[3]) in self._names.values()

    def _in_place(
        self, node: Mapping[str, Any], file: Path | None, place: str
    ) -> tuple[Any, Path | None, str, Steps]:
        target = self._files.target(node["$ref"], file, ())
        if self._names.get(target) != _unescaped(place.split("/")[3]):
            alias = {"$ref": _SCHEMAS + _escaped(self._names[target])}
            return {**alias, "description": ""}, self._files.main, place, ()
        self._origins[place] = self._files.shown(target)
        return self._files.value(target), target.file, place, target.steps

    def _referred(
        self, key: str, reference: str, file: Path | None, place: str, base: Steps
    ) -> dict[str, Any]:
        try:
            target = self._files.target(reference, file, base)
        except Unreachable as error:
            if reference.startswith("#") and file == self._files.main:
                return {key: reference}  # reported where it is read
            self._problem(place, f'"$ref" {error}', "any value is accepted")
            return {}
        return {"$ref": _SCHEMAS + _escaped(self._component(target))}

    def _component(self, target: Target) -> str:
        """Return the name of the component for a schema."""
        if target.file == self._files.main and target.steps[:2] == _HERE and len(target.steps) == 3:
            return target.steps[2]
        if target not in self._names:
            wanted = reference_name(self._files.document(target.file), target.steps, target.file)
            candidates = chain((wanted,), (f"{wanted}{number}" for number in count(2)))
            name = next(one for one in candidates if one not in self._taken)
            self._taken.add(name)
            self._names[target] = name
            self._waiting.append((name, target))
        return self._names[target]

    def _discriminator(self, node: Mapping[str, Any], file: Path | None, base: Steps) -> dict[str, Any]:
        pairs = node.get("mapping")
        if not isinstance(pairs, Mapping):
            return dict(node)
        return {**node, "mapping": dict(self._mapped(pairs, file, base))}

    def _mapped(self, pairs: Mapping[Any, Any], file: Path | None, base: Steps) -> Iterator[tuple[Any, Any]]:
        for value, reference in pairs.items():
            if isinstance(reference, str) and ("#" in reference or "/" in reference or "." in reference):
                try:
                    target = self._files.target(reference, file, base)
                except Unreachable:
                    yield value, reference
                else:
                    yield value, _SCHEMAS + _escaped(self._component(target))
            else:
                yield value, reference


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _unescaped(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")
