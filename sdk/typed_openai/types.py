"""Every component of the API as a type: ``typed_openai.types.CreateChatCompletionRequest``.

Objects are real TypedDicts, everything else is the type it stands for (a union, a ``Literal``, a
``list``). Each is made from the packaged index when it is first asked for, together with all it
refers to, so ``typing.get_type_hints`` and ``pydantic.TypeAdapter`` find every reference, in
recursive types too.
"""

# Nothing here may have a public name of its own: any such name may be a component's.
from __future__ import annotations as _annotations

import sys as _sys
from difflib import get_close_matches as _get_close_matches
from typing import Any as _Any
from warnings import warn as _warn

from typed_openai.schema_types import define as _define
from typed_openai_spec import index as _index


def __getattr__(name: str) -> _Any:
    if name == "__all__":
        return __dir__()
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    components = _index.packaged().components
    if name not in components and (now := _index.packaged().former_names.get(name)):
        _warn(f"types.{name} is deprecated; use types.{now}", DeprecationWarning, stacklevel=2)
        return getattr(_sys.modules[__name__], now)
    if name not in components:
        near = _get_close_matches(name, components, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"the API has no component {name!r}{hint}", name=name)
    _define(name, components, globals(), __name__)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(_index.packaged().components)
