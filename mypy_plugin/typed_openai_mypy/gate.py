"""The first question about each error that mypy is about to print: could it be about our API?

The answer must cost next to nothing, as most errors of most programs are not. So it comes from the file's
imports and the error's words alone; what takes longer is loaded for the first error that passes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from mypy.errors import ErrorInfo

from typed_openai_mypy.compat_tap import current_modules
from typed_openai_mypy.reach import sees_ours
from typed_openai_mypy.words import words

if TYPE_CHECKING:
    from typed_openai_mypy.watch import Watch

Decide: TypeAlias = Callable[[str, ErrorInfo], bool]


class Gate:
    """Passes on the errors that could be about our API; true means that one is swallowed."""

    def __init__(self) -> None:
        self._passed: ErrorInfo | None = None
        self._watch: Watch | None = None
        self._is_usable: bool | None = None

    def __call__(self, file: str, info: ErrorInfo) -> bool:
        """Decide about an error."""
        if info is self._passed:  # mypy asks twice about each error that it prints
            return False
        if self._could_be_ours(file, info) and self._can_explain():
            return self._loaded()(file, info)
        self._passed = info
        return False

    def _could_be_ours(self, file: str, info: ErrorInfo) -> bool:
        found = current_modules(file)
        if found is None or not sees_ours(*found):
            return False
        if self._watch is not None and (info.severity != "error" or self._watch.is_near(info)):
            return True
        return info.severity == "error" and words.could_be_ours(info, found[1])

    def _can_explain(self) -> bool:
        """Return whether this mypy has what explanations need; where it has not, say so once."""
        if self._is_usable is None:
            from typed_openai_mypy.compat import missing_parts  # noqa: PLC0415  most runs need no explanation

            missing = missing_parts()
            self._is_usable = not missing
            if missing:
                lacking = ", ".join(missing)
                text = f"typed_openai_mypy: this mypy lacks {lacking}; its errors keep their own text\n"
                sys.stderr.write(text)
        return self._is_usable

    def _loaded(self) -> Watch:
        if self._watch is None:
            from typed_openai_mypy.watch import Watch  # noqa: PLC0415  most runs need no explanation

            self._watch = Watch()
        return self._watch
