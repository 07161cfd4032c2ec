"""Errors for names that a client, a group of operations or a package lacks.

The names of the official client get the operation or class that is used in their place.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from opcode import opmap
from types import FrameType
from typing import Final

from typed_openai_spec import spelling
from typed_openai_spec.index.reader import Index
from typed_openai_spec.official_names import export_hint, method_hint

_IMPORT_FROM: Final = opmap["IMPORT_FROM"]


def hint(name: str, known: Iterable[str], index: Index, *, group: str = "") -> str:
    """Return the end of a message about a name that a client lacks, or one of its groups."""
    place = f"{group}.{name}" if group else name
    return method_hint(place, index) or spelling.hint(name, known, written=repr)


def missing_name(module: str, name: str, known: Iterable[str], index: Index) -> ImportError | AttributeError:
    """Return the error that a package's ``__getattr__`` raises for a name.

    It is an ``ImportError`` in ``from package import name``, where Python replaces the text of an
    ``AttributeError`` by its own.
    """
    end = export_hint(name) or hint(name, known, index)
    if _is_import(sys._getframe(1).f_back):
        return ImportError(f"cannot import name {name!r} from {module!r}{end}", name=module)
    return AttributeError(f"module {module!r} has no attribute {name!r}{end}")


def _is_import(frame: FrameType | None) -> bool:
    """Return True if a frame is at an instruction of ``from ... import``."""
    return frame is not None and frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] == _IMPORT_FROM
