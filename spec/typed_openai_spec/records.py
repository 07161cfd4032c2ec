"""A decorator for dataclasses with slots that makes classes quickly.

The standard decorator compiles six methods for each class, which takes longer than everything else that a
program does to import them. This one compiles only ``__init__``, when the first instance is made: a program
uses few of the classes that it imports. Classes that inherit from such a class need this decorator as well.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")

_Method = Callable[..., object]


def _quick(*, slots: bool, frozen: bool = False, order: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a dataclass with slots."""
    assert slots, "other dataclasses need the standard decorator"
    return partial(_made, is_frozen=frozen, is_ordered=order)


def _made(cls: type[T], *, is_frozen: bool, is_ordered: bool) -> type[T]:
    own = set(vars(cls))
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    fields = dataclasses.fields(made)  # type: ignore[arg-type]  # it has just become a dataclass
    compared = [one.name for one in fields if one.compare]
    methods: dict[str, _Method | None] = {
        "__init__": _init_later(made, fields),
        "__repr__": _repr([one.name for one in fields if one.repr]),
        **_comparing(_values(compared)),
        **(_ordering(_values(compared)) if is_ordered else {}),
        **(_copied([one.name for one in fields]) if is_frozen else {}),
        **(_FROZEN if is_frozen else _CHANGING),
    }
    for name in methods.keys() - own:
        setattr(made, name, methods[name])
    return made


def _init_later(made: type, fields: Sequence[dataclasses.Field[object]]) -> _Method:
    """Return an ``__init__`` that replaces itself by the compiled one."""

    def initialize(self: object, *arguments: object, **keywords: object) -> None:
        compiled = _init(made, fields)
        made.__init__ = compiled  # type: ignore[misc]  # the same method, from now on without a detour
        compiled(self, *arguments, **keywords)

    return initialize


def _init(made: type, fields: Sequence[dataclasses.Field[object]]) -> _Method:
    """Compile ``__init__``, which stores each argument in its slot."""
    known: dict[str, object] = {"missing": dataclasses.MISSING}
    parameters, stored = ["self"], []
    for number, one in enumerate(fields):
        known[f"set_{number}"] = getattr(made, one.name).__set__
        parameter, value = one.name, one.name
        if one.default is not dataclasses.MISSING:
            known[f"default_{number}"] = one.default
            parameter = f"{one.name}=default_{number}"
        elif one.default_factory is not dataclasses.MISSING:
            known[f"make_{number}"] = one.default_factory
            parameter = f"{one.name}=missing"
            value = f"make_{number}() if {one.name} is missing else {one.name}"
        parameters.append(parameter)
        stored.append(f"    set_{number}(self, {value})")
    if hasattr(made, "__post_init__"):
        stored.append("    self.__post_init__()")
    source = f"def __init__({', '.join(parameters)}):\n" + "\n".join(stored or ["    pass"])
    namespace: dict[str, _Method] = {}
    exec(source, known, namespace)  # noqa: S102  the text consists of names of fields
    namespace["__init__"].__qualname__ = f"{made.__qualname__}.__init__"
    return namespace["__init__"]


def _values(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    """Return a function that reads attributes as a tuple."""
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _comparing(values: Callable[[object], tuple[object, ...]]) -> Mapping[str, _Method]:
    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed}


def _ordering(values: Callable[[object], tuple[Any, ...]]) -> Mapping[str, _Method]:
    def compared(by: Callable[[Any, Any], object]) -> _Method:
        def method(self: object, other: object) -> object:
            return by(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

        return method

    return {f"__{by.__name__}__": compared(by) for by in (operator.lt, operator.le, operator.gt, operator.ge)}


def _repr(names: Sequence[str]) -> _Method:
    @recursive_repr()
    def shown(self: object) -> str:
        parts = (f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({', '.join(parts)})"

    return shown


def _copied(names: Sequence[str]) -> Mapping[str, _Method]:
    """Return the methods that ``copy`` and ``pickle`` use."""

    def state(self: object) -> list[object]:
        return [getattr(self, name) for name in names]

    def restore(self: object, values: Sequence[object]) -> None:
        for name, value in zip(names, values, strict=True):
            object.__setattr__(self, name, value)

    return {"__getstate__": state, "__setstate__": restore}


def _set(_instance: object, name: str, _value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(_instance: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_FROZEN: Final[Mapping[str, _Method]] = {"__setattr__": _set, "__delattr__": _delete}

_CHANGING: Final[Mapping[str, _Method | None]] = {"__hash__": None}
"""An instance whose fields may change has no hash."""


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _quick
