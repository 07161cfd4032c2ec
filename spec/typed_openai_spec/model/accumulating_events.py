"""The rules by which the events of a stream make up the reply of the same call without a stream.

Paths are names joined by dots; ``[]`` after a name stands for an item of that list:
``output[].content[].text``. The empty path is the whole reply, or the whole event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from typed_openai_spec.model.nodes import Json
from typed_openai_spec.records import dataclass

StepAction: TypeAlias = Literal["put", "append", "set", "decode"]

ITEM = "[]"
"""The end of a path to the items of a list."""


@dataclass(frozen=True, slots=True)
class AccumulationStep:
    """The effect of the events called ``event`` on the place ``target`` of the reply.

    ``put`` replaces the value there by the event's value at ``source``, except that an empty list or null
    in one of its fields ``keep`` does not replace what has been accumulated. ``append`` adds a piece of a
    string, or the items of a list. ``decode`` adds a piece of a file, in base64. ``set`` replaces the value
    by ``value``.
    """

    event: str
    target: str
    action: StepAction
    source: str = ""
    value: Json = None
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccumulatedList:
    """The list at ``path`` of the reply, and how an event names one of its items.

    ``index`` is the field with the item's number. ``ids`` are paths of the event to the item's id; an item
    keeps its own one in its field ``id``. They are fields of the event, or of the item in the list of an
    event that is merged. ``begins`` are the fields of a merged item that only its first piece has.

    Events in ``opened_by`` begin an item, and those in ``closed_by`` end it.
    """

    path: str
    index: str = ""
    ids: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    opened_by: tuple[str, ...] = ()
    closed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InitialValue:
    """The fields that every object at ``path`` has, whatever the events say.

    With ``event`` (``*``: any), the value is that of a list's item which no event has announced before that
    one; events may change it.
    """

    path: str
    value: Json = None
    event: str = ""


@dataclass(frozen=True, slots=True)
class Merging:
    """The rules for events that are pieces of the reply.

    Objects are merged, and lists of numbered items item by item. Strings are replaced by later ones that
    are not empty, lists likewise. At the paths ``appended`` strings and lists grow; ``.*`` at the end stands
    for everything below, except for strings whose names are in ``whole``. ``encoded`` are strings of base64
    that grow. ``first`` are the paths whose first value is kept (``*``: of
    all strings and numbers of the reply itself), ``dropped`` those that no reply has.
    ``renamed`` has the reply's name of fields.
    """

    renamed: tuple[tuple[str, str], ...] = ()
    appended: tuple[str, ...] = ()
    encoded: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accumulation:
    """The rules by which the events of one kind make up a reply.

    ``tag`` is the field with an event's name; empty if every event is a piece that is merged. ``makes``
    are the names of the components that the reply may be, or ``bytes`` or ``str``.
    """

    tag: str = ""
    steps: tuple[AccumulationStep, ...] = ()
    lists: tuple[AccumulatedList, ...] = ()
    merging: Merging | None = None
    initial: tuple[InitialValue, ...] = ()
    makes: tuple[str, ...] = ()

    @property
    def is_file(self) -> bool:
        """True if the reply is a file."""
        return self.makes == ("bytes",)


def parts(path: str) -> Iterator[str]:
    """Yield the steps of a path: names, and ``[]`` for an item.

    >>> list(parts("output[].text"))
    ['output', '[]', 'text']
    """
    for part in path.split(".") if path else ():
        name = part.rstrip(ITEM)
        yield name
        yield from [ITEM] * ((len(part) - len(name)) // len(ITEM))
