"""What all readers of a generated package agree on: where its index is, how its variables are called.

A generated package is one that ``typed-openai generate`` has written for an API: the client at run
time and the plugin find its compiled index beside its modules.
"""

from __future__ import annotations

from typing import Final

INDEX: Final = "_index"
"""The folder of the compiled index inside the package."""


def variable_prefix(package: str) -> str:
    """What the environment variables of a package begin with: ``BOX`` for ``box`` and for ``box_api``."""
    return package.upper().removesuffix("_API").strip("_") or package.upper()
