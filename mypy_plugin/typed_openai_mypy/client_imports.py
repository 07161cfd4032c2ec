"""The imports of client packages in a file, and the modules that mypy needs for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mypy.nodes import Import, ImportAll, ImportFrom, MypyFile

from typed_openai_mypy.api.fullnames import COMPONENTS, TYPES, is_ours
from typed_openai_mypy.packages import PACKAGE, package_of
from typed_openai_mypy.syntax.file_text import may_contain

_REQUEST: Final = re.compile(rb"\brequest\b")

_AFTER_IMPORTS: Final = 10
"""mypy's priority for a dependency that no import statement makes."""


def needed_modules(file: MypyFile) -> list[tuple[int, str, int]]:
    """The modules that have all types which the operations of the imported packages need.

    There are as many types for the bodies of ``request``, so these are only added if a file has that word.
    """
    if is_ours(file.fullname):
        return []
    found = list(dict.fromkeys(_imported_packages(file)))
    module = TYPES if found and may_contain(file, b"request", _REQUEST) else COMPONENTS
    return [(_AFTER_IMPORTS, f"{one}{module[len(PACKAGE) :]}", -1) for one in found]


def _imported_packages(file: MypyFile) -> Iterator[str]:
    for one in file.imports:
        names = [name for name, _ in one.ids] if isinstance(one, Import) else []
        if isinstance(one, (ImportFrom, ImportAll)):
            names = [one.id]
        yield from (package for name in names if (package := package_of(name)) is not None)
