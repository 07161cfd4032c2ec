"""What a call of one of our operations gives, argument by argument, as far as it is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mypy.nodes import ArgKind, CallExpr

from typed_openai_mypy.features.values import Known
from typed_openai_spec.model import STREAM_TO, Operation
from typed_openai_spec.violations import UNKNOWN, PartialObject

_HIDING = frozenset({"extra_body", "extra_query", "extra_headers"})
"""The options that may give an argument in another way."""


@dataclass(frozen=True, slots=True)
class Given:
    """A call of ``operation``: the values by argument, and the expressions they come from.

    ``is_whole`` is false where there may be more arguments than those that are seen.
    """

    operation: Operation
    values: dict[str, object]
    known: Known
    is_whole: bool

    def body(self, names: tuple[str, ...], misfits: Collection[str] = ()) -> dict[str, object]:
        """The object that the arguments called ``names`` are sent as, by the names on the wire.

        What is given for the ``misfits`` is of no use, and so not known.
        """
        sent = {
            one.wire: UNKNOWN if one.name in misfits else self.values[one.name]
            for one in self.operation.arguments
            if one.name in names and one.name in self.values
        }
        return sent if self.is_whole else PartialObject(sent)


def given_by(call: CallExpr, operation: Operation, known: Known) -> Given:
    """What a call gives, as ``known`` reads it."""
    positional = [one.name for one in operation.arguments if one.positional or one.required]
    names = {one.name for one in operation.arguments}
    values: dict[str, object] = {}
    is_whole = True
    for number, (argument, kind, keyword) in enumerate(
        zip(call.args, call.arg_kinds, call.arg_names, strict=True)
    ):
        by_place = kind is ArgKind.ARG_POS and is_whole and number < len(positional)
        name = positional[number] if by_place else keyword
        if kind is ArgKind.ARG_STAR2 and isinstance(spread := known.value(argument, ""), dict):
            values |= {key: one for key, one in spread.items() if key in names}
            is_whole = is_whole and not isinstance(spread, PartialObject)
        elif kind.is_star() or name in _HIDING:
            is_whole = False
        elif name in names:
            values[name] = known.value(argument, name)
    values |= _implied(call, operation)
    return Given(operation, values, known, is_whole)


def _implied(call: CallExpr, operation: Operation) -> dict[str, object]:
    """What the client adds itself: a call with ``stream_to`` asks for a stream."""
    stream = operation.stream
    if stream is None or STREAM_TO not in call.arg_names:
        return {}
    return {stream.argument: stream.values[0]}
