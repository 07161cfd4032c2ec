"""Move objects through their states: queued, in progress, completed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from typed_openai.testing.habits import Manner, State
from typed_openai.testing.kept_objects import Kept
from typed_openai.testing.offered_tools import put_calls


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of a change, a source of ids, and a check that an object has a field."""

    now: int
    new_id: Callable[[str], str]
    has_field: Callable[[str], bool]


def begin(kept: Kept, manner: Manner, moment: Moment) -> None:
    """Put a new object into its first state."""
    if not manner.passes_through_states(kept.value):
        return
    later = [state for listed in manner.actions.values() for state in listed]
    names = {name for state in (*manner.states, *later) for name in state.final}
    kept.final = {name: deepcopy(kept.value[name]) for name in names if name in kept.value}
    kept.states = list(manner.states)
    _next(kept, moment)


def finish(kept: Kept, manner: Manner, moment: Moment) -> None:
    """Put an object of which no request knows the beginning into its last state."""
    begin(kept, manner, moment)
    while kept.states and not kept.waits:
        _next(kept, moment)


def advance(kept: Kept, moment: Moment) -> None:
    """Move an object that is retrieved to its next state, unless it waits for an action."""
    if not kept.waits:
        _next(kept, moment)


def act(kept: Kept, manner: Manner, action: str, moment: Moment) -> None:
    """Put an object into the first state after an action. Nothing follows upon an unknown one."""
    if (states := manner.actions.get(action)) is not None:
        kept.states = list(states)
        _next(kept, moment)


def count(kept: Kept, items: Sequence[Kept], field: str) -> None:
    """Let an object say how many of its items are in each state, and how many there are in total."""
    states = Counter(str(one.value.get("status")) for one in items)
    names: Mapping[str, Any] = kept.value.get(field) or {}
    kept.value[field] = {name: len(items) if name == "total" else states[name] for name in names}


def _next(kept: Kept, moment: Moment) -> None:
    while kept.states:
        state = kept.states.pop(0)
        if state.calls and not kept.calls:
            continue
        _enter(kept, state, moment)
        return


def _enter(kept: Kept, state: State, moment: Moment) -> None:
    kept.waits = state.waits
    # Servers of different age send different keys: a state adds none to those that the object has.
    fitting = {key: one for key, one in state.set.items() if key in kept.value and moment.has_field(key)}
    kept.value |= _filled(fitting, moment)
    kept.value |= {name: kept.final[name] for name in state.final if name in kept.final}
    if state.calls:
        put_calls(kept.value, kept.calls, moment.new_id)


def _filled(template: Any, moment: Moment) -> Any:
    if isinstance(template, Mapping):
        return {key: _filled(one, moment) for key, one in template.items()}
    if template == "$now":
        return moment.now
    if isinstance(template, str) and template.endswith("{}"):
        return moment.new_id(template[:-2])
    return deepcopy(template)
