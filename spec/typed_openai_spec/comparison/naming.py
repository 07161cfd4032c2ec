"""Components and operations that are the same in both descriptions under different names."""

from __future__ import annotations

from collections.abc import Mapping

from typed_openai_spec.comparison.equal_components import Unnamed, equal_components
from typed_openai_spec.comparison.moved_operations import moved_operations
from typed_openai_spec.comparison.request_changes import same_place
from typed_openai_spec.comparison.resemblance import alike
from typed_openai_spec.model import Api, Operation


def renamed_components(old: Api, new: Api) -> dict[str, str]:
    """Return the new names of components that were renamed: those with former names, equal ones, alike ones.

    Components that are equal are the same, see :mod:`equal_components`. Of the remaining ones, those that
    resemble only each other are the same, too.
    """
    gone, come = Unnamed.of(old, new), Unnamed.of(new, old)
    names = names_by_alias(gone, come)
    while True:
        names = equal_components(gone, come, names)
        left = [one for one in gone.components if one.name not in names]
        right = [one for one in come.components if one.name not in names.values()]
        found = alike(left, right, names)
        if not found:
            return names
        names.update(found)


def names_by_alias(gone: Unnamed, come: Unnamed) -> dict[str, str]:
    """Return the new names of components that keep their former name as an alias, or the other way round."""
    arrived = {one.name for one in come.components}
    kept = {alias: one.name for one in come.components for alias in one.aliases}
    names: dict[str, str] = {}
    for one in gone.components:
        same = kept.get(one.name) or next((alias for alias in one.aliases if alias in arrived), None)
        if same is not None and same not in names.values():
            names[one.name] = same
    return names


def paired_operations(
    old: Api, new: Api, names: Mapping[str, str]
) -> tuple[list[tuple[Operation, Operation]], list[Operation], list[Operation]]:
    """Return the operations in both descriptions, those that were removed, and those that were added.

    Two operations are the same if they share the name, or else a former name, the operationId, or the
    method and path, or if one moved (:mod:`moved_operations`). ``names`` are the new names of components.
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
    for one, other in moved_operations(gone, come, names):
        pairs.append((one, other))
        gone.remove(one)
        come.remove(other)
    return sorted(pairs, key=lambda pair: pair[0].qualified_name), gone, come


def _are_aliases(left: Operation, right: Operation) -> bool:
    return left.group == right.group and (left.name in right.aliases or right.name in left.aliases)


def _have_one_id(left: Operation, right: Operation) -> bool:
    return bool(left.id) and left.id == right.id
