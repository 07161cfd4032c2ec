"""Attach a sentence to each operation, argument, component and field.

The sources are tried in this order: the project's entry for this item, the project's glossary entry for its
name, the sentence of the item that it derives from, and the first sentence of the description's own prose.

These items derive from another one: a component that is like another by a rule of ``components.yaml``
(``BetaThing``), a field that is also an operation's argument, and an inline object, which takes the
sentence of the field or argument that holds it. For fields, sentences of the item that they derive from
come before the glossary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from typed_openai_spec.docs.first_sentences import first_sentence
from typed_openai_spec.files.doc_files import Docs
from typed_openai_spec.model import Api, Component, Field, Object, Operation, Ref, Schema, Union
from typed_openai_spec.model.walking import references

Kind: TypeAlias = Literal["operation", "argument", "component", "field"]
Origin: TypeAlias = Literal["own", "glossary", "inherited", "description", "none"]

ORIGINS: Final[tuple[Origin, ...]] = ("own", "glossary", "inherited", "description", "none")
"""The origin of a sentence, the best first; ``none`` means that there is no sentence."""


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of one item's sentence. ``owner`` is a field's component or an argument's operation."""

    kind: Kind
    name: str
    origin: Origin
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Documented:
    """An API with its sentences, and the origin of each sentence."""

    api: Api
    sources: tuple[Source, ...]


def documented(api: Api, docs: Docs) -> Documented:
    """Return the API with a sentence as ``doc`` of each item, and the description's full prose as ``text``.

    ``api`` must be as it was read: its ``doc`` is the description's own text.
    """
    return _Documenting(api, docs).result()


_Said: TypeAlias = tuple[str, Origin]


@dataclass
class _Documenting:
    api: Api
    docs: Docs
    _sources: list[Source] = field(default_factory=list)
    # For components that are request bodies: the project's sentence for each field as an argument.
    _as_arguments: dict[str, dict[str, str]] = field(default_factory=dict)
    # For inline objects: the sentence of the field or argument that holds each of them, and the component
    # of which each is an alternative.
    _held: dict[str, str] = field(default_factory=dict)
    _alternative_of: dict[str, str] = field(default_factory=dict)

    def result(self) -> Documented:
        operations = tuple(self._operation(one) for one in self.api.operations)
        for one in operations:
            self._note_arguments(one)
        with_fields = [self._with_fields(one) for one in self.api.components.values()]
        for component in with_fields:
            self._note_fields(component)
        components = {one.name: self._component(one) for one in with_fields}
        api = replace(self.api, operations=operations, components=MappingProxyType(components))
        return Documented(api, tuple(self._sources))

    def _told(self, kind: Kind, name: str, owner: str, ways: Iterable[_Said], prose: str) -> tuple[str, str]:
        """Return the first sentence available, and the prose if it contains more than that sentence."""
        ways = (*ways, (first_sentence(prose), "description"))
        sentence, origin = next((one for one in ways if one[0].strip()), ("", "none"))
        self._sources.append(Source(kind, name, origin, owner))
        return sentence, "" if prose.strip() == sentence else prose

    # Operations

    def _operation(self, one: Operation) -> Operation:
        own = self.docs.operations.get(one.id, {}).get("summary", "")
        ways: list[_Said] = [(own, "own"), (one.doc, "description")]
        doc, text = self._told("operation", one.id, "", ways, one.text)
        arguments = []
        for argument in one.arguments:
            name = argument.name
            said: list[_Said] = [
                (self.docs.exceptions.get(one.id, {}).get(name, ""), "own"),
                (self.docs.glossary.get(name, ""), "glossary"),
            ]
            sentence, prose = self._told("argument", name, one.id, said, argument.doc)
            arguments.append(replace(argument, doc=sentence, text=prose))
        return replace(one, doc=doc, text=text, arguments=tuple(arguments))

    def _note_arguments(self, operation: Operation) -> None:
        for argument in operation.arguments:
            self._note_holder(argument.schema, argument.doc)
        for body in operation.bodies:
            for name in () if body.raw else self._objects(body.schema, set()):
                known = self._as_arguments.setdefault(name, {})
                for argument in operation.arguments:
                    if argument.name in body.fields and self._is_ours(operation.id, argument.name):
                        known.setdefault(argument.wire, argument.doc)

    def _is_ours(self, operation_id: str, name: str) -> bool:
        return name in self.docs.glossary or name in self.docs.exceptions.get(operation_id, {})

    def _objects(self, schema: Schema, seen: set[str]) -> Iterator[str]:
        """Yield the components that the schema is or may be one of; ``seen`` prevents cycles."""
        match schema:
            case Ref(name=name) if name not in seen:
                seen.add(name)
                yield name
                yield from self._objects(self.api.components[name].schema, seen)
            case Union(members=members):
                for one in members:
                    yield from self._objects(one, seen)
            case _:
                return

    # Components

    def _with_fields(self, component: Component) -> Component:
        schema = component.schema
        if not isinstance(schema, Object) or not schema.fields:
            return component
        names = (component.name, *self.docs.bases(component.name, self.api.components))
        fields = tuple(self._field(one, *names) for one in schema.fields)
        return replace(component, schema=replace(schema, fields=fields))

    def _field(self, one: Field, owner: str, *bases: str) -> Field:
        own, argument = self.docs.fields, one.name.removesuffix("[]")
        ways: list[_Said] = [
            (own.get(owner, {}).get(one.name, ""), "own"),
            *((own.get(base, {}).get(one.name, ""), "inherited") for base in bases),
            *((self._as_arguments.get(name, {}).get(argument, ""), "inherited") for name in (owner, *bases)),
            (self.docs.field_glossary.get(one.name, ""), "glossary"),
        ]
        doc, text = self._told("field", one.name, owner, ways, one.doc)
        return replace(one, doc=doc, text=text)

    def _note_fields(self, component: Component) -> None:
        if isinstance(component.schema, Object):
            for one in component.schema.fields:
                self._note_holder(one.schema, one.doc, component.name)
            return
        for name in references(component.schema):
            if self.api.components[name].owner:
                self._alternative_of.setdefault(name, component.name)

    def _note_holder(self, schema: Schema, sentence: str, holder: str = "") -> None:
        """Remember the sentence of the item that holds the inline objects in ``schema``."""
        for name in references(schema):
            if self.api.components[name].owner and (name not in self._held or name.startswith(holder)):
                self._held[name] = sentence

    def _component(self, one: Component) -> Component:
        doc, text = self._told("component", one.name, "", self._of_component(one.name), one.doc)
        return replace(one, doc=doc, text=text)

    def _of_component(self, name: str, above: frozenset[str] = frozenset()) -> Iterator[_Said]:
        known = self.docs.components
        yield known.get(name, ""), "own"
        yield from ((known.get(base, ""), "inherited") for base in self.docs.bases(name, self.api.components))
        yield self._held.get(name, ""), "inherited"
        if (holder := self._alternative_of.get(name)) and holder not in above:
            yield from ((text, "inherited") for text, _ in self._of_component(holder, above | {name}))
