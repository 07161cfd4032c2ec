"""Which TypedDict of a union a dict display means, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mypy.types import LiteralType, Type, TypedDictType

from typed_openai_mypy import messages, shapes
from typed_openai_mypy.explain import Explainer, Problem
from typed_openai_mypy.features.entries import Entries, Entry, entry_type

_MOST_TRIED: Final = 4
"""How many equally likely members are explained to find the one with the fewest problems."""


@dataclass(frozen=True, slots=True, order=True)
class Fit:
    """How badly a display fits a member, the weightiest evidence first.

    A literal key weighs as many points as there are members in which it is one: the discriminator
    of the union outweighs a status that a few of them happen to share.
    """

    hits: int
    """Weight of the literal keys whose value is right, negated."""
    misses: int
    unknown: int
    missing: int
    name: str


def explain_members(
    explainer: Explainer, given: Entries, candidates: Sequence[TypedDictType], expected: Type
) -> list[Problem]:
    """The mistakes of a display where one of several TypedDicts is expected."""
    if len(candidates) == 1:
        return explain_items(explainer, given, candidates[0], shapes.name_of(candidates[0]))
    weights = shapes.shared_keys(candidates)
    types = {one.key: entry_type(explainer, one) for one in given.items if one.key in weights}
    ranked = sorted(
        ((_fit(explainer, given, types, weights, one), one) for one in candidates), key=lambda pair: pair[0]
    )
    best = ranked[0][0]
    if best.hits == 0 and types and all(fit.misses for fit, _ in ranked):
        for entry in given.items:
            if entry.value is not None:
                explainer.skip(entry.value)
        wrong = max((one for one in given.items if one.key in types), key=lambda one: weights[one.key])
        return [_wrong_discriminator(wrong, types[wrong.key], candidates, given.path)]
    likely = [one for fit, one in ranked if _evidence(fit) == _evidence(best)]
    open_choice = [one for fit, one in ranked if _evidence(fit)[:3] == _evidence(best)[:3]]
    if len(open_choice) > 1 and (key := _missing_discriminator(open_choice, given, weights)) is not None:
        owner, values = messages.type_text(expected), _values(open_choice, key)
        return [Problem(given.node, messages.missing_keys(given.path, [key], owner, values))]
    owner = shapes.name_of(likely[0]) if len(likely) == 1 else messages.type_text(expected)
    tried = [explain_items(explainer, given, one, owner) for one in likely[:_MOST_TRIED]]
    return min(tried, key=len)


def explain_items(explainer: Explainer, given: Entries, wanted: TypedDictType, owner: str) -> list[Problem]:
    """The mistakes of a display where one TypedDict is expected; ``owner`` is what it is called."""
    problems = given.problems(owner)
    missing = [] if given.open else sorted(wanted.required_keys - given.keys)
    unknown = [one for one in given.items if one.key not in wanted.items]
    free = sorted(set(wanted.items) - given.keys)
    for entry in given.items:
        if entry.key in wanted.items:
            problems += _explain_value(explainer, entry, wanted.items[entry.key], given.path)
        elif entry.value is not None:
            explainer.skip(entry.value)
            near = messages.nearest(entry.key, free)
            paired = missing[0] if near is None and len(missing) == len(unknown) == 1 else None
            missing = [one for one in missing if one not in (near, paired)]
            problems.append(
                Problem(entry.node, messages.unknown_key(given.path, entry.key, owner, near, paired))
            )
    if missing:
        values = shapes.literals(wanted.items[missing[0]]) if len(missing) == 1 else None
        problems.append(Problem(given.node, messages.missing_keys(given.path, missing, owner, values or ())))
    return problems


def _explain_value(explainer: Explainer, entry: Entry, expected: Type, path: str) -> list[Problem]:
    inner = messages.key_path(path, entry.key)
    if entry.value is not None:
        return explainer.check(entry.value, expected, inner)
    found = entry_type(explainer, entry)
    if explainer.checker.fits(found, expected):
        return []
    return [Problem(entry.node, messages.mismatch(inner, expected, found))]


def _fit(
    explainer: Explainer,
    given: Entries,
    types: dict[str, Type],
    weights: dict[str, int],
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


def _wrong_discriminator(
    entry: Entry, found: Type, candidates: Sequence[TypedDictType], path: str
) -> Problem:
    values = _values(candidates, entry.key)
    inner = messages.key_path(path, entry.key)
    given = shapes.literals(found)
    if given is not None and not isinstance(found, LiteralType) and set(given) <= set(values):
        return Problem(entry.value or entry.node, messages.several_members(inner, found))
    return Problem(entry.value or entry.node, messages.not_one_of(inner, values, found))


def _missing_discriminator(
    likely: Sequence[TypedDictType], given: Entries, weights: dict[str, int]
) -> str | None:
    """The heaviest literal key that all likely members require and the display lacks."""
    if given.open:
        return None
    lacking = [
        key
        for key in sorted(weights)
        if key not in given.keys
        and all(key in one.required_keys and shapes.literals(one.items[key]) is not None for one in likely)
    ]
    unknown = any(messages.nearest(one, lacking) for one in given.keys - set(likely[0].items))
    return max(lacking, key=lambda key: weights[key], default=None) if not unknown else None


def _values(members: Sequence[TypedDictType], key: str) -> list[shapes.Value]:
    return [
        value
        for one in members
        if key in one.items
        for value in shapes.literals(one.items[key]) or ()
        if value is not None
    ]
