"""Reads a description from wherever it is: a file, a URL, a folder, the index that ships with the project."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from typed_openai.cli.spec.downloads import fetch, is_url
from typed_openai.credentials import shown_url
from typed_openai_spec.compile import Built, build_document
from typed_openai_spec.index import PACKAGED, Index
from typed_openai_spec.problems import DescriptionError
from typed_openai_spec.servers import address
from typed_openai_spec.source import Document, folder_files, parsed, read, read_bytes

PACKAGED_PLACE: Final = "packaged"
"""The word that stands for the index that ships with the project."""

PLACE_HELP: Final = f'an OpenAPI file or its URL, a folder of one, a compiled index, or "{PACKAGED_PLACE}"'
"""What an argument that takes a place says of it."""


def read_place(place: str, overrides: Path | None = None) -> Built:
    """The model of the description at ``place``, and what in it was not understood.

    ``place`` is an OpenAPI 3.0 or 3.1 file (YAML or JSON) or its URL, a folder in canonical form, the
    folder of a compiled index, or ``packaged``. ``overrides`` are applied to what is not compiled. Without
    them, a checkout's ``spec/openai`` gets those beside it, and another version of the API that ships with
    the project those that ship with it: else the two could not be compared. What of them is dead is in the
    result. Raises :class:`DescriptionError` where the place holds no such thing.
    """
    if place == PACKAGED_PLACE:
        return Built(Index(PACKAGED).api(), ())
    if is_url(place):
        text = fetch(place)
        document = parsed(text, shown_url(place))
        return build_document(document, [text], overrides or _shipped(document))
    path = Path(place)
    if (path / "api.json").is_file():
        return Built(Index(path).api(), ())
    if not path.exists():
        raise DescriptionError(f"{place}: no such file or folder; expected {PLACE_HELP}")
    document = read(path)
    files = folder_files(path) if path.is_dir() else [path]
    return build_document(document, map(read_bytes, files), overrides or _beside(path) or _shipped(document))


def _beside(path: Path) -> Path | None:
    """The overrides of a checkout whose ``spec/openai`` is ``path``."""
    overrides = path.resolve().with_name("overrides")
    return overrides if path.is_dir() and overrides.is_dir() else None


def _shipped(document: Document) -> Path | None:
    """The overrides that ship with the project, for a description of the API whose index does."""
    ours = Index(PACKAGED)
    info = document.get("info") or {}
    if (info.get("title"), address(document.get("servers"))) != (ours.title, ours.base_url):
        return None
    # In a wheel they are inside the package; in a checkout, beside it.
    places = (PACKAGED.with_name("overrides"), PACKAGED.parents[1] / "overrides")
    return next((one for one in places if one.is_dir()), None)
