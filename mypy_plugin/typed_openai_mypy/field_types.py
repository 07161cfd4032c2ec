"""The types of extra fields in the options: ``str``, ``list[str] | None``, the name of a component."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

ARGUMENTS: Final = {"list": 1, "dict": 2}
"""The generic classes, and the number of their arguments."""

PLAIN: Final = ("bool", "dict", "float", "int", "list", "object", "str")
"""The names of the classes; any other name is a component's."""


def parsed(text: str) -> ast.expr:
    """Return the syntax of a type. Raises ``ValueError`` for anything that is not one."""
    try:
        tree = ast.parse(text.strip() or "object", mode="eval").body
    except (SyntaxError, ValueError):
        raise ValueError(f"{text!r} is not a type") from None
    if not _is_type(tree):
        raise ValueError(f"{text!r} is not a type")
    return tree


def component_names(text: str) -> Iterator[str]:
    """Yield the names of components in a type."""
    names = (one.id for one in ast.walk(parsed(text)) if isinstance(one, ast.Name))
    return (name for name in names if name not in PLAIN)


def arguments_of(node: ast.Subscript) -> list[ast.expr]:
    """Return the arguments of a generic type."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _is_type(node: ast.expr) -> bool:
    match node:
        case ast.Name() | ast.Constant(value=None):
            return True
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _is_type(left) and _is_type(right)
        case ast.Subscript(value=ast.Name(id=name)) if name in ARGUMENTS:
            arguments = arguments_of(node)
            return len(arguments) == ARGUMENTS[name] and all(map(_is_type, arguments))
        case _:
            return False
