"""Signatures and docstrings of operations, for ``inspect.signature`` and ``help``."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, cleandoc
from textwrap import fill
from typing import Any

from typed_openai._calls.bind import OMITTED
from typed_openai._calls.endpoints import own_options
from typed_openai_spec.model import CALL_OPTIONS, MISSING, ON_PROGRESS, STREAM_TO, Argument, Operation

_OPTION_DOCS = {
    "openai_api_key": "The key for this call, instead of the client's.",
    "openai_organization_key": "The organization that this call is counted for.",
    "base_url": "The server's address for this call.",
    "timeout": "A Timeout, or seconds for each of its limits, the whole call among them; None for ever.",
    "max_retries": "How often a failed try is repeated.",
    "extra_headers": "Headers that are sent too, or instead of the client's own.",
    "extra_query": "Query parameters that are sent too.",
    "extra_body": "Fields that are merged over the body.",
    STREAM_TO: "A callable or a StreamingClient that receives the stream in the background.",
    ON_PROGRESS: "Called with a Progress as the request's body is sent, in bytes.",
}

_OPTION_PARAMETERS = [Parameter(name, Parameter.KEYWORD_ONLY, default=OMITTED) for name in CALL_OPTIONS]
_SELF = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)


def signature_of(operation: Operation) -> Signature:
    """Return a method's signature: ``self``, the arguments, the operation's options, the common options."""
    own = [_parameter(one) for one in operation.arguments]
    options = [Parameter(one, Parameter.KEYWORD_ONLY, default=OMITTED) for one in own_options(operation)]
    # The model guarantees the order; checking it again would be the most expensive step here.
    return Signature([_SELF, *own, *options, *_OPTION_PARAMETERS], __validate_parameters__=False)


def _parameter(argument: Argument) -> Parameter:
    by_position = argument.positional or argument.required
    return Parameter(
        argument.name,
        Parameter.POSITIONAL_OR_KEYWORD if by_position else Parameter.KEYWORD_ONLY,
        default=Parameter.empty if argument.required else OMITTED,
    )


def docstring_of(operation: Operation) -> str:
    """Return a method's docstring: its summary, its arguments, its options, and the reference page."""
    lines = [operation.doc or f"{operation.method.upper()} {operation.path}"]
    if operation.beta:
        lines += ["", "Beta: may change without notice."]
    if operation.deprecated:
        lines += ["", f"Deprecated: {operation.deprecation}."]
    if operation.arguments:
        lines += ["", "Arguments:", *(_entry(one.name, _argument_doc(one)) for one in operation.arguments)]
    options = (*own_options(operation), *CALL_OPTIONS)
    lines += ["", "Options of every call:", *(_entry(name, _OPTION_DOCS[name]) for name in options)]
    if operation.doc_url:
        lines += ["", f"Reference: {operation.doc_url}"]
    return cleandoc("\n".join(lines))


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
