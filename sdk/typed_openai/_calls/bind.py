"""Bind a caller's arguments to an operation's arguments and the call's options, and check them.

All errors that can be detected are reported here, before anything is sent. Values are not checked against
their types: this is left to the type checker, and compatible servers accept more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from typed_openai._calls.endpoints import Endpoint
from typed_openai._calls.option_values import Options, bound_options
from typed_openai._security.credentials import hide_unexpected
from typed_openai.errors import CallError
from typed_openai.omission import OMIT
from typed_openai_spec import spelling
from typed_openai_spec.model import Result
from typed_openai_spec.model.body_choices import incomplete
from typed_openai_spec.option_tables import STREAM_TO


@dataclass(frozen=True)
class Call:
    """One call: the endpoint, its arguments' values by name, the options and the expected result."""

    endpoint: Endpoint
    values: Mapping[str, object]
    options: Options
    result: Result


def bind(endpoint: Endpoint, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Call:
    """Return the call for ``args`` and ``kwargs``. Raises :class:`CallError` if they are invalid."""
    values = _positional(endpoint, args)
    options: dict[str, object] = {}
    for name, value in kwargs.items():
        if value is OMIT:
            continue
        if name in endpoint.arguments:
            if name in values:
                raise CallError(
                    f'argument "{name}" for {endpoint.name} is passed twice: by position and by keyword'
                )
            values[name] = value
        elif name in endpoint.keywords or name in endpoint.options.former:
            options[name] = value
        else:
            del value  # a traceback may show it, and a key may be passed under a misspelt name
            hide_unexpected(kwargs, endpoint.keywords)
            raise CallError(_unexpected(name, endpoint))
    if missing := [name for name in endpoint.required if name not in values]:
        listed = ", ".join(f'"{name}"' for name in missing)
        plural = "s" if len(missing) > 1 else ""
        raise CallError(f"missing required argument{plural} {listed} for {endpoint.name}")
    checked = bound_options(options)
    if checked.stream_to is not None:
        _imply_streaming(endpoint, values)
    _check_body(endpoint, values, checked)
    sent = {endpoint.arguments[name].wire: value for name, value in values.items()}
    result = selected_result(endpoint, sent, checked.extra_query, checked.extra_body)
    if checked.stream_to is not None and result.kind != "stream":
        raise CallError(
            f'{endpoint.name}: "{STREAM_TO}" requires a stream, but the other arguments disable it'
        )
    return Call(endpoint, values, checked, result)


def _check_body(endpoint: Endpoint, values: Mapping[str, object], options: Options) -> None:
    """Raise :class:`CallError` if the arguments complete none of the bodies that the operation accepts."""
    choices = endpoint.operation.choices
    if not choices:
        return
    body = [one for one in endpoint.operation.arguments if one.location == "body"]
    given = {one.name for one in body if one.name in values or one.wire in options.extra_body}
    if (lacking := incomplete(choices, given)) is not None:
        ways = " or ".join(" and ".join(f'"{name}"' for name in one) for one in lacking)
        plural = "s" if len(lacking) > 1 or len(lacking[0]) > 1 else ""
        raise CallError(f"missing required argument{plural} {ways} for {endpoint.name}")


def selected_result(endpoint: Endpoint, *layers: Mapping[str, object]) -> Result:
    """Return the expected result. ``layers`` hold the sent values by wire name; later ones override."""
    operation = endpoint.operation
    if not operation.variants:
        return operation.result
    sent: dict[str, object] = {}
    for layer in layers:
        sent.update(layer)
    wires = {one.argument: endpoint.wire(one.argument) for one in operation.variants}
    return operation.result_for({name: sent.get(wire) for name, wire in wires.items()})


def _positional(endpoint: Endpoint, args: tuple[object, ...]) -> dict[str, object]:
    if len(args) > len(endpoint.positional):
        listed = ", ".join(f'"{name}"' for name in endpoint.positional)
        count = len(endpoint.positional)
        takes = f"{count} positional argument{'' if count == 1 else 's'}" + (f" ({listed})" if listed else "")
        raise CallError(f"{endpoint.name} takes {takes}, got {len(args)}")
    pairs = zip(endpoint.positional, args, strict=False)  # the last ones may be omitted
    return {name: value for name, value in pairs if value is not OMIT}


def _unexpected(name: str, endpoint: Endpoint) -> str:
    return f'unexpected keyword "{name}" for {endpoint.name}{spelling.hint(name, endpoint.keywords)}'


def _imply_streaming(endpoint: Endpoint, values: dict[str, object]) -> None:
    """Request a stream: ``stream_to=`` implies it."""
    if endpoint.stream is not None:
        values.setdefault(endpoint.stream.argument, endpoint.stream.values[0])
