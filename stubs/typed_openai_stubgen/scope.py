"""The names that one generated module uses, and the resulting import lines."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(slots=True)
class Scope:
    """Provides local names for imported objects and records them as imports.

    ``taken`` are the names that the module itself defines anywhere: its classes, and the fields and methods
    inside them, which shadow module names in the annotations beside them. An imported name (or a builtin)
    that is taken is imported under another name. ``module`` is the generated module itself: its own private
    names are used as they are.
    """

    module: str
    taken: Collection[str] = ()
    _names: dict[str, str] = field(default_factory=dict)
    _beside: dict[str, str] = field(default_factory=dict)
    _own: str = ""

    def use(self, origin: str, alias: str = "") -> str:
        """Return the local name of ``origin`` (``module.Name``): its own or ``alias``, made unique."""
        module, _, name = origin.rpartition(".")
        if origin not in self._names:
            self._names[origin] = name if module == self.module else self._free(alias or name)
        return self._names[origin]

    def beside(self, origin: str) -> str:
        """Return another name for ``origin`` than its own, which is taken where it is used."""
        module, _, name = origin.rpartition(".")
        if module == self.module:
            # mypy takes too long with aliases in a recursion, and pyright cannot resolve a module's imports
            # of its own names.
            self._own = self._own or self._free("_own")
            return f"{self._own}.{name}"
        if origin not in self._beside:
            self._beside[origin] = self._free(f"_{name}")
        return self._beside[origin]

    def private(self, text: str) -> str:
        """Return a new private name of the module itself, made of ``text``."""
        name = self._free(re.sub(r"[\W_]+", "_", f"_{text}"))
        self._names[f"{self.module}.{name}"] = name
        return name

    def _free(self, name: str) -> str:
        used = {*self._names.values(), *self._beside.values(), self._own}
        while name in self.taken or name in used:
            name = f"_{name}"
        return name

    def uses(self, origin: str) -> bool:
        """Return True if ``origin`` was used."""
        return origin in self._names

    def imports(self) -> list[str]:
        """Return the import lines for all used names, sorted by module and name."""
        modules: dict[str, list[str]] = {}
        for origin, local in sorted([*self._names.items(), *self._beside.items()]):
            module, _, name = origin.rpartition(".")
            if module == self.module or (module == "builtins" and local == name):
                continue
            modules.setdefault(module, []).append(name if local == name else f"{name} as {local}")
        itself = [f"import {self.module} as {self._own}"] if self._own else []
        return [*itself, *(f"from {module} import {', '.join(names)}" for module, names in modules.items())]
