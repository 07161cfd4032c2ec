"""What is the same in both descriptions under another name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from typed_openai_spec.comparison.request_changes import same_place
from typed_openai_spec.comparison.resemblance import alike
from typed_openai_spec.files.source import to_json
from typed_openai_spec.model import Api, Component, Operation
from typed_openai_spec.model.encoding import bare, encode

_NAME: Final = re.compile(r'"(\w+)"')


def renamed_components(old: Api, new: Api) -> dict[str, str]:
    """The components that are called otherwise in ``new``: by their former names, or by what they are.

    Those that are equal but for their documentation are taken to be the same where nothing else is equal to
    them. So a type that is lifted from inside another one is known again, which is called after a title that
    only one of the descriptions has. What then resembles one other alone is the same, too.
    """
    gone = [old.components[one] for one in old.components if one not in new.components]
    come = [new.components[one] for one in new.components if one not in old.components]
    names: dict[str, str] = {}
    arrived = {one.name: one for one in come}
    kept = {alias: one.name for one in come for alias in one.aliases}
    for one in gone:
        same = kept.get(one.name) or next((alias for alias in one.aliases if alias in arrived), None)
        if same is not None and same not in names.values():
            names[one.name] = same
    while True:
        names = _equal(gone, come, names)
        left = [one for one in gone if one.name not in names]
        right = [one for one in come if one.name not in names.values()]
        found = alike(left, right, names)
        if not found:
            return names
        names.update(found)


def _equal(gone: list[Component], come: list[Component], known: Mapping[str, str]) -> dict[str, str]:
    """``known`` and those that are equal: to what is found, those that hold it may be equal in turn."""
    names = dict(known)
    while True:
        left = [one for one in gone if one.name not in names]
        right = [one for one in come if one.name not in names.values()]
        # Equal ones that were lifted from one place are the same, however many others are equal to them.
        found = _pairs(left, right, names, lambda one: one.owner) or _pairs(left, right, names, lambda _: "")
        if not found:
            return names
        names.update(found)


def _pairs(
    gone: list[Component], come: list[Component], names: Mapping[str, str], place: Callable[[Component], str]
) -> dict[str, str]:
    left = _by_content(((place(one), _content(one, names)), one.name) for one in gone)
    right = _by_content(((place(one), _content(one, {})), one.name) for one in come)
    pairs = ((one, right.get(content, [])) for content, one in left.items())
    return {one[0]: other[0] for one, other in pairs if len(one) == len(other) == 1}


def _content(component: Component, names: Mapping[str, str]) -> str:
    """What a component is but for its documentation; it refers to others by their new names."""
    text = to_json(encode(Component("", bare(component).schema)))
    return _NAME.sub(lambda found: f'"{names.get(found[1], found[1])}"', text)


def _by_content(found: Iterable[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], list[str]]:
    names: dict[tuple[str, str], list[str]] = {}
    for content, name in found:
        names.setdefault(content, []).append(name)
    return names


def paired_operations(
    old: Api, new: Api
) -> tuple[list[tuple[Operation, Operation]], list[Operation], list[Operation]]:
    """The operations that are the same in both, those that are gone, and those that have come.

    The same are those of one name; else of one former name, of one operationId, of one method and path.
    """
    before = {one.qualified_name: one for one in old.operations}
    after = {one.qualified_name: one for one in new.operations}
    pairs = [(one, after[name]) for name, one in before.items() if name in after]
    gone = [one for name, one in before.items() if name not in after]
    come = [one for name, one in after.items() if name not in before]
    for are_same in (_are_aliases, _have_one_id, same_place):
        for one in list(gone):
            other = next((two for two in come if are_same(one, two)), None)
            if other is not None:
                pairs.append((one, other))
                gone.remove(one)
                come.remove(other)
    return sorted(pairs, key=lambda pair: pair[0].qualified_name), gone, come


def _are_aliases(left: Operation, right: Operation) -> bool:
    return left.group == right.group and (left.name in right.aliases or right.name in left.aliases)


def _have_one_id(left: Operation, right: Operation) -> bool:
    return bool(left.id) and left.id == right.id
