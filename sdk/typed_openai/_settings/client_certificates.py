"""Certificates that a client presents to a server, checked when the client is created.

OpenSSL says little about a file that it cannot use, and asks the terminal for the password of a key.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from typed_openai.errors import CallError

_PLACE: Final = "http_options: cert"
_CERTIFICATE: Final = b"CERTIFICATE-----"
_KEY: Final = b"PRIVATE KEY-----"


class _Encrypted(Exception):
    """The key needs a password."""


def check_certificate(certificate: str, key: str | None = None) -> None:
    """Raise :class:`CallError` if a certificate and its key, in PEM, cannot be used together.

    ``key`` is the file of the key, None if the certificate's file contains both.
    """
    import ssl  # noqa: PLC0415  # only needed with a certificate

    _check_content(certificate, _CERTIFICATE, "certificate", "")
    _check_content(key or certificate, _KEY, "private key", "" if key else "; pass a (certificate, key) pair")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, _no_password)
    except _Encrypted:
        problem = f"the private key in {key or certificate!r} is encrypted; requests takes no password for it"
    except ssl.SSLError as error:
        files = f"{certificate!r} and {key!r}" if key else repr(certificate)
        mismatch = error.reason == "KEY_VALUES_MISMATCH"
        problem = (
            f"the certificate and the private key in {files} do not belong together"
            if mismatch
            else f"{files} cannot be used: {error.reason or error}"
        )
    else:
        return
    raise CallError(f"{_PLACE}: {problem}")


def _check_content(path: str, mark: bytes, what: str, hint: str) -> None:
    try:
        found = mark in Path(path).read_bytes()
    except OSError as error:
        problem = f"cannot read {path!r}: {error.strerror}"
    else:
        if found:
            return
        problem = f"no {what} in PEM format in {path!r}{hint}"
    raise CallError(f"{_PLACE}: {problem}")


def _no_password() -> str:
    raise _Encrypted
