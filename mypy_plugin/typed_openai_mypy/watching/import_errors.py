"""mypy's errors about imports of names that only the official client's package has."""

from __future__ import annotations

import re
from typing import Final

from mypy.errors import ErrorInfo

from typed_openai_mypy.packages import package_of
from typed_openai_spec.official_names import export_hint, types_hint

_NO_MODULE: Final = re.compile(r'Cannot find .* module named "(\w+)\.types\.(\w+)(?:\.\w+)*"')
_MISSING: Final = re.compile(r'(Module "(\w+)" has no attribute "(\w+)")(?:; maybe .*)?')


def add_hint(info: ErrorInfo) -> None:
    """Add what to import instead to the text of an error, in place of mypy's own guess.

    mypy reports these errors before it checks types, so no other error can be reported in their place.
    """
    found = _MISSING.fullmatch(info.message)
    if found is not None and package_of(found[2]) == found[2]:
        info.message = found[1] + export_hint(found[3]) if export_hint(found[3]) else info.message
    module = _NO_MODULE.fullmatch(info.message)
    if module is not None and package_of(module[1]) == module[1]:
        info.message += types_hint(module[2])
