"""The known arguments of a call of an operation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from mypy.nodes import ArgKind, CallExpr, Expression

from typed_openai_mypy.api.description import Description
from typed_openai_mypy.values.known_values import Known
from typed_openai_spec.model import Operation
from typed_openai_spec.option_tables import CALL_OPTION_TABLE, STREAM_TO
from typed_openai_spec.records import dataclass
from typed_openai_spec.validation.value_places import Place
from typed_openai_spec.validation.wording import UNKNOWN, PartialObject

_HIDING = frozenset(one.name for one in CALL_OPTION_TABLE if one.kind in ("fields", "query", "headers"))
"""The options that may set an argument in another way."""


@dataclass(frozen=True, slots=True)
class Given:
    """A call of an operation of a description: the values by argument, and the expressions they come from.

    ``is_whole`` is false if there may be more arguments. ``layers`` maps an argument that is a key of a
    display to the call's own argument that contains the display. ``kit`` adds its tools to the request.
    """

    description: Description
    operation: Operation
    values: dict[str, object]
    known: Known
    is_whole: bool
    layers: Mapping[str, str] = field(default_factory=dict)
    kit: Expression | None = None

    def place_of(self, place: Place) -> tuple[Place, Place]:
        """The place where a part of an argument was read, and the one to show."""
        argument = next((one for one in self.operation.arguments if place[:1] == (one.name,)), None)
        if argument is None or argument.name not in self.layers:
            return place, place
        read: Place = (argument.wire, *place[1:])
        return read, (self.layers[argument.name], *read)

    def body(self, names: tuple[str, ...], misfits: Collection[str] = ()) -> dict[str, object]:
        """The object that is sent for the arguments called ``names``, with the names used in requests.

        The values of the ``misfits`` have the wrong type, so they count as unknown.
        """
        sent = {
            one.wire: UNKNOWN if one.name in misfits else self.values[one.name]
            for one in self.operation.arguments
            if one.name in self.values and one.name in names
        }
        return sent if self.is_whole else PartialObject(sent)


def given_by(
    description: Description,
    call: CallExpr,
    operation: Operation,
    known: Known,
    *,
    free: Sequence[str] | None = None,
    later: bool = False,
) -> Given:
    """The arguments of a call, as ``known`` reads it.

    ``free`` are the arguments that can be positional, if some of them have been bound before; with
    ``later`` more of them may follow.
    """
    everywhere = [one.name for one in operation.arguments if one.positional or one.required]
    positional = everywhere if free is None else free
    names = {one.name for one in operation.arguments}
    values: dict[str, object] = {}
    is_whole = True
    for number, (argument, kind, keyword) in enumerate(
        zip(call.args, call.arg_kinds, call.arg_names, strict=True)
    ):
        by_place = kind is ArgKind.ARG_POS and is_whole and number < len(positional)
        name = positional[number] if by_place else keyword
        if kind is ArgKind.ARG_STAR2 and isinstance(spread := known.value(argument, ()), dict):
            values |= {key: one for key, one in spread.items() if key in names}
            is_whole = is_whole and not isinstance(spread, PartialObject)
        elif kind.is_star() or name in _HIDING:
            is_whole = False
        elif name in names:
            values[name] = known.value(argument, (name,))
    values |= _implied(call, operation)
    return Given(description, operation, values, known, is_whole and not later and free is None)


def _implied(call: CallExpr, operation: Operation) -> dict[str, object]:
    """The arguments that the client adds itself: a call with ``stream_to`` requests a stream."""
    stream = operation.stream
    if stream is None or STREAM_TO not in call.arg_names:
        return {}
    return {stream.argument: stream.values[0]}
