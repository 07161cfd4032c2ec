"""Signatures with their type variables replaced.

Private parts used: ``expand_type`` and ``infer_constraints``.
"""

from __future__ import annotations

from mypy import types
from mypy.constraints import SUBTYPE_OF, infer_constraints
from mypy.expandtype import expand_type


def without_variables(signature: types.CallableType) -> types.CallableType:
    """The signature with ``Any`` for its own type variables: arguments must fit it in every case."""
    if not signature.variables:
        return signature
    return expand_type(signature, _anything_for(signature)).copy_modified(variables=())


def part_without_variables(part: types.Type, signature: types.CallableType) -> types.Type:
    """A part of a signature with ``Any`` for the signature's own type variables.

    An operation's whole signature takes long to expand.
    """
    return expand_type(part, _anything_for(signature)) if signature.variables else part


def _anything_for(signature: types.CallableType) -> dict[types.TypeVarId, types.Type]:
    anything = types.AnyType(types.TypeOfAny.special_form)
    return {one.id: anything for one in signature.variables}


def with_bounds(signature: types.CallableType) -> types.CallableType:
    """The signature with its own type variables replaced by their upper bounds or values."""
    variables = [one for one in signature.variables if isinstance(one, types.TypeVarType)]
    bounds = {one.id: types.UnionType.make_union(one.values or [one.upper_bound]) for one in variables}
    return expand_type(signature, bounds).copy_modified(variables=())


def with_result(wanted: types.Type, signature: types.CallableType, result: types.Type) -> types.Type | None:
    """Return the formal's type if a generic function must return ``result``; None if it stays the same."""
    variable = types.get_proper_type(signature.ret_type)
    found: dict[types.TypeVarId, types.Type] = {}
    if isinstance(variable, types.TypeVarType):
        found[variable.id] = result
    else:
        members = types.get_proper_type(result)
        for one in members.items if isinstance(members, types.UnionType) else [members]:
            for constraint in infer_constraints(signature.ret_type, one, SUBTYPE_OF):
                found.setdefault(constraint.type_var, constraint.target)
    expanded = expand_type(wanted, found)
    return expanded if expanded != wanted else None
