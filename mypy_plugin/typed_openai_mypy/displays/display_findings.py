"""Mistakes that no type can express, in displays of API TypedDicts anywhere in the code.

Whenever mypy checks a dict display, or a constructor's call, against a TypedDict, it asks for the hook of a
function of that name. This covers assignments, returns, items of lists, and arguments of any function. Each
display therefore reports its own mistakes, and not those of the displays inside it. mypy tries the members
of a union one after the other: only an accepted member reports mistakes. Displays inside a call of an
operation are reported with the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mypy.errorcodes import ErrorCode
from mypy.nodes import CallExpr, DictExpr, Expression, MemberExpr, Node, StrExpr
from mypy.plugin import FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
from mypy.types import LiteralType, TypedDictType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.description import Description
from typed_openai_mypy.api.fullnames import PARAMS
from typed_openai_mypy.beyond.bounds import beyond_types
from typed_openai_mypy.beyond.deprecated import find_in
from typed_openai_mypy.beyond.findings import Calls, Finding, chosen, finding
from typed_openai_mypy.compat import hook_context
from typed_openai_mypy.compat.state import is_explaining
from typed_openai_mypy.displays.places import place_of, trail_to
from typed_openai_mypy.packages import canonical, package_of
from typed_openai_mypy.swallowed import note_failure
from typed_openai_mypy.syntax.tree import display_of
from typed_openai_mypy.values.known_values import Known, read_object, readings
from typed_openai_spec.model import Field, Object, Operation, Ref, Schema
from typed_openai_spec.validation.value_places import Place, is_within
from typed_openai_spec.validation.wording import PartialObject


def schema_called(description: Description, fullname: str) -> Schema | None:
    """The schema of the TypedDict that has that full name, if it is one that callers send."""
    if package_of(fullname) != description.package:
        return None
    module, _, name = canonical(fullname).rpartition(".")
    if module == PARAMS:
        operation = description.operation_of_params(fullname)
        return None if operation is None else _arguments_of(description, operation)
    component = description.component(name)
    if component is None or not isinstance(component.schema, Object):
        return None
    return Ref(component.name) if component.input or not component.output else None


def _arguments_of(description: Description, operation: Operation) -> Object:
    """An operation's arguments as one object, with what its bodies ask of several of them together."""
    bodies = [description.validator.resolve(one.schema) for one in operation.bodies]
    objects = [one for one in bodies if isinstance(one, Object)]
    fields = (
        Field(one.name, one.schema, one.required, deprecated=one.deprecated, replacement=one.replacement)
        for one in operation.arguments
    )
    return Object(
        tuple(fields),
        rules=tuple(rule for one in objects for rule in one.rules),
        pairings=tuple(pairing for one in objects for pairing in one.pairings),
        strict_schemas=tuple(strict for one in objects for strict in one.strict_schemas),
        model_rules=tuple(rule for one in objects for rule in one.model_rules),
        tool_choices=tuple(choice for one in objects for choice in one.tool_choices),
    )


def tell(description: Description, context: FunctionContext, schema: Schema | None, calls: Calls) -> None:
    """Print the mistakes of the current display whose codes are wanted. Never raises.

    A display without a schema is the argument of ``update``, whose receiver determines the schema.
    """
    display = context.context
    try:
        if not isinstance(display, Expression) or calls.has_read(display) or is_explaining():
            return
        if not _takes_literals(context):
            return
        schema = schema or _updated(description, context.api, display)
        found = [] if schema is None else _findings(description, context, display, schema)
        _report(context.api, found, calls, display)
    except Exception:  # mypy would crash; what it says itself stands
        note_failure()


def tell_keywords(
    description: Description, context: FunctionSigContext | MethodSigContext, calls: Calls
) -> None:
    """Report the mistakes in a call of a function that takes ``**kwargs: Unpack[...]``. Never raises."""
    call, signature = context.context, context.default_signature
    try:
        taken = get_proper_type(signature.arg_types[-1])
        schema = schema_called(description, _fullname(taken)) if isinstance(taken, TypedDictType) else None
        if schema is None or not isinstance(call, CallExpr) or is_explaining():
            return
        own = set(signature.arg_names)
        found: dict[Finding, None] = {}
        for known in readings():
            given = PartialObject(
                (name, known.value(argument, (name,)))
                for name, argument in zip(call.arg_names, call.args, strict=True)
                if name is not None and name not in own
            )
            calls.note(context.api, known)
            violations = description.validator.violations(given, schema)
            wrong = [*beyond_types(violations), *find_in(description, given, schema, ())]
            found |= dict.fromkeys(finding(*one, known, call) for one in wrong)
        _report(context.api, [*found], calls, call)
    except Exception:  # as above
        note_failure()


def tell_item(description: Description, context: MethodContext, calls: Calls) -> None:
    """Print the mistakes of ``typed_dict["key"] = value``. Never raises."""
    try:
        key, value = (one[0] for one in context.args)
        owner = context.type
        schema = schema_called(description, _fullname(owner)) if isinstance(owner, TypedDictType) else None
        if schema is None or not isinstance(key, StrExpr) or is_explaining():
            return
        found: dict[Finding, None] = {}
        for known in readings():
            given = PartialObject({key.value: known.value(value, (key.value,))})
            own = [*_own(description, given, schema)]
            start = str(place_of(context.api, value).outside(key.value)) if own else ""
            found |= dict.fromkeys(finding(*one, known, value, start=start) for one in own)
        _report(context.api, [*found], calls, value)
    except Exception:  # as above
        note_failure()


def _report(api: object, found: Iterable[Finding], calls: Calls, around: Node) -> None:
    for one in chosen(found, calls.wanted):
        calls.report(api, one, around)


def _updated(description: Description, api: object, display: Expression) -> Schema | None:
    """The schema of what ``update`` is called on with a display."""
    around = trail_to(api, display)
    call = around[-2] if len(around) > 1 else None
    if not isinstance(call, CallExpr) or not isinstance(call.callee, MemberExpr):
        return None
    owner = hook_context.type_of_expression(api, call.callee.expr)
    return schema_called(description, _fullname(owner)) if isinstance(owner, TypedDictType) else None


def _fullname(typed_dict: TypedDictType) -> str:
    return typed_dict.fallback.type.fullname


def _findings(
    description: Description, context: FunctionContext, display: Expression, schema: Schema
) -> list[Finding]:
    """The mistakes in a display; the keys that it lacks may be given later, so none of them counts."""
    found: dict[Finding, None] = {}
    for known in readings():
        value = _value(known, display)
        if value is not None:
            own = [*_own(description, PartialObject(value), schema)]
            base = place_of(context.api, display) if own and _is_taken(context) else None
            if base is not None:
                found |= dict.fromkeys(finding(*one, known, display, start=str(base)) for one in own)
    return list(found)


def _own(
    description: Description, value: dict[str, object], schema: Schema
) -> Iterator[tuple[ErrorCode, Place, str]]:
    """Yield the mistakes in a display, without those of the displays inside it.

    If a value has the wrong type, mypy reports it or chooses another member of the union: nothing is
    yielded.
    """
    validator = description.validator
    violations = validator.violations(value, schema)
    if not all(one.beyond for one in violations):
        return
    inner = [one for one in validator.occurrences(value, schema) if one.place and one.schema.fields]
    theirs = [
        wrong
        for one in (inner if violations else ())
        for wrong in validator.violations(one.value, one.schema, one.place)
    ]
    yield from beyond_types(one for one in violations if one not in theirs)
    for outdated in find_in(description, value, schema, ()):
        if not any(outdated[1] != one.place and is_within(outdated[1], one.place) for one in inner):
            yield outdated


def _value(known: Known, display: Expression) -> dict[str, object] | None:
    """The known value of a display, or of a call of a TypedDict."""
    shown = display_of(display)
    if isinstance(shown, CallExpr) and len(shown.args) == 1 and shown.arg_names[0] is None:
        shown = display_of(shown.args[0])
    if isinstance(shown, DictExpr):
        value = known.value(shown, ())
        return value if isinstance(value, dict) else None
    if not isinstance(shown, CallExpr):
        return None
    names = [None if name is None else StrExpr(name) for name in shown.arg_names]
    return read_object(known, shown, zip(names, shown.args, strict=True), ())


def _takes_literals(context: FunctionContext) -> bool:
    """Return whether no literal of a display is wrong: most members of a union have other discriminators.

    :func:`_is_taken` is false without it, and takes longer.
    """
    made = get_proper_type(context.default_return_type)
    if not isinstance(made, TypedDictType):
        return False
    for name, types in zip(context.callee_arg_names, context.arg_types, strict=True):
        values = shapes.literals(made.items[name]) if name in made.items else None
        for one in types if values is not None else ():
            found = shapes.exact(one)
            if isinstance(found, LiteralType) and found.value not in (values or ()):
                return False
    return True


def _is_taken(context: FunctionContext) -> bool:
    """Return whether the TypedDict accepts the display: each value has the type of its key."""
    made = get_proper_type(context.default_return_type)
    if not isinstance(made, TypedDictType):
        return False
    return all(
        name in made.items and hook_context.is_accepted(context.api, found, made.items[name])
        for name, types in zip(context.callee_arg_names, context.arg_types, strict=True)
        if name is not None
        for found in types
    )
