"""Functions that read JSON values: they check that a value fits a shape, and return it as its Python type.

``1.0`` is an integer, as in JSON Schema, and a boolean is no number. Objects have the keys of their class
and no others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from typed_openai._shapes.shape_nodes import (
    Alias,
    Constants,
    Described,
    Items,
    Member,
    Node,
    OneOf,
    Plain,
    Record,
    bare,
)
from typed_openai._shapes.unfit_values import Unfit, kind_of_json
from typed_openai._shapes.value_bounds import checks
from typed_openai_spec.spelling import nearest

Reader: TypeAlias = Callable[[Any], Any]
"""Return the Python value of a JSON value. Raises :class:`Unfit`."""


def reader_of(root: Node) -> Reader:
    """Return the function that reads the values of a shape."""
    return _Readers().of(root)


class _Readers:
    """Makes the readers of one shape; a recursive record has one reader."""

    def __init__(self) -> None:
        self._made: dict[int, Reader] = {}

    def of(self, node: Node) -> Reader:
        match node:
            case Plain():
                return _plain(node)
            case Constants(pairs=pairs):
                return _constant(pairs)
            case Items():
                return _items(node, self.of(node.item))
            case OneOf(members=members):
                return self._one_of(members)
            case Described(node=inner):
                return self.of(inner)
            case Record() | Alias():
                return self._recursive(node)

    def _recursive(self, node: Record | Alias) -> Reader:
        if (made := self._made.get(id(node))) is not None:
            return made
        # A reader that is needed inside itself is looked up when it is called.
        self._made[id(node)] = lambda value: self._made[id(node)](value)  # noqa: PLW0108  as above
        if isinstance(node, Record):
            made = _object(node, [(one, self.of(one.node)) for one in node.members])
        elif node.build is not None:
            made = _caught(node.build)
        else:
            assert node.target is not None
            made = self.of(node.target)
        self._made[id(node)] = made
        return made

    def _one_of(self, members: tuple[Node, ...]) -> Reader:
        tagged = _tagged(members)
        if tagged is not None:
            key, chosen, may_be_missing = tagged
            by_tag = _constant(tuple((tag, self.of(one)) for tag, one in chosen))
            untagged = self._first_of(members) if may_be_missing else None
            return _by_tag(key, by_tag, self._rest(members), untagged)
        return self._first_of(members)

    def _first_of(self, members: tuple[Node, ...]) -> Reader:
        return _first_of([(self.of(one), bare(one)) for one in members])

    def _rest(self, members: tuple[Node, ...]) -> Reader | None:
        """Return the reader of the members that are no objects."""
        rest = tuple(one for one in members if _record_of(one) is None)
        return self._one_of(rest) if rest else None


def _plain(node: Plain) -> Reader:
    read, limits, convert = _SCALARS[node.kind], checks(node.keywords), node.convert
    if convert is not None:
        return _converted(convert, node.noun)
    if not limits:
        return read

    def limited(value: Any) -> Any:
        found = read(value)
        for broken, text in limits:
            if broken(found):
                raise Unfit(f"expected {text}, got {value!r:.60}")
        return found

    return limited


def _converted(convert: Callable[[str], Any], noun: str) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise _other_kind(noun, value)
        try:
            return convert(value)
        except ValueError:
            raise Unfit(f"expected {noun}, got {value!r:.60}") from None

    return read


def _other_kind(expected: str, value: Any) -> Unfit:
    return Unfit(f"expected {expected}, got {kind_of_json(value)}")


def _string(value: Any) -> Any:
    if isinstance(value, str):
        return value
    raise _other_kind("string", value)


def _integer(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _other_kind("integer", value)
    if isinstance(value, int):
        return value
    if not value.is_integer():
        raise Unfit(f"expected integer, got {value!r}")
    return int(value)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _other_kind("number", value)
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise Unfit("expected a number that a float can hold")
    return found


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    raise _other_kind("boolean", value)


def _null(value: Any) -> Any:
    if value is not None:
        raise _other_kind("null", value)


_SCALARS: Final[Mapping[str, Reader]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}


def _constant(pairs: tuple[tuple[Any, Any], ...]) -> Reader:
    by_value = {(isinstance(json, bool), json): python for json, python in reversed(pairs)}
    listed = ", ".join(_quoted(json) for json, _ in pairs[:-1])
    last = _quoted(pairs[-1][0]) if pairs else "nothing"
    expected = f"{listed} or {last}" if listed else last

    def read(value: Any) -> Any:
        try:
            return by_value[isinstance(value, bool), value]
        except (KeyError, TypeError):
            found = _quoted(value) if isinstance(value, (str, int, float)) else kind_of_json(value)
            raise Unfit(f"expected {expected}, got {found}") from None

    return read


def _quoted(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _items(node: Items, read: Reader) -> Reader:
    limits, make = checks(node.keywords), node.make

    def items(value: Any) -> Any:
        if not isinstance(value, list):
            raise _other_kind("array", value)
        found = []
        try:
            for one in value:
                found.append(read(one))
        except Unfit as error:
            error.inside(len(found))
            raise
        for broken, text in limits:
            if broken(value):
                raise Unfit(f"expected {text}, got {len(value)}")
        return found if make is None else make(found)

    return items


def _object(record: Record, fields: list[tuple[Member, Reader]]) -> Reader:
    build = record.build
    if record.reads_itself:
        return _built(build)
    known = frozenset(one.key for one, _ in fields)
    plain = [(one.key, one.name, read, one.is_optional, one.null_is_absent) for one, read in fields]
    finish = None if build is dict else _built(build)

    def read_object(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _other_kind("object", value)
        found = {}
        for key, name, read, is_optional, null_is_absent in plain:
            try:
                one = value[key]
            except KeyError:
                if is_optional:
                    continue
                raise Unfit("required, but missing", (key,)) from None
            if one is None and null_is_absent:
                continue
            try:
                found[name] = read(one)
            except Unfit as error:
                error.inside(key)
                raise
        if not known.issuperset(value):
            raise _unknown_key(value, known)
        return found if finish is None else finish(found)

    return read_object


def _built(build: Callable[[dict[str, Any]], Any]) -> Reader:
    """Return a reader that calls a constructor; its ``ValueError`` is about the value."""
    caught = _caught(build)

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _other_kind("object", value)
        return caught(value)

    return read


def _caught(build: Callable[[Any], Any]) -> Reader:
    """Return a reader that calls a function; its ``ValueError`` is about the value."""

    def read(value: Any) -> Any:
        try:
            return build(value)
        except ValueError as error:
            # Validators of attrs add objects to the text.
            text = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
            raise Unfit(text or "the value is refused") from error

    return read


def _unknown_key(value: Mapping[str, Any], known: Iterable[str]) -> Unfit:
    key = next(one for one in value if one not in known)
    near = nearest(key, [*known])
    return Unfit("unexpected key" + (f'; did you mean "{near}"?' if near else ""), (key,))


def _record_of(node: Node) -> Record | None:
    """Return the object that a member of a union is; None for any other, and for one that is built anew."""
    while isinstance(node, (Described, Alias)):
        inner = node.node if isinstance(node, Described) else None if node.build else node.target
        if inner is None:
            return None
        node = inner
    return node if isinstance(node, Record) else None


def _tagged(members: tuple[Node, ...]) -> tuple[str, list[tuple[Any, Record]], bool] | None:
    """Return the key whose value selects an object of a union, the objects by their values.

    The third part is True if the key may be missing.
    """
    records = [one for one in map(_record_of, members) if one is not None]
    if len(records) < 2:
        return None
    tables = [_tags(one) for one in records]
    for key in tables[0]:
        if not all(key in one for one in tables):
            continue
        chosen = [(tag, one) for one, table in zip(records, tables, strict=True) for tag in table[key]]
        if len({(isinstance(tag, bool), tag) for tag, _ in chosen}) == len(chosen):
            return (
                key,
                chosen,
                any(one.key == key and one.is_optional for each in records for one in each.members),
            )
    return None


def _tags(record: Record) -> dict[str, list[Any]]:
    """Return the keys of an object that are constants, with their JSON values."""
    found = {}
    for one in record.members:
        node = bare(one.node)
        if isinstance(node, Constants):
            found[one.key] = list({(isinstance(json, bool), json): json for json, _ in node.pairs}.values())
    return found


def _by_tag(key: str, by_tag: Reader, rest: Reader | None, untagged: Reader | None) -> Reader:
    """Return a reader of a union. ``by_tag`` gives the reader of an object by its key.

    ``rest`` reads what is no object, and ``untagged`` objects that do not have the key.
    """

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            return _no_object(value, rest)
        if key not in value:
            if untagged is not None:
                return untagged(value)
            raise Unfit("required, but missing", (key,))
        try:
            chosen = by_tag(value[key])
        except Unfit as error:
            error.inside(key)
            raise
        return chosen(value)

    return read


def _no_object(value: Any, rest: Reader | None) -> Any:
    if rest is None:
        raise _other_kind("object", value)
    try:
        return rest(value)
    except Unfit as error:
        if not error.path and error.text.startswith("expected "):
            raise Unfit(f"expected object or {error.text.removeprefix('expected ')}") from None
        raise


def _first_of(members: list[tuple[Reader, Node]]) -> Reader:
    """Return a reader that tries the members of a union in order; numbers of their own kind come first."""
    kinds = {one.kind for _, one in members if isinstance(one, Plain)}
    exact = {"integer": int, "number": float} if {"integer", "number"} <= kinds else {}

    def read(value: Any) -> Any:
        wrong: list[Unfit] = []
        for one, node in members:
            if exact and isinstance(node, Plain) and isinstance(value, (int, float)):
                wanted = exact.get(node.kind)
                if wanted is not None and type(value) is not wanted:
                    continue
            try:
                return one(value)
            except Unfit as error:
                wrong.append(error)
        raise _deepest(wrong, value)

    return read


def _deepest(wrong: list[Unfit], value: Any) -> Unfit:
    """Return the error of the member that fits furthest; if none fits at all, name all of them."""
    best = max(wrong, key=lambda one: len(one.path), default=None)
    if best is not None and best.path:
        return best
    expected = dict.fromkeys(one.text.partition("expected ")[2].partition(", got ")[0] for one in wrong)
    if best is None or "" in expected:
        return best or _other_kind("another value", value)
    got = wrong[0].text.rpartition(", got ")[2]
    return Unfit(f"expected {' or '.join(expected)}, got {got}")
