"""Requirements on objects that types cannot express: between fields, and inside some of them."""

from __future__ import annotations

from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement of one field on another field of the same object.

    The requirement applies if ``field`` is given. With ``values``, it must also be one of them or an array
    with one. Then ``other`` must be given too, as one of ``needed`` if there are any. With ``excludes``,
    ``other`` must not be given. Null counts as not given. With ``each``, ``other`` is a key of the items of
    the array in that field, which must all meet the requirement. ``source`` is the URL of the page that
    documents the requirement; it is empty if the description does.
    """

    field: str
    other: str
    values: tuple[str | int | float | bool, ...] = ()
    needed: tuple[str | int | float | bool, ...] = ()
    excludes: bool = False
    source: str = ""
    each: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Items of the array in ``field`` that must be answered by a later item of the same array.

    ``asks`` is the path of keys, through objects and arrays, to an id in an item whose ``type`` is one of
    ``asking`` (any type, if that is empty). The answer is an item whose ``type`` is one of ``answering``
    and whose field ``answer`` has the same id. Items of a type in ``may_ask`` can be answered, too, but need
    not be. Every answer needs an item that asks, unless items may come
    from elsewhere: one of the object's fields ``elsewhere`` is given, or another item has one of the keys
    ``hiding``. ``source`` is the URL of the page that documents the requirement.
    """

    field: str
    asks: tuple[str, ...]
    answer: str
    asking: tuple[str, ...] = ()
    answering: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    hiding: tuple[str, ...] = ()
    source: str = ""
    may_ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StrictSchema:
    """A JSON Schema in ``field`` that is limited to a subset if the field ``flag`` is true.

    In the subset, objects are closed and require all of their properties, the root is an object, and the
    keywords ``unsupported`` do not occur. ``source`` is the URL of the page that documents the requirement.
    """

    field: str
    flag: str
    unsupported: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class ModelRule:
    """A requirement of some models on one field of a request.

    It applies if the field ``by`` names one of ``models`` or a dated snapshot of one (``o3-2025-04-16``).
    The value at ``field``, a path of names joined by dots, must then be one of ``values`` or at most
    ``most``. With neither, the models do not support the field, and ``instead`` is the field to use.
    ``source`` is the URL of the page that documents the requirement.
    """

    field: str
    models: tuple[str, ...]
    values: tuple[str | int | float | bool, ...] = ()
    most: float | None = None
    instead: str = ""
    by: str = "model"
    source: str = ""


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """A ``field`` that names tools of the array ``among``.

    ``kinds`` pairs each ``type`` of a tool with the path of its name. The type is empty for tools without
    one, and the path is empty for a type that is chosen without a name. ``allowed`` is the path of a list
    of tools inside the field, ``needing`` the constants of the field that need a tool. Tools may come from
    elsewhere if one of the fields ``elsewhere`` is given, or if an item of ``among`` or ``beside`` has one
    of the types ``bringing``. ``source`` is the URL of the page that documents the requirement.
    """

    field: str
    among: str
    kinds: tuple[tuple[str, tuple[str, ...]], ...]
    allowed: tuple[str, ...] = ()
    needing: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    bringing: tuple[str, ...] = ()
    source: str = ""
