"""The client behind the module's own groups (``typed_openai.chat``), configured by the environment."""

from __future__ import annotations

import threading

from typed_openai.client import Client

_lock = threading.Lock()
_made: list[Client] = []


def default_client() -> Client:
    """The one default client, made when it is first needed."""
    with _lock:
        if not _made:
            _made.append(Client())
        return _made[0]
