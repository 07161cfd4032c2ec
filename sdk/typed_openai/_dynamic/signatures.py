"""Signatures and docstrings of operations, for ``inspect.signature`` and ``help``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING as FIELD_MISSING
from dataclasses import fields
from functools import cache
from inspect import Parameter, Signature, cleandoc
from textwrap import fill
from typing import Any

from typed_openai._calls.endpoints import own_options
from typed_openai._settings.async_limits import AsyncLimits
from typed_openai._settings.settings import Settings
from typed_openai.omission import OMIT
from typed_openai_spec.model import MISSING, Argument, Operation
from typed_openai_spec.option_tables import (
    CALL_OPTION_TABLE,
    CALL_OPTIONS,
    CLIENT_SETTINGS,
    OTHER_CALL_OPTION_TABLE,
    ClientSetting,
    short_type,
)

_OPTION_DOCS = {one.name: one.doc for one in (*CALL_OPTION_TABLE, *OTHER_CALL_OPTION_TABLE)}
_SELF = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)


@cache
def _option_parameters(names: tuple[str, ...]) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, Parameter.KEYWORD_ONLY, default=OMIT) for name in names)


def signature_of(operation: Operation, common: tuple[str, ...] = CALL_OPTIONS) -> Signature:
    """Return a method's signature: ``self``, the arguments, the operation's options, the common options."""
    own = [_parameter(one) for one in operation.arguments]
    options = [Parameter(one, Parameter.KEYWORD_ONLY, default=OMIT) for one in own_options(operation)]
    # The model guarantees the order; checking it again would be the most expensive step here.
    parameters = [_SELF, *own, *options, *_option_parameters(common)]
    return Signature(parameters, __validate_parameters__=False)


def _parameter(argument: Argument) -> Parameter:
    by_position = argument.positional or argument.required
    return Parameter(
        argument.name,
        Parameter.POSITIONAL_OR_KEYWORD if by_position else Parameter.KEYWORD_ONLY,
        default=Parameter.empty if argument.required else OMIT,
    )


def docstring_of(operation: Operation, common: tuple[str, ...] = CALL_OPTIONS) -> str:
    """Return a method's docstring: its summary, its arguments, its options, and the reference page."""
    lines = [operation.doc or f"{operation.method.upper()} {operation.path}"]
    if operation.beta:
        lines += ["", "Beta: may change without notice."]
    if operation.unpublished:
        lines += ["", f"{operation.unpublished}."]
    if operation.deprecated:
        lines += ["", f"Deprecated: {operation.deprecation}."]
    if operation.arguments:
        lines += ["", "Arguments:", *(_entry(one.name, _argument_doc(one)) for one in operation.arguments)]
    options = (*own_options(operation), *common)
    lines += ["", "Options of every call:", *(_entry(name, _OPTION_DOCS[name]) for name in options)]
    if operation.doc_url:
        lines += ["", f"Reference: {operation.doc_url}"]
    return cleandoc("\n".join(lines))


def client_signature(*, fixed: bool, table: tuple[ClientSetting, ...] = CLIENT_SETTINGS) -> Signature:
    """Return the signature of a client's constructor, with ``fixed`` settings or without them."""
    # The defaults are those of the dataclasses; settings without one there have None.
    known = (*fields(Settings), *fields(AsyncLimits))
    defaults = {one.name: one.default for one in known if one.default is not FIELD_MISSING}
    parameters = [
        Parameter(
            one.name,
            Parameter.KEYWORD_ONLY if one.keyword_only else Parameter.POSITIONAL_OR_KEYWORD,
            default=defaults.get(one.name),
            annotation=short_type(one.type),
        )
        for one in table
        if fixed or not one.fixed
    ]
    return Signature([_SELF, *parameters], return_annotation="None")


def show_settings(
    constructor: Any, *, fixed: bool = True, table: tuple[ClientSetting, ...] = CLIENT_SETTINGS
) -> None:
    """Give a client's constructor the signature, annotations and documentation that ``help`` shows."""
    signature = client_signature(fixed=fixed, table=table)
    shown = [one for one in table if one.name in signature.parameters]
    constructor.__signature__ = signature
    constructor.__annotations__ = {one.name: short_type(one.type) for one in shown} | {"return": "None"}
    constructor.__doc__ = "\n".join(["Settings:", *(_entry(one.name, one.doc) for one in shown)])


def _argument_doc(argument: Argument) -> str:
    notes = [] if argument.required else ["optional"]
    if argument.default is not MISSING and argument.default is not None:
        notes.append(f"default {argument.default!r}")
    if argument.deprecated:
        notes.append("deprecated")
    tail = f" ({', '.join(notes)})" if notes else ""
    return f"{argument.doc}{tail}".strip()


def _entry(name: str, text: str) -> str:
    return fill(
        f"{name}: {text}" if text else name, width=100, initial_indent="    ", subsequent_indent="        "
    )


class LazyText(str):
    """A string that is created on first use: a docstring that costs nothing until ``help``.

    ``__doc__`` of a function must be a ``str``, and readers of docstrings call its methods. Each method of
    ``str`` is therefore forwarded to the created text.
    """

    _make: Callable[[], str]

    def __new__(cls, make: Callable[[], str]) -> LazyText:
        text = super().__new__(cls)
        text._make = make
        return text

    def __getattribute__(self, name: str) -> Any:
        if name in ("__class__", "__dict__", "_make"):
            return super().__getattribute__(name)
        return getattr(object.__getattribute__(self, "_make")(), name)


def _passed_on(name: str) -> Callable[..., Any]:
    def method(self: LazyText, *args: Any) -> Any:
        return getattr(self._make(), name)(*args)

    method.__name__ = name
    return method


# Python looks these up on the type, without ``__getattribute__``.
for _name in (
    *("__str__", "__repr__", "__len__", "__iter__", "__contains__", "__getitem__", "__add__", "__mod__"),
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__format__"),
):
    setattr(LazyText, _name, _passed_on(_name))
