"""The public view of a cassette in use: its file, its mode, and the requests so far."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typed_openai.testing.cassettes.cassette_errors import CassetteError, at
from typed_openai.testing.cassettes.cassette_files import Interaction
from typed_openai.testing.cassettes.recording import Recording


class Cassette:
    """A cassette in use, as :func:`cassette` returns it.

    ``path`` is its file, and ``mode`` the mode in use. ``records`` is True if requests that it does not have
    are sent to the server, and recorded.

    >>> with cassette("models.jsonl") as tape:
    ...     models = Client().models.list_models()
    >>> print(tape)
    <Cassette models.jsonl once: 1 recorded, 0 replayed, 0 unused>
    """

    def __init__(self, path: Path, mode: str, *, records: bool) -> None:
        self.path: Path = path
        self.mode: str = mode
        self.records: bool = records
        self._known: tuple[Interaction, ...] = ()
        self._left: list[Interaction] = []
        self._recordings: list[Recording] = []
        self._unexpected: list[CassetteError] = []

    @property
    def recorded(self) -> int:
        """The number of requests that were sent and recorded.

        >>> with cassette("models.jsonl") as tape:
        ...     models = Client().models.list_models()
        >>> tape.recorded
        1
        """
        return len(self._recordings)

    @property
    def replayed(self) -> int:
        """The number of requests that were answered from the cassette.

        >>> for _ in range(2):
        ...     with cassette("models.jsonl") as tape:
        ...         models = Client().models.list_models()
        >>> tape.replayed
        1
        """
        return len(self._known) - len(self._left)

    @property
    def unused(self) -> tuple[str, ...]:
        """The recorded requests that were not made, as ``file:line: operation``.

        >>> with cassette("models.jsonl"):
        ...     models = Client().models.list_models()
        >>> with cassette("models.jsonl") as tape:
        ...     pass
        >>> tape.unused
        ('models.jsonl:2: models.list_models',)
        """
        return tuple(str(at(self.path, one.line, _named(one.request))) for one in [*self._left])

    def __repr__(self) -> str:
        counts = f"{self.recorded} recorded, {self.replayed} replayed, {len(self._left)} unused"
        return f"<Cassette {self.path.name} {self.mode}: {counts}>"

    @property
    def unexpected(self) -> tuple[CassetteError, ...]:
        """The errors of the requests that were neither recorded nor sent; a program may have caught them.

        >>> with cassette("models.jsonl") as tape:
        ...     models = Client().models.list_models()
        >>> tape.unexpected
        ()
        """
        return tuple(self._unexpected)


def _named(request: Mapping[str, Any]) -> str:
    return str(request.get("operation") or f"{request['method']} {request['url']}")
