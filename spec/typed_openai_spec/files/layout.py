"""The files that a description is made of: a file, or a folder in canonical form. Needs no YAML to tell."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from typed_openai_spec.problems import DescriptionError

HEAD: Final = "api.yaml"
"""The file of a folder in canonical form that has everything but paths and schemas."""


def description_files(description: Path) -> list[Path]:
    """The files of a description, sorted.

    Raises :class:`DescriptionError` for a folder that is none of a description: what is in it is not ours.
    """
    if not description.is_dir():
        return [description]
    if not (description / HEAD).is_file():
        raise DescriptionError(
            f"{description} is no folder of a description: there is no {HEAD} in it; "
            "expected an OpenAPI file, or such a folder"
        )
    return sorted(description.rglob("*.yaml"))
