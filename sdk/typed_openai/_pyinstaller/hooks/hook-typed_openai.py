"""The parts that PyInstaller does not find by itself: modules imported by name, and the compiled index."""

from PyInstaller.utils.hooks import (  # type: ignore[import-untyped]  # it has no types
    collect_data_files,
    collect_submodules,
)

_NOT_NEEDED = tuple(f"typed_openai.{one}" for one in ("cli", "_pyinstaller", "telemetry", "_telemetry"))


def _is_needed(module: str) -> bool:
    # Telemetry is imported by its users' programs, and would add all of OpenTelemetry to the others.
    return not module.startswith(_NOT_NEEDED)


hiddenimports = [*collect_submodules("typed_openai", filter=_is_needed), "typed_openai_spec.index.reader"]
datas = collect_data_files("typed_openai_spec")
