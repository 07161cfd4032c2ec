"""The key of each request of a call: the same one, or the one that a callable returns."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from typed_openai._security.credentials import Secret
from typed_openai._security.key_supply import SuppliedKey
from typed_openai._transport.baton import others_run
from typed_openai._transport.deadlines import KEY_LIMITS, Limits
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import APIError, APIStatusError


class RequestKeys:
    """Adds the key to the requests of one call; a callable is asked for each of them, within ``limits``."""

    def __init__(self, request: HttpRequest, limits: Limits) -> None:
        self._request = request
        self._limits = limits
        self._used: Secret | None = None
        self._fresh: Secret | None = None
        self._was_refreshed = False

    def authorized(self) -> HttpRequest:
        """Return the next request with its key. Raises ``CallError`` if the callable returns no key."""
        request, supply = self._request, self._request.key_supply
        if supply is None:
            return request
        self._used = self._fresh or self._fetched(supply)
        self._fresh = None
        return replace(request, key=request.key_place.prepared(self._used))

    def refresh(self, error: APIError) -> bool:
        """Return True if the server refused the key and the callable has another one now, which is used next.

        It is asked once only: a server that refuses two keys refuses more. It is not asked for a request that
        cannot be sent again.
        """
        supply = self._request.key_supply
        refused = isinstance(error, APIStatusError) and error.status == HTTPStatus.UNAUTHORIZED
        if supply is None or self._used is None or not refused or self._was_refreshed:
            return False
        self._was_refreshed = True
        supply.discard(self._used)
        if not self._request.replayable:
            return False
        fresh = self._fetched(supply)
        self._fresh = fresh if fresh.reveal() != self._used.reveal() else None
        return self._fresh is not None

    def _fetched(self, supply: SuppliedKey) -> Secret:
        token = KEY_LIMITS.set(self._limits)
        try:
            with others_run():
                return supply.fetch()
        finally:
            KEY_LIMITS.reset(token)
