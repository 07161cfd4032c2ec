"""The part of the embedded server that remembers: files, uploads in parts, and batches.

All other replies are generated for one request alone. These operations belong together: what one stores,
another returns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from typed_openai.testing.answers import Outgoing
from typed_openai.testing.batch_engine import BatchEngine
from typed_openai.testing.checking import Checked, Incoming
from typed_openai.testing.part_uploads import PartUploads
from typed_openai.testing.stored_files import StoredFiles
from typed_openai_spec.model import Operation

Handler: TypeAlias = Callable[[Mapping[str, Any], dict[str, Any]], dict[str, Any]]
"""Completes the generated reply to a request with these arguments. Raises ``Refusal``."""


class LongWork:
    """The stored objects of one server. Inactive for APIs that do not have these operations."""

    def __init__(
        self, operations: Iterable[Operation], answer: Callable[[Incoming], tuple[int, bytes]]
    ) -> None:
        self.files = StoredFiles()
        self.uploads = PartUploads(self.files)
        self.batches = BatchEngine(self.files, answer)
        self._handlers: dict[str, Handler] = {
            "createFile": self.files.create,
            "deleteFile": self.files.delete,
            "retrieveFile": self.files.retrieve,
            "listFiles": self.files.listed,
            "createUpload": self.uploads.create,
            "addUploadPart": self.uploads.add,
            "completeUpload": self.uploads.complete,
            "cancelUpload": self.uploads.cancel,
            "createBatch": self.batches.create,
            "retrieveBatch": self.batches.retrieve,
            "cancelBatch": self.batches.cancel,
            "listBatches": self.batches.listed,
        }
        if not {*self._handlers, _DOWNLOAD} <= {one.id for one in operations}:
            self._handlers.clear()

    def forget(self) -> None:
        """Forget all files, uploads and batches, and the script of batches."""
        self.batches.forget()
        self.uploads.forget()
        self.files.forget()

    def reply(self, checked: Checked, make: Callable[[], Outgoing]) -> Outgoing:
        """Return the reply to a request; ``make`` generates one. Raises ``Refusal``."""
        made = make()
        if checked.operation.id == _DOWNLOAD and self._handlers:
            content = self.files.content(str(checked.arguments["file_id"]))
            return made if content is None else replace(made, body=content)
        handler = self._handlers.get(checked.operation.id)
        if handler is None or made.status >= 300:
            return made
        body = handler(checked.arguments, json.loads(made.body))
        return replace(made, body=json.dumps(body, ensure_ascii=False).encode())


_DOWNLOAD: Final = "downloadFile"
