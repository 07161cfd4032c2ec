"""Signatures with their type variables replaced; like :mod:`.checker`, by mypy's own means.

Used are ``expand_type`` and ``infer_constraints``.
"""

from __future__ import annotations

from mypy import types
from mypy.constraints import SUBTYPE_OF, infer_constraints
from mypy.expandtype import expand_type


def without_variables(signature: types.CallableType) -> types.CallableType:
    """The signature with ``Any`` for its own type variables: what an argument must fit in any case."""
    anything = types.AnyType(types.TypeOfAny.special_form)
    freed = expand_type(signature, {one.id: anything for one in signature.variables})
    return freed.copy_modified(variables=())


def with_bounds(signature: types.CallableType) -> types.CallableType:
    """The signature with its own type variables replaced by what they may stand for at most."""
    variables = [one for one in signature.variables if isinstance(one, types.TypeVarType)]
    bounds = {one.id: types.UnionType.make_union(one.values or [one.upper_bound]) for one in variables}
    return expand_type(signature, bounds).copy_modified(variables=())


def with_result(wanted: types.Type, signature: types.CallableType, result: types.Type) -> types.Type | None:
    """Return the formal's type where a generic function must return ``result``; None if it is the same."""
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
