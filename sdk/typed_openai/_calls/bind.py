"""Bind a caller's arguments to an operation's arguments and the call's options, and check them.

All errors that can be detected are reported here, before anything is sent. Values are not checked against
their types: this is left to the type checker, and compatible servers accept more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from typed_openai._calls.endpoints import Endpoint
from typed_openai._security.credentials import Secret, hide_unexpected, secret
from typed_openai._settings.settings import checked_name, checked_retries, mapping_of
from typed_openai.errors import CallError
from typed_openai.progress import Progress
from typed_openai.timeouts import Timeout, checked_timeout
from typed_openai_spec import spelling
from typed_openai_spec.model import CALL_OPTIONS, ON_PROGRESS, STREAM_TO, Result


class Omitted(Enum):
    """The type of :data:`OMITTED`."""

    OMITTED = "..."

    def __repr__(self) -> str:
        return "..."


OMITTED: Final = Omitted.OMITTED
"""The default of an optional argument: nothing is sent for it."""


@dataclass(frozen=True)
class Options:
    """The options of one call; :data:`OMITTED` or None means the client's own setting."""

    api_key: Secret | None = None
    organization: str | None = None
    base_url: str | None = None
    timeout: Timeout | Omitted = OMITTED
    max_retries: int | Omitted = OMITTED
    headers: Mapping[str, object] = field(default_factory=dict, repr=False)
    query: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, object] = field(default_factory=dict)
    stream_to: Any = None
    on_progress: Callable[[Progress], object] | None = None


_NO_OPTIONS: Final = Options()


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
        if value is OMITTED:
            continue
        if name in endpoint.arguments:
            if name in values:
                raise CallError(
                    f'argument "{name}" for {endpoint.name} is given twice: by position and by keyword'
                )
            values[name] = value
        elif name in endpoint.keywords:
            options[name] = value
        else:
            del value  # a traceback may show it, and a key may be passed under a misspelt name
            hide_unexpected(kwargs, endpoint.keywords)
            raise CallError(_unexpected(name, endpoint))
    if missing := [name for name in endpoint.required if name not in values]:
        listed = ", ".join(f'"{name}"' for name in missing)
        plural = "s" if len(missing) > 1 else ""
        raise CallError(f"missing required argument{plural} {listed} for {endpoint.name}")
    checked = bound_options(options, endpoint.name)
    if checked.stream_to is not None:
        _imply_streaming(endpoint, values)
    sent = {endpoint.arguments[name].wire: value for name, value in values.items()}
    result = selected_result(endpoint, sent, checked.query, checked.body)
    if checked.stream_to is not None and result.kind != "stream":
        raise CallError(
            f'{endpoint.name}: "{STREAM_TO}" needs a stream, but the other arguments ask for none'
        )
    return Call(endpoint, values, checked, result)


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
    return {name: value for name, value in pairs if value is not OMITTED}


def _unexpected(name: str, endpoint: Endpoint) -> str:
    return f'unexpected keyword "{name}" for {endpoint.name}{spelling.hint(name, endpoint.keywords)}'


def _imply_streaming(endpoint: Endpoint, values: dict[str, object]) -> None:
    """Request a stream: ``stream_to=`` implies it."""
    if endpoint.stream is not None:
        values.setdefault(endpoint.stream.argument, endpoint.stream.values[0])


def bound_options(given: Mapping[str, object], operation: str) -> Options:
    """Return the checked options of a call. Raises :class:`CallError` for an invalid one."""
    if not given:
        return _NO_OPTIONS
    return Options(**{_FIELDS[name][0]: _FIELDS[name][1](value, name) for name, value in given.items()})


def _text(value: object, name: str) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise CallError(f'{name}: expected a non-empty "str", got {value!r}')


def _secret(value: Any, name: str) -> Secret | None:
    return secret(value, name)


def _times(value: object, name: str) -> int:
    return checked_retries(value)


def _receiver(value: object, name: str) -> object:
    """Return ``value`` if it can receive a stream: a callable, or an object like StreamingClient."""
    if value is None or (callable(value) and not hasattr(value, "handle_data")):
        return value
    if isinstance(value, type):
        raise CallError(f"{name}: expected an instance of {value.__name__}, got the class itself")
    kind = type(value).__name__
    missing = [one for one in _RECEIVER_METHODS if not callable(getattr(value, one, None))]
    if len(missing) == len(_RECEIVER_METHODS):
        raise CallError(f'{name}: expected a callable or a StreamingClient, got "{kind}"')
    if missing:
        raise CallError(f'{name}: "{kind}" has no method {" nor ".join(missing)}')
    if not hasattr(value, "state"):
        raise CallError(f'{name}: "{kind}" has no state; call super().__init__(state) in its __init__')
    return value


def _callback(value: object, name: str) -> object:
    if value is None or callable(value):
        return value
    raise CallError(f'{name}: expected a callable, got "{type(value).__name__}"')


_RECEIVER_METHODS = ("handle_data", "handle_error", "handle_finish")

_FIELDS: Mapping[str, tuple[str, Callable[[Any, str], Any]]] = dict(
    zip(
        (*CALL_OPTIONS, STREAM_TO, ON_PROGRESS),
        (
            ("api_key", _secret),
            ("organization", checked_name),
            ("base_url", _text),
            ("timeout", checked_timeout),
            ("max_retries", _times),
            ("headers", mapping_of),
            ("query", mapping_of),
            ("body", mapping_of),
            ("stream_to", _receiver),
            ("on_progress", _callback),
        ),
        strict=True,
    )
)
