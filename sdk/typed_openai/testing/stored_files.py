"""The files of the embedded server: those that it received as a whole, and those that it put together."""

from __future__ import annotations

import time
from collections.abc import Mapping
from copy import deepcopy
from itertools import count
from threading import Lock
from typing import Any

from typed_openai.testing.kept_objects import Kept, KeptObjects


class StoredFiles:
    """The files among the objects of a server. ``lock`` is held while the objects are used."""

    def __init__(self, objects: KeptObjects, lock: Lock) -> None:
        self._objects = objects
        self._lock = lock
        self._numbers = count(1)

    def store(self, content: bytes, made: Mapping[str, Any]) -> dict[str, Any]:
        """Store a content under a new id, and return its object: ``made`` with id, size and time."""
        with self._lock:
            file_id = f"file-{next(self._numbers):012d}"
            stored = {**made, "id": file_id, "bytes": len(content), "created_at": int(time.time())}
            self._objects.keep(Kept(stored, _path(file_id), content=content))
            return deepcopy(stored)

    def content(self, file_id: str) -> bytes | None:
        """Return the content of a file, or None if it is not a stored one."""
        with self._lock:
            kept = self._objects.find(_path(file_id))
        return None if kept is None else kept.content


def _path(file_id: str) -> str:
    return f"/files/{file_id}"
