"""OpenTelemetry's SDK with exporters in memory, and clients whose calls it records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, TypeVar

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.sdk.conftest import VARIABLES, clean_environment, no_pauses, server

from typed_openai.aio import AsyncClient
from typed_openai.client import Client
from typed_openai.telemetry import instrument

__all__ = ["VARIABLES", "clean_environment", "no_pauses", "server"]

KEY = "sk-0123456789abcdef0123456789"
MESSAGES: list[Any] = [{"role": "user", "content": "A secret of mine"}]
USAGE = {
    "prompt_tokens": 10,
    "completion_tokens": 4,
    "prompt_tokens_details": {"cached_tokens": 3},
    "completion_tokens_details": {"reasoning_tokens": 2},
}
CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "gpt-4o-2024-08-06",
    "service_tier": "default",
    "system_fingerprint": "fp_1",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"},
        {"index": 1, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "length"},
    ],
    "usage": USAGE,
}

One = TypeVar("One", bound=Client | AsyncClient | ModuleType)


class Recorded:
    """The spans and metrics of a test."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meters = MeterProvider([self._reader])

    def client(self, server: Any, *, capture_content: bool = False, **settings: Any) -> Client:
        """Return a client of the server."""
        settings = {"api_key": KEY, "base_url": server.base_url, "timeout": 20} | settings
        return self.instrumented(Client(**settings), capture_content=capture_content)

    def async_client(self, server: Any, **settings: Any) -> AsyncClient:
        """Return an async client of the server."""
        return self.instrumented(AsyncClient(api_key=KEY, base_url=server.base_url, timeout=20, **settings))

    def instrumented(self, client: One, *, capture_content: bool = False) -> One:
        """Return a client, or a package, after its calls are recorded."""
        return instrument(
            client,
            tracer_provider=self.tracers,
            meter_provider=self.meters,
            capture_content=capture_content,
        )

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """The spans that have ended."""
        return self._exporter.get_finished_spans()

    @property
    def span(self) -> ReadableSpan:
        """The only span that has ended."""
        (span,) = self.spans
        return span

    @property
    def found(self) -> Mapping[str, Any]:
        """The attributes of the only span."""
        return dict(self.span.attributes or {})

    def points(self, metric: str) -> list[HistogramDataPoint]:
        """The points of a metric."""
        data: Any = self._reader.get_metrics_data()
        metrics = [
            one
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for one in scope.metrics
        ]
        return [point for one in metrics if one.name == metric for point in one.data.data_points]


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    """The spans and metrics of the test."""
    recorded = Recorded()
    yield recorded
    recorded.tracers.shutdown()
    recorded.meters.shutdown()


def data(*events: str) -> bytes:
    """The bytes of a stream with these events."""
    return "".join(f"data: {one}\n\n" for one in events).encode()
