"""The runtime of packages that ``typed-openai generate`` has written for other APIs.

Such a package holds the compiled index of its API, stubs, and modules of a few lines. Each module passes
its ``globals()`` to a function here, and gets its ``__getattr__`` and ``__dir__`` (PEP 562) or its class.
As all code is in this package, a generated package benefits from a new version of it without being
generated again.

Importing the package imports this module alone; the client is imported only when it is used.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typed_openai
from typed_openai._dynamic.namespaces import Attributes, Namespace
from typed_openai_spec.index.generated_packages import INDEX

if TYPE_CHECKING:
    from typed_openai_spec.index.reader import Index

FUNCTIONS: Final = ("as_curl", "call", "request")
"""The functions of the default client."""

_OWN_MODULES: Final = frozenset({"aio", "client", "default_client", "params", "resources", "types"})


@cache
def _index(folder: Path) -> Index:
    from typed_openai_spec.index.reader import Index  # noqa: PLC0415  the model is the slowest import

    return Index(folder / INDEX)


def index_of(module: Namespace) -> Index:
    """Return the index of the package that a module belongs to."""
    return _index(Path(module["__file__"]).parent)


def package(module: Namespace) -> Attributes:
    """Return the attributes of the package itself: public names, modules, a default client's groups."""
    own = module["__name__"]
    module["__all__"] = [*typed_openai.__all__]

    def attribute(name: str) -> Any:
        if name in _OWN_MODULES:
            return import_module(f"{own}.{name}")
        if name.startswith("_"):
            raise AttributeError(f"module {own!r} has no attribute {name!r}")
        if name not in {*module["__all__"], *index_of(module).groups}:
            missing = import_module("typed_openai._dynamic.missing_names")
            raise missing.missing_name(own, name, listed(), index_of(module))
        return module.setdefault(name, value(name))

    def value(name: str) -> Any:
        if name == "Client":
            return import_module(f"{own}.client").Client
        functions = import_module(f"{own}.default_client")
        if name in FUNCTIONS:
            return getattr(functions, name)
        return getattr(typed_openai if name in module["__all__"] else functions.default_client(), name)

    def listed() -> list[str]:
        names = {*module["__all__"], *_OWN_MODULES, *index_of(module).groups}
        return sorted(names | {one for one in module if one.startswith("__")})

    return attribute, listed
