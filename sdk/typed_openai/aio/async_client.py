"""The async client: every operation of the API as ``await client.<group>.<operation>(...)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from typed_openai._aio.async_calls import AsyncCall, AsyncCalls
from typed_openai._aio.lanes import OpenedStream
from typed_openai._aio.loop_receivers import loop_receiver
from typed_openai._aio.task_iterators import readable
from typed_openai._calls import raw
from typed_openai._calls.bind import bind
from typed_openai._calls.endpoints import Endpoint, Endpoints, packaged
from typed_openai._calls.send import Sending, SendingFactory
from typed_openai._dynamic.groups import declare_groups
from typed_openai._dynamic.methods import ASYNC, copied_attributes, resource_class
from typed_openai._dynamic.option_typed_dicts import typed_dict_of
from typed_openai._dynamic.signatures import show_settings
from typed_openai._security.credentials import hidden_headers, hide_credentials, hide_settings
from typed_openai._settings.async_limits import AsyncLimits, taken_limits
from typed_openai._settings.checks import ALL, ASYNC_NAMES, CHANGEABLE, SHARING, check_names, name_settings
from typed_openai._settings.settings import DEFAULT_MAX_RETRIES
from typed_openai.aio.async_binary import AsyncBinaryReply
from typed_openai.aio.async_streaming import AsyncStream, AsyncStreamHandle
from typed_openai.binary import BinaryReply
from typed_openai.client import CallOptions, Client, HttpClient, no_attribute
from typed_openai.observing import RequestInfo, ResponseInfo, RetryInfo
from typed_openai.omission import Omit
from typed_openai.rate_limiting import RateLimiter
from typed_openai.timeouts import DEFAULT_TIMEOUT, Timeout
from typed_openai.token_usage import UsageInfo
from typed_openai_spec.option_tables import ASYNC_SETTINGS, CLIENT_SETTINGS, async_client_options_type

__all__ = ["AsyncClient", "AsyncClientOptions"]

AsyncClientOptions: Any = typed_dict_of(async_client_options_type(), __name__)


class AsyncClient:
    """An asynchronous client of the API. It belongs to no event loop, and is safe to use after ``os.fork()``.

    The operations, their arguments, replies and errors are those of :class:`typed_openai.Client`, as are the
    settings. Methods are coroutine functions; streams and files are :class:`AsyncStream` and
    :class:`AsyncBinaryReply`.

    Each call runs in a thread, and all threads share the connections. ``max_concurrency`` is the number of
    calls at a time, and ``max_streams`` that of open streams, each of which has a thread of its own. Further
    calls and streams wait until one ends. Threads are started when they are needed.

    If the task of a call is cancelled (by ``asyncio.timeout``, a ``TaskGroup``, ``task.cancel()``), the call
    ends at once, whatever it waits for, and closes its connection. A create operation that had been sent may
    be running, and billed, already; the exception has a note then. Only a name lookup cannot be interrupted:
    its thread ends with it.

    Hooks (``on_request``, ``on_response``, ``on_retry``, ``on_usage``), ``on_progress`` and a
    callable ``api_key`` are called in the thread of the call, with the context variables of the task.

    Raises ``CallError`` for an invalid or unknown setting.

    >>> async def main() -> None:
    ...     async with AsyncClient(max_concurrency=20) as client:
    ...         names = ["gpt-4o", "gpt-4o-mini"]
    ...         models = await asyncio.gather(*map(client.models.retrieve_model, names))
    ...         print([model["id"] for model in models])
    >>> asyncio.run(main())
    ['gpt-4o', 'gpt-4o-mini']
    """

    _client_type: type[Client] = Client
    _bound: Endpoints | None = None
    """The description of all clients of the class, unless it is OpenAI's."""

    if TYPE_CHECKING:
        # The signature for checkers and readers; a test compares it with the tables of settings.
        def __init__(  # noqa: PLR0917  # the order is public
            self,
            api_key: str | Callable[[], str] | Mapping[str, str] | None = None,
            admin_api_key: str | None = None,
            organization: str | None = None,
            project: str | None = None,
            base_url: str | None = None,
            http_options: Mapping[str, Any] | None = None,
            http_headers: Mapping[str, str | None] | None = None,
            http_client: HttpClient | None = None,
            timeout: float | Timeout | None = DEFAULT_TIMEOUT,
            max_retries: int = DEFAULT_MAX_RETRIES,
            *,
            spec: str | PathLike[str] | None = None,
            retry_timeouts: bool = False,
            keyless: bool = False,
            on_request: Callable[[RequestInfo], object] | None = None,
            on_response: Callable[[ResponseInfo], object] | None = None,
            on_retry: Callable[[RetryInfo], object] | None = None,
            on_usage: Callable[[UsageInfo], object] | None = None,
            rate_limiter: RateLimiter | None = None,
            max_concurrency: int = 100,
            max_streams: int = 1000,
        ) -> None: ...

    else:

        def __init__(self, /, *args, **settings):
            name = type(self).__name__
            mistake = name_settings(args, settings, name)
            del args  # a traceback may show them
            limits = taken_limits(settings, AsyncLimits())
            client = self._client_type.__new__(self._client_type)
            client._configure(settings, mistake, name, ASYNC_NAMES)
            self._begin(client, limits)

    def _begin(self, client: Client, limits: AsyncLimits) -> None:
        self._client = client
        self._limits = limits
        self._calls = AsyncCalls(client._endpoints, client._settings, self._new_sending(), limits)

    def _new_sending(self) -> Sending:
        client, limits = self._client, self._limits
        shared = limits.max_concurrency + limits.max_streams
        return client._make_sending(client._settings, client._http_client, shared)

    def _send_with(self, factory: SendingFactory) -> None:
        """Send with another kind of ``Sending`` from now on, as do copies of the client."""
        self._client._send_with(factory)
        self._calls.send_with(self._new_sending())

    async def call(self, operation_id: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call the operation with that operationId, or qualified name (``chat.create_chat_completion``).

        Arguments, result and errors are those of the operation's method. Raises ``CallError`` if there is
        no such operation, with the nearest one in the message.

        >>> async def main() -> None:
        ...     model = await AsyncClient().call("retrieveModel", "gpt-4o-mini")
        ...     print(model["object"])
        >>> asyncio.run(main())
        model
        """
        hide_credentials(kwargs)
        return await self._call(self._client._endpoint(operation_id, "call"), args, kwargs)

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, object] | Omit | None = None,
        data: Mapping[str, object] | bytes | str | Omit | None = None,
        files: Mapping[str, object] | Omit | None = None,
        headers: Mapping[str, str | None] | Omit | None = None,
        stream: bool | Omit = False,
        **options: Unpack[CallOptions],  # type: ignore[misc]  # made from the table, as in the stub
    ) -> Any:
        """Send a request to a path of the API, like :meth:`typed_openai.Client.request`; the same errors.

        With ``stream`` the result is an :class:`AsyncStream`.

        >>> async def main() -> None:
        ...     client = AsyncClient()
        ...     body = {"model": "text-embedding-3-small", "input": "Hello"}
        ...     reply = await client.request("POST", "/embeddings", json=body, timeout=30)
        ...     print(reply["model"])
        >>> asyncio.run(main())
        text-embedding-3-small
        """
        headers = hidden_headers(headers)
        hide_credentials(options)
        if isinstance(files, Mapping):
            files = {name: readable(file) for name, file in files.items()}
        sent = raw.given(
            method, path, json=json, params=params, data=data, files=files, headers=headers, stream=stream
        )
        return await self._made(self._calls.raw_call(sent, options))

    def as_curl(self, operation_id: str, /, *args: Any, **kwargs: Any) -> str:
        r"""Return the ``curl`` command of a call, like :meth:`typed_openai.Client.as_curl`; send nothing.

        It is a plain function: do not await it. Raises the same errors.

        >>> client = AsyncClient(base_url="https://api.openai.com/v1")
        >>> print(client.as_curl("listFiles", limit=10))
        curl 'https://api.openai.com/v1/files?limit=10' \
          --header "Authorization: Bearer $OPENAI_API_KEY" \
          --header 'Accept: application/json'
        """
        return self._client._as_curl(operation_id, args, kwargs)

    def with_options(
        self,
        **settings: Unpack[AsyncClientOptions],  # type: ignore[misc]  # as above
    ) -> Self:
        """Return a client with some other settings; all others, including the keys, are kept.

        The new client has its own threads. It uses the same connections if only ``timeout``, ``max_retries``
        or hooks change, or if there is an ``http_client``. Raises ``CallError`` like the constructor.

        >>> patient = AsyncClient().with_options(timeout=Timeout(total=300), max_concurrency=10)
        >>> patient
        <typed_openai.aio.AsyncClient of http://127.0.0.1:.../v1>
        """
        hide_settings(settings)
        check_names(settings, (*CHANGEABLE, *ASYNC_NAMES), "with_options")
        limits = taken_limits(settings, self._limits)
        changed = self._copied(self._client.with_options(**settings), limits)
        if settings.keys() <= SHARING and limits == self._limits:
            changed._calls.share(self._calls)
        return changed

    async def aclose(self) -> None:
        """Close the client: its idle connections and threads end, and further calls raise ``CallError``.

        Calls and streams in progress are not interrupted. May be called repeatedly. An ``async with`` block
        does this at its end.

        >>> async def main() -> None:
        ...     client = AsyncClient()
        ...     model = await client.models.retrieve_model("gpt-4o-mini")
        ...     await client.aclose()
        >>> asyncio.run(main())
        """
        self._calls.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.close()

    def __getattr__(self, name: str) -> Any:
        # Only called if the attribute does not exist yet: the first use of a group.
        client: Client | None = self.__dict__.get("_client")
        if client is None or name.startswith("_"):
            raise AttributeError(f"AsyncClient has no attribute {name!r}")
        if name == "close":
            raise AttributeError("AsyncClient has no attribute 'close'; await aclose() in its place")
        if name not in client._endpoints.index.groups:
            raise AttributeError(f"Async{no_attribute(name, client._endpoints)}")
        return self.__dict__.setdefault(name, resource_class(client._endpoints, name, ASYNC)(self))

    if not TYPE_CHECKING:  # checkers would allow any attribute to be set

        def __setattr__(self, name: str, value: object) -> None:
            if name in _SETTINGS:
                del value  # a traceback may show it
                raise AttributeError(
                    f"client settings are read-only; with_options({name}=...) returns a new client"
                )
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        # As for a client: another description has other groups than the class.
        own = {*super().__dir__()} - {*packaged().index.groups}
        return sorted(own | {*self._client._endpoints.index.groups})

    def __repr__(self) -> str:
        client: Client | None = self.__dict__.get("_client")
        shown = "<typed_openai.Client>" if client is None else repr(client)
        return shown.replace("typed_openai.Client", "typed_openai.aio.AsyncClient", 1)

    def __getstate__(self) -> dict[str, Any]:
        """Return the settings without any key; an unpickled client takes its keys from the environment."""
        return {"client": self._client, "limits": self._limits}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._begin(state["client"], state["limits"])

    def __copy__(self) -> Self:
        """Return a client with the same settings and keys, and its own connections and threads."""
        return self._copied(self._client.__copy__(), self._limits)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a plain copy: settings never change, and an ``http_client`` is the user's to copy."""
        return self.__copy__()

    def _copied(self, client: Client, limits: AsyncLimits) -> Self:
        copied = type(self).__new__(type(self))
        copied.__dict__.update(copied_attributes(self))
        copied._begin(client, limits)
        return copied

    async def _call(self, endpoint: Endpoint, args: tuple[object, ...], kwargs: dict[str, Any]) -> Any:
        # In place: the frames that hold these keywords must not show the key in a traceback either.
        hide_credentials(kwargs)
        if endpoint.operation.sends_files:
            args = tuple(map(readable, args))
            kwargs = {name: readable(value) for name, value in kwargs.items()}
        return await self._made(self._calls.bound_call(bind(endpoint, args, kwargs)))

    async def _made(self, call: AsyncCall) -> Any:
        """Return the result of a call, or its counterpart for tasks."""
        if call.receiver is not None:
            receiver = loop_receiver(call.receiver)
            return AsyncStreamHandle(self._calls.lanes.background, call.send, *receiver)
        reply = await self._calls.run(call)
        if isinstance(reply, OpenedStream):
            return AsyncStream(reply.stream, reply.events)
        if isinstance(reply, BinaryReply):
            return AsyncBinaryReply(reply, self._calls.lanes)
        return reply


_SETTINGS = frozenset((*ALL, *ASYNC_NAMES))

declare_groups(AsyncClient, packaged(), ASYNC)
show_settings(AsyncClient.__init__, table=(*CLIENT_SETTINGS, *ASYNC_SETTINGS))
