"""One class per group of operations: ``Chat``, ``Files``, ``FineTuning``... with a method per operation.

The classes are made when they are first asked for.
"""

# Nothing here may have a public name of its own but ``Resource``: any other may be a group's class.
from __future__ import annotations as _annotations

from functools import cache as _cache
from typing import Any as _Any

from typed_openai import resource_classes as _classes
from typed_openai.endpoints import packaged as _packaged
from typed_openai_spec.model import class_name as _class_name

Resource = _classes.Resource


@_cache
def _groups() -> dict[str, str]:
    """The group of each class's name."""
    return {_class_name(group): group for group in _packaged().index.groups}


def __getattr__(name: str) -> _Any:
    if name.startswith("_") or name not in _groups():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = _classes.resource_class(_packaged(), _groups()[name])
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    return sorted({*(name for name in globals() if name.startswith("__")), "Resource", *_groups()})
