"""The module of each component in the stubs, so that a checker reads no more than necessary.

Map::

    _recursive       recursive components, and those that they refer to
        _components  other components that operations and webhooks need: the client's own stubs read only
                     these two
            types    all of these, and those that only users need: events of sockets

A checker reads a module repeatedly until it knows every name in it. A module without forward references is
read only once, so the few components that need them have a separate module. ``types`` is read only if it is
imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from typed_openai_spec.model import Api, Component
from typed_openai_spec.model.walking import references
from typed_openai_spec.model.webhook_payloads import payload_names
from typed_openai_stubgen.order import by_reach, reaches

RECURSIVE: Final = "_recursive"
NEEDED: Final = "_components"
PUBLIC: Final = "types"

BELOW: Final[Mapping[str, str | None]] = {RECURSIVE: None, NEEDED: RECURSIVE, PUBLIC: NEEDED}
"""Each module of the stub package, and the module whose names it re-exports."""


def layers(api: Api) -> dict[str, tuple[Component, ...]]:
    """Return the components of each module, each after those it refers to."""
    reach = reaches(api.components)
    circular = (
        one.name
        for one in api.components.values()
        if any(one.name in reach[other] for other in references(one.schema))
    )
    recursive = _closed(circular, reach)
    needed = _closed(_referred_to(api), reach) - recursive
    found: dict[str, list[Component]] = {module: [] for module in BELOW}
    for one in by_reach(api.components):
        module = RECURSIVE if one.name in recursive else NEEDED if one.name in needed else PUBLIC
        found[module].append(one)
    return {module: tuple(components) for module, components in found.items()}


def _closed(names: Iterable[str], reach: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(reach[name] for name in names))


def _referred_to(api: Api) -> Iterable[str]:
    """Yield the components in the operations' arguments and results, and in webhooks."""
    for operation in api.operations:
        for argument in operation.arguments:
            yield from references(argument.schema)
        for result in (operation.result, *(one.result for one in operation.variants)):
            if result.schema is not None:
                yield from references(result.schema)
    yield from payload_names(api.webhooks)
