"""The import of the transport on first use: requests is the most expensive import of all."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typed_openai._transport.session_transport import RequestsTransport

_importing = threading.RLock()


def requests_transport() -> type[RequestsTransport]:
    """Return the transport's class.

    A fork waits for the import: the child would inherit the locks of half-imported modules, which the thread
    that holds them can never release there.
    """
    with _importing:
        from typed_openai._transport.session_transport import RequestsTransport  # noqa: PLC0415

    return RequestsTransport


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_importing.acquire, after_in_parent=_importing.release, after_in_child=_importing.release
    )
