"""The settings that only an async client has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from typed_openai.errors import CallError
from typed_openai_spec.option_tables import ASYNC_SETTINGS


@dataclass(frozen=True, slots=True)
class AsyncLimits:
    """The numbers of calls and of open streams at a time."""

    max_concurrency: int = 100
    max_streams: int = 1000


def taken_limits(settings: dict[str, Any], base: AsyncLimits) -> AsyncLimits:
    """Take the limits out of ``settings``; those that are not given are those of ``base``.

    Raises :class:`CallError` for one that is not a number of 1 or more.
    """
    given = {one.name: settings.pop(one.name) for one in ASYNC_SETTINGS if one.name in settings}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise CallError(f"{name}: expected 1 or more, got {value!r}")
    return replace(base, **given)
