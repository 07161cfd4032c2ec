"""The order of components in a stub, and the number of components that each one needs.

The cost of a type for a checker depends on the number of types that are reachable from it. Each component
is written after those it refers to, as far as recursion allows, so that checkers meet few unknown names.
"""

from __future__ import annotations

from collections.abc import Mapping

from typed_openai_spec.model import Component
from typed_openai_spec.model.walking import references


def reaches(components: Mapping[str, Component]) -> dict[str, frozenset[str]]:
    """Return the names of all components reachable from each component, itself included."""
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
    """Return the mean number of components reachable from one, itself included; 0 for no components."""
    sizes = [len(one) for one in reaches(components).values()]
    return sum(sizes) / len(sizes) if sizes else 0.0


def by_reach(components: Mapping[str, Component]) -> list[Component]:
    """Return the components, each after those it refers to; components of a cycle are adjacent, by name.

    A component reaches more than those it refers to, unless both are in one cycle. Sorting by the size of
    the reach is therefore a topological order, and a new component hardly changes it.
    """
    size = {name: len(reach) for name, reach in reaches(components).items()}
    return sorted(components.values(), key=lambda one: (size[one.name], one.name))
