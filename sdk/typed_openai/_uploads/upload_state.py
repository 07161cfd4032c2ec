"""The state of an upload in parts, kept in a log so that another process can complete it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from typed_openai._durable.entry_log import EntryLog
from typed_openai.errors import CallError, JobError

_MARGIN: Final = 60
"""In seconds: an upload that expires sooner is not continued."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The file to upload, as it must still be when an upload is continued."""

    filename: str
    size: int
    modified: int
    purpose: str
    part_size: int

    @classmethod
    def of(cls, path: Path, purpose: str, part_size: int, filename: str = "") -> FileFacts:
        """Return the facts about a file; ``modified`` is in nanoseconds. Raises ``CallError``.

        ``filename`` is the name for the API, by default the file's own.
        """
        try:
            found = path.stat()
        except OSError as error:
            raise CallError(f"path: {str(path)!r} cannot be read: {error.strerror}") from error
        name = filename or os.fsencode(path.name).decode("utf-8", "replace")
        return cls(name, found.st_size, found.st_mtime_ns, purpose, part_size)


class UploadState:
    """The upload that a log describes: its id, and the ids of the parts that the server has."""

    def __init__(self, log: EntryLog) -> None:
        self._log = log
        self.begun: dict[str, Any] | None = None
        self.parts: dict[int, str] = {}
        self.completing = ""
        """The checksum that the upload was to be completed with; empty before that."""
        for number, entry in enumerate(log.entries, 1):
            self._read(entry, number)

    def _read(self, entry: Mapping[str, Any], number: int) -> None:
        match entry:
            case {"upload": {"id": str()}, "file": dict()}:
                self.begun, self.parts, self.completing = dict(entry), {}, ""
            case {"part": int(part), "id": str(part_id)} if self.begun is not None:
                self.parts[part] = part_id
            case {"completing": str(md5)} if self.begun is not None:
                self.completing = md5
            case {"ended": str()}:
                self.begun = None
            case _:
                path = str(self._log.path)
                message = f"{path}: entry {number} is not one of an upload; the file is damaged"
                raise JobError(message, reason="damaged", path=path)

    @property
    def upload_id(self) -> str:
        """The id of the upload; empty if none has begun."""
        return str(self.begun["upload"]["id"]) if self.begun else ""

    @property
    def created_at(self) -> int:
        """The time at which the upload began, by the clock of the server."""
        return int(self.begun["upload"].get("created_at", 0)) if self.begun else 0

    def can_continue(self, facts: FileFacts) -> bool:
        """Return True if the upload is of the given file and has not expired."""
        if self.begun is None or self.begun["file"] != asdict(facts):
            return False
        return (
            bool(self.completing) or float(self.begun["upload"].get("expires_at", 0)) > time.time() + _MARGIN
        )

    def begin(self, upload: Mapping[str, Any], facts: FileFacts) -> None:
        """Record that the server has created an upload."""
        kept = {name: upload.get(name, 0) for name in ("id", "created_at", "expires_at")}
        self.begun = {"upload": kept, "file": asdict(facts)}
        self.parts, self.completing = {}, ""
        self._log.append(self.begun)

    def add(self, number: int, part_id: str) -> None:
        """Record that the server has a part."""
        self._log.append({"part": number, "id": part_id})
        self.parts[number] = part_id

    def complete(self, md5: str) -> None:
        """Record that the upload is about to be completed."""
        self._log.append({"completing": md5})
        self.completing = md5

    def end(self, reason: str) -> None:
        """Record that the upload will not be continued."""
        self._log.append({"ended": reason})
        self.begun = None
