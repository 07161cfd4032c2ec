"""The origin of a description in canonical form: the file SOURCE beside its parts.

::

    version     the description's own version
    date        the date of publication, or else of the download
    sha256      the digest of the file that it was made from
    content     the part of that file that was kept
    credit      the author and the licence: written by hand, kept by every update
    published   the URL of the newest version: written by hand, kept by every update
    from        the public URL that it was downloaded from, if any
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from typed_openai_spec.files.source import read_bytes
from typed_openai_spec.files.texts import parse_yaml, to_yaml
from typed_openai_spec.problems import DescriptionError

NAME: Final = "SOURCE"
"""The name of the file."""

FACTS: Final = "facts only, without prose"
PROSE: Final = "with its prose, examples and extensions"

_KEYS: Final = ("version", "date", "sha256", "content", "credit", "published", "from")


@dataclass(frozen=True, slots=True)
class Provenance:
    """The content of SOURCE. Unknown texts are empty."""

    version: str = ""
    date: str = ""
    sha256: str = ""
    content: str = ""
    credit: str = ""
    published: str = ""
    origin: str = ""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the folder's SOURCE; without the file, all texts are empty.

        Raises :class:`DescriptionError` if it is not a mapping of the known keys.
        """
        path = folder / NAME
        if not path.is_file():
            return cls()
        said = parse_yaml(read_bytes(path), str(path))
        if not isinstance(said, dict) or not said.keys() <= set(_KEYS):
            raise DescriptionError(f"{path}: expected a mapping of {', '.join(_KEYS)}")
        return cls(*(str(said.get(key) or "") for key in _KEYS))

    def text(self) -> str:
        """Return the content of the file."""
        values = (
            self.version, self.date, self.sha256, self.content, self.credit, self.published, self.origin,
        )  # fmt: skip
        return to_yaml({key: value for key, value in zip(_KEYS, values, strict=True) if value})
