"""Spans and metrics of calls. Importing it explains a missing OpenTelemetry in an ``ImportError``."""

try:
    import opentelemetry.metrics
    import opentelemetry.trace  # noqa: F401  # only to explain what is missing
except ImportError as missing:
    raise ImportError(
        f'typed_openai.telemetry needs OpenTelemetry: pip install "typed-openai[otel]" ({missing})'
    ) from missing
