"""Reports of the tokens that a call used, when its reply has been read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from typed_openai._calls.described import Described
from typed_openai._calls.endpoints import Endpoint
from typed_openai._calls.followed_replies import follow
from typed_openai._transport.baton import others_run
from typed_openai._transport.seam import HttpRequest
from typed_openai.binary import BinaryReply
from typed_openai.token_usage import TokenUsage, UsageInfo, token_counts, whole_reply

_STORED: Final = "fetch_response"
"""The name of operations that return what was generated before."""


def report_usage(
    value: Any, request: HttpRequest, described: Described, hook: Callable[[UsageInfo], object]
) -> None:
    """Call ``hook`` when the reply ``value`` has been read, if it states the tokens that the call used."""
    if not isinstance(value, BinaryReply) and _generates(request, described):
        follow(value, _UsageReading(request, hook))


def _generates(request: HttpRequest, described: Described) -> bool:
    """Return True if the tokens of a reply were used by the call itself."""
    name = described.operation.gen_ai if isinstance(described, Endpoint) else ""
    return name != _STORED if name else not request.is_safe and "model" in (request.fields or ())


class _UsageReading:
    """The usage in one reply, or in the events of one stream: the last one counts."""

    def __init__(self, request: HttpRequest, hook: Callable[[UsageInfo], object]) -> None:
        model = (request.fields or {}).get("model")
        self._operation = request.operation
        self._model = model if isinstance(model, str) else ""
        self._hook: Callable[[UsageInfo], object] | None = hook
        self._counts: dict[str, int] = {}

    def read(self, value: object) -> None:
        if not isinstance(value, Mapping):
            return
        reply = whole_reply(value)
        if isinstance(model := reply.get("model"), str) and model:
            self._model = model
        self._counts = token_counts(reply) or self._counts

    def arrived(self, event: Any) -> Any:
        self.read(event)
        return event

    def ended(self) -> None:
        hook, self._hook = self._hook, None
        if hook is not None and self._counts:
            with others_run():
                hook(UsageInfo(self._operation, self._model, TokenUsage(1, **self._counts)))

    def closed(self) -> None:
        self.ended()

    def failed(self, error: BaseException) -> None:
        self.ended()
