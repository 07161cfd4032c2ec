"""The files that the embedded server has received, and those that it made."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import count
from threading import RLock
from typing import Any

from typed_openai.testing.multipart import UploadedFile


class StoredFiles:
    """Files by id, with their objects and contents. Ids that it does not know are generated ones."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, Any]] = {}
        self._contents: dict[str, bytes] = {}
        self._numbers = count(1)
        self._lock = RLock()

    def forget(self) -> None:
        """Forget all files."""
        with self._lock:
            self._objects.clear()
            self._contents.clear()

    def create(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Store a file that was sent as a whole."""
        file = arguments["file"]
        if not isinstance(file, UploadedFile):
            return made
        return self.store(file.content, {**made, "filename": file.filename, "purpose": arguments["purpose"]})

    def store(self, content: bytes, made: Mapping[str, Any]) -> dict[str, Any]:
        """Store a content under a new id, and return its object: ``made`` with id, size and time."""
        with self._lock:
            file_id = f"file-{next(self._numbers):012d}"
            stored = {**made, "id": file_id, "bytes": len(content), "created_at": int(time.time())}
            self._objects[file_id] = stored
            self._contents[file_id] = content
            return dict(stored)

    def delete(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Forget a file."""
        with self._lock:
            self._objects.pop(arguments["file_id"], None)
            self._contents.pop(arguments["file_id"], None)
        return made

    def retrieve(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Return the object of a file."""
        with self._lock:
            return self._objects.get(arguments["file_id"], made)

    def listed(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Return the page with all stored files, the newest first; a generated page if there are none."""
        with self._lock:
            found = [*reversed(self._objects.values())]
        if not found:
            return made
        purpose = arguments.get("purpose")
        data = [one for one in found if purpose is None or one["purpose"] == purpose]
        if arguments.get("order") == "asc":
            data.reverse()
        ids = [one["id"] for one in data]
        if (after := arguments.get("after")) in ids:
            data = data[ids.index(after) + 1 :]
        page, more = data[: arguments.get("limit", 10_000)], len(data) > arguments.get("limit", 10_000)
        ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {}
        return {**made, **ends, "data": page, "has_more": more}

    def content(self, file_id: str) -> bytes | None:
        """Return the content of a file, or None if it is not a stored one."""
        with self._lock:
            return self._contents.get(file_id)

    def object(self, file_id: str) -> dict[str, Any] | None:
        """Return the object of a file, or None if it is not a stored one."""
        with self._lock:
            return self._objects.get(file_id)
