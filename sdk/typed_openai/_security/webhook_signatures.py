"""Signatures of webhooks as the Standard Webhooks specification defines them.

The signature is the HMAC-SHA256 of ``id.timestamp.body``, in base64, after its version: ``v1,K5oZ...``. A
delivery may have several, separated by spaces: one for each secret while secrets are rotated, and those of
other versions, which are ignored.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import Final

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"

_PREFIX: Final = "whsec_"
_VERSION: Final = b"v1,"


class SigningKeys:
    """The keys of one or more secrets. Its repr shows none of them."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    def signatures(self, signed: bytes) -> list[bytes]:
        """Return the signature of a content by each key, with its version."""
        digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in self._keys)
        return [_VERSION + b64encode(one) for one in digests]

    def accept(self, signed: bytes, signatures: bytes) -> bool:
        """Return True if one of the signatures in a header is right.

        All are compared, each in constant time, so that the time says nothing about the right one.
        """
        given = signatures.split()
        found = False
        for expected in self.signatures(signed):
            for one in given:
                found |= hmac.compare_digest(expected, one)
        return found


def signed_content(webhook_id: str, timestamp: str, body: bytes) -> bytes:
    """Return the bytes that the signature covers."""
    return b"%b.%b.%b" % (as_sent(webhook_id), as_sent(timestamp), body)


def as_sent(text: str) -> bytes:
    """Return the bytes of a header's value; any text has some."""
    return text.encode("utf-8", "surrogatepass")


def signing_keys(secret: str | Sequence[str]) -> tuple[SigningKeys, str]:
    """Return the keys of one secret, or of several; and a message, if one is not a secret.

    Nothing is raised: the frames of a traceback would show the secrets. A secret with the prefix ``whsec_``
    is base64, any other one is the key itself.
    """
    secrets = [secret] if isinstance(secret, (str, bytes)) else _listed(secret)
    if not secrets:
        return SigningKeys(()), "secret: expected a secret or a list of them, got none"
    keys: list[bytes] = []
    for position, one in enumerate(secrets):
        place = "secret" if len(secrets) == 1 else f"secret[{position}]"
        if not isinstance(one, str):
            return SigningKeys(()), f'{place}: expected "str", got "{type(one).__name__}"'
        key = _key(one)
        if not key:
            return SigningKeys(()), f"{place}: expected {_PREFIX} and base64, or other text, got {_kind(one)}"
        keys.append(key)
    return SigningKeys(keys), ""


def _listed(secret: object) -> list[object]:
    return list(secret) if isinstance(secret, Sequence) else [secret]


def _key(secret: str) -> bytes:
    """Return the key of a secret; empty if it has none."""
    if not secret.startswith(_PREFIX):
        return as_sent(secret)
    text = secret.removeprefix(_PREFIX)
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (Base64Error, ValueError):
        return b""


def _kind(secret: str) -> str:
    return "other characters after the prefix" if secret.removeprefix(_PREFIX) else "no key"
