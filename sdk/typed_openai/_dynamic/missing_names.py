"""Errors for names that a client, a group of operations or a package lacks.

The names of the official client get the operation or class that is used in their place.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterable, Iterator
from opcode import opmap
from types import FrameType
from typing import Final

from typed_openai_spec import spelling
from typed_openai_spec.index.reader import Index
from typed_openai_spec.official_names import export_hint, method_hint

_IMPORT_FROM: Final = opmap["IMPORT_FROM"]

_ATTRIBUTES: Final = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
"""Python's instructions for ``value.name``."""

_ATTRIBUTE_CODES: Final = frozenset(opmap[one] for one in _ATTRIBUTES if one in opmap)

_PACKAGE: Final = __name__.partition(".")[0]


def hint(name: str, known: Iterable[str], index: Index, *, group: str = "") -> str:
    """Return the end of a message about a name that a client lacks, or one of its groups."""
    own = [group, name] if group else [name]
    chain = [*own, *_names_after(name)]
    places = (".".join(chain[:length]) for length in range(len(chain), len(own) - 1, -1))
    return next(filter(None, (method_hint(one, index) for one in places)), "") or spelling.hint(
        name, known, written=repr
    )


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


def _names_after(name: str) -> Iterator[str]:
    """The attributes that the caller takes from the missing one: ``list`` in ``chat.completions.list``."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame = frame.f_back
    if frame is None or frame.f_lasti < 0 or frame.f_code.co_code[frame.f_lasti] not in _ATTRIBUTE_CODES:
        return
    rest = (one for one in dis.get_instructions(frame.f_code) if one.offset >= frame.f_lasti)
    if next(rest).argval != name:
        return
    for one in rest:
        if one.opname not in _ATTRIBUTES:
            return
        yield str(one.argval)
