"""Questions about signatures that need no evaluation of a call.

The module is loaded for every program that uses a client package, so it imports only modules that load
fast. Private part used: a hook's ``api`` is the checker, whose ``tree`` and ``modules`` are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from mypy import types
from mypy.checker import TypeChecker
from mypy.nodes import ArgKind, Decorator, FuncDef, OverloadedFuncDef, SymbolNode, TypeInfo
from mypy.plugin import FunctionSigContext, MethodSigContext

from typed_openai_mypy.visibility import Visibility
from typed_openai_spec.records import dataclass

SigContext: TypeAlias = MethodSigContext | FunctionSigContext
"""The context of a hook for the signature of a call."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The positions in a signature of a function and of the arguments that it is called with."""

    function: int
    arguments: tuple[int, ...]
    spec: types.ParamSpecType | None
    """The ``ParamSpec`` of the arguments; None for a ``TypeVarTuple``, whose arguments are positional."""

    @property
    def own(self) -> frozenset[int]:
        """The positions of all other arguments."""
        return frozenset(range(self.arguments[-1] + 1)) - {self.function, *self.arguments}


def slot_of(declared: types.CallableType) -> Slot | None:
    """Find a function with its arguments in a signature: ``Callable[P, R], *args: P.args, ...``."""
    stars = {kind: index for index, kind in enumerate(declared.arg_kinds) if kind.is_star()}
    star = stars.get(ArgKind.ARG_STAR)
    given = types.get_proper_type(declared.arg_types[star]) if star is not None else None
    for index, one in enumerate(map(types.get_proper_type, declared.arg_types)):
        if star is None or not isinstance(one, types.CallableType) or index > star:
            continue
        spec = one.param_spec()
        if spec is not None and isinstance(given, types.ParamSpecType) and not spec.prefix.arg_types:
            return Slot(index, tuple(sorted(stars.values())), spec) if spec.id == given.id else None
        if isinstance(given, types.UnpackType) and [*map(_tuple_variable, one.arg_types)] == [given.type]:
            return Slot(index, (star,), None)
    return None


def _tuple_variable(argument: types.Type) -> types.Type | None:
    proper = types.get_proper_type(argument)
    return proper.type if isinstance(proper, types.UnpackType) else None


def is_visible(visibility: Visibility, api: object) -> bool:
    """Return whether the file that is being checked can see a client package."""
    return isinstance(api, TypeChecker) and visibility.sees_ours(api.tree, api.modules)


def signatures_of(node: SymbolNode | None) -> Sequence[types.CallableType]:
    """The signatures of a function or of a class's constructor; empty for anything else."""
    if isinstance(node, TypeInfo):
        made = node.get("__init__")
        node = made.node if made is not None else None
    if isinstance(node, Decorator):
        node = node.func
    found = types.get_proper_type(node.type) if isinstance(node, (FuncDef, OverloadedFuncDef)) else None
    return found.items if isinstance(found, types.FunctionLike) else ()
