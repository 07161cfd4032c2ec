"""TypedDicts of a client package, and those of the user that extend one.

The base classes of a TypedDict are in its syntax tree only, which mypy does not keep in its cache. So the
name of the extended TypedDict is also kept in the metadata that a class may have for plugins.
"""

from __future__ import annotations

from typing import Final

from mypy.nodes import MypyFile, RefExpr, TypeInfo
from mypy.types import TypedDictType

from typed_openai_mypy.api.fullnames import is_ours

_KEY: Final = "typed_openai_mypy"


def is_api_type(typed_dict: TypedDictType) -> bool:
    """Return whether a TypedDict is one of a client package, or extends one."""
    info = typed_dict.fallback.type
    return is_ours(info.fullname) or extends_ours(info)


def extends_ours(info: TypeInfo) -> bool:
    """Return whether a class extends a TypedDict of a client package."""
    if _KEY in info.metadata:
        return True
    bases = (one.node for one in info.defn.base_type_exprs if isinstance(one, RefExpr))
    return any(
        isinstance(one, TypeInfo)
        and one.typeddict_type is not None
        and (is_ours(one.fullname) or extends_ours(one))
        for one in bases
    )


def note_extensions(tree: MypyFile) -> None:
    """Note in a module's classes which of them extend a TypedDict of a client package."""
    for symbol in tree.names.values():
        info = symbol.node
        if not isinstance(info, TypeInfo) or info.typeddict_type is None:
            continue
        if info.defn.base_type_exprs and extends_ours(info):
            info.metadata[_KEY] = {"extends": True}
