"""The distinct ways to call an operation: usually one signature, sometimes overloads.

An operation needs overloads if there are several ways to fill its body, one for each, or if an argument's
value changes the type of the result. In the latter case its forms are, in this order, and as far as needed:

- the plain call, with every such argument omitted or at a value that changes nothing;
- one form for each value that does: ``stream=True``, ``response_format="text"``;
- a stream that is passed to ``stream_to``;
- if other arguments decide as well, the call without a stream in a format that the checker does not know;
- the call with a value that the checker does not know (``stream=flag``), which may return any of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from typed_openai_spec.model import (
    Api,
    Argument,
    Literals,
    Operation,
    Result,
    Scalar,
    Schema,
    Union,
    Variant,
)
from typed_openai_spec.model.body_choices import arguments_of

Constant: TypeAlias = "str | int | float | bool"


@dataclass(frozen=True, slots=True)
class Form:
    """One way to call an operation.

    ``results`` are the possible results of the call. ``stream`` is the result whose events go to a required
    ``stream_to``; the call then returns a handle instead.
    """

    arguments: tuple[Argument, ...]
    results: tuple[Result, ...] = ()
    stream: Result | None = None


def forms(operation: Operation, api: Api) -> tuple[Form, ...]:
    """Return the operation's forms, in the order in which a checker should try them."""
    if operation.choices:
        chosen = (
            replace(operation, arguments=one, choices=()) for one in _distinct_arguments(operation, api)
        )
        return tuple(form for one in chosen for form in forms(one, api))
    if not operation.variants:
        plain = Form(operation.arguments, (operation.result,))
        received = Form(operation.arguments, stream=operation.result)
        return (plain, received) if operation.can_stream else (plain,)
    return (
        *_plain(operation, api),
        *_by_value(operation, api),
        *_to_callback(operation, api),
        *_without_stream(operation, api),
        _of_any_value(operation),
    )


def _distinct_arguments(operation: Operation, api: Api) -> Iterator[tuple[Argument, ...]]:
    """Yield the arguments of each choice, without choices that an earlier one accepts as a whole."""
    earlier: list[tuple[Argument, ...]] = []
    for choice in operation.choices:
        arguments = arguments_of(choice, operation, api.components)
        if not any(_accepts(one, arguments) for one in earlier):
            earlier.append(arguments)
            yield arguments


def _accepts(first: tuple[Argument, ...], second: tuple[Argument, ...]) -> bool:
    """Return True if each call with the second arguments is one with the first."""
    needed = {one.name for one in second if one.required}
    schemas = {one.name: one.schema for one in first}
    return {one.name for one in first if one.required} <= needed and all(
        schemas.get(one.name) == one.schema for one in second
    )


def _plain(operation: Operation, api: Api) -> Iterator[Form]:
    arguments = _without(operation.arguments, operation.variants, api)
    if {one.name for one in operation.arguments if one.required} <= {one.name for one in arguments}:
        yield Form(arguments, (operation.result,))


def _by_value(operation: Operation, api: Api) -> Iterator[Form]:
    """Yield one form per variant. The first matching variant decides, so later ones exclude earlier ones."""
    for position, variant in enumerate(operation.variants):
        earlier = [one for one in operation.variants[:position] if one.argument != variant.argument]
        arguments = _without(operation.arguments, earlier, api)
        yield Form(_with_value(arguments, variant, required=True), (variant.result,))


def _to_callback(operation: Operation, api: Api) -> Iterator[Form]:
    if operation.result.kind == "stream":
        arguments = _without(operation.arguments, operation.variants, api)
        yield Form(arguments, stream=operation.result)
    if operation.stream is not None:
        arguments = _with_value(operation.arguments, operation.stream, required=False)
        yield Form(arguments, stream=operation.stream.result)


def _without_stream(operation: Operation, api: Api) -> Iterator[Form]:
    """Yield the form without a stream, whatever the other arguments are."""
    streaming = [one for one in operation.variants if one.result.kind == "stream"]
    others = [one for one in operation.variants if one.result.kind != "stream"]
    if streaming and others:
        results = dict.fromkeys((operation.result, *(one.result for one in others)))
        yield Form(_without(operation.arguments, streaming, api), tuple(results))


def _of_any_value(operation: Operation) -> Form:
    """Return the form for types that a checker cannot split: a ``bool``, a ``str``, or ``**params``."""
    results = (operation.result, *(one.result for one in operation.variants))
    return Form(operation.arguments, tuple(dict.fromkeys(results)))


def _without(arguments: tuple[Argument, ...], variants: Iterable[Variant], api: Api) -> tuple[Argument, ...]:
    """Return the arguments without the variants' values.

    An argument is omitted if no value is left, or if no type can express the rest.
    """
    excluded: dict[str, list[Constant]] = {}
    for variant in variants:
        excluded.setdefault(variant.argument, []).extend(variant.values)
    kept = []
    for one in arguments:
        schema = _minus(one.schema, excluded[one.name], api) if one.name in excluded else one.schema
        if schema is not None:
            kept.append(replace(one, schema=schema))
    return tuple(kept)


def _with_value(arguments: tuple[Argument, ...], variant: Variant, *, required: bool) -> tuple[Argument, ...]:
    """Return the arguments with the variant's own at the variant's values, optionally as required.

    An optional argument that becomes required becomes keyword-only: it may follow optional ones.
    """
    values = Literals(variant.values)
    return tuple(
        replace(
            one,
            schema=values,
            required=one.required or required,
            positional=one.positional and (one.required or not required),
        )
        if one.name == variant.argument
        else one
        for one in arguments
    )


def _minus(schema: Schema, values: list[Constant], api: Api) -> Schema | None:
    """Return the schema without some constants; None if nothing is left or no type can express it."""
    match api.resolve(schema):
        case Literals(values=all_values):
            return _left(all_values, values)
        case Scalar(kind="boolean"):
            return _left((True, False), values)
        case Scalar(kind="string") if any(isinstance(one, str) for one in values):
            return None
        case Union(members=members):
            parts = [_minus(one, values, api) for one in members]
            if any(part is None and _is_open(one, api) for part, one in zip(parts, members, strict=True)):
                return None
            rest = tuple(part for part in parts if part is not None)
            return Union(rest) if rest else None
        case _:
            return schema


def _left(constants: tuple[Constant, ...], excluded: list[Constant]) -> Literals | None:
    # 1 == True: constants of different types are different values on the wire.
    gone = {(type(one), one) for one in excluded}
    left = tuple(one for one in constants if (type(one), one) not in gone)
    return Literals(left) if left else None


def _is_open(schema: Schema, api: Api) -> bool:
    """Return True if the schema has values that no literal type lists: any bool, any str."""
    match api.resolve(schema):
        case Union(members=members):
            return any(_is_open(one, api) for one in members)
        case Scalar():
            return True
        case _:
            return False
