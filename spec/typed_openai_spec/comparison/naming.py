"""What is the same in both descriptions under another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typed_openai_spec.model import PLACEHOLDER, Api, Component, Operation


def renamed_components(old: Api, new: Api) -> dict[str, str]:
    """The components that are called otherwise in ``new``: by their former names, or by what they are.

    Those that are equal are taken to be the same where nothing else is equal to them.
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
    names.update(_equal(gone, come, names))
    return names


def _equal(
    gone: list[Component], come: list[Component], known: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    left = _by_content(one for one in gone if one.name not in known)
    right = _by_content(one for one in come if one.name not in known.values())
    for content, names in left.items():
        others = right.get(content, [])
        if len(names) == len(others) == 1:
            yield names[0], others[0]


def _by_content(components: Iterator[Component]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in components:
        found.setdefault(repr(one.schema), []).append(one.name)
    return found


def paired_operations(
    old: Api, new: Api
) -> tuple[list[tuple[Operation, Operation]], list[Operation], list[Operation]]:
    """The operations that are the same in both, those that are gone, and those that have come.

    The same are those of one name; else of one former name; else of one method and path.
    """
    before = {one.qualified_name: one for one in old.operations}
    after = {one.qualified_name: one for one in new.operations}
    pairs = [(one, after[name]) for name, one in before.items() if name in after]
    gone = [one for name, one in before.items() if name not in after]
    come = [one for name, one in after.items() if name not in before]
    for are_same in (_are_aliases, _go_to_one_place):
        for one in list(gone):
            other = next((two for two in come if are_same(one, two)), None)
            if other is not None:
                pairs.append((one, other))
                gone.remove(one)
                come.remove(other)
    return sorted(pairs, key=lambda pair: pair[0].qualified_name), gone, come


def _are_aliases(left: Operation, right: Operation) -> bool:
    return left.group == right.group and (left.name in right.aliases or right.name in left.aliases)


def _go_to_one_place(left: Operation, right: Operation) -> bool:
    paths = {PLACEHOLDER.sub("{}", one.path) for one in (left, right)}
    return len(paths) == 1 and (left.method, left.query) == (right.method, right.query)
