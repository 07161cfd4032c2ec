"""The parser of the standard library's ``re`` module.

It is private to Python, so only this module imports it. All names in use are looked up at once; if a
version of Python has renamed one, an :class:`ImportError` names it.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

_USED: Final = {
    "re._parser": ("parse", "SubPattern.getwidth"),
    "re._constants": (
        *("ANY", "ASSERT", "ASSERT_NOT", "AT", "ATOMIC_GROUP", "BRANCH", "GROUPREF"),
        *("GROUPREF_EXISTS", "IN", "LITERAL", "MAXREPEAT"),
        *("MAX_REPEAT", "MIN_REPEAT", "NEGATE", "NOT_LITERAL", "POSSESSIVE_REPEAT", "RANGE", "SUBPATTERN"),
        *("AT_BEGINNING", "AT_BEGINNING_STRING", "AT_BOUNDARY", "AT_END", "AT_END_STRING", "AT_NON_BOUNDARY"),
        *("CATEGORY", "CATEGORY_DIGIT", "CATEGORY_SPACE", "CATEGORY_WORD"),
        *("CATEGORY_NOT_DIGIT", "CATEGORY_NOT_SPACE", "CATEGORY_NOT_WORD"),
    ),
}
"""The private modules, with the names that are used."""


def regex_parts(load: Callable[[str], Any] = import_module) -> tuple[Callable[[str], Any], Any]:
    """Return the function that parses a pattern, and the module of the codes in its result.

    ``load`` imports a module by its name. Raises :class:`ImportError` if this Python lacks a part.
    """
    if missing := ", ".join(_missing(load)):
        raise ImportError(
            f"typed-openai uses {missing}, which Python {platform.python_version()} does not have: "
            "use an earlier Python, or a newer typed-openai",
            name="typed_openai_spec",
        )
    parse: Callable[[str], Any] = load("re._parser").parse
    return parse, load("re._constants")


def _missing(load: Callable[[str], Any]) -> Iterator[str]:
    for module, names in _USED.items():
        try:
            found = load(module)
        except ImportError:
            yield module
            continue
        yield from (f"{module}.{name}" for name in names if not _has(found, name.split(".")))


def _has(owner: object, steps: list[str]) -> bool:
    for step in steps:
        if not hasattr(owner, step):
            return False
        owner = getattr(owner, step)
    return True
