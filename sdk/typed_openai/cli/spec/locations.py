"""Read a description from a file, a URL, a folder, or the index that ships with the project."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from typed_openai._security.credentials import shown_url
from typed_openai.cli.spec.downloads import fetch, is_url
from typed_openai_spec.compile import Built, build, build_document, build_own, build_own_document
from typed_openai_spec.files.shipped_overrides import shipped_overrides
from typed_openai_spec.files.source import parsed
from typed_openai_spec.index.reader import PACKAGED, Index
from typed_openai_spec.openapi.servers import located
from typed_openai_spec.problems import DescriptionError

PACKAGED_PLACE: Final = "packaged"
"""The name of the index that ships with the project."""

PLACE_HELP: Final = f'an OpenAPI file or its URL, a folder of one, a compiled index, or "{PACKAGED_PLACE}"'
"""The help text of arguments that take a place."""


def is_compiled(place: str) -> bool:
    """Return True if a place is the folder of a compiled index."""
    return not is_url(place) and (Path(place) / "api.json").is_file()


def read_place(
    place: str, overrides: Path | None = None, *, plain: bool = False, group_by: str = ""
) -> Built:
    """Return the model of the description at ``place``, with the problems found in it.

    ``place`` is an OpenAPI 3.0 to 3.2 file (YAML or JSON) or its URL, a folder in canonical form, the
    folder of a compiled index, or ``packaged``. ``overrides`` are applied unless it is compiled. By
    default, a checkout's ``spec/openai`` uses the overrides beside it, and another version of the shipped
    API uses the shipped ones, because the two could not be compared otherwise. Dead overrides are in the
    result. With ``plain`` no overrides are applied. ``group_by`` is ``path`` or ``tag``, what the groups of
    a file's operations are made of. Raises :class:`DescriptionError` if the place is none of these.
    """
    if place == PACKAGED_PLACE:
        return Built(Index(PACKAGED).api(), (), overrides=shipped_overrides())
    if is_url(place):
        document = located(parsed(fetch(place), shown_url(place)), place)
        return build_document(document) if plain else build_own_document(document, overrides)
    path = Path(place)
    if is_compiled(place):
        return Built(Index(path).api(), ())
    if not path.exists():
        raise DescriptionError(f"{place}: no such file or folder; expected {PLACE_HELP}")
    return build(path) if plain else build_own(path, overrides, group_by)
