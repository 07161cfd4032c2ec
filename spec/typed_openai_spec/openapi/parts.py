"""The keywords of each part of a description except schemas, and the shapes of their values.

Readers pass over what they do not know and what has another shape. This module reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.model import METHODS, PLACEHOLDER
from typed_openai_spec.openapi.extensions import WORD
from typed_openai_spec.openapi.schemas.keywords import Report, pointer

_KEYWORDS: Final[Mapping[str, frozenset[str]]] = {
    part: frozenset(words.split())
    for part, words in {
        "": "openapi $self info jsonSchemaDialect servers paths webhooks components security tags"
        " externalDocs",
        "components": "schemas responses parameters examples requestBodies headers securitySchemes links"
        " callbacks pathItems mediaTypes",
        "path": f"{' '.join(METHODS)} additionalOperations parameters servers summary description $ref",
        "operation": "operationId parameters requestBody responses security servers deprecated summary"
        " description tags externalDocs callbacks",
        "parameter": "name in schema content required style explode deprecated description example examples"
        " allowEmptyValue allowReserved",
        "body": "content required description summary",
        "encoding": "contentType style explode allowReserved",
        "response": "content headers links summary description",
        "media type": "schema itemSchema encoding prefixEncoding itemEncoding example examples description",
    }.items()
}
"""The keywords of each part, with those that are irrelevant to callers."""


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_SHAPES: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "content": ("a mapping of media types", _is_mapping),
    "encoding": ("a mapping", _is_mapping),
    "explode": ("true or false", _is_flag),
    "required": ("true or false", _is_flag),
    "allowReserved": ("true or false", _is_flag),
    "deprecated": ("true or false", _is_flag),
    "operationId": ("a text", _is_text),
    "responses": ("a mapping of responses", _is_mapping),
    "security": ("a list", lambda value: isinstance(value, list)),
    "servers": ("a list", lambda value: isinstance(value, list)),
}
"""The expected value in words and as a test, for keywords whose other values are passed over."""

_STATUS: Final = re.compile(r"[1-5](\d\d|XX)|default", re.I)
_MEDIA_TYPE: Final = re.compile(r"[^\s/;]+/[^\s/;]+( *;.*)?")
_LOCATED: Final = frozenset({"header", "query", "cookie"})


def check(part: str, raw: Mapping[str, Any], place: str, report: Report) -> None:
    """Report the unknown keywords of a part, and the values of others that have the wrong shape."""
    known = _KEYWORDS[part]
    for key, value in sorted(raw.items(), key=lambda one: str(one[0])):
        if str(key).startswith("x-"):
            continue
        if key not in known:
            report(pointer(place, key), f'unknown keyword "{key}"', "it is ignored")
        elif key in _SHAPES and value is not None and not _SHAPES[key][1](value):
            report(pointer(place, key), f"expected {_SHAPES[key][0]}, found {value!r:.60}", "it is ignored")


def is_status(text: str, place: str, report: Report) -> bool:
    """Return whether a response is for a status; report one that is not."""
    if _STATUS.fullmatch(text):
        return True
    report(place, f'expected a status such as 200 or 4XX, found "{text}"', "it is ignored")
    return False


def check_media_type(name: str, place: str, report: Report) -> None:
    """Report content of something that is not a media type."""
    if not _MEDIA_TYPE.fullmatch(name):
        report(
            place, f'expected a media type such as application/json, found "{name}"', "it is used as it is"
        )


def check_path(path: str, place: str, report: Report) -> None:
    """Report a path that does not begin with a slash."""
    if not path.startswith("/"):
        report(place, 'expected a path that begins with "/"', "it is appended to the URL of the server")


def check_schemes(document: Mapping[str, Any], report: Report) -> None:
    """Report security schemes of unknown types."""
    schemes = mapping(mapping(document.get("components")).get("securitySchemes"))
    for name, raw in sorted(schemes.items()):
        scheme = mapping(raw)
        # The overrides that ship may add their keyword to a scheme that a description lacks.
        if scheme.keys() <= {WORD} or "$ref" in scheme or _is_known(scheme):
            continue
        place = pointer("/components/securitySchemes", name)
        report(place, _fault(scheme), "the key is sent as a bearer token")


def check_security(listed: Any, schemes: Mapping[str, Any], place: str, report: Report) -> None:
    """Report requirements that name no security scheme."""
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        for name in mapping(one):
            if name not in schemes:
                here = pointer(place, "security", number)
                report(here, f'no security scheme "{name}"', "the key is sent as a bearer token")


def _is_known(scheme: Mapping[str, Any]) -> bool:
    kind = scheme.get("type")
    if kind == "apiKey":
        return scheme.get("in") in _LOCATED and isinstance(scheme.get("name"), str)
    if kind == "http":
        return isinstance(scheme.get("scheme"), str)
    return kind in ("oauth2", "openIdConnect", "mutualTLS")


def _fault(scheme: Mapping[str, Any]) -> str:
    kind = scheme.get("type")
    if kind == "apiKey":
        return "an apiKey without a name, or in no known place"
    return "http without a scheme" if kind == "http" else f"unknown type {kind!r:.60}"


def check_servers(listed: Any, place: str, report: Report) -> None:
    """Report a first server without a usable URL."""
    server = mapping(listed[0]) if isinstance(listed, list) and listed else None
    if server is None:
        return
    here, url = pointer(place, "servers", 0), server.get("url")
    if not isinstance(url, str):
        report(pointer(here, "url"), f"expected a text, found {url!r:.60}", "calls need a base URL")
        return
    variables = mapping(server.get("variables"))
    for name in PLACEHOLDER.findall(url):
        if "default" not in mapping(variables.get(name)):
            report(here, f"{{{name}}} has no default", "calls need a base URL")
