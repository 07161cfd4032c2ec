"""Components and operations that are the same in both descriptions under different names."""

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
    """Return the new names of components that were renamed, by former name or by content.

    Two components are the same if they are equal except for their documentation, and no other component is
    equal to them. This recognizes a type that was inlined in another one and is now named after a title
    that only one of the descriptions has. Of the remaining components, those that resemble only each other
    are the same, too.
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
    """Return ``known`` and the equal components.

    This is repeated because each found name may make the components that refer to it equal, too.
    """
    names = dict(known)
    while True:
        left = [one for one in gone if one.name not in names]
        right = [one for one in come if one.name not in names.values()]
        # Equal components of the same owner are the same, no matter how many others are equal to them.
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
    """Return the content without documentation; references use the new names."""
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
    """Return the operations in both descriptions, those that were removed, and those that were added.

    Two operations are the same if they share the name, or else a former name, the operationId, or the
    method and path.
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
