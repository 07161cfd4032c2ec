"""Which module of the stubs each component is written in, so that a checker reads no more than it must.

Map::

    _recursive     components that refer to themselves, and what those refer to
      _components  what else the operations need: the client's own stubs read these two alone
        types      all of these, and what only its users need: events of sockets, webhooks

A checker reads a module again and again until it knows every name in it. Where nothing refers to
what comes later, once is enough: so the few components that do have a module of their own. And
``types`` is read only by who imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from typed_openai_spec.model import Api, Component
from typed_openai_spec.model.walking import references
from typed_openai_stubgen.order import by_reach, reaches

RECURSIVE: Final = "_recursive"
NEEDED: Final = "_components"
PUBLIC: Final = "types"

BELOW: Final[Mapping[str, str | None]] = {RECURSIVE: None, NEEDED: RECURSIVE, PUBLIC: NEEDED}
"""Each module of the stub package, and the one whose names it has beside its own."""


def layers(api: Api) -> dict[str, tuple[Component, ...]]:
    """The components that each module defines, each after what it refers to."""
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
    """The components in the operations' arguments and results."""
    for operation in api.operations:
        for argument in operation.arguments:
            yield from references(argument.schema)
        for result in (operation.result, *(one.result for one in operation.variants)):
            if result.schema is not None:
                yield from references(result.schema)
