"""Methods that override one of the API's with incompatible parameters or results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import ClassDef, Decorator, FuncDef, Node, TypeInfo
from mypy.types import CallableType, get_proper_type

from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_mypy.compat.base_classes import inherited_method
from typed_openai_mypy.explain.explainer import Anchor, Explainer, Problem
from typed_openai_mypy.messages import override_messages
from typed_openai_mypy.syntax.tree import Site


def explain_override(explainer: Explainer, site: Site) -> list[Problem] | None:
    """The mistakes of a method that overrides one of a client package's class."""
    method = site.node
    assert isinstance(method, FuncDef)
    owner = _class_of(site)
    base = _overridden(owner, method.name) if owner is not None else None
    own = get_proper_type(method.type)
    if owner is None or base is None or not isinstance(own, CallableType):
        return None
    wanted = inherited_method(owner, base, method.name)
    if wanted is None:
        return None
    own, wanted = own.with_unpacked_kwargs(), wanted.with_unpacked_kwargs()
    if own.arg_kinds != wanted.arg_kinds or own.arg_names[1:] != wanted.arg_names[1:]:
        missing = [name for name in wanted.arg_names if name is not None and name not in own.arg_names]
        names = [name for name in wanted.arg_names if name is not None]
        return [Problem(method, override_messages.other_parameters(method.name, base.name, missing or names))]
    return list(_misfits(explainer, method, own, wanted))


def _misfits(
    explainer: Explainer, method: FuncDef, own: CallableType, wanted: CallableType
) -> Iterator[Problem]:
    """The parameters that accept too little, and a result of the wrong type."""
    pairs = zip(method.arguments[1:], own.arg_types[1:], wanted.arg_types[1:], strict=False)
    for argument, taken, given in pairs:
        if not explainer.checker.fits(given, taken):
            name = argument.variable.name
            yield Problem(argument, override_messages.parameter_of_override(method.name, name, given, taken))
    expected, found = wanted.ret_type, own.ret_type
    if not explainer.checker.fits(found, expected):
        yield Problem(method, override_messages.result_of_override(method.name, expected, found))


def _class_of(site: Site) -> TypeInfo | None:
    """The class that a method is defined in."""
    around = [one for one in site.trail[:-1] if isinstance(one, (ClassDef, FuncDef))]
    owner = around[-1] if around else None
    inside = not any(isinstance(one, Decorator) for one in site.trail[-2:])
    return owner.info if isinstance(owner, ClassDef) and inside else None


def _overridden(owner: TypeInfo, name: str) -> TypeInfo | None:
    """The class of a client package from which a method of that name is inherited."""
    bases = (one for one in owner.mro[1:] if name in one.names)
    first = next(bases, None)
    return first if first is not None and is_ours(first.fullname) else None


ANCHORS: Final[Mapping[type[Node], Anchor]] = {FuncDef: explain_override}
