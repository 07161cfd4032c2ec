"""The nodes of a shape: a type as JSON sees it, and as Python gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

ScalarKind: TypeAlias = Literal["string", "integer", "number", "boolean", "null"]


@dataclass(frozen=True, slots=True)
class Plain:
    """A scalar of JSON. ``keywords`` are its bounds and its format, as JSON Schema writes them.

    ``convert`` turns the JSON value into Python's, and raises ``ValueError`` if it cannot.
    """

    kind: ScalarKind
    keywords: Mapping[str, Any]
    convert: Callable[[Any], Any] | None = None
    noun: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Constants:
    """A choice of constants: an enumeration, which has a name, or a literal type."""

    pairs: tuple[tuple[Any, Any], ...]
    """The JSON values, each with Python's."""
    name: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """An array. ``make`` creates the Python value from the list of items; None for a list."""

    item: Node
    keywords: Mapping[str, Any]
    make: Callable[[list[Any]], Any] | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a record: its key in JSON, its name in Python, and its node.

    ``is_optional`` fields may be missing from a value; for ``null_is_absent``, null means that it is.
    """

    key: str
    name: str
    node: Node
    doc: str = ""
    is_optional: bool = False
    null_is_absent: bool = False


@dataclass(slots=True, eq=False)
class Record:
    """An object with known keys. ``members`` are set after it was created, as types may be recursive."""

    name: str
    doc: str
    build: Callable[[dict[str, Any]], Any]
    reads_itself: bool = False
    """True if ``build`` takes the JSON object as it is, and validates it."""
    members: tuple[Member, ...] = ()


@dataclass(slots=True, eq=False)
class Alias:
    """A named alias, which may be recursive; ``target`` is set after it was created.

    ``build`` makes the Python value of the whole JSON value, and validates it, for a class that is written as
    another type.
    """

    name: str
    target: Node | None = None
    build: Callable[[Any], Any] | None = None
    is_used: bool = False
    """True if the target refers to the alias."""


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """A union."""

    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """A node with a description of its own."""

    node: Node
    doc: str


Node: TypeAlias = Plain | Constants | Items | Record | Alias | OneOf | Described


def bare(node: Node) -> Node:
    """Return a node without its description and its alias."""
    while isinstance(node, (Described, Alias)):
        inner = node.node if isinstance(node, Described) else node.target
        if inner is None:
            return node
        node = inner
    return node
