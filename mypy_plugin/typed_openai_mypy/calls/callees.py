"""Finds the callee of a call: its name in messages, and the signature that the arguments suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mypy.nodes import (
    ArgKind,
    CallExpr,
    Expression,
    FuncDef,
    LambdaExpr,
    MemberExpr,
    NameExpr,
    OverloadedFuncDef,
    RefExpr,
    TypeInfo,
)
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    TupleType,
    Type,
    TypedDictType,
    TypeType,
    TypeVarType,
    get_proper_type,
)

from typed_openai_mypy.api import fullnames, shapes
from typed_openai_mypy.api.description import Descriptions
from typed_openai_mypy.calls.by_text import dynamic_signature
from typed_openai_mypy.calls.handed_over import called
from typed_openai_mypy.calls.overload_choice import (
    Key,
    formals,
    key_of,
    meant_overload,
    number_of,
    takes_all,
    telling_keys,
)
from typed_openai_mypy.compat.expansion import part_without_variables, with_bounds, without_variables
from typed_openai_mypy.explain.explainer import Explainer
from typed_openai_mypy.messages.fragments import literal
from typed_openai_spec.records import dataclass

UNNAMED: Final = {
    **dict.fromkeys(("add", "append", "appendleft", "insert", "put", "__setitem__"), "item"),
    **dict.fromkeys(("extend", "extendleft", "update"), "items"),
}
"""Names in paths for the unnamed argument of the standard library's methods."""


@dataclass(frozen=True, slots=True)
class Callee:
    """A signature and its name in messages.

    ``mapping`` lists, for each formal, the actuals that are passed to it. ``overloads`` are all signatures;
    ``meant`` are those with the keywords of the call, including the chosen one. With ``is_open``, no
    overload accepts the arguments: only an argument that none of the meant overloads accepts is a mistake.
    ``others`` are the callees of a union's other members, if they take other arguments.
    """

    label: str
    signature: CallableType
    mapping: tuple[tuple[int, ...], ...]
    overloads: tuple[CallableType, ...]
    meant: tuple[CallableType, ...]
    is_open: bool = False
    others: tuple[Callee, ...] = ()

    @property
    def names(self) -> list[str]:
        """The arguments that can be passed by name."""
        pairs = zip(self.signature.arg_names, self.signature.arg_kinds, strict=True)
        return [name for name, kind in pairs if name is not None and not kind.is_star()]

    def path(self, number: int, call: CallExpr | None = None, index: int = 0) -> str:
        """The name of a formal in paths; for ``*args`` and ``**kwargs``, with the place in ``call``."""
        name, kind = self.signature.arg_names[number], self.signature.arg_kinds[number]
        if name is None and call is not None and isinstance(call.args[index], LambdaExpr):
            return "lambda"
        if name is None or name.startswith("__"):
            is_last = not any(one.is_positional() for one in self.signature.arg_kinds[number + 1 :])
            return UNNAMED.get(self.label if is_last else "", f"argument {number + 1}")
        if call is None or not kind.is_star():
            return name if index in self.mapping[number][:1] else f"{name} (passed again)"
        keyword = call.arg_names[index]
        place = self.mapping[number].index(index) if keyword is None else literal(keyword)
        return f"{name}[{place}]"

    def number(self, index: int) -> int | None:
        """The number of the formal that an argument is passed to."""
        return next((number for number, actuals in enumerate(self.mapping) if index in actuals), None)

    @property
    def names_anywhere(self) -> frozenset[str]:
        """The arguments that at least one overload accepts by name."""
        keys = (key for one in self.overloads for key in formals(one))
        return frozenset(key for key in keys if isinstance(key, str))

    def taken(self, number: int, signatures: Sequence[CallableType]) -> list[Type]:
        """The types that the given overloads accept for the argument of a formal."""
        key = key_of(self.signature, number)
        if key is None:
            return []
        places = ((one, number_of(one, key)) for one in signatures)
        return [
            part_without_variables(one.arg_types[place], one) for one, place in places if place is not None
        ]

    def limiting(self, call: CallExpr) -> str | None:
        """The keyword of the call that some overloads lack."""
        named = [name for name in call.arg_names if name is not None]
        every = [set(one.arg_names) for one in self.overloads] if named else []
        return next((name for name in named if 0 < sum(name in one for one in every) < len(every)), None)


def callee_of(explainer: Explainer, call: CallExpr) -> Callee | None:
    """The callee of ``call``, if it is certain and belongs to the API or takes one of its types."""
    found = _constructor_of_cloned(explainer, call) or called(explainer.checker, call)
    functions = explainer.checker.callables(found, call)
    ours = [made for one in functions if (made := _callee(explainer, call, one)) is not None]
    if not ours and len(functions) == 1:
        return _generic(explainer, call, functions[0])
    if not ours or all(_takes_the_same(one, ours[0]) for one in ours[1:]):
        return ours[0] if ours else None
    first, *others = map(_with_class, ours)
    return replace(first, others=tuple(others))


def _with_class(callee: Callee) -> Callee:
    """The callee of one member of a union, with its class in its name."""
    definition = callee.signature.definition
    owner = definition.info if isinstance(definition, (FuncDef, OverloadedFuncDef)) else None
    if not owner:
        return callee
    is_constructor = callee.signature.is_type_obj()
    return replace(callee, label=owner.name if is_constructor else f"{owner.name}.{callee.label}")


def _takes_the_same(one: Callee, other: Callee) -> bool:
    """Return whether two members of a union take the same arguments, so that they share each mistake."""
    first, second = one.signature, other.signature
    return (first.arg_types, first.arg_kinds, first.arg_names) == (
        second.arg_types,
        second.arg_kinds,
        second.arg_names,
    )


def _generic(explainer: Explainer, call: CallExpr, function: FunctionLike) -> Callee | None:
    """The callee, if only its type variables stand for types of the API."""
    bounded = _bounded(explainer, call, function)
    if bounded is not None and (callee := _callee(explainer, call, bounded)) is not None:
        return callee
    applied = _applied(explainer, call, function)
    return None if applied is None else _callee(explainer, call, applied)


def _applied(explainer: Explainer, call: CallExpr, function: FunctionLike) -> CallableType | None:
    """The only signature with a place for each argument, its variables replaced by what mypy infers."""
    if not any(isinstance(one, LambdaExpr) for one in call.args):
        return None  # for any other wrong argument, mypy reports the declared types
    items = [one for one in function.items if one.variables]
    whole = [one for one in items if takes_all(call, one, explainer.checker.arguments(call, one))]
    applied = explainer.checker.applied(whole[0], call) if len(whole) == 1 else None
    return applied if isinstance(applied, CallableType) and not applied.variables else None


def _bounded(explainer: Explainer, call: CallExpr, function: FunctionLike) -> CallableType | None:
    """The declared signature of a generic function or class, its variables replaced by their bounds."""
    if function.is_type_obj():
        made = get_proper_type(explainer.checker.type_of(call.callee))
        return with_bounds(made) if isinstance(made, CallableType) and made.variables else None
    definition = function.items[0].definition
    declared = get_proper_type(definition.type) if isinstance(definition, FuncDef) else None
    is_plain = isinstance(definition, FuncDef) and not definition.info
    return with_bounds(declared) if is_plain and isinstance(declared, CallableType) else None


def _callee(explainer: Explainer, call: CallExpr, function: FunctionLike) -> Callee | None:
    judged = dynamic_signature(explainer.program.descriptions, explainer.checker, call, function)
    items: list[CallableType] = [one.with_unpacked_kwargs() for one in judged.items]
    label = _our_label(explainer.program.descriptions, items[0])
    takes_ours = any(shapes.mentions_ours(one) for item in (*judged.items, *items) for one in item.arg_types)
    if label is None and not takes_ours:
        return None
    number = meant_overload(explainer.checker, call, items) if label is not None and len(items) > 1 else None
    if number is not None:
        mapping = explainer.checker.arguments(call, items[number])
        chosen = without_variables(items[number]), tuple(map(tuple, mapping))
        return Callee(label or "", *chosen, tuple(items), tuple(_with_keywords(call, items)))
    if label is not None:
        items = [*map(without_variables, items)]
    meant = _with_keywords(call, items)
    if label is None and len(meant) > 1:
        return _overloaded(explainer, call, items, meant)
    signature, places, _ = _choose(explainer, call, meant)
    return Callee(label or _written_name(call.callee), signature, places, tuple(items), tuple(meant))


def _overloaded(
    explainer: Explainer, call: CallExpr, items: Sequence[CallableType], meant: Sequence[CallableType]
) -> Callee | None:
    """A function of the user's own with overloads, if the wrong arguments are certain."""
    candidates = _candidates(explainer, call, meant)
    if not candidates:
        return None
    ours = [one for one in candidates if any(map(shapes.mentions_ours, one.arg_types))] or candidates
    signature, places, misfits = _choose(explainer, call, ours)
    is_open = misfits > 0 or len(ours) < len(candidates) or not takes_all(call, signature, places)
    name = _written_name(call.callee)
    return Callee(name, signature, places, tuple(items), tuple(candidates), is_open=is_open)


def _constructor_of_cloned(explainer: Explainer, call: CallExpr) -> CallableType | None:
    """The signature of ``dataclasses.replace``: the arguments of the object's own constructor."""
    if not isinstance(call.callee, RefExpr) or call.callee.fullname not in fullnames.CLONING or not call.args:
        return None
    cloned = get_proper_type(explainer.checker.known_type(call.args[0]))
    if isinstance(cloned, TypeVarType):
        cloned = get_proper_type(cloned.upper_bound)
    if not isinstance(cloned, Instance):
        return None
    made = next(iter(explainer.checker.callables(TypeType(cloned), call)), None)
    if not isinstance(made, CallableType):
        return None
    return made.copy_modified(
        arg_types=[cloned, *made.arg_types],
        arg_kinds=[ArgKind.ARG_POS, *[ArgKind.ARG_NAMED_OPT] * len(made.arg_types)],
        arg_names=[None, *made.arg_names],
    )


def constructed(call: CallExpr) -> TypedDictType | None:
    """The API's TypedDict that a call constructs, or None."""
    node = call.callee.node if isinstance(call.callee, RefExpr) else None
    if not isinstance(node, TypeInfo) or node.typeddict_type is None or not fullnames.is_ours(node.fullname):
        return None
    made = get_proper_type(node.special_alias.target) if node.special_alias else node.typeddict_type
    return made if isinstance(made, TypedDictType) else None


def _our_label(descriptions: Descriptions, signature: CallableType) -> str | None:
    definition = signature.definition
    if definition is None or not fullnames.is_ours(definition.fullname):
        return None
    return descriptions.label(definition.fullname)


def _written_name(callee: Expression) -> str:
    return callee.name if isinstance(callee, (MemberExpr, NameExpr)) else "the call"


def _with_keywords(call: CallExpr, items: Sequence[CallableType]) -> list[CallableType]:
    """The overloads that lack the fewest of the keywords that the call names."""
    given = {name for name in call.arg_names if name is not None}
    lacking = [0 if one.is_kw_arg else len(given - set(one.arg_names)) for one in items]
    least = min(lacking)
    return [one for one, count in zip(items, lacking, strict=True) if count == least]


def _candidates(explainer: Explainer, call: CallExpr, items: Sequence[CallableType]) -> list[CallableType]:
    """The overloads with a place for each argument.

    If none has, all of them, provided that the arguments which each lacks or cannot place are the same.
    """
    mapped = [explainer.checker.arguments(call, one) for one in items]
    pairs = list(zip(items, mapped, strict=True))
    whole = [one for one, mapping in pairs if takes_all(call, one, mapping)]
    if whole:
        return whole
    return list(items) if len({_misplaced(call, *pair) for pair in pairs}) == 1 else []


def _misplaced(
    call: CallExpr, signature: CallableType, mapping: Sequence[Sequence[int]]
) -> tuple[frozenset[str | None], frozenset[int]]:
    """The names of the arguments that a call lacks, and the arguments that do not fit into a signature."""
    formals_given = zip(signature.arg_names, signature.arg_kinds, mapping, strict=True)
    missing = frozenset(name for name, kind, given in formals_given if kind.is_required() and not given)
    placed = {index for actuals in mapping for index in actuals}
    return missing, frozenset(range(len(call.args))) - placed


def _choose(
    explainer: Explainer, call: CallExpr, items: Sequence[CallableType]
) -> tuple[CallableType, tuple[tuple[int, ...], ...], int]:
    """The overload that the arguments suggest: the first that they fit, or the last with the fewest misfits.

    Only the arguments in which the overloads differ count. The number of misfits is the last of the
    results.
    """
    mapped = [explainer.checker.arguments(call, one) for one in items]
    telling = telling_keys([formals(one) for one in items])
    objections = [
        _objections(explainer, call, item, mapping, telling)
        for item, mapping in zip(items, mapped, strict=True)
    ]
    least = min(objections)
    matching = [index for index, count in enumerate(objections) if count == least]
    index = matching[-1] if least else matching[0]
    return items[index], tuple(map(tuple, mapped[index])), least


def _objections(
    explainer: Explainer,
    call: CallExpr,
    signature: CallableType,
    mapping: Sequence[Sequence[int]],
    telling: frozenset[Key],
) -> int:
    """The number of distinguishing arguments that do not fit a signature."""
    count = 0
    filled = any(may_fill(explainer, call, index) for index in range(len(call.args)))
    every = enumerate(zip(signature.arg_types, signature.arg_kinds, mapping, strict=True))
    for number, (wanted, kind, actuals) in every:
        if (key := key_of(signature, number)) in telling:
            count += not actuals and kind.is_required() and not filled
            count += sum(not _accepts(explainer, call, index, key, wanted) for index in actuals)
    return count


def _accepts(explainer: Explainer, call: CallExpr, index: int, key: Key | None, wanted: Type) -> bool:
    if not call.arg_kinds[index].is_star():
        return explainer.checker.attempt(call.args[index], wanted).good
    found = get_proper_type(explainer.checker.type_of(call.args[index]))
    if isinstance(found, TypedDictType):
        item = found.items.get(key) if isinstance(key, str) else None
        return item is None or explainer.checker.fits(item, wanted)
    return not isinstance(found, Instance) or not found.args or explainer.checker.fits(found.args[-1], wanted)


def may_fill(explainer: Explainer, call: CallExpr, index: int) -> bool:
    """Return whether an unpacked argument may provide any missing argument."""
    if not call.arg_kinds[index].is_star():
        return False
    found = get_proper_type(explainer.checker.type_of(call.args[index]))
    return not isinstance(found, (TypedDictType, TupleType))
