"""Calls that name an operation in text: ``client.call("chat.create_chat_completion", ...)`` and requests.

The stubs declare their results as ``Any``. If the name, or the method and path, is known statically, the
call gets the types of the operation's own method, and mypy checks it against them; otherwise it keeps
``Any``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from mypy.nodes import ARG_POS, CallExpr, Expression
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.types import AnyType, CallableType, FunctionLike, Overloaded, get_proper_type

from typed_openai_mypy import codes
from typed_openai_mypy.api.description import described
from typed_openai_mypy.api.fullnames import CLIENT, DEFAULT_CLIENT, RESOURCES
from typed_openai_mypy.beyond.findings import Reader
from typed_openai_mypy.calls import raw_requests
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.explain.extra_fields import excused
from typed_openai_mypy.explain.narrowing import narrow_arguments
from typed_openai_mypy.messages import sentences
from typed_openai_mypy.packages import canonical, judging
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.given_arguments import given_by
from typed_openai_mypy.values.known_values import Known
from typed_openai_spec import spelling
from typed_openai_spec.index.reader import UnknownOperation
from typed_openai_spec.model import Operation, class_name

SigContext: TypeAlias = MethodSigContext | FunctionSigContext


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


def meant(checker: Checker, call: CallExpr, declared: CallableType) -> Meant | None:
    """The meaning of a call of ``declared``; None if it is another function, or if the meaning is unknown."""
    definition = declared.definition
    reader = _READERS.get(canonical(definition.fullname)) if definition is not None else None
    if definition is None or reader is None:
        return None
    with judging(definition.fullname):
        return reader(checker, call, declared)


def dynamic_signature(checker: Checker, call: CallExpr, declared: FunctionLike) -> FunctionLike:
    """The signature against which a call is checked."""
    found = meant(checker, call, declared) if isinstance(declared, CallableType) else None
    return declared if found is None or found.signature is None else found.signature


def hook(
    context: SigContext, look: Callable[[MethodSigContext, Reader], None], *, tells: bool
) -> FunctionLike:
    """Implement the signature hook. Never raises.

    ``look`` reports the mistakes that no type can express; without ``tells``, a wrong name is accepted.
    """
    declared, call = context.default_signature, context.context
    try:
        checker = hook_context.checker_of(context.api)
        if checker is None or not isinstance(call, CallExpr):
            return declared
        found = meant(checker, call, declared)
        if found is None:
            return declared
        if found.mistake and tells and checker.is_enabled(codes.ARGUMENT):
            hook_context.report_apart(context.api, found.mistake, found.place or call, codes.ARGUMENT, call)
        if found.read is not None:
            look(hook_context.call_context(context, call), found.read)
        return _narrowed(checker, call, found.signature) if found.signature is not None else declared
    except Exception:  # mypy would crash otherwise; the call keeps ``Any``
        note_failure()
        return declared


def _narrowed(checker: Checker, call: CallExpr, signature: FunctionLike) -> FunctionLike:
    items: list[CallableType] = []
    for one in signature.items:
        args = [[call.args[index] for index in indexes] for indexes in checker.arguments(call, one)]
        items.append(excused(checker, narrow_arguments(one, args), args))
    return items[0] if len(items) == 1 else Overloaded(items)


def with_extras(context: MethodSigContext, signature: FunctionLike) -> FunctionLike:
    """A signature whose arguments may have the fields that the options allow. Never raises."""
    call = context.context
    try:
        checker = hook_context.checker_of(context.api)
        if checker is None or not isinstance(call, CallExpr):
            return signature
        return _narrowed(checker, call, signature)
    except Exception:  # as above
        note_failure()
        return signature


def _named(checker: Checker, call: CallExpr, declared: CallableType) -> Meant | None:
    """``call(operation_id, ...)``."""
    if not call.args or call.arg_kinds[0] is not ARG_POS:
        return None
    name = Known().value(call.args[0], "")
    if not isinstance(name, str):
        return None
    try:
        operation = _operation(name)
    except UnknownOperation:
        return Meant(mistake=sentences.unknown_operation(name, _nearest(name)), place=call.args[0])
    signature = _signature(checker, operation, declared)
    rest = CallExpr(call.callee, call.args[1:], call.arg_kinds[1:], call.arg_names[1:])
    rest.set_line(call)
    return Meant(operation, signature, partial(given_by, rest, operation))


def _operation(name: str) -> Operation:
    group, dot, method = name.partition(".")
    return described().operation(group, method) if dot else described().by_id(name)


def _nearest(name: str) -> str | None:
    groups = described().groups
    if "." in name:
        return spelling.nearest(name, [f"{group}.{one}" for group, names in groups.items() for one in names])
    ids = {one: one for names in groups.values() for one in names.values()}
    methods = {one: f"{group}.{one}" for group, names in groups.items() for one in names}
    near = spelling.nearest(name, [*ids, *methods])
    return near and ids.get(near, methods.get(near))


def _signature(checker: Checker, operation: Operation, declared: CallableType) -> FunctionLike | None:
    """The operation's method with a parameter for the operation's name instead of ``self``."""
    items = method_of(checker, operation)
    is_text = not isinstance(
        get_proper_type(declared.ret_type), AnyType
    )  # the text of a command, for every operation
    made = [
        one.copy_modified(
            arg_types=[declared.arg_types[0], *one.arg_types[1:]],
            arg_names=[None, *one.arg_names[1:]],
            ret_type=declared.ret_type if is_text else one.ret_type,
        )
        for one in items
    ]
    return None if not made else made[0] if len(made) == 1 else Overloaded(made)


def method_of(checker: Checker, operation: Operation) -> Sequence[CallableType]:
    """The overloads of an operation's own method, with ``self``; empty if the stubs do not have it."""
    found = checker.method(RESOURCES, class_name(operation.group), operation.name)
    return () if found is None else found.items


def _requested(checker: Checker, call: CallExpr, declared: CallableType) -> Meant | None:
    """``request(method, path, ...)``."""
    target = raw_requests.target_of(call)
    if target is None:
        return None
    if target.operation is None:
        return Meant(mistake=target.mistake, place=target.place) if target.mistake else None
    overloads = method_of(checker, target.operation)
    if not overloads:
        return None
    signature = raw_requests.signature(checker, call, declared, target.operation, overloads)
    wrong = raw_requests.surplus_body(checker, call, target.operation) or target
    read = partial(raw_requests.given, call, target.operation)
    return Meant(target.operation, signature, read, wrong.mistake, wrong.place)


_READERS: Final[Mapping[str, Callable[[Checker, CallExpr, CallableType], Meant | None]]] = {
    f"{owner}.{name}": reader
    for owner in (CLIENT, DEFAULT_CLIENT)
    for name, reader in (("as_curl", _named), ("call", _named), ("request", _requested))
}
