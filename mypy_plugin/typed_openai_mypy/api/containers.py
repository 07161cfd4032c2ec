"""What the members of an expected type hold: items of sequences, keys and values of mappings."""

from __future__ import annotations

from mypy.types import Instance, Type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.checker import Checker


def item_types(checker: Checker, expected: Type, fullname: str) -> list[Type]:
    """What the members that a value of a class (a list, a generator) could be hold as items."""
    return [one.args[0] for one in _fitting(checker, expected, fullname, 1)]


def mapping_types(checker: Checker, expected: Type) -> list[tuple[Type, Type]]:
    """The keys and values of the members that a dict could be."""
    return [(one.args[0], one.args[1]) for one in _fitting(checker, expected, "builtins.dict", 2)]


def _fitting(checker: Checker, expected: Type, fullname: str, arguments: int) -> list[Instance]:
    """The base classes of a class, and the protocols that it keeps, with as many type arguments."""
    like = checker.instance(fullname)
    return [
        one
        for one in shapes.members(expected)
        if isinstance(one, Instance)
        and len(one.args) == arguments
        and (like.type.has_base(one.type.fullname) or _keeps(checker, fullname, one))
    ]


def _keeps(checker: Checker, fullname: str, protocol: Instance) -> bool:
    return protocol.type.is_protocol and checker.fits(checker.instance(fullname, protocol.args), protocol)
