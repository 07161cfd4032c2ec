"""The files of a description: a single file, or a folder in canonical form. This module needs no YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from typed_openai_spec.problems import DescriptionError

HEAD: Final = "api.yaml"
"""The file of a folder in canonical form that holds everything except paths and schemas."""


def description_files(description: Path) -> list[Path]:
    """Return the files of a description, sorted.

    Raises :class:`DescriptionError` for a folder that is not in canonical form.
    """
    if not description.is_dir():
        return [description]
    if not (description / HEAD).is_file():
        raise DescriptionError(f"{description}: expected an OpenAPI file, or a folder that contains {HEAD}")
    return sorted(description.rglob("*.yaml"))
