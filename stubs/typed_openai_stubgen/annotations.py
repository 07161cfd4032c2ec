"""Translate schema nodes to annotation text.

Requests and replies are annotated differently. Types that only requests use are covariant (``Sequence``,
``Mapping``), and their binary strings are files. Types that replies may use are what JSON parses to:
``list``, ``dict``, ``str``. An argument that is an array of objects may be a generator. An arbitrary JSON
value is ``object``, which forces callers to check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from typing_extensions import TypeIs

from typed_openai_spec.model import (
    Anything,
    Array,
    Component,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    ScalarKind,
    Schema,
    Union,
)
from typed_openai_spec.openapi.schemas.unions import flat_union, objects
from typed_openai_spec.option_tables import OMIT_TYPE
from typed_openai_stubgen.field_aliases import FieldAliases
from typed_openai_stubgen.safe_text import is_plain, string_literal
from typed_openai_stubgen.scope import Scope

FILE_INPUT: Final = "typed_openai.binary.FileInput"

_SCALARS: Final[dict[ScalarKind, str]] = {
    "string": "builtins.str",
    "integer": "builtins.int",
    "number": "builtins.float",
    "boolean": "builtins.bool",
}


def omittable(annotation: str, scope: Scope) -> str:
    """Return the annotation of an argument that may be omitted; an empty one accepts nothing else."""
    if annotation == scope.use("builtins.object"):
        return annotation
    return " | ".join(one for one in (annotation, scope.use(OMIT_TYPE)) if one)


def sequence_not_str(scope: Scope) -> str:
    """Return the full name of the module's own sequence type that a bare ``str`` does not match."""
    return f"{scope.module}._SequenceNotStr"


def sequence_not_str_stub(scope: Scope) -> list[str]:
    """Return the declaration of that type if the module uses it.

    A ``str`` does not match because its ``__contains__`` accepts only strings.
    """
    if not scope.uses(sequence_not_str(scope)):
        return []
    protocol, var = scope.use("typing.Protocol"), scope.use("typing.TypeVar")
    iterator = scope.use("collections.abc.Iterator")
    boolean, integer, anything = (scope.use(f"builtins.{one}") for one in ("bool", "int", "object"))
    return [
        f'_Item = {var}("_Item", covariant=True)',
        "",
        f"class _SequenceNotStr({protocol}[_Item]):",
        f"    def __contains__(self, value: {anything}, /) -> {boolean}: ...",
        f"    def __getitem__(self, index: {integer}, /) -> _Item: ...",
        f"    def __iter__(self) -> {iterator}[_Item]: ...",
        f"    def __len__(self) -> {integer}: ...",
        "",
    ]


@dataclass(frozen=True, slots=True)
class Annotator:
    """Creates annotations for one module.

    ``prefix`` is put before a component's name: ``types.`` outside the module that defines it. With
    ``iterable``, a value that is an array of objects may be any iterable, because it is read only once,
    from beginning to end. ``file_input`` is the full name of the type of a file to upload. Aliases that are
    ``inlined`` are replaced by what they stand for. Components whose names are ``shadowed`` by fields of a
    class are named differently, by way of the modules in ``homes``. ``aliases`` names large sets of
    constants, after the ``place`` of their field.
    """

    components: Mapping[str, Component]
    scope: Scope
    prefix: str = ""
    iterable: bool = False
    file_input: str = FILE_INPUT
    inlined: frozenset[str] = frozenset()
    shadowed: frozenset[str] = frozenset()
    homes: Mapping[str, str] = field(default_factory=dict)
    aliases: FieldAliases | None = None
    place: str = ""

    def text(self, schema: Schema, *, sent: bool) -> str:
        """Return the annotation of ``schema``; ``sent`` means that the value occurs only in requests."""
        return " | ".join(self._alternatives(schema, sent, str_fits=False))

    def _alternatives(self, schema: Schema, sent: bool, str_fits: bool) -> list[str]:
        match schema:
            case Union(members=members):
                return self._union(members, sent, str_fits)
            case Array(items=items):
                if self.iterable and self._may_be_iterable(schema):
                    item = replace(self, iterable=False).text(items, sent=sent)
                    return [f"{self.scope.use('collections.abc.Iterable')}[{item}]"]
                return [self._tuple(schema, sent) if schema.is_tuple else self._array(items, sent, str_fits)]
            case Object():
                return [self._mapping(schema, sent)]
            case Ref(name=name):
                aliased = self.components[name].schema
                is_iterable = self.iterable and any(map(self._may_be_iterable, members_of(aliased)))
                if (
                    is_iterable or name in self.inlined or (sent and _is_map(aliased))
                ):  # in an alias that replies use, it is a dict
                    return self._alternatives(aliased, sent, str_fits)
                return [
                    self.scope.beside(f"{self.homes[name]}.{name}")
                    if name in self.shadowed
                    else f"{self.prefix}{name}"
                ]
            case _:
                return [self._atom(schema, sent)]

    def _may_be_iterable(self, schema: Schema) -> bool:
        """Return True for an array of objects. With other items, a str could pass as an iterable."""
        if not isinstance(schema, Array) or schema.is_tuple or self._takes_str(schema.items, sent=True):
            return False
        return bool(objects(schema.items, self.components))

    def _atom(self, schema: Schema, sent: bool) -> str:
        match schema:
            case Null():
                return "None"
            case Literals(values=values):
                return self._literals(values)
            case Scalar(is_binary=True) if sent:
                return self.scope.use(self.file_input)
            case Scalar(kind=kind):
                return self.scope.use(_SCALARS[kind])
            case _:
                return self.scope.use("builtins.object")

    def _union(self, members: tuple[Schema, ...], sent: bool, str_fits: bool) -> list[str]:
        if any(isinstance(one, Anything) for one in members):
            return [self.scope.use("builtins.object")]
        if sent:
            members = self._with_one_array(members)
        str_fits = str_fits or any(self._takes_str(one, sent) for one in members)
        constants = tuple(v for one in members if isinstance(one, Literals) for v in one.values)
        texts: list[str] = []
        for member in members:
            shown = Literals(constants) if isinstance(member, Literals) else member
            texts += self._alternatives(shown, sent, str_fits)
        unique = list(dict.fromkeys(texts))
        return sorted(unique, key=lambda one: one == "None")

    def _with_one_array(self, members: tuple[Schema, ...]) -> tuple[Schema, ...]:
        """Return the members with all arrays combined, if any of them is of objects.

        mypy infers a list of TypedDicts for a list of dicts only if a single list type is expected. The
        disadvantage is that a mixed list is accepted.
        """
        arrays = [one for one in members if _is_list(one)]
        if len(arrays) < 2 or not any(objects(one.items, self.components) for one in arrays):
            return members
        joined = Array(flat_union(one.items for one in arrays))
        return (*(one for one in members if not _is_list(one)), joined)

    def _array(self, items: Schema, sent: bool, str_fits: bool) -> str:
        item = self.text(items, sent=sent)
        if not sent:
            return f"{self.scope.use('builtins.list')}[{item}]"
        # A str is a sequence of str: if the items may be any str, a bare one must not be accepted as a list
        # of them, unless the union around it accepts a str anyway.
        loose = str_fits or not self._takes_str(items, sent)
        sequence = "collections.abc.Sequence" if loose else sequence_not_str(self.scope)
        return f"{self.scope.use(sequence)}[{item}]"

    def _tuple(self, schema: Array, sent: bool) -> str:
        name = self.scope.use("builtins.tuple")
        texts = [self.text(one, sent=sent) for one in schema.places]
        if schema.rest is not None:
            texts.append(f"*{name}[{self.text(schema.rest, sent=sent)}, ...]")
        return f"{name}[{', '.join(texts)}]"

    def _mapping(self, schema: Object, sent: bool) -> str:
        mapping = self.scope.use("collections.abc.Mapping" if sent else "builtins.dict")
        key = self.scope.use("builtins.str")
        return f"{mapping}[{key}, {self.text(schema.extra or Anything(), sent=sent)}]"

    def _literals(self, values: tuple[str | int | float | bool, ...]) -> str:
        """Return the annotation of a set of constants. Floats cannot be literals: any float is accepted."""
        constants = [_constant(one) for one in values]
        listed = list(dict.fromkeys(one for one in constants if one is not None))
        texts = [f"{self.scope.use('typing.Literal')}[{', '.join(listed)}]"] if listed else []
        if self.aliases is not None and texts:
            texts = [self.aliases.constants(texts[0], len(listed), self.place)]
        for value, constant in zip(values, constants, strict=True):
            if constant is None:
                texts.append(self.scope.use("builtins.str" if isinstance(value, str) else "builtins.float"))
        return " | ".join(dict.fromkeys(texts)) or self.scope.use("typing.Never")

    def _takes_str(self, schema: Schema, sent: bool, seen: set[str] | None = None) -> bool:
        """Return True if the schema accepts any string (a file may be given by its path)."""
        seen = set() if seen is None else seen
        match schema:
            case Anything():
                return True
            case Scalar(kind=kind, is_binary=is_binary):
                return kind == "string" and (sent or not is_binary)
            case Union(members=members):
                return any(self._takes_str(one, sent, seen) for one in members)
            case Ref(name=name) if name not in seen:
                seen.add(name)
                return self._takes_str(self.components[name].schema, sent, seen)
            case _:
                return False


def _is_list(schema: Schema) -> TypeIs[Array]:
    return isinstance(schema, Array) and not schema.is_tuple


def members_of(schema: Schema) -> tuple[Schema, ...]:
    """Return the members of a union, or the schema itself."""
    return schema.members if isinstance(schema, Union) else (schema,)


def _is_map(schema: Schema) -> bool:
    """Return True for an object of any keys, which may also be null."""
    objects = [one for one in members_of(schema) if not isinstance(one, Null)]
    return bool(objects) and all(
        isinstance(one, Object) and not one.fields and not one.closed for one in objects
    )


def _constant(value: str | int | float | bool) -> str | None:
    """Return the value as a literal type's argument; None if it cannot be one."""
    if isinstance(value, float) or (isinstance(value, str) and not is_plain(value)):
        return None
    return string_literal(value) if isinstance(value, str) else repr(value)
