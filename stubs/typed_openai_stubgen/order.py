"""The order of components in a stub, and how much of the API each one pulls in.

What a checker pays for a type follows the number of types that are reachable from it. Components
are written so that one comes after all it refers to, as far as recursion allows: checkers then
meet few names that they do not know yet.
"""

from __future__ import annotations

from collections.abc import Mapping

from typed_openai_spec.model import Component
from typed_openai_spec.model.walking import references


def reaches(components: Mapping[str, Component]) -> dict[str, frozenset[str]]:
    """For each component, the names of all components reachable from it, itself included."""
    direct = {name: tuple(references(one.schema)) for name, one in components.items()}
    result: dict[str, frozenset[str]] = {}
    for name in components:
        seen = {name}
        pending = [name]
        while pending:
            for other in direct[pending.pop()]:
                if other in result:
                    seen |= result[other]
                elif other not in seen:
                    seen.add(other)
                    pending.append(other)
        result[name] = frozenset(seen)
    return result


def mean_reach(components: Mapping[str, Component]) -> float:
    """The mean number of components reachable from one, itself included; 0 for no components."""
    sizes = [len(one) for one in reaches(components).values()]
    return sum(sizes) / len(sizes) if sizes else 0.0


def by_reach(components: Mapping[str, Component]) -> list[Component]:
    """The components, each after what it refers to; those of one cycle stand together, by name.

    A component reaches more than what it refers to, unless both are in one cycle, so sorting by
    the size of the reach is a topological order, and one that a new component hardly disturbs.
    """
    size = {name: len(reach) for name, reach in reaches(components).items()}
    return sorted(components.values(), key=lambda one: (size[one.name], one.name))
