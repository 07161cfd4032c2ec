"""Evaluation of annotations that are text: the names that they can see, and the type variables."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, ForwardRef, Self, get_args, get_origin

from typing_extensions import Format, get_annotations


@dataclass(frozen=True, slots=True)
class Bound:
    """The form that a type variable stands for, and the scope in which it is read."""

    form: Any
    scope: Scope


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that an annotation of one owner (a class or a function) can see.

    ``frame`` is the frame of the caller: local classes are found in it and in the frames below, as far as
    they are those of the owner's module.
    """

    owner: Any = None
    frame: FrameType | None = None
    variables: Mapping[Any, Bound] = field(default_factory=dict)

    def of(self, owner: Any, variables: Mapping[Any, Bound] | None = None) -> Scope:
        """Return the scope of another owner."""
        return Scope(owner, self.frame, variables or {})

    def evaluated(self, form: Any) -> Any:
        """Return a form that is a type: text is evaluated. Raises ``NameError`` for an unknown name."""
        module = None
        while isinstance(form, (str, ForwardRef)):
            if isinstance(form, ForwardRef):
                module = getattr(form, "__forward_module__", None) or module
                form = form.__forward_arg__
            names = _Names(self, getattr(module, "__name__", module))
            # The text is an annotation of the program that calls.
            form = eval(form, {"__builtins__": builtins.__dict__}, names)  # noqa: S307
        return form


class _Names(dict[str, Any]):
    """The names of a scope, looked up as Python would: parameters, enclosing functions, the module."""

    def __init__(self, scope: Scope, module: str | None) -> None:
        owner = scope.owner
        super().__init__({one.__name__: one for one in getattr(owner, "__type_params__", ())})
        self._qualname: str = getattr(owner, "__qualname__", "")
        self._module = module or getattr(owner, "__module__", None)
        self._scope = scope

    def __missing__(self, name: str) -> Any:
        for names in (*self._enclosing(), self._globals(), builtins.__dict__, *self._frames()):
            if name in names:
                return names[name]
        raise KeyError(name)

    def _globals(self) -> Mapping[str, Any]:
        scope = self._scope
        function = getattr(scope.owner, "__globals__", None)
        if scope.owner is None and self._module is None and scope.frame is not None:
            return scope.frame.f_globals
        return function if function is not None else vars(sys.modules.get(self._module or "", builtins))

    def _enclosing(self) -> Iterator[Mapping[str, Any]]:
        """Yield the local names of the functions that the owner is defined in, if they are running."""
        owner: Any = self._scope.owner
        if closure := getattr(owner, "__closure__", None):
            cells = zip(owner.__code__.co_freevars, closure, strict=True)
            yield {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}
        if self._scope.owner is None and self._scope.frame is not None:
            yield self._scope.frame.f_locals
        if "<locals>" in self._qualname:
            for frame in _outward(self._scope.frame):
                if self._qualname.startswith(f"{frame.f_code.co_qualname}.<locals>."):
                    yield frame.f_locals

    def _frames(self) -> Iterator[Mapping[str, Any]]:
        """Yield the names of the running functions of the owner's module; in others they mean other things.

        Modules that are run as examples, or by ``exec``, have the name of a module, and not its globals.
        """
        own = self._module or self._globals().get("__name__")
        for frame in _outward(self._scope.frame):
            if frame.f_globals.get("__name__", builtins.__name__) == own:
                yield frame.f_locals
                yield frame.f_globals


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _outward(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def own_annotations(owner: Any) -> dict[str, Any]:
    """Return the annotations that a class or a function has itself, not evaluated."""
    return dict(get_annotations(owner, format=Format.FORWARDREF))


def bindings(cls: Any, arguments: tuple[Any, ...], scope: Scope) -> dict[Any, Bound]:
    """Return the forms of a generic class's type variables, given its arguments."""
    parameters: Any = getattr(cls, "__type_params__", None) or getattr(cls, "__parameters__", ())
    return {one: Bound(form, scope) for one, form in zip(parameters, arguments, strict=False)}


def base_scope(base: Any, scope: Scope) -> Scope:
    """Return the scope of a base class, as its subclass names it. ``Self`` is the subclass there, too."""
    origin = get_origin(base) or base
    own = {Self: scope.variables[Self]} if Self in scope.variables else {}
    return scope.of(origin, {**bindings(origin, get_args(base), scope), **own})
