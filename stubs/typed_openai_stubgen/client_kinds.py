"""The two kinds of clients: the names in the stubs that differ between the synchronous and the async one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from typed_openai_spec.model import ResultKind, class_name
from typed_openai_stubgen.annotations import FILE_INPUT


@dataclass(frozen=True, slots=True)
class ClientKind:
    """A kind of clients.

    ``module`` has the classes of its groups, and ``client`` is the client's class, both inside a package.
    ``results`` has the type of a call's result by its kind, in two parts; "{}" in the second one is the
    annotation of the result's schema. ``receiver`` is the type of a stream's receiver that only this kind
    accepts.
    """

    module: str
    client: str
    base: str
    prefix: str
    define: str
    results: Mapping[ResultKind, tuple[str, str]]
    handle: str
    file_input: str
    receiver: str = ""

    def class_of(self, group: str) -> str:
        """Return the name of a group's class."""
        return self.prefix + class_name(group)


_PLAIN: Final[Mapping[ResultKind, tuple[str, str]]] = {
    "json": ("", "{}"),
    "text": ("builtins.str", ""),
    "any": ("", "{}"),
    "none": ("", "None"),
}

SYNC: Final = ClientKind(
    module="resources",
    client="client.Client",
    base="Resource",
    prefix="",
    define="def",
    results={
        **_PLAIN,
        "stream": ("typed_openai.streaming.Stream", "[{}]"),
        "binary": ("typed_openai.binary.BinaryReply", ""),
    },
    handle="typed_openai.streaming.StreamHandle",
    file_input=FILE_INPUT,
)

ASYNC: Final = ClientKind(
    module="aio.async_resources",
    client="aio.async_client.AsyncClient",
    base="AsyncResource",
    prefix="Async",
    define="async def",
    results={
        **_PLAIN,
        "stream": ("typed_openai.aio.async_streaming.AsyncStream", "[{}]"),
        "binary": ("typed_openai.aio.async_binary.AsyncBinaryReply", ""),
    },
    handle="typed_openai.aio.async_streaming.AsyncStreamHandle",
    file_input="typed_openai.aio.async_binary.AsyncFileInput",
    receiver="typed_openai.aio.async_streaming.AsyncStreamingClient",
)

KINDS: Final = (SYNC, ASYNC)
