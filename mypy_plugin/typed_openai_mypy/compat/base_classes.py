"""Base classes and inherited methods of a class, with its type variables filled in.

Private parts used: ``maptype``, ``expandtype`` and ``typevars``.
"""

from __future__ import annotations

from mypy import types
from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import FuncDef, TypeInfo, Var
from mypy.typevars import fill_typevars


def inherited_method(owner: TypeInfo, base: TypeInfo, name: str) -> types.CallableType | None:
    """The type of a plain method that ``owner`` inherits from ``base``, with ``self``; otherwise None."""
    symbol = base.names.get(name)
    node = symbol.node if symbol is not None else None
    declared = types.get_proper_type(node.type) if isinstance(node, FuncDef) else None
    itself = types.get_proper_type(fill_typevars(owner))
    if not isinstance(declared, types.CallableType) or not isinstance(itself, types.Instance):
        return None
    expanded = expand_type_by_instance(declared, map_instance_to_supertype(itself, base))
    return expanded if isinstance(expanded, types.CallableType) else None


def as_base(found: types.Instance, fullname: str) -> types.Instance | None:
    """View an instance as one of a base class, with the type arguments of that class."""
    base = next((one for one in found.type.mro if one.fullname == fullname), None)
    return None if base is None else map_instance_to_supertype(found, base)


def field_type(owner: types.Instance, name: str) -> types.Type | None:
    """The declared type of an attribute of an instance; None if it has none."""
    for base in owner.type.mro:
        symbol = base.names.get(name)
        if symbol is not None and isinstance(symbol.node, Var) and symbol.node.type is not None:
            return expand_type_by_instance(symbol.node.type, map_instance_to_supertype(owner, base))
    return None
