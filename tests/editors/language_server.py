"""A client of language servers, with what the tests need: the protocol's frames, requests and answers.

It speaks the Language Server Protocol 3.17 over a server's standard input and output.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any, Final

CURSOR: Final = "|"
"""Marks the position of the cursor in a source."""

_ANSWER_TIMEOUT = 120.0
_MARKDOWN: Final = ["markdown", "plaintext"]

CAPABILITIES: Final[dict[str, Any]] = {
    "workspace": {"configuration": True, "workspaceFolders": True},
    "textDocument": {
        "completion": {"completionItem": {"documentationFormat": _MARKDOWN}, "contextSupport": True},
        "hover": {"contentFormat": _MARKDOWN},
        "signatureHelp": {
            "signatureInformation": {
                "documentationFormat": _MARKDOWN,
                "parameterInformation": {"labelOffsetSupport": True},
                "activeParameterSupport": True,
            }
        },
    },
}
"""The capabilities that an editor announces to the server."""


class ServerError(Exception):
    """The server answered with an error, ended, or did not answer in time."""


@dataclass(frozen=True)
class Place:
    """A text and a position in it, counted from 0."""

    text: str
    line: int
    character: int


def place(source: str) -> Place:
    """Remove the cursor mark from a source and return its position."""
    before, _, after = source.partition(CURSOR)
    line = before.count("\n")
    return Place(before + after, line, len(before) - (before.rfind("\n") + 1))


@dataclass
class LanguageServer:
    """One running server and one open file, whose text each question replaces.

    ``settings`` are the answer when the server asks for a section of the user's configuration.
    """

    process: subprocess.Popen[bytes]
    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    _answers: Queue[dict[str, Any] | None] = field(default_factory=Queue)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    _version: int = 0

    def ask(self, method: str, source: str, **more: Any) -> Any:
        """Ask about the place of the cursor in a source: ``completion``, ``hover``, ``definition``..."""
        where = place(source)
        position = {"line": where.line, "character": where.character}
        document = {"uri": self._show(where.text)}
        return self.request(f"textDocument/{method}", textDocument=document, position=position, **more)

    def request(self, method: str, **params: Any) -> Any:
        """Send a request and wait for its answer. Raises :class:`ServerError`."""
        number = next(self._ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._received()
            if "method" in message:
                self._serve(message)
            elif message.get("id") == number:
                if "error" in message:
                    raise ServerError(f"{method}: {message['error']}")
                return message.get("result")

    def notify(self, method: str, **params: Any) -> None:
        """Send the server a notification, which it does not answer."""
        self._send({"method": method, "params": params})

    def _show(self, text: str) -> str:
        """Open the file with this text, or change it, and return its URI."""
        self._version += 1
        uri = (self.folder / "example.py").as_uri()
        if self._version == 1:
            document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
            self.notify("textDocument/didOpen", textDocument=document)
        else:
            document = {"uri": uri, "version": self._version}
            self.notify("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])
        return uri

    def _serve(self, message: dict[str, Any]) -> None:
        """Answer the server's own requests; notifications need no answer."""
        if "id" not in message:
            return
        result: Any = None
        if message["method"] == "workspace/configuration":
            result = [self.settings.get(one.get("section", ""), {}) for one in message["params"]["items"]]
        self._send({"id": message["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _received(self) -> dict[str, Any]:
        try:
            message = self._answers.get(timeout=_ANSWER_TIMEOUT)
        except Empty:
            raise ServerError(f"no answer in {_ANSWER_TIMEOUT} s") from None
        if message is None:
            raise ServerError("the server ended")
        return message

    def listen(self, pipe: IO[bytes]) -> None:
        """Read all messages of the server; for a thread of its own."""
        while (length := _content_length(pipe)) is not None:
            self._answers.put(json.loads(pipe.read(length)))
        self._answers.put(None)


def _content_length(pipe: IO[bytes]) -> int | None:
    """Read the head of a message and return the length of its body; None if there is no further message."""
    length = None
    while line := pipe.readline():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if not line.strip() and length is not None:
            return length
    return None


@contextmanager
def running(command: Sequence[str], folder: Path, settings: Mapping[str, Any]) -> Iterator[LanguageServer]:
    """Run a language server for the files of a folder, until the block ends."""
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        server = LanguageServer(process, folder, settings)
        Thread(target=server.listen, args=(process.stdout,), daemon=True).start()
        try:
            root = {"uri": folder.as_uri(), "name": folder.name}
            server.request(
                "initialize",
                processId=None,
                rootUri=root["uri"],
                workspaceFolders=[root],
                capabilities=CAPABILITIES,
            )
            server.notify("initialized")
            yield server
            server.request("shutdown")
            server.notify("exit")
            process.wait(_ANSWER_TIMEOUT)
        finally:
            process.kill()
