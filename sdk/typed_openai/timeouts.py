"""Time limits of a call: one for each phase, and one for the whole call."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from typed_openai.errors import CallError

__all__ = ["Timeout"]

LONGEST: Final = 2_000_000
"""In seconds; operating systems count milliseconds in 31 bits."""


@dataclass(frozen=True)
class Timeout:
    """The limits of a call, in seconds; None is no limit.

    ``connect`` applies to the connection, including TLS, to any of the host's addresses. ``first_byte`` is
    the time from sending the request to the end of the reply's headers. ``idle`` is the maximum time
    between two pieces of the reply's body, and for each piece of the request that is sent. ``total``
    applies to the whole call: all its tries, the pauses between them, and reading the reply or the stream
    to its end. Resolving a host name is left to the operating system and its own limits.

    A plain number in place of a ``Timeout`` sets all four limits. Raises ``CallError`` for anything but a
    positive number of seconds.

    >>> Timeout(connect=5, total=120)
    Timeout(connect=5.0, first_byte=600.0, idle=600.0, total=120.0)
    >>> client = Client(timeout=Timeout(idle=30))
    >>> model = client.models.retrieve_model("gpt-4o-mini", timeout=5)
    """

    connect: float | None = 10.0
    first_byte: float | None = 600.0
    idle: float | None = 600.0
    total: float | None = None

    def __post_init__(self) -> None:
        for one in fields(self):
            # The only way to set a field of a frozen dataclass: an int becomes a float here.
            object.__setattr__(self, one.name, _seconds(getattr(self, one.name), f"timeout: {one.name}"))


def checked_timeout(timeout: object, place: str = "timeout") -> Timeout:
    """Return ``timeout`` as a :class:`Timeout`. Raises :class:`CallError` for anything else."""
    if isinstance(timeout, Timeout):
        return timeout
    seconds = _seconds(timeout, place, "a Timeout, ")
    return NO_LIMITS if seconds is None else Timeout(seconds, seconds, seconds, seconds)


def timeout_option(timeout: object) -> Timeout:
    """Return the ``timeout`` of ``http_options``, which may be a (connect, read) pair as in requests."""
    place = "http_options: timeout"
    if not isinstance(timeout, tuple):
        return checked_timeout(timeout, place)
    if len(timeout) != 2:
        raise CallError(f"{place}: expected a (connect, read) pair, got {len(timeout)} values")
    connect, read = (_seconds(one, place) for one in timeout)
    return Timeout(connect=connect, first_byte=read, idle=read)


def _seconds(value: object, place: str, also: str = "") -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= LONGEST:
        expected = f"{also}a positive number of seconds or None, at most {LONGEST}"
        raise CallError(f"{place}: expected {expected}, got {value!r}")
    return float(value)


NO_LIMITS: Final = Timeout(None, None, None, None)
DEFAULT_TIMEOUT: Final = Timeout()
