"""Settings of a kit of tools among the arguments of ``run``, which has the parameters of a method.

A ``ParamSpec`` leaves no place for keywords of the function's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from mypy.nodes import ArgKind, FuncDef
from mypy.types import CallableType, Type, get_proper_type

from typed_openai_mypy.api.fullnames import RUNNING


def settings_of(declared: CallableType) -> Mapping[str, Type]:
    """The settings that a call may have, with their types; empty unless it is one of ``run``."""
    definition = declared.definition
    if not isinstance(definition, FuncDef) or definition.fullname != RUNNING:
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
