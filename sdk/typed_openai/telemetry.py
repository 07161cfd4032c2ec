"""Spans and metrics of calls for OpenTelemetry, by its conventions for generative AI.

Importing this module needs the API of OpenTelemetry, which the extra ``otel`` installs::

    pip install "typed-openai[otel]"

Each call of an instrumented client has one span, whatever the number of tries. It is the current span while
requests are sent, so that spans of the HTTP library become its children, and ends when the reply, the stream
or the file was read. Without a configured SDK, nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from typed_openai._telemetry.observed_sending import telemetry_for

if TYPE_CHECKING:  # the import above explains what to install if OpenTelemetry is missing
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

__all__ = ["instrument"]


class _Instrumentable(Protocol):
    """A client, or a package that has a default one."""

    @property
    def as_curl(self) -> Callable[..., str]: ...


ClientOrPackage = TypeVar("ClientOrPackage", bound=_Instrumentable)


def instrument(
    client: ClientOrPackage,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    capture_content: bool = False,
) -> ClientOrPackage:
    """Record the calls of a client, from now on, and return the client.

    ``client`` is a ``Client`` or an ``AsyncClient``, also of a generated package. A package itself, such as
    ``typed_openai``, stands for its default client. Clients that :meth:`Client.with_options` or a copy
    derives from it are instrumented too; unpickled clients are not. Calling this again replaces the
    providers, which are the global ones by default.

    The messages of requests and replies are recorded only with ``capture_content``. Keys never are.

    Raises ``TypeError`` for any other object.

    >>> client = telemetry.instrument(Client())
    >>> client.models.list_models()["object"]
    'list'
    """
    telemetry = telemetry_for(tracer_provider, meter_provider, capture_content=capture_content)
    _client(client)._send_with(telemetry)
    return client


def _client(given: Any) -> Any:
    """Return the client that is meant. Raises ``TypeError`` if there is none."""
    if isinstance(given, ModuleType):
        with suppress(ImportError):
            given = import_module(f"{given.__name__}.default_client").default_client()
    if isinstance(given, type) or not hasattr(given, "_send_with"):
        raise TypeError(
            f"instrument: expected a client, or a package that has a default one, got {given!r:.100}"
        )
    return given
