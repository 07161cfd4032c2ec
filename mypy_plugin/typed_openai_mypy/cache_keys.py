"""Digests of everything that the plugin's results depend on, for the caches of mypy and of its daemon."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from typed_openai_mypy.config import Config, ConfigError
from typed_openai_mypy.memo import Lookup
from typed_openai_mypy.packages import explained
from typed_openai_spec import spelling

if TYPE_CHECKING:
    from typed_openai_spec.index.reader import Index

_SPEC: Final = Path(spelling.__file__).parent
"""The folder of the package that reads descriptions and judges by them."""


class CacheKeys:
    """The keys of one run; ``indexes`` are those that the options ask for, by package.

    A method raises :class:`.config.ConfigError` if it cannot read a description.
    """

    def __init__(self, options: Config, indexes: Mapping[str, Index]) -> None:
        self._options = options
        self._indexes = indexes
        self._keys = Lookup(self._key)

    def of_package(self, package: str) -> str:
        """The key for the modules of one client package."""
        return self._keys[package]

    def _key(self, package: str) -> str:
        return f"{self._sources} {self._digest(package)} {self._options.fingerprint()}"

    def of_all(self) -> str:
        """The key for all client packages together."""
        return " ".join(map(self.of_package, explained()))

    @cached_property
    def _sources(self) -> str:
        """The digest of the source of this package, and of the one that reads descriptions."""
        total = hashlib.sha256()
        for folder in (Path(__file__).parent, _SPEC):
            for path in sorted(_modules_in(folder)):
                with open(path, "rb", buffering=0) as source:  # noqa: PTH123  half as long as Path.read_bytes
                    total.update(source.read())
        return total.hexdigest()[:16]

    def _digest(self, package: str) -> str:
        index = self._indexes.get(package)
        if index is None and (digest := _packaged_digest()):
            return digest
        from typed_openai_spec.index.reader import PACKAGED, Index  # noqa: PLC0415  most use the packaged index
        from typed_openai_spec.problems import DescriptionError  # noqa: PLC0415  as above

        try:
            return (Index(PACKAGED) if index is None else index).digest
        except DescriptionError as error:
            raise ConfigError(str(error)) from None


def _modules_in(folder: str | Path) -> Iterator[str]:
    """The Python files in a folder and in those inside it; ``Path.rglob`` takes three times as long."""
    with os.scandir(folder) as entries:
        for one in entries:
            if one.name.endswith(".py"):
                yield one.path
            elif one.is_dir():
                yield from _modules_in(one.path)


def _packaged_digest() -> str:
    """The digest of the packaged index, which is not loaded; empty if its reader has to say what is wrong."""
    try:
        digest = json.loads((_SPEC / "packaged" / "api.json").read_bytes())["digest"]
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    return digest if isinstance(digest, str) else ""
