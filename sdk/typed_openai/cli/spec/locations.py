"""Reads a description from wherever it is: a file, a URL, a folder, the index that ships with the project."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from typed_openai._security.credentials import shown_url
from typed_openai.cli.spec.downloads import fetch, is_url
from typed_openai_spec.compile import Built, build, build_document, build_own, build_own_document
from typed_openai_spec.files.shipped_overrides import shipped_overrides
from typed_openai_spec.files.source import parsed
from typed_openai_spec.index.reader import PACKAGED, Index
from typed_openai_spec.problems import DescriptionError

PACKAGED_PLACE: Final = "packaged"
"""The word that stands for the index that ships with the project."""

PLACE_HELP: Final = f'an OpenAPI file or its URL, a folder of one, a compiled index, or "{PACKAGED_PLACE}"'
"""What an argument that takes a place says of it."""


def is_compiled(place: str) -> bool:
    """Whether a place is the folder of a compiled index."""
    return not is_url(place) and (Path(place) / "api.json").is_file()


def read_place(place: str, overrides: Path | None = None, *, plain: bool = False) -> Built:
    """The model of the description at ``place``, and what in it was not understood.

    ``place`` is an OpenAPI 3.0 or 3.1 file (YAML or JSON) or its URL, a folder in canonical form, the
    folder of a compiled index, or ``packaged``. ``overrides`` are applied to what is not compiled. Without
    them, a checkout's ``spec/openai`` gets those beside it, and another version of the API that ships with
    the project those that ship with it: else the two could not be compared. What of them is dead is in the
    result. With ``plain`` no overrides are applied. Raises :class:`DescriptionError` where the place holds no
    such thing.
    """
    if place == PACKAGED_PLACE:
        return Built(Index(PACKAGED).api(), (), overrides=shipped_overrides())
    if is_url(place):
        text = fetch(place)
        document = parsed(text, shown_url(place))
        if plain:
            return build_document(document, [text])
        return build_own_document(document, [text], overrides)
    path = Path(place)
    if is_compiled(place):
        return Built(Index(path).api(), ())
    if not path.exists():
        raise DescriptionError(f"{place}: no such file or folder; expected {PLACE_HELP}")
    return build(path) if plain else build_own(path, overrides)
