"""Create the run-time types of schema nodes; the stubs contain the same types as text.

Types that only requests use are read-only (``Sequence``, ``Mapping``), and their binary strings are files.
Types that replies may use are what JSON parses to: ``list``, ``dict``, ``str``.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, MutableMapping, Sequence
from types import UnionType
from typing import Any, Final, ForwardRef, Literal, NotRequired, Union, Unpack, get_args, get_origin

from typing_extensions import TypedDict

from typed_openai.omission import Omit
from typed_openai_spec import model
from typed_openai_spec.model.operation_params import Params
from typed_openai_spec.model.walking import references

# ``typed_openai.binary.FileInput``, with the class of open binary files in place of ``typing.IO``.
_FILE: Final[Any] = bytes | tuple[str, bytes] | io.IOBase | os.PathLike[str] | str

_SCALARS: Final[dict[model.ScalarKind, type]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
}


def define(
    name: str,
    components: Mapping[str, model.Component],
    namespace: MutableMapping[str, Any],
    module: str,
) -> None:
    """Define the component called ``name``, and all that it refers to, in a module's namespace.

    Existing definitions are used as they are. A reference back to a component that is still being defined
    becomes a ``ForwardRef`` into ``module``.
    """
    started: set[str] = set()
    pending = [name]
    while pending:
        current = components[pending[-1]]
        missing = [one for one in references(current.schema) if one not in namespace]
        if current.name not in started:
            started.add(current.name)
            pending += [one for one in missing if one not in started]
            continue
        pending.pop()
        if current.name not in namespace:
            namespace[current.name] = _Builder(namespace, module, not current.output).component(current)


def define_params(
    params: Params,
    inherited: tuple[model.Argument, ...],
    components: Mapping[str, model.Component],
    namespace: MutableMapping[str, Any],
    module: str,
) -> Any:
    """Return the TypedDict of an operation's params; the ``inherited`` arguments come first.

    Components are read from, and defined in, the namespace of the module of components.
    """
    arguments = (*inherited, *params.arguments)
    home = namespace["__name__"]
    for name in (name for one in arguments for name in references(one.schema)):
        if name not in namespace:
            define(name, components, namespace, home)
    builder = _Builder(namespace, home, sent=True)
    return builder.typed_dict(params.name, builder.arguments(arguments), module, params.doc)


class _Builder:
    """Creates the type of one component. ``sent`` means that its values occur only in requests."""

    def __init__(self, namespace: Mapping[str, Any], module: str, sent: bool) -> None:
        self._namespace = namespace
        self._module = module
        self._sent = sent
        self._takes_files = False

    def component(self, component: model.Component) -> Any:
        """Return a TypedDict for an object with fields, or the type that the component stands for."""
        schema = component.schema
        if not isinstance(schema, model.Object) or not (schema.fields or schema.closed):
            return self._type(schema)
        fields = {one.name: self._field(one) for one in schema.fields}
        return self.typed_dict(component.name, fields, self._module, _doc(component, schema))

    def arguments(self, arguments: tuple[model.Argument, ...]) -> dict[str, Any]:
        """Return the types of arguments; optional ones also accept ``OMIT``."""
        types = {one.name: self._type(one.schema) for one in arguments}
        optional = (one.name for one in arguments if not one.required)
        return types | {name: NotRequired[Union[types[name], Omit]] for name in optional}  # noqa: UP007  as below

    def typed_dict(self, name: str, types: dict[str, Any], module: str, doc: str) -> Any:
        """Return the TypedDict of that name, as a member of ``module``."""
        functional: Any = TypedDict  # checkers want a literal dict here
        made = functional(name, types)
        made.__module__ = module
        made.__doc__ = doc or None
        if self._takes_files:
            # pydantic knows no type for an open file; this allows it to check by ``isinstance``.
            made.__pydantic_config__ = {"arbitrary_types_allowed": True}
        return made

    def _field(self, field: model.Field) -> Any:
        found = self._type(field.schema)
        return found if field.required else NotRequired[found]

    def _type(self, schema: model.Schema) -> Any:
        match schema:
            case model.Ref(name=name):
                if name not in self._namespace:
                    return ForwardRef(name, module=self._module)
                known = self._namespace[name]
                return _read_only(known) if self._sent else known
            case model.Null():
                return None
            case model.Scalar(is_binary=True) if self._sent:
                self._takes_files = True
                return _FILE
            case model.Scalar(kind=kind):
                return _SCALARS[kind]
            case model.Literals(values=values):
                return _literal(values)
            case _:
                return self._compound(schema)

    def _compound(self, schema: model.Schema) -> Any:
        # The types that others are made of are values here, which a checker cannot follow.
        match schema:
            case model.Array(is_tuple=True, places=places, rest=rest):
                types = [self._type(one) for one in places]
                types += [] if rest is None else [Unpack[tuple[self._type(rest), ...]]]  # type: ignore[misc]
                return tuple[tuple(types)]  # type: ignore[misc]
            case model.Array(items=items):
                item = self._type(items)
                return Sequence[item] if self._sent else list[item]  # type: ignore[valid-type]
            case model.Object(extra=extra):
                value = self._type(extra or model.Anything())
                return Mapping[str, value] if self._sent else dict[str, value]  # type: ignore[valid-type]
            case model.Union(members=members):
                return Union[tuple(self._type(one) for one in members)]  # noqa: UP007
            case _:
                return object


def _read_only(known: Any) -> Any:
    """Return the type of free-form maps as requests accept them; any other type unchanged."""
    if get_origin(known) is dict:
        mapping: Any = Mapping  # as above
        return mapping[get_args(known)]
    if get_origin(known) in (Union, UnionType):
        return Union[tuple(map(_read_only, get_args(known)))]  # noqa: UP007  as above
    return known


def _doc(component: model.Component, schema: model.Object) -> str:
    """Return a component's docstring: its sentence, and those of its fields."""
    fields = [f"    {one.name}: {' '.join(one.doc.split())}" for one in schema.fields if one.doc]
    return "\n".join((component.doc, *(["", "Fields:", *fields] if fields else []))).strip()


def _literal(values: tuple[str | int | float | bool, ...]) -> Any:
    """Return a ``Literal``. Floats cannot be literals; if one is listed, any float is accepted."""
    constants = tuple(one for one in values if not isinstance(one, float))
    if not constants:
        return float
    subscripted: Any = Literal  # checkers want constants here
    literal = subscripted[constants]
    return literal if len(constants) == len(values) else literal | float
