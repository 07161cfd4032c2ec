"""Uploads in parts, put together by the embedded server as the API does."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any, Final

from typed_openai.testing.checking import Refusal
from typed_openai.testing.multipart import UploadedFile
from typed_openai.testing.stored_files import StoredFiles

_LIFETIME: Final = 3600
_LARGEST_PART: Final = 64 << 20


@dataclass(slots=True)
class _Upload:
    made: dict[str, Any]
    parts: dict[str, bytes] = field(default_factory=dict)


class PartUploads:
    """Uploads by id. Ids that it does not know are generated ones, and accept anything."""

    def __init__(self, files: StoredFiles) -> None:
        self._files = files
        self._uploads: dict[str, _Upload] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def forget(self) -> None:
        """Forget all uploads."""
        with self._lock:
            self._uploads.clear()

    def create(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Begin an upload."""
        now = int(time.time())
        names = ("bytes", "filename", "purpose")
        known = {name: arguments[name] for name in names} | {"created_at": now, "expires_at": now + _LIFETIME}
        made = {
            **made,
            **known,
            "id": f"upload_{next(self._numbers):012d}",
            "status": "pending",
            "file": None,
        }
        with self._lock:
            self._uploads[made["id"]] = _Upload(made)
        return made

    def add(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Add a part; parts may arrive in any order."""
        upload_id, data = arguments["upload_id"], arguments["data"]
        content = data.content if isinstance(data, UploadedFile) else str(data).encode()
        if len(content) > _LARGEST_PART:
            raise Refusal(400, f"data: at most {_LARGEST_PART} bytes, got {len(content)}", param="data")
        made = {**made, "id": f"part_{next(self._numbers):012d}", "upload_id": upload_id}
        with self._lock:
            if (upload := self._pending(upload_id)) is not None:
                upload.parts[made["id"]] = content
        return made

    def complete(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Put the parts together in the order of the request, and compare size and checksum."""
        with self._lock:
            upload = self._pending(arguments["upload_id"])
            if upload is None:
                return made
            if unknown := [one for one in arguments["part_ids"] if one not in upload.parts]:
                raise Refusal(400, f"part_ids: unknown part {unknown[0]}", param="part_ids")
            content = b"".join(upload.parts[one] for one in arguments["part_ids"])
            if len(content) != upload.made["bytes"]:
                raise Refusal(400, f"expected {upload.made['bytes']} bytes, got {len(content)}")
            digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
            if arguments.get("md5") not in (None, digest):
                raise Refusal(400, "md5: the checksum of the parts is another one", param="md5")
            kept = {name: upload.made[name] for name in ("filename", "purpose")}
            file = {"object": "file", "status": "processed", **(made.get("file") or {}), **kept}
            upload.made |= {"status": "completed", "file": self._files.store(content, file)}
            upload.parts.clear()
            return dict(upload.made)

    def cancel(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """End an upload that is not complete."""
        with self._lock:
            if (upload := self._pending(arguments["upload_id"])) is None:
                return made
            upload.made["status"] = "cancelled"
            upload.parts.clear()
            return dict(upload.made)

    def expire(self) -> None:
        """End all uploads that are not complete, as their time does."""
        with self._lock:
            for upload in self._uploads.values():
                if upload.made["status"] == "pending":
                    upload.made["status"] = "expired"
                    upload.parts.clear()

    def _pending(self, upload_id: str) -> _Upload | None:
        """Return an upload that can be continued, or None for a generated id. Raises ``Refusal``."""
        if (upload := self._uploads.get(upload_id)) is None:
            return None
        if upload.made["status"] != "pending":
            raise Refusal(400, f"the upload {upload_id} is {upload.made['status']}", code="invalid_upload")
        return upload
