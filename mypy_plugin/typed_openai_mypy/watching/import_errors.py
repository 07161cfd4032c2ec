"""mypy's errors about imports of names that only the official client's package has."""

from __future__ import annotations

import re
from typing import Final

from mypy.errors import ErrorInfo

from typed_openai_mypy.packages import package_of

_NO_MODULE: Final = re.compile(r'Cannot find .* module named "(\w+)\.types\.(\w+)(?:\.\w+)*"')
_MISSING: Final = re.compile(r'(Module "(\w+)" has no attribute "(\w+)")(?:; maybe .*)?')


def add_hint(info: ErrorInfo) -> None:
    """Add what to import instead to the text of an error, in place of mypy's own guess.

    No other error can be reported in their place, as mypy does not check types yet.
    """
    missing, module = _MISSING.fullmatch(info.message), _NO_MODULE.fullmatch(info.message)
    package = missing[2] if missing else module[1] if module else ""
    if not package or package_of(package) != package:
        return
    from typed_openai_spec.official_names import export_hint, types_hint  # noqa: PLC0415  few errors are about a package

    if missing and (hint := export_hint(missing[3])):
        info.message = missing[1] + hint
    elif module:
        info.message += types_hint(module[2])
