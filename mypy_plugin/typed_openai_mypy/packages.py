"""The client packages whose use is explained: typed_openai, and the generated ones that the options name.

A generated package has the modules of the client's own, and an API of its own. So most of the plugin speaks
of the client's names alone: :func:`canonical` turns a generated package's name into the client's, and
:meth:`.description.Description.actual` one of the client's into that of another package.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PACKAGE: Final = "typed_openai"

_GENERATED: Final[list[str]] = []


def use(generated: Iterable[str]) -> None:
    """Explain these packages in addition to typed_openai."""
    _GENERATED[:] = generated


def explained() -> tuple[str, ...]:
    """All packages whose use is explained, typed_openai first."""
    return (PACKAGE, *_GENERATED)


def package_of(fullname: str) -> str | None:
    """The package of a module, class or function, if its use is explained; else None."""
    package = fullname.partition(".")[0]
    return package if package == PACKAGE or package in _GENERATED else None


def canonical(fullname: str) -> str:
    """The name in typed_openai for a name in a generated package; any other name unchanged."""
    package = package_of(fullname)
    return fullname if package is None else f"{PACKAGE}{fullname[len(package) :]}"
