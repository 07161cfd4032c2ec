"""The shape of a type: its schema, and the function that reads values of it. Shapes are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import signature
from types import FrameType
from typing import Any, Final, ForwardRef, Literal, get_args, get_origin

from typed_openai._shapes.annotation_scope import Scope
from typed_openai._shapes.function_forms import name_of, written_function
from typed_openai._shapes.record_kinds import RawRecord, function_fields
from typed_openai._shapes.schema_writing import VALUE, SchemaWriter, field_place
from typed_openai._shapes.shape_nodes import Node, Record, bare
from typed_openai._shapes.shown_types import schema_name, shown
from typed_openai._shapes.type_walk import TypeWalk
from typed_openai._shapes.unfit_values import Unfit
from typed_openai._shapes.value_reading import Reader, reader_of
from typed_openai.errors import CallError
from typed_openai_spec.validation.strict_limits import excesses
from typed_openai_spec.validation.value_places import Place


@dataclass
class Shape:
    """A type as JSON sees it. ``name`` is the name of its schema."""

    node: Node
    name: str
    _is_measured: bool = field(default=False, init=False)

    @property
    def doc(self) -> str:
        """The description of the type, if it is a class that has one."""
        inner = bare(self.node)
        return inner.doc if isinstance(inner, Record) else ""

    @cached_property
    def is_wrapped(self) -> bool:
        """True if the schema has an object around the type, as the root of a strict schema is an object."""
        return not isinstance(bare(self.node), Record)

    def schema(self) -> dict[str, Any]:
        """Return the strict schema, which the caller may change.

        Raises :class:`CallError` if it exceeds a limit of strict schemas.
        """
        written = SchemaWriter(self.node).whole()
        if not self._is_measured:
            for place, text in excesses(written, ()):
                raise CallError(f"{field_place(self.name, self._inside(place))}: {text}")
            self._is_measured = True
        return written

    def _inside(self, place: Place) -> Place:
        """Return a place in the schema without the object around the type."""
        wrapper = ("properties", VALUE)
        return place[len(wrapper) :] if self.is_wrapped and place[: len(wrapper)] == wrapper else place

    @cached_property
    def _read(self) -> Reader:
        return reader_of(self.node)

    def read(self, value: Any) -> Any:
        """Return the Python value of a JSON value. Raises :class:`Unfit`."""
        try:
            return self._unwrapped(value)
        except RecursionError:
            raise Unfit("the value is nested too deeply") from None

    def as_dict(self) -> Shape:
        """Return the shape of a dict with the same fields, for that of a class."""
        record = bare(self.node)
        assert isinstance(record, Record)
        return Shape(replace(record, build=dict), self.name)

    def instance(self, **fields: Any) -> Any:
        """Return an instance of the class with fields that :meth:`as_dict` has read."""
        record = bare(self.node)
        assert isinstance(record, Record)
        return record.build(fields)

    def _unwrapped(self, value: Any) -> Any:
        if not self.is_wrapped:
            return self._read(value)
        if not isinstance(value, dict) or [*value] != [VALUE]:
            raise Unfit(f'expected an object with the key "{VALUE}"')
        try:
            return self._read(value[VALUE])
        except Unfit as error:
            error.inside(VALUE)
            raise


_MOST_KEPT: Final = 256
_kept: OrderedDict[Any, Shape] = OrderedDict()
"""The shapes that were used last, by type; bounded, as a program may create classes without end."""


def shape_of(form: Any, frame: FrameType | None) -> Shape:
    """Return the shape of a type; ``frame`` is the caller's, whose local classes annotations may name.

    Raises :class:`CallError` for a type that a strict schema cannot describe.
    """
    key = _key(form)
    if key is None:
        return _made(form, frame)
    found = _kept.pop(key, None) or _made(form, frame)
    _kept[key] = found
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return found


def _made(form: Any, frame: FrameType | None) -> Shape:
    try:
        return Shape(TypeWalk().node(form, Scope(None, frame)), schema_name(form))
    except NameError as error:
        raise CallError(f'type: "{shown(form)}" cannot be read: {error}') from None
    except RecursionError:
        raise CallError(f'type: "{shown(form)}" cannot be read: it is nested too deeply') from None


def _key(form: Any) -> Any:
    """Return a key for a type; None if it cannot have one.

    Equal unions differ in the order of their members, which their text has. Names in quotes mean a class of
    the caller.
    """
    if isinstance(form, type) and not hasattr(form, "__origin__"):
        return form
    if _has_text(form):
        return None
    try:
        hash(form)
    except TypeError:
        return None
    return form, repr(form)


def _has_text(form: Any) -> bool:
    if isinstance(form, (str, ForwardRef)):
        return True
    if get_origin(form) is Literal:
        return False
    return any(map(_has_text, get_args(form)))


def shape_of_function(
    function: Any, names: list[str], docs: Mapping[str, str], frame: FrameType | None
) -> Shape:
    """Return the shape of the arguments of a function: an object with a key for each of the parameters.

    ``docs`` are the descriptions of the parameters that do not describe themselves.
    """
    name, scope = name_of(function), Scope(written_function(function), frame)
    fields = function_fields(signature(function), scope, names, docs)
    return Shape(TypeWalk().record(name, "", RawRecord(fields, dict)), name)
