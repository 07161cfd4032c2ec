"""Load the description file of a client, report its losses once, and select its environment variables.

Keys, URLs and names in the environment are OpenAI's. They apply only to a description whose own server is
OpenAI's: another server must never receive the key by accident.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any, Final

from typed_openai._calls.endpoints import Endpoints, packaged, speaks_openai
from typed_openai._settings.settings import NO_VARIABLES, OPENAI_VARIABLES, Variables
from typed_openai.errors import CallError, DescriptionWarning
from typed_openai_spec.index.reader import PACKAGED
from typed_openai_spec.problems import DescriptionError

_loaded: dict[Path, Endpoints] = {}

# The frames from here to the call of ``Client``: this module, the constructor, its argument checks.
_CALLERS: Final = 4


def described(spec: Any) -> Endpoints:
    """Return the endpoints of a description; OpenAI's for None, and an ``Endpoints`` unchanged.

    Clients of the same description share them. What is lost or approximated is reported as
    ``DescriptionWarning`` when it is first loaded. Raises :class:`CallError` if it cannot be used.
    """
    if spec is None or isinstance(spec, Endpoints):
        return spec or packaged()
    # Imported here because most clients have no description of their own.
    from typed_openai_spec.loading import load  # noqa: PLC0415

    try:
        loaded = load(_path(spec))
    except DescriptionError as error:
        raise CallError(f"spec: {error}") from error
    folder = loaded.index.folder.resolve()
    if folder == PACKAGED.resolve():
        return packaged()
    if (known := _loaded.get(folder)) is not None:
        return known
    made = _loaded.setdefault(folder, Endpoints(loaded.index))
    for problem in loaded.losses:
        warnings.warn(f"{os.fspath(spec)}: {problem}", DescriptionWarning, stacklevel=_CALLERS)
    return made


def variables_of(endpoints: Endpoints) -> Variables:
    """Return the environment variables that a client of a description may read."""
    return OPENAI_VARIABLES if speaks_openai(endpoints.index) else NO_VARIABLES


def _path(spec: Any) -> Path:
    if not isinstance(spec, (str, os.PathLike)) or isinstance(os.fspath(spec), bytes):
        raise CallError(f'spec: expected the path of a description, got "{type(spec).__name__}"')
    text = os.fspath(spec)
    if "://" in text:
        raise CallError(f"spec: expected a file, got the URL {text.partition('?')[0]!r}; download it first")
    return Path(text)
