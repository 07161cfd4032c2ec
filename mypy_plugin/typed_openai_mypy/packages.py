"""The client packages whose use is explained: typed_openai, and the generated ones that the options name.

A generated package has the same modules as typed_openai, for an API of its own. Most of the plugin
therefore uses the names of typed_openai only: :func:`canonical` turns a generated package's name into one
of typed_openai, and :func:`actual` turns a name of typed_openai into one of the current package, which
:func:`at_hand` returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

PACKAGE: Final = "typed_openai"

_GENERATED: Final[list[str]] = []
_AT_HAND: Final = [PACKAGE]


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


def actual(fullname: str) -> str:
    """The name in the current package for a name in typed_openai."""
    return f"{_AT_HAND[-1]}{fullname[len(PACKAGE) :]}"


def at_hand() -> str:
    """The package of the code that is being checked."""
    return _AT_HAND[-1]


@contextmanager
def judging(fullname: str) -> Iterator[None]:
    """Make the package of ``fullname`` the current one inside the block, if its use is explained."""
    _AT_HAND.append(package_of(fullname) or _AT_HAND[-1])
    try:
        yield
    finally:
        _AT_HAND.pop()
