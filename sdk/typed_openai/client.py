"""The client: every operation of the API as ``client.<group>.<operation>(...)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, Unpack

from typed_openai._calls import raw
from typed_openai._calls.bind import bind
from typed_openai._calls.build import build
from typed_openai._calls.curl import curl_command
from typed_openai._calls.descriptions import described, variables_of
from typed_openai._calls.endpoints import Endpoint, Endpoints, packaged
from typed_openai._calls.receiving import receive
from typed_openai._calls.send import Sending, SendingFactory
from typed_openai._dynamic import missing_names
from typed_openai._dynamic.groups import declare_groups
from typed_openai._dynamic.methods import Resource, copied_attributes, resource_class
from typed_openai._dynamic.option_typed_dicts import typed_dict_of
from typed_openai._dynamic.signatures import show_settings
from typed_openai._security.credentials import (
    hidden_headers,
    hide_credentials,
    hide_settings,
    shown_url,
)
from typed_openai._settings.checks import (
    ALL,
    CHANGEABLE,
    SHARING,
    check_names,
    given_settings,
    name_settings,
    pickled_settings,
    settings_of,
)
from typed_openai._settings.settings import (
    DEFAULT_MAX_RETRIES,
    OPENAI_VARIABLES,
    Settings,
    environment,
)
from typed_openai.errors import CallError
from typed_openai.observing import RequestInfo, ResponseInfo, RetryInfo
from typed_openai.omission import Omit
from typed_openai.rate_limiting import RateLimiter
from typed_openai.timeouts import DEFAULT_TIMEOUT, Timeout
from typed_openai.token_usage import UsageInfo
from typed_openai_spec.option_tables import call_options_type, client_options_type

__all__ = ["CallOptions", "Client", "ClientOptions", "HttpClient"]


class HttpClient(Protocol):
    """The required interface of an ``http_client``: the part of ``requests.Session`` that is used."""

    @property
    def request(self) -> Callable[..., Any]:
        """``request(method, url, **options)`` sends a request and returns a ``requests.Response``."""


CallOptions: Any = typed_dict_of(call_options_type(), __name__)

ClientOptions: Any = typed_dict_of(client_options_type(), __name__)


class Client:
    """A client of the API. Safe to share between threads and to use after ``os.fork()``.

    Settings that are not given are taken from the environment when a call needs them: ``api_key`` from
    ``OPENAI_API_KEY``, ``admin_api_key`` from ``OPENAI_ADMIN_KEY``, ``organization`` from
    ``OPENAI_ORGANIZATION_KEY`` or ``OPENAI_ORG_ID``, ``project`` from ``OPENAI_PROJECT_ID`` and
    ``base_url`` from ``OPENAI_API_URL``, ``OPENAI_API_BASE`` or ``OPENAI_BASE_URL``. Headers in
    ``OPENAI_CUSTOM_HEADERS``, one on each line, are sent as well.

    ``api_key`` may be a callable that returns the key. It is called for each request, and once more after
    status 401; if it returns another key, the request is sent again. ``keyless`` is for servers that need no
    key: none is sent then. If a header such as ``api-key`` is given, the environment's key is not sent.

    ``spec`` is the description of another API, or of another version of this one: an OpenAPI file (3.0 or
    3.1, YAML or JSON), a folder in canonical form or a compiled index. The client then has that API's
    groups and methods, and ``base_url`` defaults to the description's first server. Parts of a file that
    are not understood are reported as ``DescriptionWarning`` when it is first loaded, and affect only that
    operation. The environment is OpenAI's: if the description's own server is another one, it is not used,
    and ``api_key`` is the only key. The key is sent as the description's security schemes require: as a
    bearer token (also for OAuth 2 and OpenID Connect), in a header, the query or a cookie. For HTTP Basic
    it is ``name:password``.

    ``http_options`` are keyword arguments of every ``requests.Session.request`` (``proxies``, ``verify``,
    ``cert``...), ``http_client`` is any object with the interface of ``requests.Session``. ``http_headers``
    are sent with every request; None removes a header. They are overridden by headers that an operation
    fixes, and both by a call's ``extra_headers``. ``timeout`` is a :class:`Timeout`, or seconds for each of
    its limits; None means no limit. ``max_retries`` is the number of retries after a failed connection and
    after the statuses 408, 409, 429 and 5xx. A reply's ``x-should-retry`` takes precedence, and its
    ``retry-after-ms`` or ``Retry-After`` sets the pause. A create operation that was sent and not answered
    in time may be running, and billed, already. It is retried only with ``retry_timeouts``.

    ``on_request`` is called before each request is sent, ``on_response`` when the headers of each reply
    have arrived, and ``on_retry`` before the pause that precedes another try; ``on_usage`` is called with the
    tokens that the reply states when it has been read. They are called in the thread of the call, and their
    exceptions end it. They receive no credentials. A ``rate_limiter`` holds calls back until the server's
    rate limits allow them.

    The settings of a client never change; :meth:`with_options` returns another client. A copy has the same
    settings and keys, and its own connections. A pickled client has no keys, no hooks and no limiter.

    Raises ``CallError`` for an invalid or unknown setting. A missing key is reported by the call that needs
    it.

    >>> client = Client(timeout=60, max_retries=3)
    >>> messages = [{"role": "user", "content": "Say hello."}]
    >>> reply = client.chat.create_chat_completion(messages, "gpt-4o-mini")
    >>> reply["choices"][0]["message"]["content"]
    'Hello!...'
    """

    _variables = OPENAI_VARIABLES
    _bound: Endpoints | None = None
    """The description of all clients of the class, unless it is OpenAI's."""
    _make_sending: SendingFactory = Sending

    if TYPE_CHECKING:
        # The signature for checkers and readers; a test compares it with the table of settings.
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
        ) -> None: ...

    else:

        def __init__(self, /, *args, **settings):
            mistake = name_settings(args, settings)
            del args  # a traceback may show them
            self._configure(settings, mistake)

    def _configure(
        self, settings: dict[str, Any], mistake: str, name: str = "Client", more: tuple[str, ...] = ()
    ) -> None:
        """Take the settings of a client that ``name`` stands for, which has ``more`` of them."""
        # If a setting is rejected, a traceback may show the variables: the keys are hidden by now.
        if mistake:
            raise CallError(mistake)
        check_names(settings, (*(CHANGEABLE if self._bound else ALL), *more), name)
        spec = settings.pop("spec", None)
        endpoints = self._bound or described(spec)
        variables = self._variables if endpoints in (self._bound, packaged()) else variables_of(endpoints)
        try:
            self._settings, self._http_client = settings_of(settings, variables)
        except CallError as error:
            raise error.with_traceback(None) from None
        if not isinstance(spec, Endpoints):
            self._spec = None if spec is None else Path(spec).absolute()
        self._begin(endpoints)

    def _begin(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self._sending = self._make_sending(self._settings, self._http_client)

    def _send_with(self, factory: SendingFactory) -> None:
        """Send with another kind of ``Sending`` from now on, as do copies of the client."""
        self._make_sending = factory
        self.close()
        self._begin(self._endpoints)

    def call(self, operation_id: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call the operation with that operationId, or qualified name (``chat.create_chat_completion``).

        Arguments, result and errors are those of the operation's method. Raises ``CallError`` if there is
        no such operation, with the nearest one in the message.

        >>> client = Client()
        >>> client.call("retrieveModel", "gpt-4o-mini")["object"]
        'model'
        """
        hide_credentials(kwargs)
        return self._call(self._endpoint(operation_id, "call"), args, kwargs)

    def request(
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
        """Send a request to a path of the API, which the description need not contain.

        If it does, the operation's key, fixed headers and kind of result apply; otherwise the plain key and
        a JSON result. ``params`` is the query; ``json`` is the body, or ``data`` with ``files`` a form.
        With ``stream`` the result is a ``Stream``. ``options`` are the options of every call.

        Raises ``CallError`` if the request cannot be built, and ``APIError`` if the call fails.

        >>> client = Client()
        >>> body = {"model": "text-embedding-3-small", "input": "Hello"}
        >>> client.request("POST", "/embeddings", json=body, timeout=30)["model"]
        'text-embedding-3-small'
        """
        headers = hidden_headers(headers)
        hide_credentials(options)
        sent = raw.given(
            method, path, json=json, params=params, data=data, files=files, headers=headers, stream=stream
        )
        prepared = raw.prepare(sent, options, self._endpoints, self._settings)
        if prepared.options.stream_to is not None:
            return receive(partial(self._sending.send, *prepared.sending), prepared.options.stream_to)
        return self._sending.send(*prepared.sending)

    def as_curl(self, operation_id: str, /, *args: Any, **kwargs: Any) -> str:
        r"""Return the ``curl`` command that sends the same request as :meth:`call`; send nothing.

        The shell reads the key from its environment variable; other credentials are ``***``. A file that
        was given by its path is read from there, and one whose content was given from the current folder.
        Raises the same errors as :meth:`call` before sending, except for a missing key. Raises
        ``CallError`` if the body is produced while it is sent (from an iterator or a pipe; standard input
        is ``@-``). Proxies and certificates of ``http_options`` are shown, those of the environment are
        not.

        >>> client = Client(base_url="https://api.openai.com/v1")
        >>> print(client.as_curl("listFiles", limit=10))
        curl 'https://api.openai.com/v1/files?limit=10' \
          --header "Authorization: Bearer $OPENAI_API_KEY" \
          --header 'Accept: application/json'
        """
        return self._as_curl(operation_id, args, kwargs)

    def _as_curl(self, operation_id: str, args: tuple[object, ...], kwargs: dict[str, Any]) -> str:
        hide_credentials(kwargs)
        call = bind(self._endpoint(operation_id, "as_curl"), args, kwargs)
        return curl_command(call, self._settings, self._endpoints.index.base_url)

    def with_options(
        self,
        **settings: Unpack[ClientOptions],  # type: ignore[misc]  # as above
    ) -> Self:
        """Return a client with some other settings; all others, including the keys, are kept.

        The new client uses the same connections if only ``timeout``, ``max_retries``, hooks or the
        ``rate_limiter`` change, or if there is an ``http_client``. Otherwise it has its own, which stay open
        until it is closed or garbage collected. Raises ``CallError`` like the constructor.

        >>> client = Client()
        >>> patient = client.with_options(timeout=Timeout(total=300), max_retries=10)
        >>> patient.models.list_models()["object"]
        'list'
        """
        hide_settings(settings)
        check_names(settings, CHANGEABLE, "with_options")
        given = {**given_settings(self._settings), "http_client": self._http_client, **settings}
        if self._bound is None:
            given["spec"] = self._endpoints
        if "timeout" in (settings.get("http_options") or ()) and "timeout" not in settings:
            del given["timeout"]
        changed = self.__copy__()
        Client.__init__(changed, **given)
        if settings.keys() <= SHARING:
            changed._sending.share(self._sending)
        return changed

    def close(self) -> None:
        """Close the idle connections. The client can still be used, and opens new ones then.

        A ``with`` block does this at its end.

        >>> with Client() as client:
        ...     model = client.models.retrieve_model("gpt-4o-mini")
        >>> client.close()  # may be called repeatedly
        """
        self._sending.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        # Only called if the attribute does not exist yet: the first use of a group.
        endpoints: Endpoints | None = self.__dict__.get("_endpoints")
        if endpoints is None or name.startswith("_") or name not in endpoints.index.groups:
            raise AttributeError(no_attribute(name, endpoints))
        resource: Resource = resource_class(endpoints, name)(self)
        return self.__dict__.setdefault(name, resource)

    if not TYPE_CHECKING:  # checkers would allow any attribute to be set

        def __setattr__(self, name: str, value: object) -> None:
            if name in ALL:
                del value  # a traceback may show it
                raise AttributeError(
                    f"client settings are read-only; with_options({name}=...) returns a new client"
                )
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        # A client with another description has other groups than its class.
        return sorted({*super().__dir__()} - {*packaged().index.groups} | {*self._endpoints.index.groups})

    def __repr__(self) -> str:
        settings: Settings | None = self.__dict__.get("_settings")
        if settings is None:
            # A constructor that failed: the traceback may show the unfinished object.
            return "<typed_openai.Client>"
        url = settings.base_url or environment(settings.variables.base_url) or self._endpoints.index.base_url
        return f"<typed_openai.Client of {shown_url(url.partition('?')[0])}>"

    def __getstate__(self) -> dict[str, Any]:
        """Return the settings without any key; an unpickled client takes its keys from the environment."""
        return {"spec": self._spec, **pickled_settings(self._settings)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._spec = state.pop("spec", None)
        endpoints = self._bound or described(self._spec)
        variables = self._variables if endpoints in (self._bound, packaged()) else variables_of(endpoints)
        self._settings = Settings(**state, variables=variables)
        self._http_client = None
        self._begin(endpoints)

    def __copy__(self) -> Self:
        """Return a client with the same settings and keys, and its own connections."""
        copied = type(self).__new__(type(self))
        copied.__dict__.update(copied_attributes(self))
        copied._begin(self._endpoints)
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a plain copy: settings never change, and an ``http_client`` is the user's to copy."""
        return self.__copy__()

    def _endpoint(self, operation_id: str, caller: str) -> Endpoint:
        if not isinstance(operation_id, str):
            raise CallError(f'{caller}: expected an operation\'s name, got "{type(operation_id).__name__}"')
        return self._endpoints.called(operation_id)

    def _call(self, endpoint: Endpoint, args: tuple[object, ...], kwargs: dict[str, Any]) -> Any:
        # In place: the frames that hold these keywords must not show the key in a traceback either.
        hide_credentials(kwargs)
        call = bind(endpoint, args, kwargs)
        request = build(call, self._settings, self._endpoints.index.base_url)
        send = partial(self._sending.send, request, call.result, call.options, endpoint)
        if call.options.stream_to is not None:
            return receive(send, call.options.stream_to)
        return send()


show_settings(Client.__init__)
declare_groups(Client, packaged())


def no_attribute(name: str, endpoints: Endpoints | None) -> str:
    """Return the message for an attribute that a client does not have."""
    hint = missing_names.hint(name, endpoints.index.groups, endpoints.index) if endpoints else ""
    foreign = endpoints is not None and endpoints is not packaged()
    owner = f"Client of {endpoints.index.spoken_title}" if endpoints is not None and foreign else "Client"
    return f"{owner} has no attribute {name!r}{hint}"
