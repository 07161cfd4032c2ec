"""Translate the parameters and request bodies of an operation to its arguments, in calling order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import (
    PLACEHOLDER,
    Anything,
    Argument,
    Array,
    Body,
    Field,
    Literals,
    Location,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.model.media import (
    MULTIPART,
    bare,
    carries_fields,
    is_form,
    is_json,
    is_json_lines,
    is_range,
)
from typed_openai_spec.model.parameter_styles import style_of, usual_style
from typed_openai_spec.model.python_names import argument_name, unique_names
from typed_openai_spec.openapi import parts
from typed_openai_spec.openapi.path_queries import SplitPath
from typed_openai_spec.openapi.schemas.deprecations import replacement
from typed_openai_spec.openapi.schemas.keywords import is_deprecated, pointer
from typed_openai_spec.openapi.schemas.parser import Schemas
from typed_openai_spec.openapi.schemas.unions import flat_union
from typed_openai_spec.problems import Kind

Shared = Callable[[Any, str, str], Mapping[str, Any]]
"""A function of a raw value, the kind of component it may refer to, and its place; follows the reference."""

_LOCATIONS: Final[dict[str, Location]] = {
    "path": "path",
    "query": "query",
    "header": "header",
    "cookie": "cookie",
}
_CONTENT: Final = Union((Scalar("string", format="binary"), Scalar("string")))
"""The schema of a body of any media type: a file, or a text."""
_FIELDS: Final = Object(extra=Anything())
"""The schema of a form whose fields are not described."""

# Header parameters that OpenAPI ignores, as media types and security describe them (3.1.0, section
# 4.8.12.2).
_DESCRIBED_ELSEWHERE: Final = frozenset({"accept", "content-type", "authorization"})


@dataclass(frozen=True, slots=True)
class ArgumentReader:
    """Reads the arguments of operations. ``shared`` follows references to shared parts."""

    schemas: Schemas
    query_style: str
    shared: Shared

    def read(
        self, raw: Mapping[str, Any], common: Any, target: SplitPath, place: str, owner: str
    ) -> tuple[tuple[Argument, ...], tuple[Body, ...]]:
        """Return the operation's arguments in calling order, and its bodies.

        ``common`` holds the parameters that all operations of the path share. ``owner`` is the prefix for
        the names of inline objects.
        """
        path = target.bare
        parameters = list(self._parameters(raw, common, target, place, owner))
        bodies, carried = self._bodies(raw, place, owner)
        arguments, bodies = self._named(parameters, carried, bodies, place)
        positional = self._positional(raw, place)
        ordered = in_calling_order(arguments, path, positional)
        if bodies and not bodies[0].required:
            # The whole body may be left out, and its required fields with it.
            ordered = tuple(replace(one, required=one.required and one.location != "body") for one in ordered)
            ordered = tuple(sorted(ordered, key=lambda one: (not one.positional, not one.required)))
        for name in positional:
            if not any(one.name == name for one in ordered):
                self._problem(pointer(place, "x-typed", "positional"), f"no argument {name}", "it is ignored")
        for name in PLACEHOLDER.findall(path):
            if not any(one.wire == name and one.location == "path" for one in ordered):
                self._problem(
                    place,
                    f"{{{name}}} in the path is not declared as a parameter",
                    "calls cannot set it",
                    "lost",
                )
        return ordered, bodies

    def _problem(self, place: str, text: str, cost: str, kind: Kind = "approximated", /) -> None:
        self.schemas.report(place, text, cost, kind)

    def _positional(self, raw: Mapping[str, Any], place: str) -> list[str]:
        names = mapping(raw.get("x-typed")).get("positional") or []
        if isinstance(names, list):
            return [str(one) for one in names]
        self._problem(pointer(place, "x-typed", "positional"), "expected a list of names", "it is ignored")
        return []

    def _named(
        self, parameters: list[Argument], carried: list[Argument], bodies: tuple[Body, ...], place: str
    ) -> tuple[list[Argument], tuple[Body, ...]]:
        """Give all arguments unique names.

        Parameters take precedence over body fields, and fields whose wire name is the Python name over
        others.
        """
        fields = {one.wire: one for one in sorted(carried, key=lambda one: one.name != one.wire)}
        arguments = [*parameters, *fields.values()]
        names = unique_names((one.name, one.location) for one in arguments)
        for one, name in zip(arguments, names, strict=True):
            if one.name != name:
                text = f'two arguments have the name "{one.name}"'
                whose = f'the {one.location}\'s "{one.wire}"' if one.wire else f"the whole {one.location}"
                self._problem(place, text, f"{whose} is renamed to {name}", "renamed")
        new = dict(zip(fields, names[len(parameters) :], strict=True))
        renamed = [replace(one, name=name) for one, name in zip(arguments, names, strict=True)]
        return renamed, tuple(_with_names(one, new) for one in bodies)

    # Parameters

    def _parameters(
        self, raw: Mapping[str, Any], common: Any, target: SplitPath, place: str, owner: str
    ) -> Iterator[Argument]:
        found: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
        for where, entries in ((place.rpartition("/")[0], common), (place, raw.get("parameters"))):
            if not isinstance(entries, list | None):
                self._problem(pointer(where, "parameters"), "expected a list", "it is ignored", "lost")
                continue
            for i, entry in enumerate(entries or []):
                here = pointer(where, "parameters", i)
                one = self.shared(entry, "parameters", here)
                if isinstance(one.get("name"), str):
                    found[(one["name"], str(one.get("in")))] = (here, one)
                elif one:
                    self._problem(here, "a parameter without a name", "it is ignored", "lost")
        for (wire, location), (here, one) in found.items():
            if location == "header" and wire.lower() in _DESCRIBED_ELSEWHERE:
                continue
            if location == "path" and wire in target.queried:
                queried = self._parameter(wire, "query", {**one, "style": "form"}, here, owner)
                yield replace(queried, wire=target.queried[wire])
            elif location == "path" and wire not in PLACEHOLDER.findall(target.bare):
                self._problem(here, f"{{{wire}}} is not in the path", "it is ignored", "lost")
            elif location in _LOCATIONS:
                yield self._parameter(wire, _LOCATIONS[location], one, here, owner)
            else:
                self._problem(here, f'a parameter in "{location}"', "it is ignored", "lost")

    def _parameter(
        self, wire: str, location: Location, raw: Mapping[str, Any], place: str, owner: str
    ) -> Argument:
        parts.check("parameter", raw, place, self._problem)
        schema, where = raw.get("schema"), pointer(place, "schema")
        style = self._style(wire, location, raw, place)
        if schema is None:
            schema, where, style = self._content(raw.get("content"), style, place)
        name = argument_name(wire)
        node = self.schemas.read(schema, where, owner + _title(name))
        if location == "path" and style in ("comma", "comma*") and self._is_scalar(node):
            style = "plain"
        return Argument(
            name=name,
            wire=wire.removesuffix("[]") if location == "query" else wire,
            location=location,
            schema=node,
            required=raw.get("required") is True or location == "path",
            default=self.schemas.default(schema),
            deprecated=raw.get("deprecated") is True or is_deprecated(schema),
            doc=str(raw.get("description", "")),
            style=style,
            replacement=replacement(raw) or replacement(schema),
            reserved=raw.get("allowReserved") is True and location in ("query", "path"),
        )

    def _is_scalar(self, schema: Schema) -> bool:
        node = self.schemas.resolve(schema)
        members = node.members if isinstance(node, Union) else (node,)
        return all(
            isinstance(self.schemas.resolve(one), (Scalar, Literals, Null, Anything)) for one in members
        )

    def _content(self, content: Any, style: str, place: str) -> tuple[Any, str, str]:
        """Return the schema, its place and the style of a parameter that is a document of some media type."""
        for media, spec in mapping(content).items():
            here = pointer(place, "content", media)
            if is_json(media):
                style = "json"
            else:
                self._problem(here, f"a parameter as {media}", "it is sent like any other parameter")
            return mapping(spec).get("schema", True), pointer(here, "schema"), style
        self._problem(place, "a parameter without a schema", "any value is accepted")
        return True, place, style

    def _style(self, wire: str, location: Location, raw: Mapping[str, Any], place: str) -> str:
        if location == "query" and wire.endswith("[]"):
            return "brackets"
        style = style_of(raw, location, self.query_style)
        if style is None:
            self._problem(
                pointer(place, "style"), f'unknown style "{raw.get("style")}"', "it is sent as usual"
            )
        return style or usual_style(location, self.query_style)

    # Bodies

    def _bodies(
        self, raw: Mapping[str, Any], place: str, owner: str
    ) -> tuple[tuple[Body, ...], list[Argument]]:
        """Return the bodies, whose fields still have their wire names, and the arguments that they carry."""
        here = pointer(place, "requestBody")
        request = self.shared(raw.get("requestBody"), "requestBodies", here)
        parts.check("body", request, here, self._problem)
        content = mapping(request.get("content"))
        if request and not content:
            self._problem(here, "a body without content", "calls cannot send one", "lost")
        bodies: list[Body] = []
        carried: list[list[Argument]] = []
        for media, entry in sorted(content.items(), key=_by_media_type):
            where = pointer(here, "content", media)
            spec = self.shared(entry, "mediaTypes", where)
            parts.check("media type", spec, where, self._problem)
            parts.check_media_type(media, where, self._problem)
            raw_schema = spec.get("schema", spec.get("itemSchema", True))
            schema = self.schemas.read(raw_schema, pointer(where, "schema"), f"{owner}Request")
            body, arguments = self._body(media, spec, schema, where)
            bodies.append(replace(body, required=request.get("required") is True))
            carried.append(arguments)
        return tuple(bodies), joined(carried)

    def _body(
        self, media: str, spec: Mapping[str, Any], schema: Schema, place: str
    ) -> tuple[Body, list[Argument]]:
        objects = self._objects(schema)
        if not objects or not carries_fields(media):
            wire = str(mapping(spec.get("x-typed")).get("argument", ""))
            if not wire:  # an override that names the body has its type right
                is_map = isinstance(self.schemas.resolve(schema), Object)
                schema = _of_whole(media, schema if is_map or not is_form(media) else _FIELDS)
            argument = Argument(argument_name(wire or "body"), wire, "body", schema, required=True)
            files = self._files([argument])
            return Body(media, schema, (wire,), raw=True, files=files, style=self.query_style), [argument]
        # A form's "image[]" is the array that JSON calls "image".
        suffix = "" if is_json(media) else "[]"
        sent = [[one for one in node.fields if not one.read_only] for node in objects]
        arguments = joined([[_body_argument(one, suffix) for one in fields] for fields in sent])
        fields = tuple(one.wire for one in arguments)
        body = Body(media, schema, fields)
        if is_json(media):
            return body, arguments
        arrays = {one.name for fields in sent for one in fields if one.name.endswith(suffix)}
        return self._form(body, arguments, spec, arrays, place), arguments

    def _form(
        self, body: Body, arguments: list[Argument], spec: Mapping[str, Any], arrays: set[str], place: str
    ) -> Body:
        """Return the body with the encodings and styles of its fields.

        ``arrays`` holds the fields whose names end with brackets.
        """
        raw = {name.removesuffix("[]"): one for name, one in sorted(mapping(spec.get("encoding")).items())}
        for name, encoding in raw.items():
            parts.check("encoding", mapping(encoding), pointer(place, "encoding", name), self._problem)
        encodings = {name: mapping(one) for name, one in raw.items()}
        styles = {name.removesuffix("[]"): "brackets" for name in arrays} | {
            name: style_of(one, "query", "plain")
            for name, one in encodings.items()
            if {"style", "explode"} & set(one)
        }
        return replace(
            body,
            files=self._files(arguments) if bare(body.media_type) == MULTIPART else (),
            encodings=tuple(
                (name, str(one["contentType"])) for name, one in encodings.items() if "contentType" in one
            ),
            style=self.query_style,
            styles=tuple(
                (name, style) for name, style in sorted(styles.items()) if style and style != self.query_style
            ),
            reserved=tuple(name for name, one in encodings.items() if one.get("allowReserved") is True),
        )

    def _objects(self, schema: Schema) -> list[Object]:
        """Return the objects that a body can be; empty if an alternative is not an object with fields."""
        found: list[Object] = []
        # In order, each union once: shared alternatives may give 2^n paths.
        waiting, seen = [schema], set()
        while waiting:
            one = waiting.pop()
            node = self.schemas.resolve(one)
            if isinstance(node, Union):
                if not node.members:
                    return []
                if one not in seen:
                    waiting.extend(reversed(node.members))
                seen.add(one)
            elif isinstance(node, Object) and (node.fields or node.closed):
                found.append(node)
            else:
                return []
        return found

    def _files(self, arguments: Iterable[Argument]) -> tuple[str, ...]:
        return tuple(one.wire for one in arguments if self._takes_file(one.schema, set()))

    def _takes_file(self, schema: Schema, seen: set[str]) -> bool:
        """Return True if a value may be a file; ``seen`` holds the components that were visited."""
        if isinstance(schema, Ref):
            if schema.name in seen:
                return False
            seen.add(schema.name)
            return self._takes_file(self.schemas.resolve(schema), seen)
        if isinstance(schema, Union):
            return any(self._takes_file(one, seen) for one in schema.members)
        if isinstance(schema, Array):
            return self._takes_file(schema.items, seen)
        return isinstance(schema, Scalar) and schema.is_binary


def _of_whole(media: str, schema: Schema) -> Schema:
    """Return the schema of the one argument that is a whole body.

    JSON is what its schema says, a form has the fields that its schema says, JSON lines are the values of the
    lines, and everything else is a file or a text.
    """
    if is_json(media) and not is_range(media):
        return schema
    if is_range(media) and not isinstance(schema, Anything):
        return schema
    if is_form(media):
        # The boundary between the parts of a multipart body is made when it is sent.
        return schema if bare(media) == MULTIPART else Union((schema, *_CONTENT.members))
    if not is_json_lines(media):
        return _CONTENT
    lines = schema if isinstance(schema, Array) else Array(schema)
    return Union((lines, *_CONTENT.members))


def _with_names(body: Body, names: Mapping[str, str]) -> Body:
    """Return the body with the arguments' names in place of wire names."""
    return replace(
        body,
        fields=tuple(names[one] for one in body.fields),
        files=tuple(names[one] for one in body.files),
        encodings=tuple((names[one], kind) for one, kind in body.encodings if one in names),
        styles=tuple((names[one], style) for one, style in body.styles if one in names),
        reserved=tuple(names[one] for one in body.reserved if one in names),
    )


def _title(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _by_media_type(item: tuple[str, Any]) -> tuple[bool, str]:
    """Sort JSON first: it is what a call without files sends."""
    return not is_json(item[0]), item[0]


def _body_argument(field: Field, suffix: str) -> Argument:
    return Argument(
        name=argument_name(field.name),
        wire=field.name.removesuffix(suffix),
        location="body",
        schema=field.schema,
        required=field.required,
        default=field.default,
        deprecated=field.deprecated,
        doc=field.doc,
        replacement=field.replacement,
    )


def joined(alternatives: list[list[Argument]]) -> list[Argument]:
    """Return the arguments of all alternatives; required are those that every alternative requires."""
    found: dict[str, Argument] = {}
    for one in chain.from_iterable(alternatives):
        known = found.get(one.wire)
        found[one.wire] = (
            one if known is None else replace(known, schema=flat_union((known.schema, one.schema)))
        )
    required = [{one.wire for one in arguments if one.required} for arguments in alternatives]
    needed = set.intersection(*required) if required else set()
    return [replace(one, required=one.wire in needed) for _, one in sorted(found.items())]


def in_calling_order(arguments: Iterable[Argument], path: str, positional: list[str]) -> tuple[Argument, ...]:
    """Sort path parameters in path order, then required ones alphabetically, then optional ones.

    ``positional`` lists all positional arguments explicitly, in place of this rule.
    """
    in_path = PLACEHOLDER.findall(path)

    def rank(one: Argument) -> tuple[int, int, str]:
        if one.name in positional:
            return 0, positional.index(one.name), ""
        if one.location == "path":
            return 1, in_path.index(one.wire) if one.wire in in_path else len(in_path), ""
        return (2 if one.required else 3), 0, one.name

    ordered = sorted(arguments, key=rank)
    return tuple(replace(one, positional=rank(one)[0] < 3) for one in ordered)
