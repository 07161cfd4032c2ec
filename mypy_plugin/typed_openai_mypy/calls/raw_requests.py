"""``client.request(method, path, json=..., params=...)``: its operation and the types of its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from mypy.nodes import ARG_NAMED, CallExpr, DictExpr, Expression, ListExpr, MemberExpr, StrExpr
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    Type,
    TypedDictType,
    TypeOfAny,
    get_proper_type,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.description import Description
from typed_openai_mypy.api.fullnames import COMPONENTS, TYPES
from typed_openai_mypy.compat.checker import Checker
from typed_openai_mypy.messages import call_messages
from typed_openai_mypy.syntax.tree import display_of
from typed_openai_mypy.values.given_arguments import Given
from typed_openai_mypy.values.known_values import Known
from typed_openai_spec import spelling
from typed_openai_spec.index.path_matcher import shape_of
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Operation, Ref
from typed_openai_spec.model.media import is_json
from typed_openai_spec.option_tables import STREAM_TO
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.wording import UNKNOWN, PartialObject

_HOLE: Final = "\0"
"""The placeholder for an unknown part of a path."""

_ELSEWHERE: Final = frozenset({"data", "files", "extra_body", "extra_query"})
"""The arguments that may add to ``params`` and ``json``."""

_NEAR: Final = 0.8
"""A server may have more paths than the description: only a likely typing mistake is reported."""


@dataclass(frozen=True, slots=True)
class Target:
    """The operation that a method and a path refer to, if any, and a mistake with its place, if any."""

    operation: Operation | None = None
    mistake: str = ""
    place: Expression | None = None


def target_of(index: Index, call: CallExpr) -> Target | None:
    """The operation that a request is sent to, as far as it is known."""
    found, given = _argument(call, "method", 0), _argument(call, "path", 1)
    if found is None or given is None:
        return None
    method, text = Known().value(found, ()), _path_text(given)
    if not isinstance(method, str) or text is None or _HOLE in text.partition("?")[2]:
        return None
    path, _, query = text.partition("?")
    pairs = [*parse_qsl(query), *((key, str(one)) for key, one in _values(call, "params").items())]
    paths = index.paths
    if routes := paths.routes(method.upper(), path, pairs):
        return Target(routes[0].operation)
    if methods := sorted({one.method for one in paths.operations(path)}):
        return Target(
            mistake=call_messages.other_methods(method, path.replace(_HOLE, "..."), methods), place=found
        )
    near = _nearest(index, method.upper(), path)
    return (
        Target(mistake=call_messages.unknown_path(method, path.replace(_HOLE, "..."), near), place=given)
        if near
        else Target()
    )


def signature(
    description: Description,
    checker: Checker,
    call: CallExpr,
    declared: CallableType,
    *,
    operation: Operation,
    overloads: Sequence[CallableType],
) -> CallableType:
    """The signature of ``request`` for one operation: its body, its query and its result."""
    types, kinds = list(declared.arg_types), list(declared.arg_kinds)
    for name, wanted in (
        ("json", _body(description, checker, operation)),
        ("params", _query(checker, operation, overloads)),
    ):
        given = _argument(call, name, None)
        place = declared.arg_names.index(name)
        if wanted and given and _is_typed(checker, given) and not _has_omitted(checker, given):
            types[place] = wanted
        if name == "json" and given is None and _lacks_body(call, operation):
            kinds[place] = ARG_NAMED
    return declared.copy_modified(
        arg_types=types, arg_kinds=kinds, ret_type=_result(checker, call, operation, overloads)
    )


def surplus_body(checker: Checker, call: CallExpr, operation: Operation) -> Target | None:
    """The mistake of passing a body to an operation that takes none; None if no body is certainly passed."""
    if operation.bodies:
        return None
    for name in ("json", "data", "files"):
        body = _argument(call, name, None)
        found = None if body is None else get_proper_type(checker.type_of(body))
        if isinstance(found, (Instance, TypedDictType)) and not shapes.is_omit(found):
            is_asked = any(one.location == "query" for one in operation.arguments)
            text = call_messages.no_body(name, operation.method, operation.path, is_asked=is_asked)
            return Target(operation, text, body)
    return None


def given(description: Description, call: CallExpr, operation: Operation, known: Known) -> Given:
    """The values for the operation's query and body in a request, as ``known`` reads them."""
    names = {one.wire: one.name for one in operation.arguments}
    values: dict[str, object] = {}
    layers: dict[str, str] = {}
    is_whole = not _ELSEWHERE & set(call.arg_names) and not any(kind.is_star() for kind in call.arg_kinds)
    for layer in ("params", "json"):
        argument = _argument(call, layer, None)
        read = known.value(argument, ()) if argument is not None else {}
        sent = read if isinstance(read, dict) else PartialObject({})
        is_whole = is_whole and not isinstance(sent, PartialObject)
        for key, value in sent.items():
            if key in names:
                values[names[key]], layers[names[key]] = value, layer
    return Given(description, operation, {**values, **_streamed(call, operation)}, known, is_whole, layers)


def _argument(call: CallExpr, name: str, place: int | None) -> Expression | None:
    """The argument passed by name, or at a position."""
    for index, (argument, kind, keyword) in enumerate(
        zip(call.args, call.arg_kinds, call.arg_names, strict=True)
    ):
        if kind.is_star():
            place = None
        elif keyword == name or (keyword is None and index == place):
            return argument
    return None


def _path_text(path: Expression) -> str | None:
    """The text of a path, with placeholders for unknown parts; None if nothing is known."""
    pieces = path.args[0] if _is_call_of(path, "join") and isinstance(path, CallExpr) else None
    if not isinstance(pieces, ListExpr):
        text = Known().value(path, ())
        return text if isinstance(text, str) else None
    return "".join(one.value if isinstance(one, StrExpr) else _HOLE for one in pieces.items)


def _is_call_of(path: Expression, name: str) -> bool:
    """Return whether an expression is mypy's form of an f-string: ``"".join([...])``."""
    if not isinstance(path, CallExpr) or not isinstance(path.callee, MemberExpr) or len(path.args) != 1:
        return False
    return path.callee.name == name and isinstance(path.callee.expr, StrExpr) and not path.callee.expr.value


def _nearest(index: Index, method: str, path: str) -> str | None:
    """The description's path that was most likely meant, of that method if there is one."""
    if path.startswith(f"/{_HOLE}"):
        return None
    every = [(one.method, one.path) for one in index.operations()]
    for known in ({path for own, path in every if own == method}, {path for _, path in every}):
        shapes = {shape_of(one): one for one in sorted(known, reverse=True)}
        segments = path.replace(_HOLE, "{}")
        near = spelling.nearest(segments, shapes, _NEAR) or _nearest_filled(path, known)
        if near is not None:
            return shapes.get(near, near)
    return None


def _nearest_filled(path: str, known: set[str]) -> str | None:
    """The same for a path whose parameters are filled in."""
    given = path.split("/")
    filled: dict[str, str] = {}
    for template in sorted(known, reverse=True):
        steps = template.split("/")
        if len(steps) == len(given) and "{" in template:
            pairs = zip(steps, given, strict=True)
            filled["/".join(value if "{" in step else step for step, value in pairs)] = template
    near = spelling.nearest(path, filled, _NEAR)
    return filled[near] if near else None


def _body(description: Description, checker: Checker, operation: Operation) -> Type | None:
    """The type of the JSON body."""
    schema = next((one.schema for one in operation.bodies if is_json(one.media_type)), None)
    modules = [description.actual(one) for one in (TYPES, COMPONENTS)]
    return checker.declared_type(modules, schema.name) if isinstance(schema, Ref) else None


def _query(checker: Checker, operation: Operation, overloads: Sequence[CallableType]) -> Type | None:
    """A TypedDict of the query's arguments."""
    formals = {
        name: wanted
        for one in overloads
        for name, wanted in zip(one.arg_names, one.arg_types, strict=True)
        if name is not None
    }
    asked = [one for one in operation.arguments if one.location == "query" and one.name in formals]
    items = {one.wire: formals[one.name] for one in asked}
    text = checker.instance("builtins.str")
    fixed: dict[str, Type] = {name: text for name, _ in operation.query}
    return checker.typed_dict({**fixed, **items}, {one.wire for one in asked if one.required})


def _has_omitted(checker: Checker, given: Expression) -> bool:
    """Return whether a value of a body may be ``OMIT``, which the client drops but no body's type has."""
    shown = display_of(given)
    values = [value for _, value in shown.items] if isinstance(shown, DictExpr) else []
    return any(shapes.omit_in(checker.type_of(one)) is not None for one in values)


def _is_typed(checker: Checker, given: Expression) -> bool:
    """Return whether the keys of an argument are known; other arguments are not checked."""
    shown = display_of(given)
    if not isinstance(shown, DictExpr):
        return isinstance(get_proper_type(checker.type_of(given)), TypedDictType)
    for key, value in shown.items:
        if key is None:
            if not _is_typed(checker, value):
                return False
        elif not isinstance(key, StrExpr):
            return False
    return True


def _lacks_body(call: CallExpr, operation: Operation) -> bool:
    """Return whether ``json`` is the only possible source of a required body."""
    takes_json = len(operation.bodies) == 1 and is_json(operation.bodies[0].media_type)
    elsewhere = {"data", "files", "extra_body"} & set(call.arg_names)
    unpacked = any(kind.is_star() for kind in call.arg_kinds)
    return takes_json and operation.bodies[0].required and not elsewhere and not unpacked


def _result(
    checker: Checker, call: CallExpr, operation: Operation, overloads: Sequence[CallableType]
) -> Type:
    """The result type of the method for the arguments; ``Any`` if it depends on unknown values."""
    unknown = AnyType(TypeOfAny.special_form)
    asked = {one.argument for one in operation.variants}
    given = _given(call, operation)
    if given is None and asked:
        return unknown
    told = {name: value for name, value in (given or {}).items() if name in (*asked, STREAM_TO)}
    if UNKNOWN in told.values():
        return unknown
    fitting = (one for one in overloads if _takes(checker, one, told, {*asked, STREAM_TO}))
    chosen = next(fitting, None)
    return unknown if chosen is None else chosen.ret_type


def _takes(checker: Checker, overload: CallableType, told: Mapping[str, object], asked: set[str]) -> bool:
    every = zip(overload.arg_names, overload.arg_types, overload.arg_kinds, strict=True)
    formals = {name: (wanted, kind.is_required()) for name, wanted, kind in every if name in asked}
    for name, (wanted, required) in formals.items():
        if name not in told:
            if required:
                return False
        elif name != STREAM_TO and not checker.takes_value(wanted, told[name]):
            return False
    return not set(told) - set(formals)


def _given(call: CallExpr, operation: Operation) -> dict[str, object] | None:
    """The arguments of the request by name; None if there may be more."""
    if {"extra_body", "extra_query"} & set(call.arg_names) or any(kind.is_star() for kind in call.arg_kinds):
        return None
    names = {one.wire: one.name for one in operation.arguments}
    given: dict[str, object] = {}
    for layer in ("params", "data", "json"):
        values = _values(call, layer)
        if isinstance(values, PartialObject):
            return None
        given |= {names[key]: value for key, value in values.items() if key in names}
    if STREAM_TO in call.arg_names:
        given[STREAM_TO] = True
    return {**given, **_streamed(call, operation)}


def _streamed(call: CallExpr, operation: Operation) -> dict[str, object]:
    """The value that ``stream=True`` and ``stream_to=`` set for the operation's streaming argument."""
    stream, asked = operation.stream, _argument(call, "stream", None)
    if stream is None:
        return {}
    wanted: object = STREAM_TO in call.arg_names
    if asked is not None and not wanted:
        wanted = Known().value(asked, ())
    if wanted is False:
        return {}
    return {stream.argument: stream.values[0] if wanted is True else UNKNOWN}


def _values(call: CallExpr, name: str) -> dict[str, object]:
    """The known items of an argument that is a mapping."""
    argument = _argument(call, name, None)
    if argument is None:
        return {}
    value = Known().value(argument, ())
    if value is None:
        return {}
    return value if isinstance(value, dict) else PartialObject({})
