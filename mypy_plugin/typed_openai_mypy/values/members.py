"""Chooses the TypedDict of a union that a dict display means, and finds the mistakes in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from mypy.nodes import ConditionalExpr, DictExpr, ListExpr, TupleExpr
from mypy.types import LiteralType, NoneType, Type, TypedDictType, UnionType

from typed_openai_mypy.api import shapes
from typed_openai_mypy.compat.further_keys import further_type, is_open
from typed_openai_mypy.explain.explainer import Explainer, Further, Problem
from typed_openai_mypy.messages import key_messages, value_messages
from typed_openai_mypy.messages.fragments import key_path
from typed_openai_mypy.messages.type_names import expected_text
from typed_openai_mypy.syntax.tree import PLAIN
from typed_openai_mypy.values.choosing import narrowed, respelled, without_echoes
from typed_openai_mypy.values.entries import Entries, Entry, entry_type
from typed_openai_mypy.values.meaning import key_meant
from typed_openai_spec import spelling

_MOST_TRIED: Final = 4
"""The number of equally likely members that are explained to find the one with the fewest problems."""


class Fit(NamedTuple):
    """A measure of how badly a display fits a member, the strongest evidence first.

    A literal key has as many points as there are members in which it is a literal: the discriminator of the
    union outweighs a status that a few of them share.
    """

    hits: int
    """Weight of the literal keys with a valid value, negated."""
    misses: int
    unknown: int
    missing: int
    name: str


def explain_members(
    explainer: Explainer, given: Entries, candidates: Sequence[TypedDictType], expected: Type
) -> list[Problem]:
    """The mistakes of a display for a union of several TypedDicts."""
    if len(candidates) == 1:
        return explain_items(explainer, given, candidates[0], shapes.name_of(candidates[0]))
    meant = respelled(given, candidates)
    _, weights = explainer.once(("weights", id(expected)), lambda: (expected, shapes.shared_keys(candidates)))
    types = {one.key: entry_type(explainer, one) for one in meant.items if one.key in weights}
    members, wrong = narrowed(
        meant,
        types,
        candidates,
        lambda one, member: _chooses(explainer, meant, one.key, types[one.key], member),
    )
    if wrong is None and (several := _of_several_values(meant, types, weights)) is not None:
        writable = without_echoes(meant, candidates, weights)
        if not any(one is each for one in members for each in writable):
            wrong, members = several, writable
    members = without_echoes(meant, members, weights)
    if wrong is not None and wrong.key in given.keys:
        return _explain_discriminator(explainer, given, wrong, types[wrong.key], members)
    ranked = sorted(
        ((_fit(explainer, meant, types, weights, one), one) for one in members), key=lambda pair: pair[0]
    )
    wrong = wrong or _hopeless(meant, types, weights, ranked)
    if wrong is not None and wrong.key in given.keys:
        return _explain_discriminator(explainer, given, wrong, types[wrong.key], members)
    best = ranked[0][0]
    likely = [one for fit, one in ranked if _evidence(fit) == _evidence(best)]
    open_choice = [one for fit, one in ranked if _evidence(fit)[:3] == _evidence(best)[:3]]
    if len(open_choice) > 1 and (key := _missing_discriminator(open_choice, meant, weights)) is not None:
        owner, values = expected_text(expected), _values(open_choice, key)
        return [Problem(given.node, key_messages.missing_keys(given.path, [key], owner, values))]
    owner = shapes.name_of(likely[0]) if len(likely) == 1 else expected_text(expected)
    tried = [explain_items(explainer, given, one, owner) for one in likely[:_MOST_TRIED]]
    others = [one for fit, one in ranked if _keys(fit) == _keys(best) and one not in likely]
    others += [one for _, one in ranked if one not in (*likely, *others) and is_open(one)]
    tried += [explain_items(explainer, given, one, shapes.name_of(one)) for one in others[:_MOST_TRIED]]
    return min(tried, key=lambda problems: _bluntness(given, problems))


def _of_several_values(given: Entries, types: Mapping[str, Type], weights: Mapping[str, int]) -> Entry | None:
    """The literal key with the greatest weight, if it may have several values."""
    found = max(
        (one for one in given.items if one.key in types), key=lambda one: weights[one.key], default=None
    )
    values = None if found is None else shapes.literals(types[found.key])
    return found if values is not None and len(values) > 1 else None


def _explain_discriminator(
    explainer: Explainer, given: Entries, wrong: Entry, found: Type, members: Sequence[TypedDictType]
) -> list[Problem]:
    """The mistakes of a display with a wrong discriminator, without others, which depend on it."""
    _skip_values(explainer, given)
    is_plain = isinstance(wrong.value, PLAIN)
    if wrong.value is not None and not is_plain and explainer.checker.own_errors(wrong.value):
        return []  # mypy reports the error inside; the intended value is unknown
    problems = _wrong_discriminator(explainer, wrong, found, members, given.path)
    return [replace(one, scope=given.node) for one in problems]


def _skip_values(explainer: Explainer, given: Entries) -> None:
    for entry in given.items:
        if entry.value is not None:
            explainer.skip(entry.value)


def _bluntness(given: Entries, problems: Sequence[Problem]) -> tuple[int, int]:
    """The number of problems, and of those that concern a whole display inside this one."""
    displays = (DictExpr, ListExpr, TupleExpr)
    values = {id(entry.value) for entry in given.items if isinstance(entry.value, displays)}
    return len(problems), sum(id(problem.node) in values for problem in problems)


def _hopeless(
    given: Entries,
    types: Mapping[str, Type],
    weights: Mapping[str, int],
    ranked: Sequence[tuple[Fit, TypedDictType]],
) -> Entry | None:
    """The literal key with the greatest weight, if no literal key has a valid value in any member."""
    entries = sorted((one for one in given.items if one.key in types), key=lambda one: -weights[one.key])
    hopeless = ranked[0][0].hits == 0 and all(fit.misses for fit, _ in ranked)
    return entries[0] if entries and hopeless else None


def _chooses(explainer: Explainer, given: Entries, key: str, found: Type, member: TypedDictType) -> bool:
    """Return whether a value of the discriminator fits a member; for None, the keys must fit as well."""
    if key not in member.items or not explainer.checker.fits(found, member.items[key]):
        return False
    allowed = given.keys if is_open(member) else set(member.items)
    return not isinstance(found, NoneType) or member.required_keys <= given.keys <= allowed


def explain_items(explainer: Explainer, given: Entries, wanted: TypedDictType, owner: str) -> list[Problem]:
    """The mistakes of a display for one TypedDict; ``owner`` is its name in messages."""
    if (telling := _of_another(explainer, given, wanted)) is not None:
        _skip_values(explainer, given)
        told = _explain_value(explainer, telling, wanted.items[telling.key], given.path)
        return [replace(one, scope=given.node) for one in told]
    problems, further = given.problems(owner), further_type(wanted)
    only = explainer.focused(given.node, [one.value or one.node for one in given.items])
    if only is not None and given.items[only].value is None:
        only = None  # an error at an unpacked TypedDict may be about any of its keys
    for entry in given.items if only is None else [given.items[only]]:
        if entry.key in wanted.items:
            problems += _explain_value(explainer, entry, wanted.items[entry.key], given.path)
        elif further is not None:
            explainer.further.append(Further(given.node, wanted, entry.key, entry.value, further))
            problems += _explain_value(explainer, entry, further, given.path)
        elif entry.value is not None:
            explainer.skip(entry.value)
    return (
        problems
        if only is not None and problems
        else problems + _explain_keys(explainer, given, wanted, owner)
    )


def _of_another(explainer: Explainer, given: Entries, wanted: TypedDictType) -> Entry | None:
    """The literal that shows that the display is meant for another TypedDict, if it also has unknown keys.

    None if a key or the literal looks misspelt: each of them is then a separate mistake.
    """
    free = set(wanted.items) - given.keys
    strange = given.keys - set(wanted.items)
    if not strange or is_open(wanted) or any(spelling.nearest(key, free) for key in strange):
        return None
    for entry in given.items:
        values = shapes.literals(wanted.items[entry.key]) if entry.key in wanted.items else None
        found = shapes.literals(entry_type(explainer, entry)) if values else None
        known = [*map(str, values or ())]
        near = [one for one in found or () if str(one) in known or spelling.nearest(str(one), known)]
        if found and not near:
            return entry
    return None


def _explain_keys(explainer: Explainer, given: Entries, wanted: TypedDictType, owner: str) -> list[Problem]:
    """Keys that are missing and keys that are unknown: one mistake, unless a key is just misspelt."""
    missing = [] if given.open else sorted(wanted.required_keys - given.keys)
    strange = [] if is_open(wanted) else [one for one in given.items if one.key not in wanted.items]
    unknown = [one for one in strange if one.value is not None]
    free = sorted(set(wanted.items) - given.keys)
    near = {one.key: key_meant(explainer.program.descriptions, one.key, [wanted], free) for one in unknown}
    if len(missing) == 1 and _belong_inside(unknown, near, wanted.items[missing[0]]):
        text = key_messages.keys_of_inner(given.path, missing[0], [one.key for one in unknown], owner)
        return [Problem(unknown[0].node, text)]
    if len(missing) == len(unknown) == 1 and near[unknown[0].key] is None:
        text = key_messages.unknown_key(given.path, unknown[0].key, owner, None, missing[0])
        return [Problem(unknown[0].node, text)]
    missing = [one for one in missing if one not in near.values()]
    if missing and unknown:
        return [Problem(unknown[0].node, key_messages.other_keys(given.path, missing, near, owner))]
    if missing:
        values = shapes.literals(wanted.items[missing[0]]) if len(missing) == 1 else None
        return [Problem(given.node, key_messages.missing_keys(given.path, missing, owner, values or ()))]
    # The scope: mypy may take the display for another member that has the key, and blame its discriminator.
    texts = {
        one.node: key_messages.unknown_key(given.path, one.key, owner, near[one.key], None)
        for one in unknown
        if near[one.key] is not None
    }
    problems = [Problem(node, text, scope=given.node) for node, text in texts.items()]
    if without := [one for one in unknown if near[one.key] is None]:
        text = key_messages.unknown_keys(given.path, [one.key for one in without], owner)
        problems.append(Problem(without[0].node, text, scope=given.node))
    return problems


def _belong_inside(unknown: Sequence[Entry], near: Mapping[str, str | None], inner: Type) -> bool:
    """Return whether all unknown keys belong to a missing object and none is merely misspelt."""
    if not unknown or (len(unknown) == 1 and near[unknown[0].key] is not None):
        return False
    return any(all(entry.key in one.items for entry in unknown) for one in shapes.typed_dicts(inner))


def _explain_value(explainer: Explainer, entry: Entry, expected: Type, path: str) -> list[Problem]:
    inner = key_path(path, entry.key)
    if entry.value is not None:
        return explainer.check(entry.value, expected, inner)
    found = entry_type(explainer, entry)
    if explainer.checker.fits(found, expected):
        return []
    return [Problem(entry.node, value_messages.mismatch(inner, expected, found))]


def _fit(
    explainer: Explainer,
    given: Entries,
    types: dict[str, Type],
    weights: Mapping[str, int],
    member: TypedDictType,
) -> Fit:
    hits = misses = 0
    for key, found in types.items():
        field = member.items.get(key)
        if field is None:
            misses += weights[key]
        elif shapes.literals(field) is not None:
            fits = explainer.checker.fits(found, field)
            hits, misses = hits + weights[key] * fits, misses + weights[key] * (not fits)
    return Fit(
        -hits,
        misses,
        len(given.keys - set(member.items)),
        0 if given.open else len(member.required_keys - given.keys),
        shapes.name_of(member),
    )


def _evidence(fit: Fit) -> tuple[int, int, int, int]:
    return fit.hits, fit.misses, fit.unknown, fit.missing


def _keys(fit: Fit) -> tuple[int, int, int]:
    """The evidence without the wrong literals, which may be the mistake itself."""
    return fit.hits, fit.unknown, fit.missing


def _wrong_discriminator(
    explainer: Explainer, entry: Entry, found: Type, candidates: Sequence[TypedDictType], path: str
) -> list[Problem]:
    values = _values(candidates, entry.key)
    inner = key_path(path, entry.key)
    if isinstance(entry.value, ConditionalExpr):
        wanted = UnionType.make_union([one.items[entry.key] for one in candidates if entry.key in one.items])
        if problems := explainer.check(entry.value, wanted, inner):
            return problems
        found = explainer.checker.type_of(entry.value, wanted)
    given = shapes.literals(found)
    if given is not None and not isinstance(found, LiteralType) and set(given) <= set(values):
        return [Problem(entry.value or entry.node, value_messages.several_members(inner, found))]
    return [Problem(entry.value or entry.node, value_messages.not_one_of(inner, values, found))]


def _missing_discriminator(
    likely: Sequence[TypedDictType], given: Entries, weights: Mapping[str, int]
) -> str | None:
    """The literal key that most likely members require and a display lacks, with the greatest weight."""
    if given.open:
        return None
    requiring = {
        key: sum(key in one.required_keys and shapes.literals(one.items[key]) is not None for one in likely)
        for key in sorted(weights)
        if key not in given.keys and key in likely[0].required_keys
    }
    lacking = [key for key, count in requiring.items() if 2 * count > len(likely)]
    unknown = any(spelling.nearest(one, lacking) for one in given.keys - set(likely[0].items))
    return max(lacking, key=lambda key: weights[key], default=None) if not unknown else None


def _values(members: Sequence[TypedDictType], key: str) -> list[shapes.Value]:
    return [
        value
        for one in members
        if key in one.items
        for value in shapes.literals(one.items[key]) or ()
        if value is not None
    ]
