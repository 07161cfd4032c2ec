"""The walk from a type to the nodes of its shape."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, MutableSequence, MutableSet, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum, Flag
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Final, ForwardRef, Literal, Union, get_args, get_origin

import typing_extensions as extensions

from typed_openai._shapes.annotation_scope import Bound, Scope, bindings
from typed_openai._shapes.metadata import KEYWORDS, description, given_bounds
from typed_openai._shapes.pydantic_types import fields_of, is_root_model, text_of_pydantic, validated
from typed_openai._shapes.record_kinds import RawField, RawRecord, own_doc, raw_record
from typed_openai._shapes.shape_nodes import (
    Alias,
    Constants,
    Described,
    Items,
    Member,
    Node,
    OneOf,
    Plain,
    Record,
)
from typed_openai._shapes.shown_types import schema_name, shown
from typed_openai._shapes.text_forms import TEXT_FORMS
from typed_openai._shapes.unset_types import without_unset
from typed_openai.errors import CallError
from typed_openai_spec.validation.strict_types import hint_for, no_strict_schema

_SCALARS: Final[Mapping[Any, Plain]] = {
    str: Plain("string", {}),
    extensions.LiteralString: Plain("string", {}),
    bool: Plain("boolean", {}),
    int: Plain("integer", {}),
    float: Plain("number", {}),
    None: Plain("null", {}),
    NoneType: Plain("null", {}),
}

_ARRAYS: Final[Mapping[Any, Callable[[list[Any]], Any] | None]] = {
    **dict.fromkeys((list, Sequence, MutableSequence, Collection, Iterable)),
    set: set,
    frozenset: frozenset,
    AbstractSet: frozenset,
    MutableSet: set,
    deque: deque,
}
"""The types that are arrays of any number of items, and the function that makes one of a list."""

_QUALIFIERS: Final = (extensions.Required, extensions.NotRequired, extensions.ReadOnly, extensions.Final)
_JSON_TYPES: Final = (str, int, bool, NoneType)


@dataclasses.dataclass(frozen=True, slots=True)
class _Stripped:
    """A type without its qualifiers, with what ``Annotated`` said."""

    form: Any
    metadata: tuple[Any, ...]
    qualifiers: frozenset[Any]


class TypeWalk:
    """One walk; it knows the classes that it has met, as types may be recursive."""

    def __init__(self) -> None:
        self._known: dict[Any, Record | Alias | Constants] = {}
        self._open: dict[int, Alias] = {}
        """The types that were named in text and are being walked, by their identity."""

    def node(self, form: Any, scope: Scope, place: str = "") -> Node:
        """Return the node of a type. ``place`` is the field that has it.

        Raises :class:`CallError` for a type that a strict schema cannot describe.
        """
        if isinstance(form, (str, ForwardRef)):
            return self._named(_evaluated(form, scope, place), shown(form), scope, place)
        one = self._stripped(form, scope, place)
        node = self._bounded(one, scope, place)
        doc = description(one.metadata)
        return Described(node, doc) if doc else node

    def _named(self, form: Any, text: str, scope: Scope, place: str) -> Node:
        """Return the node of a type that was named in text, as in ``Json = int | list["Json"]``."""
        if not _may_contain_itself(form):
            return self.node(form, scope, place)
        if id(form) in self._open:
            alias = self._open[id(form)]
            alias.is_used = True
            return alias
        alias = self._open[id(form)] = Alias(schema_name(text))
        try:
            alias.target = self.node(form, scope, place)
        finally:
            del self._open[id(form)]
        return alias if alias.is_used else alias.target

    def record(self, name: str, doc: str, raw: RawRecord, record: Record | None = None) -> Record:
        """Return the node of an object with the given fields."""
        made = record or Record(name, doc, raw.build, raw.reads_itself)
        made.members = tuple(self._member(one, name) for one in raw.fields)
        return made

    def _member(self, field: RawField, owner: str) -> Member:
        place = f"{owner}.{field.name}"
        one = self._stripped(field.form, field.scope, place)
        set_form = without_unset(one.form)
        may_be_unset = set_form is not one.form
        one = dataclasses.replace(one, form=set_form)
        one = dataclasses.replace(one, metadata=(*field.metadata, *one.metadata))
        node = self._bounded(one, field.scope, place)
        is_total = field.is_total and not may_be_unset
        if extensions.Required in one.qualifiers or extensions.NotRequired in one.qualifiers:
            is_total = extensions.Required in one.qualifiers
        null_is_absent = not is_total and not accepts_null(node)
        return Member(
            field.key,
            field.name,
            OneOf((*_flat(node), _SCALARS[None])) if null_is_absent else node,
            description(one.metadata) or field.doc,
            is_optional=field.is_optional or not is_total,
            null_is_absent=null_is_absent,
        )

    def _stripped(self, form: Any, scope: Scope, place: str) -> _Stripped:
        metadata: tuple[Any, ...] = ()
        qualifiers = set()
        while True:
            form = _evaluated(form, scope, place)
            if get_origin(form) is extensions.Annotated:
                metadata = (*form.__metadata__, *metadata)
                form = form.__origin__
            elif get_origin(form) in _QUALIFIERS:
                qualifiers.add(get_origin(form))
                form = get_args(form)[0]
            elif isinstance(form, dataclasses.InitVar):
                form = form.type
            else:
                return _Stripped(form, metadata, frozenset(qualifiers))

    def _bounded(self, one: _Stripped, scope: Scope, place: str) -> Node:
        node = self._of(one.form, scope, place)
        bounds = given_bounds(one.metadata)
        if not bounds:
            return node
        for name, bound in bounds.items():
            if isinstance(bound, float) and not isfinite(bound):
                raise CallError(f"{place or shown(one.form)}: {name}: expected a finite number, got {bound}")
        node, unused = _with_bounds(node, bounds)
        if unused:
            names = ", ".join(sorted(unused))
            raise CallError(f"{place or shown(one.form)}: {names} cannot limit {shown(one.form)}")
        return node

    def _of(self, form: Any, scope: Scope, place: str) -> Node:
        """Return the node of a type without metadata."""
        origin, arguments = get_origin(form), get_args(form)
        if _is_hashable(form) and form in _SCALARS:
            return _SCALARS[form]
        if (
            form is extensions.Self
            or isinstance(form, extensions.TypeVar)
            or type(form).__name__ == "TypeVar"
        ):
            return self._variable(form, scope, place)
        if hasattr(form, "__supertype__"):  # NewType
            return self.node(form.__supertype__, scope, place)
        if hasattr(origin or form, "__value__"):
            return self._alias(form, scope, place)
        if origin is Literal or origin is extensions.Literal:
            return self._literal(form, place)
        if origin in (Union, UnionType):
            return OneOf(tuple(flat for one in arguments for flat in _flat(self.node(one, scope, place))))
        if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            return Items(self.node(arguments[0], scope, place), {}, tuple)
        if _is_hashable(origin) and origin in _ARRAYS and arguments:
            return Items(self.node(arguments[0], scope, place), {}, _ARRAYS[origin])
        return self._class(form, scope, place)

    def _class(self, form: Any, scope: Scope, place: str) -> Node:
        cls = get_origin(form) or form
        if not isinstance(cls, type) or cls in _ARRAYS or cls is tuple:
            raise refused(form, place)
        if cls in TEXT_FORMS:
            text = TEXT_FORMS[cls]
            return Plain("string", text.keywords, text.read, text.noun)
        if issubclass(cls, Enum):
            return self._enumeration(cls, place)
        key = _key(form, scope)
        if key in self._known:
            return self._known[key]
        if is_root_model(cls):
            return self._root_model(cls, key, scope, place)
        bound = bindings(cls, get_args(form), scope)
        inner = scope.of(cls, {**bound, extensions.Self: Bound(form, scope)})
        raw = raw_record(cls, inner)
        if raw is None:
            found = text_of_pydantic(cls, place)
            if found is None:
                raise refused(form, place)
            return found
        record = Record(schema_name(_closed(form, scope)), own_doc(cls), raw.build, raw.reads_itself)
        self._known[key] = record
        return self.record(shown(cls), "", raw, record)

    def _root_model(self, cls: Any, key: Any, scope: Scope, place: str) -> Node:
        made = self._known[key] = Alias(schema_name(cls), build=validated(cls))
        root = fields_of(cls)["root"]
        made.target = self.node(extensions.Annotated[root.annotation, root], scope.of(cls), place)
        return made

    def _alias(self, form: Any, scope: Scope, place: str) -> Node:
        alias = get_origin(form) or form
        key = _key(form, scope)
        if key not in self._known:
            made = self._known[key] = Alias(schema_name(_closed(form, scope)))
            inner = scope.of(alias, bindings(alias, get_args(form), scope))
            made.target = self.node(alias.__value__, inner, place)
        return self._known[key]

    def _variable(self, variable: Any, scope: Scope, place: str) -> Node:
        bound = scope.variables.get(variable)
        if bound is not None:
            return self.node(bound.form, bound.scope, place)
        if variable is extensions.Self:
            raise refused(variable, place)
        has_default = getattr(variable, "has_default", bool)()
        default = variable.__default__ if has_default else variable.__bound__
        if default is not None:
            return self.node(default, scope, place)
        if variable.__constraints__:
            return OneOf(tuple(self.node(one, scope, place) for one in variable.__constraints__))
        hint = "give the class that has it an argument, as in Page[int]"
        raise CallError(no_strict_schema(place, f"the type variable {variable.__name__}", hint))

    def _literal(self, form: Any, place: str) -> Constants:
        values: list[Any] = []
        for one in get_args(form):
            values.append(one)
        wrong = [one for one in values if not isinstance(one, (*_JSON_TYPES, Enum))]
        if wrong:
            raise CallError(no_strict_schema(place, shown(form), f"{wrong[0]!r} is not JSON"))
        return Constants(tuple((one.value if isinstance(one, Enum) else one, one) for one in values))

    def _enumeration(self, cls: type[Enum], place: str) -> Constants:
        if issubclass(cls, Flag):
            raise refused(cls, place)
        if cls not in self._known:
            if not len(cls):
                raise CallError(no_strict_schema(place, cls.__name__, "it has no members"))
            for one in cls:
                if not isinstance(one.value, _JSON_TYPES):
                    hint = f"{cls.__name__}.{one.name} is {one.value!r}; use values of type str or int"
                    raise CallError(no_strict_schema(place, cls.__name__, hint))
            pairs = tuple((one.value, one) for one in cls)
            self._known[cls] = Constants(pairs, schema_name(cls), own_doc(cls))
        found = self._known[cls]
        assert isinstance(found, Constants)
        return found


def refused(form: Any, place: str) -> CallError:
    """Return the error about a type that a strict schema cannot describe."""
    origin = get_origin(form) or form
    if origin in _ARRAYS:
        return CallError(no_strict_schema(place, shown(form), "name the type of its items"))
    if isinstance(origin, type) and issubclass(origin, Flag):
        origin = Flag
    name = getattr(origin, "__qualname__", None) or getattr(origin, "_name", None) or ""
    return CallError(
        no_strict_schema(place, shown(form), hint_for(f"{getattr(origin, '__module__', '')}.{name}"))
    )


def _may_contain_itself(form: Any) -> bool:
    """Return True for a type, apart from a class, that has other types inside."""
    origin = get_origin(form)
    return origin in (Union, UnionType, extensions.Annotated, tuple) or (
        _is_hashable(origin) and origin in _ARRAYS
    )


def accepts_null(node: Node) -> bool:
    """Return True if null fits a node."""
    match node:
        case Plain(kind=kind):
            return kind == "null"
        case Constants(pairs=pairs):
            return any(one is None for one, _ in pairs)
        case OneOf(members=members):
            return any(map(accepts_null, members))
        case Described(node=inner):
            return accepts_null(inner)
        case Alias(target=target):
            return target is not None and accepts_null(target)
        case _:
            return False


def _flat(node: Node) -> tuple[Node, ...]:
    """Return the members of a union; any other node itself."""
    return node.members if isinstance(node, OneOf) else (node,)


def _with_bounds(node: Node, bounds: Mapping[str, Any]) -> tuple[Node, set[str]]:
    """Return a node with bounds, and the names of those that do not apply to it."""
    if isinstance(node, OneOf):
        found = [_with_bounds(one, bounds) for one in node.members]
        return OneOf(tuple(one for one, _ in found)), set[str].intersection(*(unused for _, unused in found))
    if isinstance(node, Described):
        inner, unused = _with_bounds(node.node, bounds)
        return Described(inner, node.doc), unused
    kind = "array" if isinstance(node, Items) else node.kind if isinstance(node, Plain) else ""
    table = KEYWORDS.get(kind, {})
    if isinstance(node, Plain) and node.convert is not None:
        table = {}
    added = {table[name]: value for name, value in bounds.items() if name in table}
    if isinstance(node, (Items, Plain)) and added:
        node = dataclasses.replace(node, keywords={**node.keywords, **added})
    return node, {name for name in bounds if name not in table}


def _evaluated(form: Any, scope: Scope, place: str) -> Any:
    try:
        return scope.evaluated(form)
    except NameError as error:
        text = shown(form)
        raise CallError(f'{place or "type"}: "{text}" is not defined: {error}') from None
    except (SyntaxError, TypeError, AttributeError) as error:
        raise CallError(f'{place or "type"}: "{shown(form)}" is no type: {error}') from None


def _key(form: Any, scope: Scope) -> Any:
    """Return a key for a type: the same for the same class with the same arguments."""
    closed = _closed(form, scope)
    try:
        hash(closed)
    except TypeError:
        return id(form)
    return closed, repr(closed)


def _closed(form: Any, scope: Scope, outer: tuple[Any, ...] = ()) -> Any:
    """Return a type in which no variable is left that the scope knows. It may be one of those around it."""
    form = scope.evaluated(form)
    if any(form is one for one in outer):
        return form
    if isinstance(bound := scope.variables.get(form) if _is_hashable(form) else None, Bound):
        return _closed(bound.form, bound.scope, outer)
    arguments = get_args(form)
    origin = get_origin(form)
    if not arguments or origin in (Literal, extensions.Literal, extensions.Annotated, None):
        return form
    closed = tuple(_closed(one, scope, (*outer, form)) for one in arguments)
    if closed == arguments:
        return form
    return Union[closed] if origin in (Union, UnionType) else origin[closed]  # noqa: UP007  made of values


def _is_hashable(form: Any) -> bool:
    try:
        hash(form)
    except TypeError:
        return False
    return True
