"""The fields of the classes that are objects in JSON, and how their instances are created.

Classes of pydantic, attrs and msgspec are recognized by their attributes: nothing of them is imported unless
a program uses them.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, Final, Literal, Never, get_origin

from typing_extensions import NoExtraItems, is_typeddict

from typed_openai._shapes.annotation_scope import Scope, base_scope, own_annotations
from typed_openai._shapes.pydantic_types import fields_of, has_fields, key_of, validated
from typed_openai.errors import CallError
from typed_openai_spec.validation.strict_types import EXTRA_ITEMS, UNTYPED, no_strict_schema


@dataclasses.dataclass(frozen=True, slots=True)
class RawField:
    """A field as its class declares it: its key in JSON, its name in Python, its type and where that is read.

    A type in an ``inherited_metadata`` was taken out of ``Annotated`` by the class.
    """

    key: str
    name: str
    form: Any
    scope: Scope
    doc: str = ""
    metadata: tuple[Any, ...] = ()
    is_optional: bool = False
    is_total: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class RawRecord:
    """The fields of a class, and the function that creates an instance."""

    fields: tuple[RawField, ...]
    build: Callable[[dict[str, Any]], Any]
    reads_itself: bool = False


def raw_record(cls: Any, scope: Scope) -> RawRecord | None:
    """Return the fields of a class that is an object in JSON; None for any other class.

    Raises :class:`CallError` for a class whose fields have no types.
    """
    return next((read(cls, scope) for fits, read in _KINDS if fits(cls)), None)


def own_doc(cls: Any) -> str:
    """Return the docstring of a class, unless it was generated or inherited."""
    doc = vars(cls).get("__doc__")
    if not isinstance(doc, str) or doc.startswith(f"{cls.__name__}("):
        return ""
    return inspect.cleandoc(doc)


def _typed_dict(cls: Any, scope: Scope) -> RawRecord:
    extra = getattr(cls, "__extra_items__", None)
    if extra is not None and extra is not NoExtraItems and extra is not Never:
        raise CallError(no_strict_schema("", cls.__name__, EXTRA_ITEMS))
    return RawRecord(tuple(_typed_dict_fields(cls, scope).values()), dict)


def _typed_dict_fields(cls: Any, scope: Scope) -> dict[str, RawField]:
    found: dict[str, RawField] = {}
    for base in getattr(cls, "__orig_bases__", ()):
        origin = get_origin(base) or base
        if is_typeddict(origin):
            found |= _typed_dict_fields(origin, base_scope(base, scope))
    for name, form in own_annotations(cls).items():
        if name not in found:
            is_total = name in cls.__required_keys__
            found[name] = RawField(name, name, form, scope, is_total=is_total)
    return found


def _dataclass(cls: Any, scope: Scope) -> RawRecord:
    scopes = _scopes(cls, scope)
    fields = []
    for one in cls.__dataclass_fields__.values():
        kind = one._field_type.name  # fields() leaves out InitVar, which the constructor takes
        if kind == "_FIELD_CLASSVAR" or not one.init:
            continue
        is_optional = (one.default, one.default_factory) != (dataclasses.MISSING, dataclasses.MISSING)
        doc = getattr(one, "doc", None) or ""
        found = _declared(one.name, scopes, one.type, scope)
        fields.append(RawField(one.name, one.name, *found, doc, is_optional=is_optional))
    return RawRecord(tuple(fields), _constructor(cls))


def _named_tuple(cls: Any, scope: Scope) -> RawRecord:
    scopes = _scopes(cls, scope)
    fields = [
        RawField(name, name, *_declared(name, scopes, None, scope), is_optional=name in cls._field_defaults)
        for name in cls._fields
    ]
    return RawRecord(tuple(fields), _constructor(cls))


def _pydantic(cls: Any, scope: Scope) -> RawRecord:
    fields = [
        RawField(
            key_of(cls, name, one), name, one.annotation, scope.of(cls), "", (one,), not one.is_required()
        )
        for name, one in fields_of(cls).items()
    ]
    return RawRecord(tuple(fields), validated(cls), reads_itself=True)


def _attrs(cls: Any, scope: Scope) -> RawRecord:
    scopes = _scopes(cls, scope)
    fields = []
    for one in cls.__attrs_attrs__:
        if one.init:
            found = _declared(one.name, scopes, one.type, scope)
            optional = type(one.default).__name__ != "_Nothing"
            fields.append(RawField(one.name, one.alias, *found, is_optional=optional))
    return RawRecord(tuple(fields), _constructor(cls))


def _msgspec(cls: Any, scope: Scope) -> RawRecord:
    scopes = _scopes(cls, scope)
    config = cls.__struct_config__
    fields = [
        RawField(
            one.encode_name,
            one.name,
            *_declared(one.name, scopes, None, scope),
            is_optional=not one.required,
        )
        for one in import_module("msgspec.structs").fields(cls)
    ]
    if config.tag is None:
        return RawRecord(tuple(fields), _constructor(cls))
    literal: Any = Literal  # checkers want constants here
    tag = RawField(config.tag_field, config.tag_field, literal[config.tag], scope)

    def build(values: dict[str, Any]) -> Any:
        return cls(**{name: one for name, one in values.items() if name != config.tag_field})

    return RawRecord((tag, *fields), build)


def _constructor(cls: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda values: cls(**values)


def _scopes(cls: Any, scope: Scope) -> Mapping[Any, Scope]:
    """Return the scope of a class and of each of its bases, in the order of the class's own lookup."""
    found = {cls: scope}
    for base in vars(cls).get("__orig_bases__", cls.__bases__):
        origin = get_origin(base) or base
        if isinstance(origin, type) and origin is not object:
            found = {**found, **_scopes(origin, base_scope(base, scope))}
    return {one: found[one] for one in cls.__mro__ if one in found}


def _declared(name: str, scopes: Mapping[Any, Scope], fallback: Any, scope: Scope) -> tuple[Any, Scope]:
    """Return the annotation of a field, and the scope of the class that declares it."""
    for owner, inner in scopes.items():
        annotations = own_annotations(owner)
        if name in annotations:
            return annotations[name], inner
    if fallback is None:
        cls = next(iter(scopes))
        raise CallError(no_strict_schema("", cls.__name__, UNTYPED))
    return fallback, scope


_KINDS: Final[tuple[tuple[Callable[[Any], bool], Callable[[Any, Scope], RawRecord]], ...]] = (
    (is_typeddict, _typed_dict),
    (has_fields, _pydantic),
    (dataclasses.is_dataclass, _dataclass),
    (lambda cls: hasattr(cls, "__attrs_attrs__"), _attrs),
    (lambda cls: hasattr(cls, "__struct_fields__"), _msgspec),
    (lambda cls: issubclass(cls, tuple) and hasattr(cls, "_fields"), _named_tuple),
)


def function_fields(
    signature: inspect.Signature, scope: Scope, names: Iterable[str], docs: Mapping[str, str]
) -> tuple[RawField, ...]:
    """Return the parameters of a function as fields."""
    found = []
    for name in names:
        one = signature.parameters[name]
        optional = one.default is not inspect.Parameter.empty
        found.append(RawField(name, name, one.annotation, scope, docs.get(name, ""), is_optional=optional))
    return tuple(found)
