"""The parts that PyInstaller does not find by itself: modules imported by name, and the compiled index."""

from PyInstaller.utils.hooks import (  # type: ignore[import-untyped]  # it has no types
    collect_data_files,
    collect_submodules,
)


def _is_needed(module: str) -> bool:
    return not module.startswith(("typed_openai.cli", "typed_openai._pyinstaller"))


hiddenimports = [*collect_submodules("typed_openai", filter=_is_needed), "typed_openai_spec.index.reader"]
datas = collect_data_files("typed_openai_spec")
