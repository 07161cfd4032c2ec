"""Calls that name an operation in text: ``client.call("chat.create_chat_completion", ...)`` and requests.

The stubs declare their results as ``Any``. If the name, or the method and path, is known statically, the
call gets the types of the operation's own method, and mypy checks it against them; otherwise it keeps
``Any``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from mypy.nodes import ARG_POS, CallExpr, Expression
from mypy.plugin import MethodSigContext
from mypy.types import CallableType, FunctionLike, Instance, Overloaded, get_proper_type

from typed_openai_mypy import codes
from typed_openai_mypy.api.description import Description, Descriptions
from typed_openai_mypy.api.fullnames import (
    ASYNC_CLIENT,
    ASYNC_RESOURCES,
    CLIENT,
    DEFAULT_CLIENT,
    RESOURCES,
)
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.beyond.findings import Reader
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.callable_types import SigContext
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.config import Config
from typed_openai_mypy.explain.narrowing import narrow_arguments
from typed_openai_mypy.messages import call_messages
from typed_openai_mypy.packages import canonical
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import given_by
from typed_openai_mypy.values.known_values import Known
from typed_openai_spec import spelling
from typed_openai_spec.index.reader import Index, UnknownOperation
from typed_openai_spec.model import Operation, class_name
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Meant:
    """The meaning of a call: the operation and its signature, and a mistake with its place, if there is one.

    ``read`` reads the arguments of the operation from the call.
    """

    operation: Operation | None = None
    signature: FunctionLike | None = None
    read: Reader | None = None
    mistake: str = ""
    place: Expression | None = None


def meant(
    descriptions: Descriptions, checker: Checker, call: CallExpr, declared: CallableType
) -> Meant | None:
    """The meaning of a call of ``declared``; None if that is no function of the client, or unknown."""
    definition = declared.definition
    reader = _READERS.get(canonical(definition.fullname)) if definition is not None else None
    if definition is None or reader is None:
        return None
    return reader(descriptions.of(definition.fullname), checker, call, declared)


def dynamic_signature(
    descriptions: Descriptions, checker: Checker, call: CallExpr, declared: FunctionLike
) -> FunctionLike:
    """The signature that a call is judged by."""
    found = meant(descriptions, checker, call, declared) if isinstance(declared, CallableType) else None
    return declared if found is None or found.signature is None else found.signature


def hook(
    program: Program, context: SigContext, look: Callable[[MethodSigContext, Reader], None]
) -> FunctionLike:
    """The signature hook. Never raises. ``look`` prints the mistakes that no type can express."""
    declared, call = context.default_signature, context.context
    try:
        checker = hook_context.checker_of(context.api)
        if checker is None or not isinstance(call, CallExpr):
            return declared
        found = meant(program.descriptions, checker, call, declared)
        if found is None:
            return declared
        is_wanted = checker.is_enabled(codes.ARGUMENT) and not program.is_disabled(codes.ARGUMENT)
        if found.mistake and is_wanted:
            place = found.place or call
            hook_context.report_apart(
                program.reporter, context.api, found.mistake, place, codes.ARGUMENT, around=call
            )
        if found.read is not None:
            look(hook_context.call_context(context, call), found.read)
        signature = found.signature
        return declared if signature is None else _narrowed(program.options, checker, call, signature)
    except Exception:  # mypy would crash; the call keeps ``Any``
        note_failure()
        return declared


def _narrowed(options: Config, checker: Checker, call: CallExpr, signature: FunctionLike) -> FunctionLike:
    items: list[CallableType] = []
    for one in signature.items:
        args = [[call.args[index] for index in indexes] for indexes in checker.arguments(call, one)]
        items.append(narrow_arguments(one, args, options.union_threshold))
    return items[0] if len(items) == 1 else Overloaded(items)


def _named(
    description: Description, checker: Checker, call: CallExpr, declared: CallableType
) -> Meant | None:
    """``call(operation_id, ...)``."""
    if not call.args or call.arg_kinds[0] is not ARG_POS:
        return None
    name = Known().value(call.args[0], ())
    if not isinstance(name, str):
        return None
    try:
        operation = _operation(description.index, name)
    except UnknownOperation:
        near = _nearest(description.index, name)
        return Meant(mistake=call_messages.unknown_operation(name, near), place=call.args[0])
    signature = _signature(description, checker, operation, declared)
    rest = CallExpr(call.callee, call.args[1:], call.arg_kinds[1:], call.arg_names[1:])
    rest.set_line(call)
    return Meant(operation, signature, partial(given_by, description, rest, operation))


def _operation(index: Index, name: str) -> Operation:
    group, dot, method = name.partition(".")
    return index.operation(group, method) if dot else index.by_id(name)


def _nearest(index: Index, name: str) -> str | None:
    groups = index.groups
    if "." in name:
        return spelling.nearest(name, [f"{group}.{one}" for group, names in groups.items() for one in names])
    ids = {one: one for names in groups.values() for one in names.values()}
    methods = {one: f"{group}.{one}" for group, names in groups.items() for one in names}
    near = spelling.nearest(name, [*ids, *methods])
    return near and ids.get(near, methods.get(near))


def _signature(
    description: Description, checker: Checker, operation: Operation, declared: CallableType
) -> FunctionLike | None:
    """The operation's method with the operation's name instead of ``self``."""
    items = _method_of(description, checker, operation, declared)
    # The text of a command, for every operation.
    found = get_proper_type(declared.ret_type)
    is_text = isinstance(found, Instance) and found.type.fullname == "builtins.str"
    made = [
        one.copy_modified(
            arg_types=[declared.arg_types[0], *one.arg_types[1:]],
            arg_names=[None, *one.arg_names[1:]],
            ret_type=declared.ret_type if is_text else one.ret_type,
        )
        for one in items
    ]
    return None if not made else made[0] if len(made) == 1 else Overloaded(made)


def _method_of(
    description: Description, checker: Checker, operation: Operation, declared: CallableType
) -> Sequence[CallableType]:
    """The overloads of an operation's own method, with ``self``; none where the stubs lack it.

    ``declared`` is the client's function: the method is that of the same kind of client.
    """
    owner = "" if declared.definition is None else canonical(declared.definition.fullname)
    is_async = owner.startswith(f"{ASYNC_CLIENT}.")
    module, prefix = (ASYNC_RESOURCES, "Async") if is_async else (RESOURCES, "")
    name = prefix + class_name(operation.group)
    found = checker.method(description.actual(module), name, operation.name)
    return () if found is None else found.items


def _requested(
    description: Description, checker: Checker, call: CallExpr, declared: CallableType
) -> Meant | None:
    """``request(method, path, ...)``."""
    from typed_openai_mypy.calls import raw_requests  # noqa: PLC0415  few calls are by method and path

    target = raw_requests.target_of(description.index, call)
    if target is None:
        return None
    if target.operation is None:
        return Meant(mistake=target.mistake, place=target.place) if target.mistake else None
    overloads = _method_of(description, checker, target.operation, declared)
    if not overloads:
        return None
    signature = raw_requests.signature(
        description, checker, call, declared, operation=target.operation, overloads=overloads
    )
    wrong = raw_requests.surplus_body(checker, call, target.operation) or target
    read = partial(raw_requests.given, description, call, target.operation)
    return Meant(target.operation, signature, read, wrong.mistake, wrong.place)


_READERS: Final[Mapping[str, Callable[[Description, Checker, CallExpr, CallableType], Meant | None]]] = {
    f"{owner}.{name}": reader
    for owner in (ASYNC_CLIENT, CLIENT, DEFAULT_CLIENT)
    for name, reader in (("as_curl", _named), ("call", _named), ("request", _requested))
}
