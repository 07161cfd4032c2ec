"""The entries of a dict display, whether written out or unpacked."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import ArgKind, CallExpr, DictExpr, Expression, Node, StrExpr
from mypy.types import Instance, LiteralType, Type, TypedDictType, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.explain.explainer import Explainer, Problem
from typed_openai_mypy.messages import key_messages
from typed_openai_mypy.syntax.tree import display_of
from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One key. ``value`` is None if it comes from an unpacked TypedDict; only then is ``type`` set."""

    key: str
    node: Node
    value: Expression | None
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """The keys of the display ``node`` at ``path``.

    With ``open``, there may be more keys. ``unclear`` lists the causes: keys that are not literals, and
    unpacked values without known keys.
    """

    node: Node
    path: str
    items: tuple[Entry, ...]
    open: bool = False
    unclear: tuple[tuple[Node, Type | None], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """All known keys."""
        return frozenset(one.key for one in self.items)

    def problems(self, owner: str) -> list[Problem]:
        """The mistakes that hide keys."""
        return [
            Problem(
                node,
                key_messages.key_not_literal(self.path, owner)
                if found is None
                else key_messages.keys_unknown(self.path, found, owner),
            )
            for node, found in self.unclear
        ]


def entries_of(explainer: Explainer, display: DictExpr, path: str) -> Entries:
    """The entries of a display, including those of displays and TypedDicts that are unpacked into it."""
    items: list[Entry] = []
    unclear: list[tuple[Node, Type | None]] = []
    is_open = False
    for key, value in display.items:
        if key is None:
            inner = _unpacked(explainer, value, path)
            items += inner.items
            unclear += inner.unclear
            is_open = is_open or inner.open
        elif (name := literal_key(explainer, key)) is None:
            unclear.append((key if key.line > 0 else value, None))
            is_open = True
        else:
            items.append(Entry(name, key if key.line > 0 else value, value))
    return Entries(display, path, tuple(items), is_open, tuple(unclear))


def entries_of_call(call: CallExpr) -> Entries | None:
    """The entries of a call of a TypedDict with keywords only; None for any other call."""
    if not all(call.arg_names):
        return None
    pairs = zip(call.arg_names, call.args, strict=True)
    return Entries(call, "", tuple(Entry(name, value, value) for name, value in pairs if name is not None))


def with_keywords(explainer: Explainer, call: CallExpr) -> CallExpr:
    """The call with the entries of unpacked displays as arguments; the call itself if there are none."""
    arguments: list[tuple[Expression, ArgKind, str | None]] = []
    for argument, kind, name in zip(call.args, call.arg_kinds, call.arg_names, strict=True):
        display = display_of(argument)
        is_unpacked = kind is ArgKind.ARG_STAR2 and isinstance(display, DictExpr)
        spelled = _spelled_out(explainer, display) if is_unpacked else None
        arguments += [(argument, kind, name)] if spelled is None else spelled
    kinds = [kind for _, kind, _ in arguments]
    if kinds == call.arg_kinds:
        return call
    made = CallExpr(call.callee, [one for one, _, _ in arguments], kinds, [name for _, _, name in arguments])
    made.set_line(call)
    return made


def _spelled_out(
    explainer: Explainer, display: Expression
) -> list[tuple[Expression, ArgKind, str | None]] | None:
    """The entries of an unpacked display as arguments; None if some of its keys are unknown.

    The result is also None if two entries have the same key, because a call cannot repeat an argument.
    """
    assert isinstance(display, DictExpr)
    made: list[tuple[Expression, ArgKind, str | None]] = []
    taken: set[str] = set()
    for key, value in display.items:
        found = None if key is not None else get_proper_type(explainer.checker.type_of(value))
        keys = {key.value} if isinstance(key, StrExpr) else set()
        if isinstance(found, TypedDictType):
            keys = set(found.items)
        if not keys or keys & taken:
            return None
        taken |= keys
        name = key.value if isinstance(key, StrExpr) else None
        made.append((value, ArgKind.ARG_STAR2 if name is None else ArgKind.ARG_NAMED, name))
    return made


def literal_key(explainer: Explainer, key: Expression) -> str | None:
    """The known value of a string key, or None."""
    if isinstance(key, StrExpr):
        return key.value
    known = shapes.exact(explainer.checker.type_of(key))
    return known.value if isinstance(known, LiteralType) and isinstance(known.value, str) else None


def entry_type(explainer: Explainer, entry: Entry) -> Type:
    """The most precise known type of an entry's value."""
    if entry.type is not None:
        return entry.type
    assert entry.value is not None, "an entry has a value or a type"
    if isinstance(entry.value, StrExpr):
        return LiteralType(entry.value.value, explainer.checker.instance("builtins.str"))
    return shapes.exact(explainer.checker.type_of(entry.value))


def _unpacked(explainer: Explainer, value: Expression, path: str) -> Entries:
    display = display_of(value)
    if isinstance(display, DictExpr):
        return entries_of(explainer, display, path)
    found = get_proper_type(explainer.checker.type_of(value))
    if isinstance(found, TypedDictType):
        return Entries(value, path, tuple(_typed_entries(found, value)))
    explainer.skip(value)
    if isinstance(found, Instance):
        return Entries(value, path, (), open=True, unclear=((value, found),))
    return Entries(value, path, (), open=True)


def _typed_entries(found: TypedDictType, node: Node) -> Iterator[Entry]:
    for key in sorted(found.items):
        yield Entry(key, node, None, found.items[key])
