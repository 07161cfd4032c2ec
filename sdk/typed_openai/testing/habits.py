"""Habits of an API's servers that its description does not have, as the index holds them.

Paths in them lead through objects (``.``) and into each item of an array (``[]``):
``choices[].message.content``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from typed_openai_spec.index.reader import Index


@dataclass(frozen=True, slots=True)
class Form:
    """A combination of keys that replies have.

    ``keys`` maps each key to ``""`` for a value, or to ``null``, ``[]``, ``{}`` or ``""`` in quotes if it
    was empty. ``number`` is the number of recorded shapes with this combination.
    """

    keys: Mapping[str, str]
    number: int


@dataclass(frozen=True, slots=True)
class State:
    """A state of an object: what it sets, and how it is left.

    An object leaves a state when it is next retrieved; if ``waits``, only an action ends it. A state with
    ``calls`` is skipped unless tools were offered. ``final`` are fields that get their final value now,
    which they had when the object was created.
    """

    set: Mapping[str, Any]
    waits: bool = False
    calls: bool = False
    final: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """Habits of one component: its forms, typical values, and the states that its objects pass through.

    ``actions`` are the states that follow after an action, by the last segment of its path. ``states``
    begin with the state of a new object; with ``states_if``, only objects in which that field is true have
    them. ``opened`` is what the object has in the events that open it. ``rare`` are keys of other forms.
    With ``counts``, a field has the number of items in each state: ``field`` is its name, ``list`` the last
    segment of the list's path, ``kind`` the component of an item. The items move with the object.
    """

    forms: tuple[Form, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    states: tuple[State, ...] = ()
    actions: Mapping[str, tuple[State, ...]] = field(default_factory=dict)
    states_if: str = ""
    opened: Mapping[str, Any] = field(default_factory=dict)
    rare: Sequence[str] = ()
    counts: Mapping[str, str] = field(default_factory=dict)

    def passes_through_states(self, value: Mapping[str, Any]) -> bool:
        """Return True if an object is not complete at once."""
        return bool(self.states) and (not self.states_if or value.get(self.states_if) is True)

    def sends(self, name: str) -> bool:
        """Return True if servers may send a field: any, if nothing is known."""
        return not self.forms or name in self.rare or any(name in one.keys for one in self.forms)


@dataclass(frozen=True, slots=True)
class ToolPlace:
    """A kind of tool in an argument of a request, and the place of its call in the reply.

    ``name`` and ``schema`` are paths inside the tool. ``call`` is a template of the call; it is added to
    the array at the path ``at``, or set there if ``single``. ``replaces`` means that the array holds
    nothing else. ``also`` maps paths to values that a reply with calls has. A ``hosted`` tool is used by the
    model itself, before it answers, if the request forces it.
    """

    argument: str
    type: str
    at: str
    call: Mapping[str, Any]
    name: str = "name"
    schema: str = ""
    single: bool = False
    replaces: bool = False
    hosted: bool = False
    also: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationHabits:
    """Habits of one operation.

    ``same`` maps fields of the reply to the arguments whose values they have. ``each`` maps an array of the
    reply to the argument that has, or is, its number of items. ``asked`` maps arguments to the paths of what
    the reply has only if they are true. ``format`` has the ``argument`` with the format of the text, and the
    paths of its ``schema`` and ``type``. ``choices`` are the arguments that force or forbid calls of
    ``tools``. ``answered`` has the ``argument`` whose last item shows, by its ``values`` at ``key``, that
    calls were answered. ``vectors`` has the ``argument`` of embedded texts, the array ``at``, and the number
    of ``dimensions``. ``kept`` has the ``argument`` and its ``default`` that decide if the reply can be
    retrieved. ``inherits`` maps arguments with ids of other objects to the fields that are taken from them.
    ``sometimes`` has the components that replies have now and then: the array ``at``, the ``chance``, and the
    ``models`` that always have it. ``text`` is the argument whose text the reply repeats. ``forms`` have the
    ``keys`` of a ``component`` if an ``argument`` matches a ``pattern``; the first one counts. ``completes``
    maps arrays of the reply to the argument with their items. ``hidden`` maps fields of events to the paths
    of arguments that leave them out if false. ``holds`` has the lists that come with a new object: the id of
    the operation that returns the ``list``, the argument or the field of the ``reply`` that it is ``from``,
    the ``item`` that a plain text becomes, and the ``owner`` of the list, by default the new object.
    ``limited`` has the ``arguments`` with the maximum number of tokens, and maps paths to what a reply that
    was cut off ``also`` has. ``chunks`` and ``unrolled`` say how
    the reply becomes a stream.
    """

    same: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    format: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[ToolPlace, ...] = ()
    choices: Sequence[str] = ()
    answered: Mapping[str, Any] = field(default_factory=dict)
    vectors: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    forms: Sequence[Mapping[str, str]] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    completes: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    inherits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    holds: Sequence[Mapping[str, Any]] = ()
    limited: Mapping[str, Any] = field(default_factory=dict)
    sometimes: Sequence[Mapping[str, Any]] = ()
    chunks: Mapping[str, Any] = field(default_factory=dict)
    unrolled: Mapping[str, Any] = field(default_factory=dict)


NO_HABITS: Final = OperationHabits()
PLAIN: Final = Manner()


class Habits:
    """The habits of one API's servers; each is read on first use."""

    def __init__(self, served: Mapping[str, Any] | None = None) -> None:
        self._served = served or {}
        self._operations: dict[str, OperationHabits] = {}
        self._manners: dict[str, Manner] = {}

    @classmethod
    def of(cls, index: Index) -> Habits:
        """Return the habits of an index."""
        return cls(index.served)

    @property
    def models(self) -> Mapping[str, str]:
        """The full name of each model that servers know by another name."""
        models: Mapping[str, str] = self._served.get("models", {})
        return models

    @property
    def tokens(self) -> Mapping[str, Any]:
        """The arguments that models read, the ids of what they read ``earlier``, the models that reason."""
        tokens: Mapping[str, Any] = self._served.get("tokens", {})
        return tokens

    def examples(self, operation_id: str) -> Sequence[Any]:
        """Return the description's examples of an operation's replies."""
        examples: Sequence[Any] = self._served.get("examples", {}).get(operation_id, ())
        return examples

    @property
    def gateways(self) -> Mapping[str, Any]:
        """The forms of requests that gateways take."""
        gateways: Mapping[str, Any] = self._served.get("gateways", {})
        return gateways

    def operation(self, operation_id: str) -> OperationHabits:
        """Return the habits of an operation."""
        if (known := self._operations.get(operation_id)) is None:
            known = _operation(self._served.get("operations", {}).get(operation_id))
            self._operations[operation_id] = known
        return known

    def manner(self, component: str) -> Manner:
        """Return the habits of a component."""
        if (known := self._manners.get(component)) is None:
            known = self._manners[component] = _manner(self._data(component))
        return known

    def _data(self, component: str) -> Mapping[str, Any]:
        """Return what is known about a component, and about the one that it is served like."""
        known = self._served.get("components", {})
        own: Mapping[str, Any] = known.get(component, {})
        for prefix, other in self._served.get("inherit", {}).items():
            if component.startswith(prefix) and (base := known.get(other + component.removeprefix(prefix))):
                return {**base, **own}
        return own


def _operation(data: Mapping[str, Any] | None) -> OperationHabits:
    if not data:
        return NO_HABITS
    return OperationHabits(**{**data, "tools": tuple(ToolPlace(**one) for one in data.get("tools", ()))})


def _manner(data: Mapping[str, Any] | None) -> Manner:
    if not data:
        return PLAIN
    return Manner(
        tuple(Form(_keys(text), number) for text, number in data.get("forms", {}).items()),
        data.get("values", {}),
        _states(data.get("states", ())),
        {name: _states(listed) for name, listed in data.get("actions", {}).items()},
        data.get("states_if", ""),
        data.get("opened", {}),
        data.get("rare", ()),
        data.get("counts", {}),
    )


def _keys(text: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in text.split())
    return {name: mark for name, _, mark in pairs}


def form_of(text: str) -> Form:
    """Return the form that a text of keys describes."""
    return Form(_keys(text), 1)


def _states(listed: Sequence[Mapping[str, Any]]) -> tuple[State, ...]:
    return tuple(State(**one) for one in listed)
