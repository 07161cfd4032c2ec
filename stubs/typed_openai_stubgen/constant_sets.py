"""Aliases for the large sets of constants in the fields of one module.

mypy copies the types of an object's fields whenever it looks through the object, each constant included, but
never what an alias stands for. A few sets of hundreds of constants can double the time it takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from typed_openai_stubgen.scope import Scope

LARGE: Final = 20
"""Minimum number of constants in a set that has an alias."""


@dataclass(slots=True)
class ConstantSets:
    """Names the sets of constants of one module and records them; equal sets share one alias."""

    scope: Scope
    _aliases: dict[str, str] = field(default_factory=dict)

    def alias(self, annotation: str, place: str) -> str:
        """Return the alias of a set's ``annotation``; its name comes from the first place that uses it."""
        if annotation not in self._aliases:
            name = "_" + re.sub(r"\W", "_", place)
            while name in self.scope.taken or name in self._aliases.values():
                name += "_"
            self._aliases[annotation] = name
        return self._aliases[annotation]

    def stub(self) -> list[str]:
        """Return the declarations of all aliases."""
        if not self._aliases:
            return []
        alias = self.scope.use("typing.TypeAlias")
        return [*(f"{name}: {alias} = {text}" for text, name in self._aliases.items()), ""]
