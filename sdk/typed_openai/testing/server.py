"""The public interface of the embedded server: start it, read its requests, script failures."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from os import PathLike
from threading import Event, Lock, Thread
from typing import Final, TypeGuard
from urllib.parse import urlsplit

from typed_openai._calls.descriptions import described
from typed_openai.testing.batch_script import BatchScript
from typed_openai.testing.checking import Incoming
from typed_openai.testing.event_streams import ServerEvent
from typed_openai.testing.habits import Habits
from typed_openai.testing.limit_script import LimitScript
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.scripting import Scripting
from typed_openai.testing.sent_webhooks import SentWebhook, WebhookSender
from typed_openai.testing.service import Answer, Service
from typed_openai.testing.sockets import Sockets
from typed_openai_spec.index.reader import Index, packaged

_LAST_PORT: Final = 65_535


class Server(Scripting):
    """A running fake of the API. Created by :func:`serve`; can be used from any number of threads.

    ``url`` is the server's root (``http://127.0.0.1:49152``), ``base_url`` is the URL for a client
    (``http://127.0.0.1:49152/v1``), and ``requests`` holds the requests so far.

    >>> with serve() as server:
    ...     model = Client(base_url=server.base_url).models.retrieve_model("gpt-4o-mini")
    ...     print(server)
    <Server http://127.0.0.1:.../v1 requests=1>
    """

    def __init__(
        self,
        index: Index,
        *,
        host: str,
        port: int,
        delay: float,
        api_key: str | None,
        on_request: Callable[[RecordedRequest], object] | None,
        seed: int | None = None,
        strict: bool = False,
        lenient: bool = False,
        webhook: str | None = None,
        webhook_secret: str | None = None,
    ) -> None:
        base_path = urlsplit(index.base_url).path.rstrip("/")
        self._service = Service(
            index.operations(),
            index.components,
            matcher=index.paths,
            base_path=base_path,
            api_key=api_key,
            schemes=index.security_schemes,
            habits=Habits.of(index),
            seed=seed,
            strict=strict,
            lenient=lenient,
        )
        self._webhooks: list[SentWebhook] = []
        self._on_webhook: Callable[[SentWebhook], object] | None = None
        self._sender: WebhookSender | None = None
        if webhook is not None:
            look = self._service.look
            self._sender = WebhookSender(webhook, webhook_secret, index, look, self._sent)
        elif webhook_secret is not None:
            raise ValueError("webhook_secret: there is no webhook to sign")
        self._delay = delay
        self._on_request = on_request
        self._requests: list[RecordedRequest] = []
        self._lock = Lock()
        self._ended = Event()
        self._streams = 0
        self._sockets = Sockets(self._answer, self._paced, host, port)
        name = f"[{host}]" if ":" in host else host
        self.url: str = f"http://{name}:{self._sockets.server_address[1]}"
        self.base_url: str = self.url + base_path
        self._thread = Thread(target=self._sockets.accept, name="typed-openai-server", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"<Server {self.base_url} requests={len(self._requests)}>"

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """The requests so far, in the order in which they were answered.

        >>> with serve() as server:
        ...     models = Client(base_url=server.base_url).models.list_models()
        >>> [request.operation for request in server.requests]
        ['models.list_models']
        """
        with self._lock:
            return tuple(self._requests)

    @property
    def open_streams(self) -> int:
        """The number of event streams that are being sent.

        >>> with serve(delay=60) as server:
        ...     client = Client(base_url=server.base_url)
        ...     stream = client.responses.create_response("Hi", "gpt-4o", stream=True)
        ...     next(stream)["type"], server.open_streams
        ('response.created', 1)
        """
        return self._streams

    @property
    def webhooks(self) -> Sequence[SentWebhook]:
        """The webhooks that were sent so far: those that were accepted, and those that no try could deliver.

        >>> with serve(webhook="http://127.0.0.1:9/") as server:
        ...     server.webhooks
        ()
        """
        with self._lock:
            return tuple(self._webhooks)

    @property
    def webhook_secret(self) -> str:
        """The secret that webhooks are signed with; empty if none are sent.

        >>> with serve(webhook="http://127.0.0.1:9/") as server:
        ...     server.webhook_secret.startswith("whsec_")
        True
        """
        return self._sender.secret if self._sender is not None else ""

    def clear(self) -> None:
        """Forget the requests so far, the objects that they created or deleted, and the scripts.

        Files, uploads, batches and webhooks are forgotten as well.

        >>> with serve() as server:
        ...     models = Client(base_url=server.base_url).models.list_models()
        ...     server.clear()
        >>> server.requests
        ()
        """
        with self._lock:
            self._requests.clear()
            self._webhooks.clear()
        if self._sender is not None:
            self._sender.forget()
        self._service.forget()

    def fail_next(
        self,
        status: int,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: bytes | Mapping[str, object] | None = None,
    ) -> None:
        """Answer the next ``times`` requests with ``status``, whatever they are.

        ``headers`` are sent too (``{"retry-after": "0"}``). ``body`` is a JSON object, or bytes that are
        sent as HTML; the default is the API's usual error object. Raises ``ValueError`` for an invalid
        status or number of requests.

        >>> with serve() as server:
        ...     server.fail_next(429, headers={"retry-after": "0"})
        ...     models = Client(base_url=server.base_url).models.list_models()  # is tried again
        >>> [request.status for request in server.requests]
        [429, 200]
        """
        if isinstance(status, str):
            raise ValueError(f"status: expected an HTTP status from 100 to 599, got {status!r}")
        self.fail(status, times=times, headers=headers, body=body)

    def script_batches(self, script: BatchScript) -> None:
        """Set the course of the batches that are created from now on.

        >>> with serve() as server:
        ...     server.script_batches(BatchScript(polls=0, failures={"row-1": 500}))
        """
        self._service.work.batches.script = script

    def script_limits(self, script: LimitScript) -> None:
        """Set the rate limits of each model, which are full now.

        >>> with serve() as server:
        ...     server.script_limits(LimitScript(requests=100, tokens=10_000, seconds=60))
        """
        self._service.limits.script = script

    def close(self) -> None:
        """End every connection and thread of the server, and free its port. ``serve`` does this at its end.

        >>> with serve() as server:
        ...     server.close()  # as if it had crashed
        ...     Client(base_url=server.base_url, max_retries=0).models.list_models()
        Traceback (most recent call last):
            ...
        typed_openai.errors.APIConnectionError: models.list_models: no connection to ...
        """
        self._ended.set()
        if self._sender is not None:
            self._sender.close()
        self._sockets.stop()
        self._thread.join()
        self._sockets.server_close()
        self._sockets.end_connections()

    def _answer(self, incoming: Incoming) -> Answer:
        """Return the answer to a request, and record it."""
        answer = self._service.answer(incoming)
        with self._lock:
            self._requests.append(answer.record)
        if self._sender is not None and incoming.method == "POST" and 200 <= answer.reply.status < 300:
            answer = self._noticed(self._sender, incoming.path, answer)
        if self._on_request is not None:
            self._on_request(answer.record)
        return answer

    def _noticed(self, sender: WebhookSender, path: str, answer: Answer) -> Answer:
        """Let the end of the work that a request has begun be reported."""
        if (events := answer.reply.events) is None:
            sender.notice(path, answer.reply.body)
            return answer
        goes_on = self._service.manner(answer.record.operation).passes_through_states
        events = sender.streamed(events, goes_on, self._delay)
        return replace(answer, reply=replace(answer.reply, events=events))

    def _sent(self, webhook: SentWebhook) -> None:
        """Record a webhook."""
        with self._lock:
            self._webhooks.append(webhook)
        if self._on_webhook is not None:
            self._on_webhook(webhook)

    def _paced(self, events: Iterator[ServerEvent]) -> Generator[ServerEvent, None, None]:
        """Yield the events one by one, with the delay between them.

        Raises ``ConnectionAbortedError`` if the server ends first, so that the stream does not look
        complete.
        """
        with self._lock:
            self._streams += 1
        try:
            for number, event in enumerate(events):
                if self._ended.wait(self._delay if number else 0):
                    raise ConnectionAbortedError("the server has ended")
                yield event
        finally:
            with self._lock:
                self._streams -= 1


def _check_settings(*, port: object, delay: object, seed: object) -> None:
    """Raise ``ValueError`` for the first setting of the wrong type or range."""
    if not _is_integer(port) or not 0 <= port <= _LAST_PORT:
        raise ValueError(f"port: expected a number from 0 to {_LAST_PORT}, got {port!r}")
    if isinstance(delay, bool) or not isinstance(delay, (int, float)) or not delay >= 0:
        raise ValueError(f"delay: expected a number of seconds, 0 or more, got {delay!r}")
    if seed is not None and not _is_integer(seed):
        raise ValueError(f"seed: expected an integer, got {seed!r}")


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


@contextmanager
def serve(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    delay: float = 0.0,
    api_key: str | None = None,
    index: Index | None = None,
    spec: str | PathLike[str] | None = None,
    on_request: Callable[[RecordedRequest], object] | None = None,
    seed: int | None = None,
    strict: bool = False,
    lenient: bool = False,
    webhook: str | None = None,
    webhook_secret: str | None = None,
) -> Generator[Server, None, None]:
    """Run a fake of the API on loopback for the duration of the context, as a :class:`Server`.

    It checks each request against the API's description and generates replies that fit it. ``port`` 0
    selects a free one. ``delay`` is the time between two events of a stream, in seconds. Any key is
    accepted, or only ``api_key`` if given. ``spec`` is the description of the API to fake, like the
    argument of ``Client``, or ``index`` its compiled index; the default is OpenAI's. ``on_request`` is
    called with each answered request, in the connection's thread.

    ``seed`` varies the replies as servers do, always in the same way: which keys are absent or null, whether
    a model reasons or cites. Without, a reply is the most frequent one. With ``strict``, only scripts answer,
    and unused scripts or unexpected requests raise ``AssertionError`` at the end of the context. With
    ``lenient``, requests may have unknown fields and the forms of gateways: another path before the API's
    own, ``api-version`` in the query, the key in a header of its own.

    ``webhook`` is a URL on this machine that receives the events of work that ends: batches, responses in the
    background, fine-tuning jobs. Such work then goes on without being retrieved. Webhooks are signed with
    ``webhook_secret``, or with a new secret: :attr:`Server.webhook_secret`. One that is not answered with a
    2xx status is sent again, five times in all.

    Raises ``ValueError`` for a setting of the wrong type or range, ``OSError`` if the port is not available,
    and ``CallError`` if the description cannot be used.

    >>> with serve() as server:
    ...     client = Client(api_key="test", base_url=server.base_url)
    ...     client.models.retrieve_model("gpt-4o-mini")["object"]
    'model'
    """
    _check_settings(port=port, delay=delay, seed=seed)
    server = Server(
        index or (described(spec).index if spec is not None else packaged()),
        host=host,
        port=port,
        delay=delay,
        api_key=api_key,
        on_request=on_request,
        seed=seed,
        strict=strict,
        lenient=lenient,
        webhook=webhook,
        webhook_secret=webhook_secret,
    )
    with closing(server):
        yield server
    if strict:  # an error in the context is more telling
        server.verify()
