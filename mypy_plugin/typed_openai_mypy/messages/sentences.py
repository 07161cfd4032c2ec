"""The sentences that the plugin prints: one small function and one line each.

Names and values come from the user's code and from the API's description. Both are clipped, so that a
message remains one line. No sentence depends on the order of a set or of a TypedDict's keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

from mypy.nodes import Expression, MemberExpr, NameExpr
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    TupleType,
    Type,
    TypeAliasType,
    TypedDictType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from typed_openai_mypy.api import shapes
from typed_openai_mypy.api.fullnames import is_ours
from typed_openai_spec import spelling
from typed_openai_spec.problems import printable

LONGEST: Final = 380
"""The maximum length of a message, without the code that mypy appends."""

_READABLE: Final = {"_SequenceNotStr": "Sequence"}
"""The standard names of the stubs' own protocols."""

_ELLIPSIS: Final = "..."
_LONGEST_NAME: Final = 64
_LONGEST_TYPE: Final = 120
_MOST_VALUES: Final = 6
_LONGEST_CHOICE: Final = 100
MOST_MEMBERS: Final = 4


def unexpected_keyword(name: str, label: str, near: str | None, missing: str | None) -> str:
    return clipped(f"unexpected keyword {quoted(name)} for {label}{_hint(near, missing, 'argument')}")


def beside_arguments(name: str, label: str) -> str:
    """A field that the options allow in addition to the description's, passed as a keyword."""
    beside = f"extra_body={{{quoted(name)}: ...}}"
    return clipped(f"unexpected keyword {quoted(name)} for {label}; give it in {beside}")


def missing_arguments(names: Sequence[str], label: str) -> str:
    return clipped(f"missing required {_several('argument', names)} for {label}")


def too_many_positionals(label: str, taken: Sequence[str], absent: Sequence[str]) -> str:
    """``absent`` are the required arguments that may be meant."""
    names = f": {', '.join(taken)}" if any(one != "..." for one in taken) else ""
    by_name = f"; give {_listed(absent)} by name" if absent else ""
    return clipped(f"too many positional arguments for {label}; it takes {len(taken)}{names}{by_name}")


def keyword_not_passed_on(name: str, carrier: str) -> str:
    """A keyword for a method that is passed to a function which does not pass it on."""
    return clipped(
        f"{carrier} passes no keyword on, so not {quoted(name)} either; bind it by functools.partial"
    )


def result_handed_over(label: str, carrier: str, method: str) -> str:
    """A method is called where the method itself is expected."""
    return clipped(f"{carrier} calls {label} itself: write {carrier}({method}, ...), the arguments after it")


def repeated_argument(name: str, label: str) -> str:
    return clipped(f"argument {quoted(name)} is given twice for {label}")


def unpacked_values(mark: str, name: str, expected: Type, found: Type) -> str:
    return clipped(
        f'values of "{mark}" for {name}: expected "{type_text(expected)}", got "{type_text(found)}"'
    )


def untyped_arguments(found: Type, label: str, params: str) -> str:
    """A mapping of unknown keys is unpacked; ``params`` is the TypedDict with a type for each key."""
    rest = f'; give all arguments in one "{params}", or each by its name'
    return clipped(f'"{type_text(found)}" has one type for all arguments of {label}{rest}')


def other_arguments(name: str, label: str, other: str, misfits: Sequence[Sequence[str]]) -> str:
    """An unpacked TypedDict that does not fit; ``other`` is the operation whose arguments it holds.

    ``misfits`` are the missing arguments, the unexpected ones, and those of another type.
    """
    whose = f"holds the arguments of {other}, not of" if other else "does not fit"
    kinds = zip(("missing", "unexpected", "of another type"), misfits, strict=True)
    told = "; ".join(f"{kind}: {_listed(names)}" for kind, names in kinds if names)
    return clipped(f"{quoted(name)} {whose} {label}; {told}")


def whole_arguments(name: str, label: str, operation: str) -> str:
    """The params of an operation passed as one argument."""
    rest = "; unpack it with **" if operation == label else f", not of {label}"
    return clipped(f"{quoted(name)} holds the arguments of {operation}{rest}")


def keys_unpacked(name: str) -> str:
    return clipped(f"* gives the keys of {quoted(name)} as text; ** gives its values as arguments")


def other_parameters(method: str, owner: str, names: Sequence[str]) -> str:
    return clipped(f"{method} must take the parameters of {owner}.{method}: {', '.join(names)}")


def parameter_of_override(method: str, name: str, given: Type, taken: Type) -> str:
    return clipped(f'{method} is called with "{type_text(given)}" as {name}, not "{type_text(taken)}"')


def result_of_override(method: str, expected: Type, found: Type) -> str:
    return clipped(f'{method} must give "{type_text(expected)}", not "{type_text(found)}"')


def inside(path: str, text: str) -> str:
    """The text of mypy's own error about a part of the value at ``path``."""
    short = re.sub(r'"([^"]+)"', lambda found: f'"{clipped(found[1], _LONGEST_NAME)}"', text)
    return clipped(f"{_at(path)}{short}")


def no_pages(label: str, result: Type, whole: str) -> str:
    """An operation that is not paginated; ``whole`` is the key of its complete list."""
    rest = f'all at once: iterate over ["{whole}"]' if whole else f'"{type_text(result)}"'
    return clipped(f"{label} has no pages; it gives {rest}")


def other_result(label: str, expected: Type, result: Type) -> str:
    wanted = f'expected a function that gives "{type_text(expected)}"'
    return clipped(f'{wanted}; {label} gives "{type_text(result)}"')


def unknown_key(path: str, key: str, owner: str, near: str | None, missing: str | None) -> str:
    return clipped(f"{_at(path)}unknown key {quoted(key)} for {owner}{_hint(near, missing, 'key')}")


def unknown_keys(path: str, keys: Sequence[str], owner: str) -> str:
    return clipped(f"{_at(path)}unknown {_several('key', keys)} for {owner}")


def missing_keys(path: str, keys: Sequence[str], owner: str, values: Sequence[shapes.Value] = ()) -> str:
    """``values`` are the valid values of the only missing key, if they are known."""
    expected = f"; expected {choice(values)}" if values else ""
    return clipped(f"{_at(path)}missing {_several('key', keys)} for {owner}{expected}")


def other_keys(path: str, missing: Sequence[str], unknown: Mapping[str, str | None], owner: str) -> str:
    """Keys are missing and others are given instead, each with the key that it may misspell."""
    given = [f"{quoted(key)}{f' (for {quoted(near)}?)' if near else ''}" for key, near in unknown.items()]
    return clipped(
        f"{_at(path)}missing {_several('key', missing)} for {owner};"
        f" unknown key{'s' if len(given) > 1 else ''} {', '.join(given)}"
    )


def keys_of_inner(path: str, missing: str, keys: Sequence[str], owner: str) -> str:
    """Keys are given next to the object that they belong to."""
    inner = ", ".join(f"{literal(key)}: ..." for key in keys[:_MOST_VALUES])
    given = f"write {{{literal(missing)}: {{{inner}}}}}"
    return clipped(f"{_at(path)}missing {_several('key', [missing])} for {owner}; {given}")


def key_not_literal(path: str, owner: str) -> str:
    return clipped(f"{_at(path)}a key of {owner} must be a string literal")


def keys_unknown(path: str, found: Type, owner: str) -> str:
    return clipped(f'{_at(path)}"{type_text(found)}" cannot be unpacked into {owner}: its keys are not known')


def not_one_of(path: str, values: Sequence[shapes.Value], found: Type, others: Sequence[Type] = ()) -> str:
    """A value that is not one of ``values`` and does not fit one of the ``others``."""
    got = shapes.exact(found)
    rest = f" or {_type_text(others[0])}" if others else ""
    rest += f", ... ({len(others) - 1} more)" if len(others) > 1 else ""
    if not isinstance(got, LiteralType):
        text = "None" if isinstance(got, NoneType) else f'"{type_text(found)}"'
        return clipped(f"{_at(path)}expected {choice(values)}{rest}; got {text}")
    close = (
        spelling.nearest(str(got.value), [one for one in values if isinstance(one, str)])
        if _is_text(got)
        else None
    )
    hint = f"; did you mean {literal(close)}?" if close is not None and len(values) > 1 else ""
    return clipped(f"{_at(path)}expected {choice(values)}{rest}; got {literal(got.value)}{hint}")


def several_members(path: str, found: Type) -> str:
    return clipped(f'{_at(path)}"{type_text(found)}" leaves several members; narrow it to one value first')


def mismatch(path: str, expected: Type, found: Type, hint: str = "") -> str:
    """A value of another type than expected."""
    values, others = shapes.literal_members(expected)
    got = shapes.exact(found)
    if shapes.literals(expected) is not None:
        return clipped(f"{not_one_of(path, shapes.literals(expected) or (), found)}{hint}")
    if isinstance(got, LiteralType) and any(type(one) is type(got.value) for one in values):
        return not_one_of(path, values, found, [one for one in others if not isinstance(one, NoneType)])
    found = got.fallback if isinstance(got, LiteralType) else found
    wanted, given = type_text(expected), type_text(found)
    if wanted == given:
        wanted, given = str(get_proper_type(expected)), str(get_proper_type(found))
    return clipped(f'{_at(path)}expected "{wanted}", got "{given}"{hint}')


def limited(path: str, expected: Type, found: Type, other: str) -> str:
    """A value that would fit without the keyword ``other``."""
    return f'{mismatch(path, expected, found)}; with "{other}" leave "{path}" out'


def outdated(name: str, replacement: str) -> str:
    """A deprecated name and its replacement, if known; ``name`` is empty for a field."""
    verb = "" if replacement.startswith("no ") else "use "
    told = f"{name} is deprecated" if name else "deprecated"
    return clipped(f"{told}; {verb}{replacement}" if replacement else told)


def unknown_operation(name: str, near: str | None) -> str:
    return clipped(f"the API has no operation {quoted(name)}{_hint(near, None, '')}")


def unknown_path(method: str, path: str, near: str | None) -> str:
    return clipped(f"the API has no path {quoted(f'{method} {path}')}{_hint(near, None, '')}")


def other_methods(method: str, path: str, methods: Sequence[str]) -> str:
    """A path that only has other methods."""
    return clipped(f"the API has no {quoted(f'{method} {path}')}; that path takes {', '.join(methods)}")


def no_body(name: str, method: str, path: str, *, is_asked: bool) -> str:
    """A body for an operation that takes none; ``is_asked``: it takes a query."""
    hint = "; its query goes into params" if is_asked else ""
    return clipped(f"{name}: {method} {path} takes no body{hint}")


def key_path(path: str, key: str) -> str:
    """The path of a key inside the value at ``path``."""
    if not key.isidentifier():
        return f"{path}[{literal(key)}]"
    return f"{path}.{clipped(key, _LONGEST_NAME)}" if path else clipped(key, _LONGEST_NAME)


def literal(value: shapes.Value) -> str:
    """A value as it is written in code, clipped."""
    text = repr(value)
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 4]}...{text[-1]}"


def choice(values: Sequence[shapes.Value]) -> str:
    """``'a'`` or ``one of 'a', 'b', ... (7 more)``: as many values as fit."""
    distinct = list(dict.fromkeys(map(literal, values)))
    if len(distinct) == 1:
        return distinct[0]
    ends = accumulate(len(one) + 2 for one in distinct)
    room = max(2, sum(end <= _LONGEST_CHOICE for end in ends))
    shown = distinct if len(distinct) <= min(room, _MOST_VALUES) else distinct[: min(room, _MOST_VALUES - 1)]
    more = f", ... ({len(distinct) - len(shown)} more)" if len(shown) < len(distinct) else ""
    return f"one of {', '.join(shown)}{more}"


def written(expression: Expression) -> str:
    """A name, or attributes of one, as written in code; dots for any other expression."""
    if isinstance(expression, NameExpr):
        return expression.name
    if isinstance(expression, MemberExpr) and (owner := written(expression.expr)) != _ELLIPSIS:
        return f"{owner}.{expression.name}"
    return _ELLIPSIS


def type_text(shown: Type) -> str:
    """A short name of a type: API aliases and TypedDicts by name, long unions cut."""
    text = _type_text(shown)
    if len(text) > _LONGEST_TYPE:
        text = re.sub(r"(?<=\w)\[[^\[\]]{20,}\]", "[...]", text)
    return clipped(text, _LONGEST_TYPE)


def clipped(text: str, longest: int = LONGEST) -> str:
    """The text on one line, cut if it is too long. Texts from a description may contain any character."""
    text = " ".join(text.split("\n"))
    text = text if text.isprintable() else printable(text)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _type_text(shown: Type) -> str:
    if isinstance(shown, TypeAliasType) and shown.alias is not None and is_ours(shown.alias.fullname):
        return f"{shown.alias.name}[{_joined(shown.args)}]" if shown.args else shown.alias.name
    proper = get_proper_type(shown)
    if isinstance(proper, UnionType):
        return _union_text(proper)
    if isinstance(proper, TypedDictType):
        return shapes.name_of(proper)
    if isinstance(proper, Instance):
        name = _READABLE.get(proper.type.name, proper.type.name)
        is_empty = any(isinstance(get_proper_type(one), UninhabitedType) for one in proper.args)
        more = ", ..." if proper.type.fullname == "builtins.tuple" else ""
        return f"{name}[{_joined(proper.args)}{more}]" if proper.args and not is_empty else name
    if isinstance(proper, TupleType):
        return f"tuple[{_joined(proper.items)}]"
    if isinstance(proper, (CallableType, Overloaded)):
        return _signature_text(proper)
    if isinstance(proper, LiteralType) and proper.is_enum_literal():
        return _type_text(proper.fallback)
    return re.sub(r"\b(?:builtins|typing)\.", "", str(proper))


def _union_text(union: UnionType) -> str:
    """API aliases among the members keep their names; literals are combined."""
    parts: list[str] = []
    values: list[shapes.Value] = []
    plain = {one.type.fullname for one in map(get_proper_type, union.items) if isinstance(one, Instance)}
    for item in union.items:
        proper = get_proper_type(item)
        if isinstance(proper, LiteralType) and proper.fallback.type.fullname in plain:
            continue  # any string is accepted, so the known ones add nothing
        if isinstance(proper, LiteralType) and not isinstance(item, TypeAliasType):
            values.append(proper.value)
        else:
            parts.append(_type_text(item))
    if values:
        listed = choice(values).removeprefix("one of ")
        parts.append(f"Literal[{listed}]")
    return _cut_union(list(dict.fromkeys(parts)))


def _cut_union(parts: Sequence[str]) -> str:
    """As many members as fit, and the number of the others."""
    shown = len(parts) if len(parts) <= MOST_MEMBERS else MOST_MEMBERS - 1
    while shown > 2 and sum(len(one) + 3 for one in parts[:shown]) > _LONGEST_TYPE - 10:
        shown -= 1
    more = [f"... ({len(parts) - shown} more)"] if shown < len(parts) else []
    return " | ".join([*parts[:shown], *more])


def _signature_text(shown: CallableType | Overloaded) -> str:
    if isinstance(shown, Overloaded):
        return "overloaded function"
    taken = "..." if shown.is_ellipsis_args else f"[{_joined(shown.arg_types)}]"
    return f"Callable[{taken}, {_type_text(shown.ret_type)}]"


def _joined(types: Iterable[Type], separator: str = ", ") -> str:
    return separator.join(_type_text(one) for one in types)


def _hint(near: str | None, missing: str | None, what: str) -> str:
    if near is not None:
        return f"; did you mean {quoted(near)}?"
    return f"; the missing {what} is {quoted(missing)}" if missing is not None else ""


def _several(what: str, names: Sequence[str]) -> str:
    return f"{what}{'s' if len(names) > 1 else ''} {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    """As many names as fit on a line."""
    shown = names if len(names) <= _MOST_VALUES else names[: _MOST_VALUES - 1]
    more = f", ... ({len(names) - len(shown)} more)" if len(shown) < len(names) else ""
    return f"{', '.join(map(quoted, shown))}{more}"


def _is_text(value: LiteralType) -> bool:
    return isinstance(value.value, str)


def quoted(name: str) -> str:
    return f'"{clipped(name, _LONGEST_NAME)}"'


def _at(path: str) -> str:
    return f"{path}: " if path else ""
