"""Replies that a test scripts: ``server.reply(client.models.list_models, {...})``.

mypy accepts a part of a reply, because no type of Python has a TypedDict's keys without requiring them. What
is given is therefore judged by the schema of the operation's reply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mypy.nodes import CallExpr, Expression, StrExpr
from mypy.plugin import MethodSigContext
from mypy.types import FunctionLike, get_proper_type

from typed_openai_mypy import codes
from typed_openai_mypy.api.description import Description
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.beyond.findings import Calls, Finding, finding
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.state import is_explaining
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.values.known_values import readings
from typed_openai_spec.model import Operation, Schema
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import Violation, as_part, of_reply

_VALUES: Final[Mapping[str, tuple[str, int | None, str]]] = {
    "reply": ("value", 1, "json"),
    "stream": ("events", None, "stream"),
}
"""The argument with the value of each method, its position, and the kind of result that it is."""


def tell(program: Program, context: MethodSigContext, calls: Calls, method: str) -> None:
    """Report what does not fit the operation in a call of ``reply`` or ``stream``. Never raises."""
    call = context.context
    if not isinstance(call, CallExpr) or codes.SCRIPT not in calls.wanted:
        return
    try:
        if is_explaining() or calls.is_later_overload(context, call):
            return
        found = dict.fromkeys(_findings(program, context, call, method))
        for one in found:
            calls.report(context.api, one, call)
    except Exception:  # mypy would crash; what it says itself stands
        note_failure()


def _findings(program: Program, context: MethodSigContext, call: CallExpr, method: str) -> Iterator[Finding]:
    name, position, kind = _VALUES[method]
    value, function = _argument(call, name, position), _argument(call, "operation", 0)
    if value is None or function is None:
        return
    description, operation = _operation(program, context, function)
    if operation is None:
        return
    judge = Validator(description.index.components, strict=True)
    for known in readings():
        part = as_part(known.value(value, (name,)))
        for one in _wrong(judge, part, operation, kind):
            place: Place = (name, *one.place)
            shown = place if kind == "stream" or not one.place else one.place
            yield finding(codes.SCRIPT, place, of_reply(one).text, known, value, shown=shown)


def _wrong(judge: Validator, part: object, operation: Operation, kind: str) -> list[Violation]:
    """Return what does not fit, by the result of the operation that fits best."""
    results = [operation.result, *(one.result for one in operation.variants)]
    if isinstance(part, str) and any(one.kind == "text" for one in results):
        return []
    schemas = [one.schema for one in results if one.kind == kind and one.schema is not None]
    judged = [
        _of_events(judge, part, one) if kind == "stream" else judge.violations(part, one) for one in schemas
    ]
    return min(judged, key=len, default=[])


def _of_events(judge: Validator, part: object, schema: Schema) -> list[Violation]:
    events = part if isinstance(part, list) else []
    return [wrong for number, one in enumerate(events) for wrong in judge.violations(one, schema, (number,))]


def _argument(call: CallExpr, name: str, position: int | None) -> Expression | None:
    pairs = list(zip(call.args, call.arg_kinds, call.arg_names, strict=True))
    for number, (argument, kind, keyword) in enumerate(pairs):
        if keyword == name or (number == position and kind.is_positional() and not kind.is_star()):
            return argument
    return None


def _operation(
    program: Program, context: MethodSigContext, function: Expression
) -> tuple[Description, Operation | None]:
    """Return the operation of a method, or of a text with its name."""
    descriptions = program.descriptions
    if isinstance(function, StrExpr):
        description = descriptions.of("")
        group, _, name = function.value.partition(".")
        names = description.index.groups.get(group, {})
        return description, description.index.operation(group, name) if name in names else None
    checker = hook_context.checker_of(context.api)
    found = None if checker is None else get_proper_type(checker.type_of(function))
    definition = found.items[0].definition if isinstance(found, FunctionLike) else None
    fullname = "" if definition is None else definition.fullname
    return descriptions.of(fullname), descriptions.operation_called(fullname) if fullname else None
