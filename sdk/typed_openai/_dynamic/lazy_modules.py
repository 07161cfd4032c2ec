"""The attributes of the modules ``types`` and ``params``, created from an index on first access.

Both the client's own modules of these names and those of generated packages use it. Each function here
returns a module's ``__getattr__`` and ``__dir__`` (PEP 562). Importing such a module reads no index.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from warnings import warn

from typed_openai._dynamic.namespaces import Attributes, Namespace
from typed_openai._dynamic.typed_dicts import define, define_params
from typed_openai_spec import spelling
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model.operation_params import SUFFIX, Params, former_names, params_of, stems


def type_attributes(namespace: Namespace, index: Callable[[], Index]) -> Attributes:
    """Return the attributes of a module of components: each component as a type."""
    module: str = namespace["__name__"]

    def attribute(name: str) -> Any:
        if name == "__all__":
            return listed()
        _check_is_public(name, module)
        components = index().components
        if name not in components and (now := index().former_names.get(name)):
            warn(f"types.{name} is deprecated; use types.{now}", DeprecationWarning, stacklevel=2)
            return namespace[now] if now in namespace else attribute(now)
        if name not in components:
            hint = spelling.hint(name, components, written=repr)
            raise AttributeError(f"the API has no component {name!r}{hint}", name=name)
        define(name, index().documented_components, namespace, module)
        return namespace[name]

    def listed() -> list[str]:
        return sorted(index().components)

    return attribute, listed


def param_attributes(
    namespace: Namespace, types: Callable[[], Namespace], index: Callable[[], Index]
) -> Attributes:
    """Return the attributes of a module of params; ``types`` is the namespace of the module of components."""
    module: str = namespace["__name__"]

    @cache
    def known() -> dict[str, tuple[str, str]]:
        return stems(index().groups)

    @cache
    def former() -> dict[str, str]:
        return former_names(index().operations(), known())

    def of_stem(stem: str) -> tuple[Params, ...]:
        return params_of(index().operation(*known()[stem]), stem, index().components)

    def attribute(name: str) -> Any:
        if name == "__all__":
            return listed()
        _check_is_public(name, module)
        for stem in known():
            all_of_one = {one.name: one for one in of_stem(stem)} if name.startswith(stem) else {}
            if (params := all_of_one.get(name)) is not None:
                plain = all_of_one.get(params.base)
                inherited = plain.arguments if plain else ()
                made = define_params(params, inherited, index().documented_components, types(), module)
                return namespace.setdefault(name, made)
        if (current := former().get(name)) is not None:
            return attribute(current)
        hint = spelling.hint(name, [f"{stem}{SUFFIX}" for stem in known()], written=repr)
        raise AttributeError(f"no operation has params named {name!r}{hint}", name=name)

    def listed() -> list[str]:
        return sorted(one.name for stem in known() for one in of_stem(stem))

    return attribute, listed


def _check_is_public(name: str, module: str) -> None:
    if name.startswith("_"):
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
