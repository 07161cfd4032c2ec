"""The work that the embedded server really does: it puts uploads together and runs batches."""

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

_FILES: Final = frozenset({"createFile", "retrieveFile", "downloadFile"})


class LongWork:
    """The uploads in parts and the batches of one server.

    Inactive for APIs that do not have these operations.
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        files: StoredFiles,
        answer: Callable[[Incoming], tuple[int, bytes]],
    ) -> None:
        self.uploads = PartUploads(files)
        self.batches = BatchEngine(files, answer)
        self._handlers: dict[str, Handler] = {
            "createUpload": self.uploads.create,
            "addUploadPart": self.uploads.add,
            "completeUpload": self.uploads.complete,
            "cancelUpload": self.uploads.cancel,
            "createBatch": self.batches.create,
            "retrieveBatch": self.batches.retrieve,
            "cancelBatch": self.batches.cancel,
            "listBatches": self.batches.listed,
        }
        if not {*self._handlers, *_FILES} <= {one.id for one in operations}:
            self._handlers.clear()

    def forget(self) -> None:
        """Forget all uploads and batches, and the script of batches."""
        self.batches.forget()
        self.uploads.forget()

    def reply(self, checked: Checked, make: Callable[[], Outgoing]) -> Outgoing:
        """Return the reply to a request; ``make`` generates one. Raises ``Refusal``."""
        made = make()
        handler = self._handlers.get(checked.operation.id)
        if handler is None or made.status >= 300:
            return made
        body = handler(checked.arguments, json.loads(made.body))
        return replace(made, body=json.dumps(body, ensure_ascii=False).encode())
