"""Item, key and value types of the containers among the members of an expected type."""

from __future__ import annotations

from mypy.types import Instance, Type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.checker import Checker


def item_types(checker: Checker, expected: Type, fullname: str) -> list[Type]:
    """The item types of the members that an instance of a class (a list, a generator) fits."""
    return [one.args[0] for one in _fitting(checker, expected, fullname, 1)]


def mapping_types(checker: Checker, expected: Type) -> list[tuple[Type, Type]]:
    """The key and value types of the members that a dict fits."""
    return [(one.args[0], one.args[1]) for one in _fitting(checker, expected, "builtins.dict", 2)]


def _fitting(checker: Checker, expected: Type, fullname: str, arguments: int) -> list[Instance]:
    """The members that are bases of a class, or protocols that it implements, with as many type arguments."""
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
