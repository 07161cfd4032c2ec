"""The rate limits of the embedded server, kept for each model as its script says."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from threading import Lock
from typing import Final

from typed_openai._pacing.token_estimates import estimated_tokens
from typed_openai._transport.clock import now
from typed_openai.testing.checking import Refusal
from typed_openai.testing.limit_script import LimitScript

_KINDS: Final = ("requests", "tokens")


class _Allowance:
    """The rest of one limit."""

    def __init__(self, limit: int, script: LimitScript) -> None:
        self.limit = limit
        self._script = script
        self._left = float(limit)
        self._at = self._begun = now()

    def grow(self) -> None:
        """Add what belongs to the time since the last request."""
        time, seconds = now(), self._script.seconds
        if self._script.steady:
            self._left = min(self.limit, self._left + self.limit * (time - self._at) / seconds)
        elif time - self._begun >= seconds:
            self._left = self.limit
            self._begun += (time - self._begun) // seconds * seconds
        self._at = time

    def lacks(self, cost: int) -> bool:
        return self._left < cost

    def take(self, cost: int) -> None:
        self._left -= cost

    def delay(self, cost: int) -> float:
        """Return the seconds until a request of that cost is allowed."""
        seconds = self._script.seconds
        if not self.lacks(cost):
            return 0.0
        if self._script.steady:
            return (cost - self._left) * seconds / self.limit
        return self._begun + seconds - self._at

    def headers(self, kind: str) -> dict[str, str]:
        seconds = self._script.seconds
        used = self.limit - self._left
        reset = used * seconds / self.limit if self._script.steady else self._begun + seconds - self._at
        return {
            f"x-ratelimit-limit-{kind}": str(self.limit),
            f"x-ratelimit-remaining-{kind}": str(max(0, int(self._left))),
            f"x-ratelimit-reset-{kind}": f"{reset * 1000:.0f}ms" if reset < 1 else f"{reset:.3f}s",
        }


class RateLimits:
    """The limits of all models; safe to use from any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.script = LimitScript()

    @property
    def script(self) -> LimitScript:
        """The script; a new one begins with full limits."""
        return self._script

    @script.setter
    def script(self, script: LimitScript) -> None:
        with self._lock:
            self._script = script
            self._models: dict[str, dict[str, _Allowance]] = {}

    def admit(self, body: object, headers: dict[str, str]) -> None:
        """Count a request, and add the limits to the headers of its reply. Raises :class:`Refusal`."""
        model = body.get("model") if isinstance(body, Mapping) else None
        if isinstance(model, str) and isinstance(body, Mapping):
            with self._lock:
                self._count(model, body, headers)

    def _count(self, model: str, body: Mapping[str, object], headers: dict[str, str]) -> None:
        if (known := self._models.get(model)) is None:
            limits = ((kind, getattr(self._script, kind)) for kind in _KINDS)
            known = {kind: _Allowance(one, self._script) for kind, one in limits if one is not None}
            self._models[model] = known
        costs = {kind: 1 if kind == "requests" else estimated_tokens(body) for kind in known}
        for one in known.values():
            one.grow()
        if not self._script.announced:
            for name in [one for one in headers if one.startswith("x-ratelimit-")]:
                del headers[name]
        lacking = [kind for kind, one in known.items() if one.lacks(costs[kind])]
        for kind, one in known.items():
            if not lacking:
                one.take(costs[kind])
            if self._script.announced:
                headers |= one.headers(kind)
        if lacking:
            delay = max(known[kind].delay(costs[kind]) for kind in lacking)
            headers["retry-after-ms"] = str(ceil(delay * 1000))
            raise Refusal(429, f"Rate limit of {model} on {lacking[0]} reached.", code="rate_limit_exceeded")
