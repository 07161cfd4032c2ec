"""Further keys of open objects: keys that a TypedDict of the API does not list, and that it may have.

The stubs have an alias for the type of their values, next to each such TypedDict. mypy knows no TypedDicts
with further keys, and reports the uses of these keys; the functions here supply what it would do instead.

Private parts used: ``checker_state.type_checker``, ``TypeChecker.modules``, ``.binder``, ``.accept``,
``.check_simple_assignment`` and ``.expr_checker``, ``literal``, mypy's texts, and its own plugin's hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from mypy import errorcodes, types
from mypy.checker import TypeChecker
from mypy.checker_state import checker_state
from mypy.literals import literal
from mypy.message_registry import INCOMPATIBLE_TYPES, ErrorMessage
from mypy.nodes import Expression, MypyFile, Statement
from mypy.nodes import TypeAlias as Alias
from mypy.options import Options
from mypy.plugin import MethodContext, MethodSigContext
from mypy.plugins.default import DefaultPlugin

from typed_openai_mypy.packages import package_of
from typed_openai_spec.stub_names import further_alias

KeyedContext: TypeAlias = MethodContext | MethodSigContext
"""The context of a hook for such a method."""

_modules: list[dict[str, MypyFile]] = []
"""The modules of the program."""


def look_in(modules: dict[str, MypyFile]) -> None:
    """Look for TypedDicts in these modules while no module is being checked."""
    _modules[:] = [modules]


def further_type(typed: types.TypedDictType) -> types.Type | None:
    """The type of the values of further keys; None if a TypedDict is not one of the API with such keys."""
    info = typed.fallback.type
    if package_of(info.fullname) is None:
        return None
    checker = checker_state.type_checker
    if isinstance(checker, TypeChecker):
        look_in(checker.modules)
    tree = _modules[0].get(info.module_name) if _modules else None
    symbol = tree.names.get(further_alias(info.name)) if tree is not None else None
    alias = symbol.node if symbol is not None else None
    return alias.target if isinstance(alias, Alias) else None


def is_open(typed: types.TypedDictType) -> bool:
    """Return whether a TypedDict is one of the API that may have further keys."""
    return further_type(typed) is not None


def type_of_key(typed: types.TypedDictType, key: str) -> types.Type | None:
    """The type of a key's value, listed or further; None if there is no such key."""
    return typed.items[key] if key in typed.items else further_type(typed)


def with_keys(
    typed: types.TypedDictType, keys: Iterable[str], *, required: bool = False
) -> types.TypedDictType:
    """The TypedDict with some of its further keys listed; itself if it has none."""
    missing = [one for one in keys if one not in typed.items]
    further = further_type(typed) if missing else None
    if further is None:
        return typed
    made = typed.copy_modified(required_keys={*typed.required_keys, *missing} if required else None)
    made.items = {**typed.items, **dict.fromkeys(missing, further)}
    return made


def read_as(expression: Expression, found: types.Type) -> None:
    """Give a variable or an item a type, in place of the ``Any`` that mypy infers after an error.

    mypy then takes the type for a narrowed one. An expression that is narrowed already keeps its type.
    """
    checker = checker_state.type_checker
    if not isinstance(checker, TypeChecker) or not literal(expression):
        return
    if checker.binder.get(expression) is None:
        checker.binder.put(expression, found)


def check_again(node: Expression | Statement) -> None:
    """Check an expression or a statement once more, and report its errors."""
    checker = checker_state.type_checker
    if isinstance(checker, TypeChecker):
        if isinstance(node, Statement):
            checker.accept(node)
        else:
            checker.expr_checker.accept(node)


def check_value(value: Expression, wanted: types.Type, key: str) -> None:
    """Check the value of a further key in a display as mypy checks those of listed keys."""
    checker = checker_state.type_checker
    if isinstance(checker, TypeChecker):
        checker.check_simple_assignment(
            lvalue_type=wanted,
            rvalue=value,
            context=value,
            msg=ErrorMessage(INCOMPATIBLE_TYPES.value, code=errorcodes.TYPEDDICT_ITEM),
            lvalue_name=f'TypedDict item "{key}"',
            rvalue_name="expression",
        )


class NativeHooks:
    """mypy's own hooks for methods of TypedDicts. ``widened`` may replace the TypedDict of a call."""

    def __init__(self, widened: Callable[[KeyedContext], types.ProperType]) -> None:
        self._plugin = DefaultPlugin(Options())
        self._widened = widened

    def result(self, fullname: str, context: MethodContext) -> types.Type:
        """The type of the result of a call."""
        hook = self._plugin.get_method_hook(fullname)
        found = context.default_return_type
        return found if hook is None else hook(context._replace(type=self._widened(context)))

    def signature(self, fullname: str, context: MethodSigContext) -> types.FunctionLike:
        """The signature of a call."""
        hook = self._plugin.get_method_signature_hook(fullname)
        found = context.default_signature
        return found if hook is None else hook(context._replace(type=self._widened(context)))
