"""The state of a run on disk, so that a crashed run can go on without a second effect."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from typed_openai._durable.locks import locked_file
from typed_openai._encoding.json_text import encoded
from typed_openai.errors import CallError
from typed_openai.run_stores import RunStore
from typed_openai.tool_errors import RunError


class FileStore:
    """A store in a file, which is replaced as a whole."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs away from the file. Raises ``RunError`` if one of them has it."""
        path = self._path.with_name(f"{self._path.name}.lock")
        with locked_file(path) as is_ours:
            if not is_ours:
                raise RunError(f"{self._path}: another run has it open", "locked")
            yield

    def load(self) -> str | None:
        """Return the content of the file; None if there is no file."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def save(self, text: str) -> None:
        """Replace the file, after the new content has reached the disk."""
        part = self._path.with_name(f"{self._path.name}.part")
        part.touch(0o600)
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)


@dataclass
class Ledger:
    """The state of a run. Without a store, it is kept in memory only.

    ``calls`` has the id and the output of each call by its place, the turn and the number in it, as servers
    may use an id again. The output is None for a call that was begun and not finished. ``approved`` has the
    places of the calls that were approved.
    """

    store: RunStore | None
    fingerprint: str
    arguments: dict[str, Any] | None = None
    turns: int = 0
    tokens: int = 0
    reply: Any = None
    is_finished: bool = False
    calls: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    approved: list[str] = field(default_factory=list)

    def in_order(self) -> list[tuple[str, str | None]]:
        """Return the ids and outputs of the calls in the order in which they were asked for."""
        places = sorted(self.calls, key=lambda one: [int(number) for number in one.split(".")])
        return [self.calls[one] for one in places]

    def save(self) -> None:
        """Write the state."""
        if self.store is not None:
            state = {
                "fingerprint": self.fingerprint,
                "arguments": self.arguments,
                "turns": self.turns,
                "tokens": self.tokens,
                "reply": self.reply,
                "is_finished": self.is_finished,
                "calls": self.calls,
                "approved": self.approved,
            }
            self.store.save(encoded(state, "save").decode())


@contextmanager
def opened(save: str | os.PathLike[str] | RunStore | None, arguments: Mapping[str, Any]) -> Iterator[Ledger]:
    """Open the ledger of a run: the saved one if there is one. A file is this run's alone until it ends.

    Raises ``CallError`` if that is another run's, or not readable, and ``RunError`` if another run has the
    file open.
    """
    if save is None:
        yield Ledger(None, "")
        return
    fingerprint = sha256(encoded(dict(sorted(arguments.items())), "run")).hexdigest()
    store = FileStore(save) if isinstance(save, (str, os.PathLike)) else save
    with store.held() if isinstance(store, FileStore) else nullcontext():
        yield _loaded(store, fingerprint)


def _loaded(store: RunStore, fingerprint: str) -> Ledger:
    try:
        text = store.load()
        if text is None:
            return Ledger(store, fingerprint)
        found = Ledger(store, **json.loads(text))
    except (ValueError, TypeError):
        raise CallError("save: the saved state is not that of a run") from None
    if found.fingerprint != fingerprint:
        raise CallError("save: the saved state is that of a run with other arguments; use another place")
    return found
