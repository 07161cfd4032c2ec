"""The length of a signature when a checker prints it with everything inside its types.

mypy prints the signature of each overload that is deprecated, even if no call uses it. Objects that refer to
one another are printed once for each path between them, so that a few dozens can take hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from typed_openai_spec.model import Component, Ref, Schema
from typed_openai_spec.model.walking import children

LONGEST: Final = 20_000
"""Maximum number of types in a signature that is worth printing."""


def is_printable(schemas: Iterable[Schema], components: Mapping[str, Component]) -> bool:
    """Return True if types can be printed together in a reasonable time."""
    counter = _Counter(components, LONGEST)
    for one in schemas:
        counter.take(one, frozenset())
    return counter.left > 0


@dataclass(slots=True)
class _Counter:
    """Counts down for each type that is printed, from ``left`` to zero at most."""

    components: Mapping[str, Component]
    left: int

    def take(self, schema: Schema, inside: frozenset[str]) -> None:
        """Count ``schema``; ``inside`` holds the components around it, which are not printed again."""
        self.left -= 1
        if isinstance(schema, Ref) and schema.name not in inside:
            self.take(self.components[schema.name].schema, inside | {schema.name})
        for child in children(schema):
            if self.left > 0:
                self.take(child, inside)
