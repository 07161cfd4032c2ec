"""The run of a kit of tools: it adds its tools to a method's arguments, and takes settings of its own.

A ``ParamSpec`` leaves no place for keywords of the function's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from mypy.nodes import ArgKind, CallExpr, Expression, FuncDef, MemberExpr
from mypy.types import CallableType, Type, get_proper_type

from typed_openai_mypy.api.fullnames import RUNNING
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_mypy.values.known_values import Known
from typed_openai_spec.validation.wording import PartialArray

TOOLS: Final = "tools"
"""The argument of a method to which a run adds the kit's tools."""


def is_run(declared: CallableType) -> bool:
    """Return whether a signature is that of ``run``."""
    definition = declared.definition
    return definition is not None and definition.fullname == RUNNING


def kit_of(call: CallExpr) -> Expression:
    """The kit whose ``run`` is called, or the callee if it has another form."""
    return call.callee.expr if isinstance(call.callee, MemberExpr) else call.callee


def with_kit(read: Callable[[Known], Given], kit: Expression, known: Known) -> Given:
    """The arguments of a method that a run calls. There are more tools than those among them."""
    given = read(known)
    own = given.values.get(TOOLS)
    tools = PartialArray(own if isinstance(own, list) else ())
    return replace(given, values={**given.values, TOOLS: tools}, kit=kit)


def settings_of(declared: CallableType) -> Mapping[str, Type]:
    """The settings that a call may have, with their types; empty unless it is one of ``run``."""
    definition = declared.definition
    if not isinstance(definition, FuncDef) or not is_run(declared):
        return {}
    made = definition.info.get("__init__")
    signature = get_proper_type(made.node.type) if made and isinstance(made.node, FuncDef) else None
    if not isinstance(signature, CallableType):
        return {}
    formals = zip(signature.arg_names, signature.arg_kinds, signature.arg_types, strict=True)
    return {name: one for name, kind, one in formals if name is not None and kind is ArgKind.ARG_NAMED_OPT}


def with_settings(signature: CallableType, settings: Mapping[str, Type]) -> CallableType:
    """A signature that takes the settings, too."""
    free = {name: one for name, one in settings.items() if name not in signature.arg_names}
    star = next((n for n, one in enumerate(signature.arg_kinds) if one is ArgKind.ARG_STAR2), None)
    place = len(signature.arg_kinds) if star is None else star
    types, kinds, names = [*signature.arg_types], [*signature.arg_kinds], [*signature.arg_names]
    types[place:place] = free.values()
    kinds[place:place] = [ArgKind.ARG_NAMED_OPT] * len(free)
    names[place:place] = free
    return signature.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=names)
