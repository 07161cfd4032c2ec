"""Parameters and request bodies of an operation -> its arguments, in calling order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from typed_openai_spec.model import (
    Argument,
    Array,
    Body,
    Field,
    Location,
    Object,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.names import argument_name
from typed_openai_spec.problems import Problem
from typed_openai_spec.schemas import Schemas, is_deprecated, pointer
from typed_openai_spec.unions import flat_union

Shared = Callable[[Any, str, str], Mapping[str, Any]]

_LOCATIONS: Final[dict[str, Location]] = {"path": "path", "query": "query", "header": "header"}
_MULTIPART: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class ArgumentReader:
    """Reads what the callers of an operation pass. ``shared`` follows references to shared parts."""

    schemas: Schemas
    query_style: str
    shared: Shared

    def read(
        self, raw: Mapping[str, Any], common: list[Any], path: str, place: str, owner: str
    ) -> tuple[tuple[Argument, ...], tuple[Body, ...]]:
        """The operation's arguments in calling order, and its bodies.

        ``common`` are the parameters that all operations of the path share, ``owner`` the name
        that inline objects start with.
        """
        parameters = list(self._parameters(raw, common, place, owner))
        bodies, carried = self._bodies(raw, place, owner)
        carried = self._without_clashes(parameters, carried, place)
        typed = raw.get("x-typed") or {}
        ordered = in_calling_order((*parameters, *carried), path, typed.get("positional"))
        for name in typed.get("positional") or ():
            if not any(one.name == name for one in ordered):
                self._problem(pointer(place, "x-typed", "positional"), f"no argument {name}", "it is ignored")
        for name in re.findall(r"{([^}]*)}", path):
            if not any(one.wire == name and one.location == "path" for one in ordered):
                self._problem(
                    place, f"the path's {{{name}}} is no declared parameter", "calls cannot fill it in"
                )
        return ordered, bodies

    def _problem(self, place: str, text: str, cost: str) -> None:
        self.schemas.problems.append(Problem(place, text, cost=cost))

    # Parameters

    def _parameters(
        self, raw: Mapping[str, Any], common: list[Any], place: str, owner: str
    ) -> Iterator[Argument]:
        found: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
        for where, entries in ((place.rpartition("/")[0], common), (place, raw.get("parameters") or [])):
            for i, entry in enumerate(entries):
                here = pointer(where, "parameters", i)
                one = self.shared(entry, "parameters", here)
                found[(str(one.get("name")), str(one.get("in")))] = (here, one)
        for (wire, location), (here, one) in found.items():
            if location in _LOCATIONS:
                yield self._parameter(wire, _LOCATIONS[location], one, here, owner)
            elif one:
                self._problem(here, f'a parameter in "{location}"', "it is left out")

    def _parameter(
        self, wire: str, location: Location, raw: Mapping[str, Any], place: str, owner: str
    ) -> Argument:
        schema = raw.get("schema")
        if schema is None:
            content = list((raw.get("content") or {}).values())
            schema = content[0].get("schema", True) if content else True
        name = argument_name(wire)
        bracketed = wire.endswith("[]") or raw.get("style") == "deepObject"
        styles = {"query": "brackets" if bracketed else self.query_style, "header": "comma", "path": "plain"}
        return Argument(
            name=name,
            wire=wire.removesuffix("[]"),
            location=location,
            schema=self.schemas.read(schema, pointer(place, "schema"), owner + _title(name)),
            required=raw.get("required") is True or location == "path",
            default=self.schemas.default(schema),
            deprecated=raw.get("deprecated") is True or is_deprecated(schema),
            doc=str(raw.get("description", "")),
            style=styles[location],
        )

    # Bodies

    def _bodies(
        self, raw: Mapping[str, Any], place: str, owner: str
    ) -> tuple[tuple[Body, ...], list[Argument]]:
        here = pointer(place, "requestBody")
        request = self.shared(raw.get("requestBody"), "requestBodies", here)
        bodies: list[Body] = []
        carried: list[list[Argument]] = []
        for media, spec in sorted((request.get("content") or {}).items(), key=_by_media_type):
            where = pointer(here, "content", media)
            schema = self.schemas.read(spec.get("schema", True), pointer(where, "schema"), f"{owner}Request")
            body, arguments = self._body(media, spec, schema, where)
            bodies.append(replace(body, required=request.get("required") is True))
            # A body left out as a whole leaves its required fields out too, but only where the
            # description says so: most that do not say "required: true" forgot to.
            optional = request.get("required") is False
            carried.append([replace(one, required=one.required and not optional) for one in arguments])
        return tuple(bodies), joined(carried)

    def _body(
        self, media: str, spec: Mapping[str, Any], schema: Schema, place: str
    ) -> tuple[Body, list[Argument]]:
        objects = self._objects(schema)
        if not objects or not (media == _MULTIPART or "json" in media or "urlencoded" in media):
            name = argument_name(str((spec.get("x-typed") or {}).get("argument") or "body"))
            argument = Argument(name, "", "body", schema, required=True)
            return Body(media, schema, (name,), raw=True, files=self._files([argument])), [argument]
        arguments = joined([[_body_argument(one) for one in node.fields] for node in objects])
        encodings = tuple(
            (argument_name(key), value["contentType"])
            for key, value in sorted((spec.get("encoding") or {}).items())
            if "contentType" in value
        )
        files = self._files(arguments) if media == _MULTIPART else ()
        return Body(
            media, schema, tuple(one.name for one in arguments), files=files, encodings=encodings
        ), arguments

    def _objects(self, schema: Schema) -> list[Object]:
        """The objects that a body can be; none where some alternative is no object with fields."""
        schema = self.schemas.resolve(schema)
        if isinstance(schema, Union):
            nested = [self._objects(one) for one in schema.members]
            return [one for part in nested for one in part] if all(nested) else []
        return [schema] if isinstance(schema, Object) and not schema.is_mapping else []

    def _files(self, arguments: Iterable[Argument]) -> tuple[str, ...]:
        return tuple(one.name for one in arguments if self._takes_file(one.schema))

    def _takes_file(self, schema: Schema) -> bool:
        schema = self.schemas.resolve(schema)
        if isinstance(schema, Union):
            return any(self._takes_file(one) for one in schema.members)
        if isinstance(schema, Array):
            return self._takes_file(schema.items)
        return isinstance(schema, Scalar) and schema.is_binary

    def _without_clashes(
        self, parameters: list[Argument], carried: list[Argument], place: str
    ) -> list[Argument]:
        """Body fields whose name a parameter has too are called ``body_<name>``."""
        taken = {one.name for one in parameters}
        result = []
        for one in carried:
            if one.name in taken:
                self._problem(
                    place, f'"{one.name}" is a parameter and a field', f"the field is body_{one.name}"
                )
                result.append(replace(one, name=f"body_{one.name}"))
            else:
                result.append(one)
        return result


def _title(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _by_media_type(item: tuple[str, Any]) -> tuple[bool, str]:
    """JSON first: it is what a call without files sends."""
    return "json" not in item[0], item[0]


def _body_argument(field: Field) -> Argument:
    return Argument(
        name=argument_name(field.name),
        wire=field.name,
        location="body",
        schema=field.schema,
        required=field.required,
        default=field.default,
        deprecated=field.deprecated,
        doc=field.doc,
    )


def joined(alternatives: list[list[Argument]]) -> list[Argument]:
    """The arguments of all alternatives; required are those that every alternative requires."""
    found: dict[str, Argument] = {}
    for arguments in alternatives:
        for one in arguments:
            known = found.get(one.name)
            found[one.name] = (
                one if known is None else replace(known, schema=flat_union((known.schema, one.schema)))
            )
    required = [{one.name for one in arguments if one.required} for arguments in alternatives]
    needed = set.intersection(*required) if required else set()
    return [replace(one, required=one.name in needed) for _, one in sorted(found.items())]


def in_calling_order(
    arguments: Iterable[Argument], path: str, positional: list[str] | None
) -> tuple[Argument, ...]:
    """Path parameters in path order, required ones alphabetically, then the optional ones alphabetically.

    ``positional`` names all positional arguments where the rule does not serve.
    """
    in_path = re.findall(r"{([^}]*)}", path)

    def rank(one: Argument) -> tuple[int, int, str]:
        if positional and one.name in positional:
            return 0, positional.index(one.name), ""
        if one.location == "path":
            return 1, in_path.index(one.wire) if one.wire in in_path else len(in_path), ""
        return (2 if one.required else 3), 0, one.name

    ordered = sorted(arguments, key=rank)
    return tuple(replace(one, positional=rank(one)[0] < 3) for one in ordered)
