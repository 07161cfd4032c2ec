"""Fields that the options allow in addition to the description's, for servers that accept more.

A display is checked without such keys. mypy's own error about a key is suppressed only if nothing else is
wrong in the display. Keywords of operations are not included: the client rejects unknown ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import DictExpr, Expression, ListExpr, StrExpr, TupleExpr
from mypy.types import AnyType, CallableType, Instance, Type, TypedDictType, TypeOfAny, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.description import operation_called
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.config import in_force
from typed_openai_mypy.explain.narrowing import has_literals, literals_of
from typed_openai_spec.model import Ref


def is_extra(signature: CallableType, name: str) -> bool:
    """Return whether an unexpected keyword of an operation is a field that the options allow in its body.

    The client rejects keywords that are not in the description; such a field must be passed in
    ``extra_body``.
    """
    definition = signature.definition
    operation = operation_called(definition.fullname) if definition is not None else None
    bodies = [one.schema.name for one in operation.bodies if isinstance(one.schema, Ref)] if operation else []
    return any(name in in_force().extra_fields.get(one, frozenset()) for one in bodies)


def excused(checker: Checker, signature: CallableType, args: Sequence[Sequence[Expression]]) -> CallableType:
    """The signature with ``Any`` for each argument whose only mistakes are keys that the options allow."""
    if not in_force().extra_fields:
        return signature
    types: list[Type] = []
    for wanted, actuals in zip(signature.arg_types, args, strict=True):
        lighter = [lightened(one, wanted) for one in actuals]
        is_fine = len(actuals) == 1 and lighter != actuals and checker.attempt(lighter[0], wanted).good
        types.append(AnyType(TypeOfAny.special_form) if is_fine else wanted)
    return signature.copy_modified(arg_types=types)


def lightened(display: Expression, expected: Type) -> Expression:
    """A copy of a display without the keys that the options allow; the display itself if it has none."""
    if not in_force().extra_fields:
        return display
    if isinstance(display, DictExpr):
        return _without(display, shapes.typed_dicts(expected))
    if isinstance(display, (ListExpr, TupleExpr)):
        lists = [one.args[0] for one in shapes.members(expected) if isinstance(one, Instance) and one.args]
        wanted = UnionType.make_union(lists)
        items = [lightened(one, wanted) for one in display.items]
        return display if items == display.items else _placed(type(display)(items), display)
    return display


def _without(display: DictExpr, members: Sequence[TypedDictType]) -> Expression:
    allowed, given = in_force().extra_fields, literals_of(display)
    candidates = [one for one in members if has_literals(given, one)] or members
    extra = frozenset[str]().union(*(allowed.get(shapes.name_of(one), frozenset()) for one in candidates))
    extra -= {name for one in candidates for name in one.items}
    items: list[tuple[Expression | None, Expression]] = []
    for key, value in display.items:
        name = key.value if isinstance(key, StrExpr) else None
        if name in extra:
            continue
        inner = [one.items[name] for one in candidates if name in one.items] if name is not None else []
        items.append((key, lightened(value, UnionType.make_union(inner)) if inner else value))
    return display if items == display.items else _placed(DictExpr(items), display)


def _placed(made: Expression, display: Expression) -> Expression:
    made.set_line(display)
    return made
