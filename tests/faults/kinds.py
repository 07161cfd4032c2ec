"""The kinds of call that each fault is tried on, with the result of each without a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typed_openai import Client, StreamData, StreamError, StreamFinish

KEY = "sk-faulty-0123456789-abcdefghij"
"""The key of every client of this suite; it must not appear in any text."""

BOUND = 10.0
"""Seconds. No call of this suite may take longer: its timeouts are much shorter."""

MESSAGES = [{"role": "user", "content": "Hello"}]
UPLOADED = "uploaded.bin"
SAVED = "saved.mp3"


@dataclass(frozen=True)
class Kind:
    """A way to make a call and use its reply. ``run`` gets a folder, in which it finds and leaves files."""

    name: str
    operation: str
    run: Callable[[Client, Path], object] = field(repr=False)
    media_type: bytes = b"application/json"
    body: bytes = b'{"object": "list", "data": []}'
    value: object = field(default_factory=lambda: {"object": "list", "data": []})
    client_type: Callable[..., Any] = Client

    @property
    def streams(self) -> bool:
        return self.media_type == b"text/event-stream"


def _get(client: Client, folder: Path) -> object:
    return client.models.list_models()


def _post(client: Client, folder: Path) -> object:
    return client.chat.create_chat_completion(MESSAGES, "m")


def _raw(client: Client, folder: Path) -> object:
    return client.request("POST", "/anything", json={"n": 1})


def _upload(client: Client, folder: Path) -> object:
    return client.files.create_file(folder / UPLOADED, "user_data")


def _stream(client: Client, folder: Path) -> object:
    return list(client.chat.create_chat_completion(MESSAGES, "m", stream=True))


def _stream_to(client: Client, folder: Path) -> object:
    messages: list[Any] = []
    client.chat.create_chat_completion(MESSAGES, "m", stream_to=messages.append).wait(BOUND)
    *data, last = messages
    assert all(isinstance(message, StreamData) for message in data)
    if isinstance(last, StreamError):
        raise last.error
    assert isinstance(last, StreamFinish)
    return [message.data for message in data]


def _read(client: Client, folder: Path) -> object:
    return client.audio.create_speech("Hello", "m", "alloy").read()


def _iterate(client: Client, folder: Path) -> object:
    return b"".join(client.audio.create_speech("Hello", "m", "alloy"))


def _save(client: Client, folder: Path) -> object:
    client.files.download_file("file-1").save(folder / SAVED)
    return (folder / SAVED).read_bytes()


_EVENTS: Mapping[str, Any] = {
    "media_type": b"text/event-stream",
    "body": b'data: {"n": 1}\n\ndata: {"n": 2}\n\ndata: [DONE]\n\n',
    "value": [{"n": 1}, {"n": 2}],
}
_CONTENT = b"ID3" + bytes(range(256)) * 20
_SOUND: Mapping[str, Any] = {"media_type": b"audio/mpeg", "body": _CONTENT, "value": _CONTENT}
_COMPLETION = "chat.create_chat_completion"

KINDS = {
    kind.name: kind
    for kind in (
        Kind("get", "models.list_models", _get),
        Kind("post", _COMPLETION, _post),
        Kind("raw", "POST /anything", _raw),
        Kind("upload", "files.create_file", _upload),
        Kind("stream", _COMPLETION, _stream, **_EVENTS),
        Kind("stream_to", _COMPLETION, _stream_to, **_EVENTS),
        Kind("read", "audio.create_speech", _read, **_SOUND),
        Kind("iterate", "audio.create_speech", _iterate, **_SOUND),
        Kind("save", "files.download_file", _save, **_SOUND),
    )
}

ALL = tuple(KINDS)
JSON = ("get", "post", "raw", "upload")
STREAMS = ("stream", "stream_to")
BINARY = ("read", "iterate", "save")
FEW = ("get", "post", "stream_to", "save", "upload")
"""One of each, for faults that take some time."""
QUICK = ("get", "stream_to", "save")
"""One for each sort of result, for the fast loop."""
