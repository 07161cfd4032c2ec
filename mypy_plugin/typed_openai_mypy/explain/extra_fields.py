"""Fields that the options allow in addition to the description's, for servers that accept more.

A display is checked without such keys. mypy's own error about a key is suppressed only if nothing else is
wrong in the display. Keywords of operations are not included: the client rejects unknown ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from mypy.nodes import DictExpr, Expression, ListExpr, StrExpr, TupleExpr
from mypy.types import AnyType, CallableType, Instance, Type, TypedDictType, TypeOfAny, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.narrowing import has_literals, literals_of
from typed_openai_spec.model import Ref

Allowed: TypeAlias = Mapping[str, frozenset[str]]
"""For a component, the fields that the options allow beside those of the description."""


def is_extra(program: Program, signature: CallableType, name: str) -> bool:
    """Return True if a keyword that an operation does not take is an extra field that its body may have.

    The client rejects keywords that are not in the description; such a field must be passed in
    ``extra_body``.
    """
    definition = signature.definition
    operation = program.descriptions.operation_called(definition.fullname) if definition is not None else None
    bodies = [one.schema.name for one in operation.bodies if isinstance(one.schema, Ref)] if operation else []
    return any(name in program.options.extra_fields.get(one, frozenset()) for one in bodies)


def excused(
    allowed: Allowed, checker: Checker, signature: CallableType, args: Sequence[Sequence[Expression]]
) -> CallableType:
    """The signature with ``Any`` for each argument that has nothing wrong but keys that are allowed."""
    if not allowed:
        return signature
    types: list[Type] = []
    for wanted, actuals in zip(signature.arg_types, args, strict=True):
        lighter = [lightened(allowed, one, wanted) for one in actuals]
        is_fine = len(actuals) == 1 and lighter != actuals and checker.attempt(lighter[0], wanted).good
        types.append(AnyType(TypeOfAny.special_form) if is_fine else wanted)
    return signature.copy_modified(arg_types=types)


def lightened(allowed: Allowed, display: Expression, expected: Type) -> Expression:
    """A display without the keys that are allowed there; itself where there are none."""
    if not allowed:
        return display
    if isinstance(display, DictExpr):
        return _without(allowed, display, shapes.typed_dicts(expected))
    if isinstance(display, (ListExpr, TupleExpr)):
        lists = [one.args[0] for one in shapes.members(expected) if isinstance(one, Instance) and one.args]
        wanted = UnionType.make_union(lists)
        items = [lightened(allowed, one, wanted) for one in display.items]
        return display if items == display.items else _placed(type(display)(items), display)
    return display


def _without(allowed: Allowed, display: DictExpr, members: Sequence[TypedDictType]) -> Expression:
    given = literals_of(display)
    candidates = [one for one in members if has_literals(given, one)] or members
    extra = frozenset[str]().union(*(allowed.get(shapes.name_of(one), frozenset()) for one in candidates))
    extra -= {name for one in candidates for name in one.items}
    items: list[tuple[Expression | None, Expression]] = []
    for key, value in display.items:
        name = key.value if isinstance(key, StrExpr) else None
        if name in extra:
            continue
        inner = [one.items[name] for one in candidates if name in one.items] if name is not None else []
        items.append((key, lightened(allowed, value, UnionType.make_union(inner)) if inner else value))
    return display if items == display.items else _placed(DictExpr(items), display)


def _placed(made: Expression, display: Expression) -> Expression:
    made.set_line(display)
    return made
