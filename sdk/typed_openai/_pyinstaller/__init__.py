"""The hook for PyInstaller, which finds it by an entry point of this package."""

from __future__ import annotations

from pathlib import Path


def hook_dirs() -> list[str]:
    """Return the folder of the hook, whose name no module can have."""
    return [str(Path(__file__).with_name("hooks"))]
