"""What no type can say of an object: the rules that hold between its fields, and inside some of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field asks of another field of its object.

    Where ``field`` is given, and has one of ``values`` if there are any, ``other`` must be given too,
    with one of ``needed`` if there are any; or, where ``excludes``, must not be given. Null is as good as
    not given. ``source`` is the address of the page that tells so, empty where the description does.
    """

    field: str
    other: str
    values: tuple[str | int | float | bool, ...] = ()
    needed: tuple[str | int | float | bool, ...] = ()
    excludes: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Items of the array in ``field`` that ask for an answer by a later item of the same array.

    ``asks`` is the path of keys, through objects and arrays of them, to an id in an item whose ``type`` is
    one of ``asking`` (of any, where that is empty); it is answered by an item, whose ``type`` is one of
    ``answering``, that has the same id as its ``answer``. An answer needs one who asks, unless items may
    come from elsewhere: one of the object's fields ``elsewhere`` is given, or another item has one of the
    keys ``hiding``. ``source`` is the address of the page that tells so.
    """

    field: str
    asks: tuple[str, ...]
    answer: str
    asking: tuple[str, ...] = ()
    answering: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    hiding: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class StrictSchema:
    """A JSON Schema in ``field``, which must keep to a subset where the field ``flag`` is true.

    There, objects are closed and require all of their properties, the whole is an object, and the
    keywords ``unsupported`` do not occur. ``source`` is the address of the page that tells so.
    """

    field: str
    flag: str
    unsupported: tuple[str, ...] = ()
    source: str = ""
