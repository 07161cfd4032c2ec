"""Validate JSON values against the model's schemas, and report every problem with its place.

The JSON Schema rules that matter here: ``1.0`` is an integer, a boolean is not a number, and ``null`` fits
only if the schema has a ``Null``. For a union, the problems of the best-fitting member are reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Final

from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Discriminator,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.dependents import check_rules
from typed_openai_spec.validation.equality import all_differ
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import (
    ALL_KINDS,
    UNKNOWN,
    Code,
    PartialArray,
    PartialObject,
    TypedObject,
    Violation,
    check_count,
    check_literals,
    check_scalar,
    describe,
    is_among,
    kind_of,
    list_literals,
    unknown,
)

_KIND_OF_NODE: Final[Mapping[type, str]] = {Null: "null", Array: "array", Object: "object"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An object in a value: its place, its content, its schema, and the component's name if it is one.

    ``outdated`` is True if the enclosing union marks the component as deprecated.
    """

    place: Place
    value: Mapping[str, object]
    schema: Object
    component: str
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A value whose schema is a set of constants, with its place."""

    place: Place
    value: object
    schema: Literals


class Validator:
    """Validates values against the schemas of one API.

    ``strict`` mode matches the API's behaviour for requests. It refuses undeclared keys in objects that
    declare some keys and give no schema for others, and it ignores mistakes that the API accepts. Replies
    are open.
    """

    def __init__(self, components: Mapping[str, Component], *, strict: bool = False) -> None:
        self._components = components
        self._strict = strict
        # JSON cannot represent a file's content: a request must send it as a file.
        self._binary = frozenset(("file",) if strict else ("file", "string"))
        # By identity: comparing schemas takes longer than walking them. The schemas are kept alive for
        # that.
        self._kinds: dict[int, tuple[Schema, frozenset[str]]] = {}
        self._leaves_of: dict[int, tuple[Schema, tuple[Schema, ...]]] = {}
        self._members_of: dict[tuple[int, str], tuple[Union, list[Schema]]] = {}
        self._targets_of: dict[int, tuple[Discriminator, Mapping[str, Sequence[Schema]]]] = {}
        self._tags: dict[str, tuple[tuple[str, Literals], ...]] = {}

    def violations(self, value: object, schema: Schema, place: Place = ()) -> list[Violation]:
        """Return all problems with ``value``; ``place`` is the place of the whole."""
        return list(self._check(value, schema, place))

    def fits(self, value: object, schema: Schema) -> bool:
        """Return True if ``value`` is valid."""
        return next(self._check(value, schema, ()), None) is None

    def occurrences(self, value: object, schema: Schema, place: Place = ()) -> Iterator[Occurrence]:
        """Yield the objects in ``value`` with their schemas, outermost first."""
        found = self.meanings(value, schema, place)
        return (one for one in found if isinstance(one, Occurrence))

    def meanings(
        self, value: object, schema: Schema, place: Place = (), outdated: frozenset[str] = frozenset()
    ) -> Iterator[Occurrence | Constant]:
        """Yield the objects and the constants in ``value`` with their schemas, outermost first.

        ``outdated`` names the components that are deprecated at the place of the value.
        """
        name = schema.name if isinstance(schema, Ref) else ""
        node = self.resolve(schema)
        if value is UNKNOWN or isinstance(value, TypedObject):
            return
        if isinstance(node, Union):
            for one in self._meant(value, node, place):
                yield from self.meanings(value, one, place, outdated | set(node.deprecated))
        elif isinstance(node, Literals):
            yield Constant(place, value, node)
        elif isinstance(node, Array) and isinstance(value, list):
            for number, item in enumerate(value):
                yield from self.meanings(item, node.items, (*place, number))
        elif isinstance(node, Object) and isinstance(value, dict):
            yield Occurrence(place, value, node, name, name in outdated)
            declared = {one.name: one.schema for one in node.fields}
            for key, one in value.items():
                inner = declared.get(key, node.extra)
                if inner is not None and not isinstance(inner, Scalar):
                    yield from self.meanings(one, inner, (*place, key))

    def _meant(self, value: object, union: Union, place: Place) -> list[Schema]:
        """Return the members that a value is meant to be; for constants, all that include it."""
        if not isinstance(value, (list, dict)):
            leaves = [self.resolve(one) for one in self.leaves(union)]
            return [one for one in leaves if isinstance(one, Literals) and is_among(value, one)]
        members = self._candidates(value, union, place)
        if isinstance(members, Violation) or len(members) < 2:
            return [] if isinstance(members, Violation) else members
        chosen = self._best(value, members, place)[0]
        return [] if chosen is None else [chosen]

    def resolve(self, schema: Schema) -> Schema:
        """Follow references until the schema is not a ``Ref``."""
        while isinstance(schema, Ref):
            schema = self._components[schema.name].schema
        return schema

    def leaves(self, schema: Schema) -> Iterator[Schema]:
        """Yield the members of a union and of the unions that it refers to; any other schema itself."""
        known = self._leaves_of.get(id(schema))
        if known is None:
            known = self._leaves_of[id(schema)] = schema, tuple(self._leaves(schema, set()))
        yield from known[1]

    def _leaves(self, schema: Schema, seen: set[str]) -> Iterator[Schema]:
        node = self.resolve(schema)
        if not isinstance(node, Union):
            yield schema
            return
        name = schema.name if isinstance(schema, Ref) else ""
        if name in seen:  # a recursive union, or one that was visited before
            return
        if name:
            seen.add(name)
        for member in node.members:
            yield from self._leaves(member, seen)

    def kinds(self, schema: Schema) -> frozenset[str]:
        """Return the kinds of JSON values that the schema accepts at its top level."""
        known = self._kinds.get(id(schema))
        if known is None:
            known = self._kinds[id(schema)] = schema, self._kinds_of(schema, set())
        return known[1]

    def _kinds_of(self, schema: Schema, seen: set[str]) -> frozenset[str]:
        match schema:
            case Ref(name=name):
                if name in seen:  # a recursive union, or one that was visited before
                    return frozenset()
                seen.add(name)
                return self._kinds_of(self._components[name].schema, seen)
            case Union(members=members):
                return frozenset().union(*(self._kinds_of(one, seen) for one in members))
            case Literals(values=values):
                return frozenset(kind_of(one) for one in values)
            case Scalar(kind="number"):
                return frozenset(("integer", "number"))
            case Scalar(kind=kind):
                return self._binary if schema.is_binary else frozenset((kind,))
            case Anything():
                return frozenset(ALL_KINDS)
            case _:
                return frozenset((_KIND_OF_NODE[type(schema)],))

    def _check(self, value: object, schema: Schema, place: Place) -> Iterator[Violation]:
        schema = self.resolve(schema)
        if isinstance(schema, Anything) or value is UNKNOWN or isinstance(value, TypedObject):
            return
        kinds = self.kinds(schema)
        if kind_of(value) not in kinds:
            text = f"expected {describe(kinds)}, got {kind_of(value)}"
            yield Violation(place, text, "invalid_type")
        elif isinstance(schema, Literals):
            yield from check_literals(value, schema, place)
        elif isinstance(schema, Scalar):
            yield from check_scalar(value, schema, place)
        elif isinstance(schema, Union):
            yield from self._check_union(value, schema, place)
        elif isinstance(schema, Array) and isinstance(value, list):
            yield from self._check_array(value, schema, place)
        elif isinstance(schema, Object) and isinstance(value, dict):
            yield from self._check_object(value, schema, place)

    def _check_array(self, value: list[object], schema: Array, place: Place) -> Iterator[Violation]:
        least = None if isinstance(value, PartialArray) else schema.min_items
        yield from check_count(len(value), least, schema.max_items, "item", place)
        if schema.unique and not all_differ(filter(_is_known, value)):
            yield Violation(place, "expected unique items", "invalid_value", "limit")
        for number, item in enumerate(value):
            yield from self._check(item, schema.at(number), (*place, number))

    def _check_object(self, value: dict[str, object], schema: Object, place: Place) -> Iterator[Violation]:
        is_whole = not isinstance(value, PartialObject)
        least = schema.min_properties if is_whole else None
        yield from check_count(len(value), least, schema.max_properties, "key", place)
        declared = {one.name: one for one in schema.fields}
        for name, field in declared.items():
            if name in value:
                yield from self._check(value[name], field.schema, (*place, name))
            elif field.required and is_whole:
                text = f"required, but missing{self._expectation(field.schema)}"
                yield Violation((*place, name), text, "missing_required_parameter")
        fitting = self._fitting_kinds(schema)
        for name, extra in value.items():
            if name not in declared and kind_of(extra) not in fitting:
                yield from self._check_extra(name, extra, schema, place)
        if is_whole:
            yield from _check_required_sets(value, schema, place)
        broken = check_rules(value, schema, place)
        yield from (one for one in broken if not (self._strict and one.accepted))

    def _fitting_kinds(self, schema: Object) -> frozenset[str]:
        """Return the kinds of values, of which a plain map may have thousands, that need no further check."""
        extra = schema.extra
        is_plain = isinstance(extra, Scalar) and extra == Scalar(extra.kind) and schema.key_schema is None
        return self.kinds(extra) if is_plain and extra is not None else frozenset()

    def _check_extra(self, name: str, value: object, schema: Object, place: Place) -> Iterator[Violation]:
        if schema.key_schema is not None and (wrong := self.violations(name, schema.key_schema)):
            yield Violation((*place, name), f"bad key: {wrong[0].text}", "invalid_value", wrong[0].beyond)
        if schema.extra is not None:
            yield from self._check(value, schema.extra, (*place, name))
        elif schema.closed or (self._strict and schema.fields):
            yield unknown(name, [one.name for one in schema.fields], place)

    def _check_union(self, value: object, schema: Union, place: Place) -> Iterator[Violation]:
        members = self._candidates(value, schema, place)
        yield from (members,) if isinstance(members, Violation) else self._best(value, members, place)[1]

    def _candidates(self, value: object, schema: Union, place: Place) -> list[Schema] | Violation:
        """Return the members that a value of this kind, with these constants, may be meant to be."""
        members = self._members_of_kind(schema, kind_of(value))
        if schema.discriminator is not None and isinstance(value, dict):
            chosen = self._by_tag(value, members, schema.discriminator, place)
            if isinstance(chosen, Violation):
                return chosen
            members = chosen
        if isinstance(value, dict) and len(members) > 1:
            members = self._least_conflict(value, members)
        return members

    def _members_of_kind(self, schema: Union, kind: str) -> list[Schema]:
        """Return the members of a union, and of those in it, that accept values of a kind."""
        known = self._members_of.get((id(schema), kind))
        if known is None:
            members = [one for one in self.leaves(schema) if kind in self.kinds(one)]
            known = self._members_of[id(schema), kind] = schema, members
        return known[1]

    def _best(
        self, value: object, members: Iterable[Schema], place: Place
    ) -> tuple[Schema | None, list[Violation]]:
        """Return the best-fitting member and its problems.

        A broken limit counts less than a wrong type; of as many problems, those deeper in the value count
        less.
        """
        best: tuple[Schema | None, list[Violation]] = None, []
        least = (inf, inf, inf)
        for member in members:
            wrong = self.violations(value, member, place)
            if not wrong:
                return member, []
            depth = min(len(one.place) for one in wrong)
            rank = (sum(not one.beyond for one in wrong), len(wrong), -depth)
            if rank < least:
                best, least = (member, wrong), rank
        return best

    def _by_tag(
        self, value: dict[str, object], members: list[Schema], discriminator: Discriminator, place: Place
    ) -> list[Schema] | Violation:
        """Return the members that the discriminator selects, or the problem with its property."""
        key, targets = discriminator.property, self._targets(discriminator)
        if value.get(key, UNKNOWN if isinstance(value, PartialObject) else None) is UNKNOWN:
            return members
        if key not in value:
            untagged = [one for one in members if not self._requires(one, key)]
            if untagged:
                return untagged
            text = f"required, but missing; expected {list_literals(tuple(targets))}"
            return Violation((*place, key), text, "missing_required_parameter")
        found = value[key]
        if isinstance(found, str) and found in targets:
            return [*targets[found]]
        mapped = {name for _, name in discriminator.mapping}
        others = [one for one in members if not isinstance(one, Ref) or one.name not in mapped]
        return others or next(check_literals(found, Literals(tuple(targets)), (*place, key)))

    def _targets(self, discriminator: Discriminator) -> Mapping[str, Sequence[Schema]]:
        """The members that each value selects. Those that fewer values select come first."""
        known = self._targets_of.get(id(discriminator))
        if known is None:
            selecting = Counter(name for _, name in discriminator.mapping)
            targets: dict[str, list[Schema]] = {}
            for tag, name in sorted(discriminator.mapping, key=lambda one: selecting[one[1]]):
                targets.setdefault(tag, []).append(Ref(name))
            order = {tag: targets[tag] for tag, _ in discriminator.mapping}
            known = self._targets_of[id(discriminator)] = discriminator, order
        return known[1]

    def _requires(self, schema: Schema, key: str) -> bool:
        node = self.resolve(schema)
        field = node.field(key) if isinstance(node, Object) else None
        return field is not None and field.required

    def _least_conflict(self, value: dict[str, object], members: list[Schema]) -> list[Schema]:
        """Return the members whose constants contradict the value least, and then match it most.

        A member that matches fewer constants is returned if it fits and those that match more do not.
        """
        ranks = [self._rank(value, one) for one in members]
        best = min(ranks)
        meant = [one for one, rank in zip(members, ranks, strict=True) if rank == best]
        others = [
            one
            for one, (conflicts, met) in zip(members, ranks, strict=True)
            if (conflicts, met) != best and not conflicts
        ]
        if others and not any(self.fits(value, one) for one in meant):
            return [one for one in others if self.fits(value, one)] or meant
        return meant

    def _rank(self, value: dict[str, object], schema: Schema) -> tuple[int, int]:
        present = [(value[key], constants) for key, constants in self._constants(schema) if key in value]
        met = sum(is_among(one, constants) for one, constants in present)
        return len(present) - met, -met

    def _constants(self, schema: Schema) -> tuple[tuple[str, Literals], ...]:
        """Return the fields of an object that accept only constants."""
        name = schema.name if isinstance(schema, Ref) else ""
        if name in self._tags:
            return self._tags[name]
        node = self.resolve(schema)
        fields = node.fields if isinstance(node, Object) else ()
        resolved = ((one.name, self.resolve(one.schema)) for one in fields)
        constants = tuple((key, one) for key, one in resolved if isinstance(one, Literals))
        if name:
            self._tags[name] = constants
        return constants

    def _expectation(self, schema: Schema) -> str:
        node = self.resolve(schema)
        if isinstance(node, Anything):
            return ""
        if isinstance(node, Literals):
            return f"; expected {list_literals(node.values)}"
        return f"; expected {describe(self.kinds(node))}"


def _check_required_sets(value: dict[str, object], schema: Object, place: Place) -> Iterator[Violation]:
    if not schema.required_sets:
        return
    met = sum(all(name in value for name in names) for names in schema.required_sets)
    if met == 0 or (schema.exclusive and met > 1):
        choices = " or ".join(" with ".join(f'"{one}"' for one in names) for names in schema.required_sets)
        amount = "exactly one" if schema.exclusive else "at least one"
        code: Code = "invalid_value" if met else "missing_required_parameter"
        yield Violation(place, f"{amount} of {choices} is required", code)


def _is_known(value: object) -> bool:
    """Return True if no part of the value is unknown."""
    if isinstance(value, dict):
        return not isinstance(value, PartialObject) and all(map(_is_known, value.values()))
    if isinstance(value, list):
        return not isinstance(value, PartialArray) and all(map(_is_known, value))
    return value is not UNKNOWN
