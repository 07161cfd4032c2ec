"""Create pages for the parts of an API: groups, operations, components, fields."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from typed_openai._calls.endpoints import Endpoint
from typed_openai._calls.status_errors import status_error_class
from typed_openai.cli.explain import examples
from typed_openai.cli.explain.pages import Entry, Page, Section
from typed_openai.cli.type_words import Components, bounds, constants, objects, type_text
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import (
    UNPUBLISHED,
    Argument,
    Component,
    Field,
    Literals,
    Object,
    Operation,
    Result,
    Schema,
)

_KINDS_OF_RESULT: Final = {
    "text": "text",
    "binary": "a file (BinaryReply)",
    "any": "unspecified: JSON, text, a file (BinaryReply) or nothing",
    "none": "nothing",
}
_SIDES: Final = {
    (True, True): "sent and received",
    (True, False): "sent",
    (False, True): "received",
    (False, False): "",
}
_USES_SHOWN: Final = 8

Property: TypeAlias = Argument | Field
"""A named and typed item: an argument of an operation, or a field of an object."""


def property_entry(
    one: Property, owner: str, components: Components, added: Container[str] = frozenset()
) -> Entry:
    """Return an argument or a field as one line of a list; ``owner`` is the path of its owner.

    ``added`` has the names of those that the published description lacks.
    """
    values = (value for each in constants(one.schema, components) for value in each.values)
    return Entry(
        one.name,
        type_text(one.schema, components),
        one.doc,
        one.text,
        f"{owner}.{one.name}",
        one.required,
        one.default,
        one.replacement if one.deprecated else None,
        (*bounds(one.schema, components), *([UNPUBLISHED] if one.name in added else [])),
        tuple(dict.fromkeys(values)),
    )


class Describer:
    """Creates pages of one API. ``source`` is the file of a description other than the packaged one."""

    def __init__(self, index: Index, source: str = "") -> None:
        self._index = index
        self._components = index.components
        self._source = source

    # The API and its groups

    def api(self) -> Page:
        """Return the overview: the groups with the number of their operations."""
        groups = self._index.groups
        entries = tuple(
            Entry(group, f"{len(names)} operation{'s' * (len(names) != 1)}", path=group)
            for group, names in groups.items()
        )
        count = sum(map(len, groups.values()))
        head = f"{self._index.version}, {count} operations, {len(self._components)} components"
        webhooks = tuple(
            Entry(
                one.name,
                type_text(one.schema, self._components),
                f"{UNPUBLISHED.capitalize()}." if one.added else "",
            )
            for one in self._index.webhooks
        )
        sections = (
            Section("groups", "Groups", entries),
            Section("webhooks", "Events sent to your server", webhooks),
        )
        return Page("api", self._index.title, head, sections=tuple(one for one in sections if one.entries))

    def group(self, name: str) -> Page:
        """Return the page of a group: its operations with their descriptions."""
        operations = (self._index.operation(name, one) for one in self._index.groups[name])
        entries = tuple(self.operation_entry(one) for one in operations)
        return Page("group", name, sections=(Section("operations", "Operations", entries),))

    def operation_entry(self, operation: Operation) -> Entry:
        """Return an operation as one line of a list."""
        told = self._index.documented(operation)
        return Entry(
            told.qualified_name,
            f"{told.method} {told.path}",
            told.doc,
            path=told.qualified_name,
            deprecated=told.replacement if told.deprecated else None,
        )

    # Operations

    def operation(self, bare: Operation) -> Page:
        """Return the page of an operation, with all details for its callers."""
        one = self._index.documented(bare, in_full=True)
        return Page(
            "operation",
            one.qualified_name,
            f"{one.method} {one.path}",
            one.doc,
            one.text,
            tuple(self._notes(one)),
            one.replacement if one.deprecated else None,
            tuple(section for section in self._of_operation(one) if section.entries or section.code),
            one.doc_url,
        )

    def _notes(self, operation: Operation) -> Iterator[str]:
        if operation.beta:
            yield "Beta: may change without notice."
        if operation.unpublished:
            yield f"{operation.unpublished}; known from {operation.added}."
        if {way.key for way in Endpoint(operation, self._index).ways} == {"admin_api_key"}:
            yield "It needs an admin key."
        if operation.paging is not None:
            yield (
                f"The list is paginated: paginate(client.{operation.qualified_name}) yields all items; "
                f"{operation.paging.argument} is the cursor."
            )

    def _of_operation(self, one: Operation) -> Iterator[Section]:
        added = {name for each in self._of_bodies(one) for name in self._added(each)}
        added |= {name for name, _ in one.added_arguments}
        arguments = tuple(
            property_entry(each, one.qualified_name, self._components, added) for each in one.arguments
        )
        yield Section("arguments", "Arguments", arguments)
        yield Section("result", "Gives", tuple(self._results(one)))
        stream = one.stream.result if one.stream is not None else one.result
        if stream.kind == "stream" and stream.schema is not None:
            yield Section("events", "Events of the stream", tuple(self._members(stream.schema)))
        yield Section("errors", "Errors", tuple(self._errors(one)))
        given = examples.values(self._index, one)
        yield Section("python", "Example", code=examples.in_python(one, given, self._source))
        if not self._source:
            yield Section("shell", "In the shell", code=examples.in_shell(one, given))

    def _results(self, operation: Operation) -> Iterator[Entry]:
        yield self._result(operation.result, "")
        for one in operation.variants:
            condition = " or ".join(f"{one.argument}={value!r}" for value in one.values)
            yield self._result(one.result, condition)

    def _result(self, result: Result, condition: str) -> Entry:
        told = _KINDS_OF_RESULT.get(result.kind, "")
        names = objects(result.schema, self._components) if result.schema is not None else ()
        if result.schema is not None and not told:
            told = type_text(result.schema, self._components)
            told = f"Stream[{told}]" if result.kind == "stream" else told
        doc = self._documented(names[0]).doc if len(names) == 1 else ""
        name = f"with {condition}" if condition else "reply"
        return Entry(name, told or "any", doc, path=names[0] if len(names) == 1 else "")

    def _errors(self, operation: Operation) -> Iterator[Entry]:
        for one in operation.replies:
            if one.status.isdecimal() and int(one.status) >= 400:
                error = status_error_class(int(one.status))
                doc = (error.__doc__ or "").partition(": ")[2]
                kind = type_text(one.schema, self._components) if one.schema is not None else ""
                yield Entry(f"{one.status} {error.__name__}", kind, doc[:1].upper() + doc[1:])

    def entry(self, one: Property, owner: str) -> Entry:
        """Return an argument or a field as one line of a list; ``owner`` is the path of its owner."""
        return property_entry(one, owner, self._components, self._added(owner))

    def _of_bodies(self, operation: Operation) -> Iterator[str]:
        return (name for body in operation.bodies for name in objects(body.schema, self._components))

    def _added(self, name: str) -> Collection[str]:
        """Return the names of the fields of a component that the published description lacks."""
        component = self._components.get(name)
        return [field for field, _ in component.added_fields] if component else []

    # Components and their content

    def component(self, name: str) -> Page:
        """Return the page of a component: its fields, alternatives or constants, and its uses."""
        one = self._documented(name)
        held = "; ".join(bounds(one.schema, self._components))
        kind = "" if isinstance(one.schema, Object) else type_text(one.schema, self._components)
        side = _SIDES[one.input, one.output]
        return Page(
            "component",
            name,
            "; ".join(filter(None, (kind, side))),
            one.doc,
            one.text,
            (
                *(["Beta: may change without notice."] if one.beta else []),
                *([f"{UNPUBLISHED.capitalize()}; known from {one.added}."] if one.added else []),
                *([_said(held)] if held else []),
            ),
            one.replacement if one.deprecated else None,
            tuple(
                filter(lambda each: each.entries, (*self._inside(one.schema, name, one), self._uses(name)))
            ),
        )

    def component_entry(self, name: str) -> Entry:
        """Return a component as one line of a list."""
        docs = self._index.component_docs.get(name, {})
        return Entry(name, doc=str(docs.get("doc", "")), path=name)

    def found(self, path: str, meanings: Sequence[tuple[Property, str]]) -> Page:
        """Return the page of the argument or field at a path, with each meaning if several types have it."""
        if len(meanings) > 1:
            entries = tuple(self._owned(one, owner) for one, owner in meanings)
            return Page("field", path, sections=(Section("meanings", f"In {len(entries)} types", entries),))
        one, owner = meanings[0]
        entry = self.entry(one, owner)
        inside = tuple(self._inside(one.schema, path))
        notes = "; ".join(entry.notes())
        return Page(
            "field",
            path,
            entry.type,
            one.doc,
            one.text,
            (*([_said(notes)] if notes else []), *([f"In {owner}."] if owner not in path else [])),
            entry.deprecated,
            tuple(section for section in inside if section.entries),
        )

    def _owned(self, one: Property, owner: str) -> Entry:
        entry = self.entry(one, owner)
        values = {"name": f"{owner}.{one.name}"}
        return Entry(**{key: values.get(key, getattr(entry, key)) for key in Entry.__slots__})

    def _inside(self, schema: Schema, path: str, itself: Component | None = None) -> Iterator[Section]:
        """Yield the fields, alternatives and constants of a type."""
        names = objects(schema, self._components)
        if itself is not None and isinstance(itself.schema, Object):
            yield self._fields(itself.schema, path)
        elif len(names) == 1:
            of = self._documented(names[0]).schema
            yield (
                self._fields(of, path, f"Fields of {names[0]}") if isinstance(of, Object) else Section("", "")
            )
        elif names:
            yield Section("alternatives", "One of", tuple(map(self.component_entry, names)))
        values = constants(schema, self._components)
        yield Section("values", "Values", tuple(_constants(values)))

    def _fields(self, schema: Object, path: str, title: str = "Fields") -> Section:
        return Section("fields", title, tuple(self.entry(one, path) for one in schema.fields))

    def _members(self, schema: Schema) -> Iterator[Entry]:
        return map(self.component_entry, objects(schema, self._components))

    def _uses(self, name: str) -> Section:
        users = self._index.users(name)
        entries = tuple(Entry(one, path=one) for one in users[:_USES_SHOWN])
        more = len(users) - len(entries)
        rest = (Entry(f"and {more} more"),) if more > 0 else ()
        return Section("used_by", "Used by", (*entries, *rest))

    def _documented(self, name: str) -> Component:
        return self._index.documented_component(self._components[name], in_full=True)


def _said(notes: str) -> str:
    return f"{notes[0].upper()}{notes[1:]}."


def _constants(found: Sequence[Literals]) -> Iterator[Entry]:
    dropped: Mapping[object, str] = {text: instead for one in found for text, instead in one.deprecated}
    for value in dict.fromkeys(value for one in found for value in one.values):
        yield Entry(str(value), deprecated=dropped.get(value))
