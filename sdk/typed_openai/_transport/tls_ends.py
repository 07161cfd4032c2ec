"""TLS connections that distinguish their end from one that was cut.

OpenSSL ignores the difference at Python's request. A body without a length would seem complete then,
although anyone on the way can cut a connection (RFC 9112, section 9.8).
"""

from __future__ import annotations

import ssl
from typing import Any, Final

from urllib3.util.ssl_ import create_urllib3_context, resolve_cert_reqs

# OpenSSL before 3.0 never ignores it.
_IGNORED: Final = getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)


def context_with_ends(context: ssl.SSLContext | None, cert_reqs: int | str | None) -> ssl.SSLContext:
    """Return the given context, or a new one of urllib3's kind, whose connections report a missing end."""
    made = context or create_urllib3_context(cert_reqs=resolve_cert_reqs(cert_reqs))
    made.options &= ~_IGNORED
    return made


def report_ends(sock: Any) -> None:
    """Let reads from a TLS socket raise ``ssl.SSLEOFError`` at such an end, which Python would hide."""
    if hasattr(sock, "suppress_ragged_eofs"):
        sock.suppress_ragged_eofs = False
