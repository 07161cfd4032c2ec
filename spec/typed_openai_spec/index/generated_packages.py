"""Conventions of generated packages: the folder of the index, the prefix of environment variables.

A generated package is written by ``typed-openai generate`` for an API. The client and the plugin find its
compiled index beside its modules.
"""

from __future__ import annotations

from typing import Final

INDEX: Final = "_index"
"""The folder of the compiled index inside the package."""


def variable_prefix(package: str) -> str:
    """Return the prefix of a package's environment variables: ``BOX`` for ``box`` and for ``box_api``."""
    return package.upper().removesuffix("_API").strip("_") or package.upper()
