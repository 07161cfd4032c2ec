"""Indexes inside the archive that Python imports their package from, such as a zipapp."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TypeAlias

Folder: TypeAlias = "Path | zipfile.Path"


def readable(folder: Path) -> Folder:
    """Return the folder inside an archive if its path leads into one; else the folder itself."""
    archive = next((one for one in folder.parents if one.is_file()), None)
    if archive is None or not zipfile.is_zipfile(archive):
        return folder
    return zipfile.Path(archive, f"{folder.relative_to(archive).as_posix()}/")
