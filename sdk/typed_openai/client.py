"""The client: every operation of the API as ``client.<group>.<operation>(...)``."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self, TypedDict, Unpack

from typed_openai import raw_request, replies, retry
from typed_openai.arguments import Omitted, Options, bind
from typed_openai.building import build, checked_base_url
from typed_openai.config import (
    BASE_URL_VARIABLES,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    Settings,
    checked_http_client,
    checked_name,
    checked_options,
    checked_retries,
    checked_timeout,
    environment,
    mapping_of,
)
from typed_openai.credentials import hidden_headers, hide_credentials, is_secret_header, secret
from typed_openai.endpoints import Endpoint, Endpoints, packaged
from typed_openai.errors import APIError, CallError
from typed_openai.query import merged_headers
from typed_openai.resource_classes import Resource, resource_class
from typed_openai.streaming import StreamingClient, StreamMessage, receive
from typed_openai.wire import HttpReply, HttpRequest, Transport
from typed_openai_spec.model import Result

__all__ = ["CallOptions", "Client", "HttpClient"]

_log = logging.getLogger("typed_openai")


class HttpClient(Protocol):
    """What an ``http_client`` must have: the interface of ``requests.Session``, of which this is used."""

    @property
    def request(self) -> Callable[..., Any]:
        """``request(method, url, **options)`` sends a request and gives a ``requests.Response``."""


class CallOptions(TypedDict, total=False):
    """The options of every call, for :meth:`Client.request`."""

    openai_api_key: str
    openai_organization_key: str
    base_url: str
    timeout: float | None
    max_retries: int
    extra_headers: Mapping[str, str]
    extra_query: Mapping[str, object]
    extra_body: Mapping[str, object]
    stream_to: Callable[[StreamMessage[Any]], object] | StreamingClient[Any, Any]


class Client:
    """A client of the API. Safe to share between threads and to use after ``os.fork()``.

    What is not given is taken from the environment when a call needs it: ``api_key`` from
    ``OPENAI_API_KEY``, ``admin_api_key`` from ``OPENAI_ADMIN_KEY``, ``organization`` from
    ``OPENAI_ORGANIZATION_KEY`` or ``OPENAI_ORG_ID``, ``project`` from ``OPENAI_PROJECT_ID`` and
    ``base_url`` from ``OPENAI_API_URL``, ``OPENAI_API_BASE`` or ``OPENAI_BASE_URL``.

    ``http_options`` are keyword arguments of every ``requests.Session.request`` (``proxies``,
    ``verify``, ``cert``...), ``http_client`` is anything with the interface of ``requests.Session``.
    ``http_headers`` are sent with every request; headers that an operation fixes go before them, and
    ``extra_headers`` of a call before both. ``timeout`` is in seconds, for the connection and for the
    time between two pieces of a reply; None waits for ever. ``max_retries`` is how often a failed try
    is repeated.

    A copy has the same settings and keys, and connections of its own; a pickled client has no keys.

    Raises ``CallError`` for a setting that cannot be used. A missing key is reported by the call that
    needs it.
    """

    def __init__(  # noqa: PLR0917  # the order is public
        self,
        api_key: str | None = None,
        admin_api_key: str | None = None,
        organization: str | None = None,
        project: str | None = None,
        base_url: str | None = None,
        http_options: Mapping[str, Any] | None = None,
        http_headers: Mapping[str, str] | None = None,
        http_client: HttpClient | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
    ) -> None:
        key, admin_key = secret(api_key, "api_key"), secret(admin_api_key, "admin_api_key")
        # Should a setting be refused, a traceback may show the local variables.
        del api_key, admin_api_key
        http_headers = hidden_headers(http_headers)
        options = dict(checked_options(http_options))
        given_timeout = options.pop("timeout", timeout) if timeout == DEFAULT_TIMEOUT else timeout
        options.pop("timeout", None)
        more_headers = mapping_of(hidden_headers(options.pop("headers", None)), "http_options: headers")
        headers = merged_headers(more_headers, mapping_of(http_headers, "http_headers"))
        self._settings = Settings(
            api_key=key,
            admin_api_key=admin_key,
            organization=checked_name(organization, "organization"),
            project=checked_name(project, "project"),
            base_url=checked_base_url(base_url),
            http_headers=headers,
            http_options=options,
            timeout=checked_timeout(given_timeout),
            max_retries=checked_retries(max_retries),
        )
        self._http_client = checked_http_client(http_client)
        self._begin(packaged())

    def _begin(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self._transport: Transport | None = None
        self._lock = threading.Lock()

    def call(self, operation_id: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call the operation of that operationId, or qualified name (``chat.create_chat_completion``).

        Takes and gives what the operation's method does. Raises ``CallError`` where there is no such
        operation, naming the nearest one.
        """
        hide_credentials(kwargs)
        if not isinstance(operation_id, str):
            raise CallError(f'call: expected an operation\'s name, got "{type(operation_id).__name__}"')
        group, dot, name = operation_id.partition(".")
        endpoint = self._endpoints.get(group, name) if dot else self._endpoints.by_id(operation_id)
        return self._call(endpoint, args, kwargs)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | bytes | str | None = None,
        files: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        **options: Unpack[CallOptions],
    ) -> Any:
        """Send a request to a path of the API, whether or not the description knows it.

        Where it does, the operation's key, fixed headers and kind of result hold, else the plain key and a
        JSON result. ``params`` is the query; ``json`` the body, or ``data`` with ``files`` a form.
        ``stream`` gives a ``Stream``. ``options`` are the options of every call.
        """
        headers = hidden_headers(headers)
        hide_credentials(options)
        sent = raw_request.Raw(method, path, json, params, data, files, headers, stream)
        prepared = raw_request.prepare(sent, options, self._endpoints, self._settings)
        if prepared.options.stream_to is not None:
            return receive(partial(self._send, *prepared.sending), prepared.options.stream_to)
        return self._send(*prepared.sending)

    def close(self) -> None:
        """Close the idle connections. The client can go on being used, and opens new ones then."""
        with self._lock:
            transport = self._transport
        if transport is not None:
            transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        # Only reached where the attribute is not there yet: the first use of a group.
        endpoints: Endpoints | None = self.__dict__.get("_endpoints")
        if endpoints is None or name.startswith("_") or name not in endpoints.index.groups:
            raise AttributeError(_no_attribute(name, endpoints))
        resource: Resource = resource_class(endpoints, name)(self)
        return self.__dict__.setdefault(name, resource)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._endpoints.index.groups})

    def __repr__(self) -> str:
        settings: Settings | None = self.__dict__.get("_settings")
        if settings is None:
            # A constructor that failed: the traceback may be shown with what it was about to make.
            return "<typed_openai.Client>"
        url = settings.base_url or environment(BASE_URL_VARIABLES) or self._endpoints.index.base_url
        return f"<typed_openai.Client of {url.partition('?')[0]}>"

    def __getstate__(self) -> dict[str, Any]:
        """The settings without any key; an unpickled client takes its keys from the environment."""
        settings = self._settings
        headers = {name: one for name, one in settings.http_headers.items() if not is_secret_header(name)}
        return {
            "organization": settings.organization,
            "project": settings.project,
            "base_url": settings.base_url,
            "http_options": {name: one for name, one in settings.http_options.items() if name != "auth"},
            "http_headers": headers,
            "timeout": settings.timeout,
            "max_retries": settings.max_retries,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._settings = Settings(**state)
        self._http_client = None
        self._begin(packaged())

    def __copy__(self) -> Self:
        """A client with the same settings and keys, and connections of its own."""
        copied = type(self).__new__(type(self))
        # The groups belong to the client that they were made for.
        own = {name: one for name, one in self.__dict__.items() if not isinstance(one, Resource)}
        copied.__dict__.update(own)
        copied._begin(self._endpoints)
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """As a plain copy: settings never change, and an ``http_client`` is the user's to copy."""
        return self.__copy__()

    def _call(self, endpoint: Endpoint, args: tuple[object, ...], kwargs: dict[str, Any]) -> Any:
        # In place: the frames that hold these keywords must not show the key in a traceback either.
        hide_credentials(kwargs)
        call = bind(endpoint, args, kwargs)
        request = build(call, self._settings, self._endpoints.index.base_url)
        send = partial(self._send, request, call.result, call.options, lambda: endpoint.names_events)
        if call.options.stream_to is not None:
            return receive(send, call.options.stream_to)
        return send()

    def _send(
        self,
        request: HttpRequest,
        result: Result,
        options: Options,
        names_events: Callable[[], bool],
        cancelled: threading.Event | None = None,
    ) -> Any:
        retries = options.max_retries
        allowed = self._settings.max_retries if isinstance(retries, Omitted) else retries
        reply = self._tried(request, allowed, cancelled)
        try:
            return replies.read(reply, request, result, names_events)
        except BaseException:
            reply.close()
            raise

    def _tried(self, request: HttpRequest, retries: int, cancelled: threading.Event | None) -> HttpReply:
        """The successful reply of one of at most ``1 + retries`` tries; none is made once ``cancelled``."""
        tries = 0
        while True:
            tries += 1
            error, headers = self._try(request, tries)
            if not isinstance(error, APIError):
                return error
            if tries > retries or not retry.is_worth_retrying(error, request.method):
                raise error
            if not request.replayable:
                error.add_note("Not tried again: the body was read from a source that cannot be read twice.")
                raise error
            pause = retry.delay(tries, headers, datetime.now(UTC), random.random)
            if pause is None:
                raise error
            _log.info("%s: try %d failed, next in %.2f s: %s", request.operation, tries, pause, error)
            if retry.pause(pause, cancelled):
                raise error

    def _try(self, request: HttpRequest, tries: int) -> tuple[HttpReply | APIError, Mapping[str, str]]:
        """The reply of one try, or its error and what the server said with it."""
        try:
            reply = self._ready_transport().send(request)
        except APIError as error:
            return error, {}
        _log.debug(
            "%s: %s %s -> %d (try %d)",
            request.operation,
            request.method,
            request.url.partition("?")[0],
            reply.status,
            tries,
        )
        if reply.status < 300:
            return reply, {}
        try:
            return replies.failure(reply, request), reply.headers
        except APIError as error:
            return error, reply.headers

    def _ready_transport(self) -> Transport:
        if self._transport is None:
            # Imported here because requests is the costliest import, and only sending needs it.
            from typed_openai.transport import RequestsTransport  # noqa: PLC0415

            with self._lock:
                if self._transport is None:
                    self._transport = RequestsTransport(self._settings.http_options, self._http_client)
        return self._transport


def _no_attribute(name: str, endpoints: Endpoints | None) -> str:
    close = get_close_matches(name, list(endpoints.index.groups), n=1) if endpoints else []
    return f"Client has no attribute {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")
