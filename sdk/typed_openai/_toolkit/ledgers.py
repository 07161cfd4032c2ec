"""The state of a run on disk, so that a crashed run can go on without a second effect."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import NoneType
from typing import Any, Final

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
            return self._path.read_text(encoding="utf-8", errors="replace")
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
        _sync_folder(self._path.parent)


def _sync_folder(folder: Path) -> None:
    """Write to the disk that a file in a folder was replaced, so that no earlier one comes back."""
    if os.name != "posix":
        return  # other systems open no folders
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
    text = store.load()
    if text is None:
        return Ledger(store, fingerprint)
    try:
        state = json.loads(text)
        found = Ledger(store, **state)
        is_whole = _is_state(state)
    except (ValueError, TypeError):
        is_whole = False
    if not is_whole:
        raise CallError("save: the saved state is not that of a run")
    if found.fingerprint != fingerprint:
        raise CallError("save: the saved state is that of a run with other arguments; use another place")
    return found


_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "fingerprint": (str,),
    "arguments": (dict, NoneType),
    "turns": (int,),
    "tokens": (int,),
    "reply": (dict, NoneType),
    "is_finished": (bool,),
    "calls": (dict,),
    "approved": (list,),
}
"""The types of the parts of a state."""

_PLACE: Final = re.compile(r"\d+\.\d+")


def _is_state(state: Mapping[str, Any]) -> bool:
    """Return True if no part of a state is missing or damaged: effects may depend on each of them."""
    return all(isinstance(state.get(name), kinds) for name, kinds in _KINDS.items()) and all(
        _PLACE.fullmatch(place)
        and isinstance(call, list)
        and [*map(type, call)] in ([str, str], [str, NoneType])
        for place, call in state["calls"].items()
    )
