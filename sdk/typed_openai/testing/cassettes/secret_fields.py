"""Credentials in the fields of bodies: by the names of fields, in headers, and in URLs.

A cassette has marks in their places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from typed_openai._security.credentials import is_secret_name
from typed_openai._security.redaction import MARK
from typed_openai._security.secret_texts import without_url_secrets

_FIELD: Final = re.compile(
    r"(?:.*-)?(?:authorization|password|passwd|pwd|cookies?|credentials?|secrets?|(?:client-)?assertion"
    r"|(?:api|access|auth|secret|private|client|refresh|bearer|id|session|subject|webhook|signing|server)"
    r"-?(?:key|token|secret)s?)"
)
"""Names of fields with a credential. Not ``key`` and ``token``, which mean other things in the API."""

_HEADERS: Final = re.compile(r"(?:.*-)?headers")
"""Names of fields with headers for another server, as in tools: any of them may be a credential."""

_PLAIN_HEADERS: Final = frozenset(
    ("accept", "accept-encoding", "accept-language", "content-language", "content-type", "user-agent")
)
_SCHEMA_WORDS: Final = frozenset(("$ref", "anyOf", "oneOf", "properties", "type"))
"""Keys that show that an object is a schema of headers, instead of headers."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def masked_request(request: Mapping[str, Any], found: set[str]) -> dict[str, Any]:
    """Return a written request without the credentials in the fields of its body; add them to ``found``."""
    fields: dict[str, Any] = masked({name: one for name, one in request.items() if name != "form"}, found)
    if "parts" in request:
        fields["parts"] = [_part(one, found) for one in request["parts"]]
    if "form" in request:
        fields["form"] = [[name, _field(name, text, found)] for name, text in request["form"]]
    return fields


def masked(value: Any, found: set[str], *, in_headers: bool = False) -> Any:
    """Return a JSON value without the credentials in its fields; add them to ``found``."""
    if isinstance(value, list):
        return [masked(one, found) for one in value]
    if isinstance(value, dict):
        in_headers = in_headers and not _SCHEMA_WORDS & value.keys()
        return {name: _field(name, one, found, in_headers=in_headers) for name, one in value.items()}
    return without_url_secrets(value, MARK, found) if isinstance(value, str) else value


def _part(part: Mapping[str, Any], found: set[str]) -> dict[str, Any]:
    name = str(part["name"])
    return {key: _field(name, one, found) if key == "text" else one for key, one in part.items()}


def _field(name: str, value: Any, found: set[str], *, in_headers: bool = False) -> Any:
    words = re.sub(r"[^a-z0-9]+", "-", _CAMEL.sub("-", name).lower())
    is_hidden = in_headers and (is_secret_name(name) or words not in _PLAIN_HEADERS)
    if _FIELD.fullmatch(words) or is_hidden:
        return _mask(value, found)
    return masked(value, found, in_headers=_HEADERS.fullmatch(words) is not None)


def _mask(value: Any, found: set[str]) -> Any:
    """Return the mark for a credential. Of an object, which may be a schema, only ``value`` is one."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [_mask(one, found) for one in value]
    if isinstance(value, dict):
        return {
            name: _mask(one, found) if name == "value" else _field(name, one, found)
            for name, one in value.items()
        }
    text = str(value)
    # Without a scheme, too.
    found |= {text, text.rpartition(" ")[2]}
    return MARK
