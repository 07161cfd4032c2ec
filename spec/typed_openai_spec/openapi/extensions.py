"""The keys of ``x-typed`` at each level; a misspelt key would otherwise be silently ignored.

:mod:`document` lists the keys; their meaning is documented where they are read. Keys whose values are
checked there accept any value here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, TypeAlias

from typed_openai_spec.files.texts import mapping
from typed_openai_spec.openapi.schemas.keywords import Report, is_deprecated, pointer
from typed_openai_spec.spelling import hint

WORD: Final = "x-typed"
"""The keyword of what overrides say beyond OpenAPI."""
_Test: TypeAlias = tuple[str, Callable[[Any], bool]]

# A header's name is a token (RFC 9110, section 5.6.2), its value printable (section 5.5).
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_headers(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        _TOKEN.fullmatch(str(name)) and _is_text(one) and one.isprintable() for name, one in value.items()
    )


_ANY: Final[_Test] = ("", lambda value: True)
_TEXT: Final[_Test] = ("a text", _is_text)
_TRUTH: Final[_Test] = ("true or false", lambda value: isinstance(value, bool))
_HEADERS: Final[_Test] = ("a mapping of names of headers to texts", _are_headers)
_NAME: Final[_Test] = ("a Python name", lambda value: isinstance(value, str) and value.isidentifier())
_SNAKE: Final[_Test] = (
    "lower-case words joined by underscores",
    lambda value: isinstance(value, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", value) is not None,
)

_TEXTS: Final[_Test] = (
    "a list of texts",
    lambda value: isinstance(value, list) and all(map(_is_text, value)),
)
_FIELDS: Final[_Test] = (
    "a mapping of names to fields",
    lambda value: isinstance(value, Mapping) and all(map(_is_text, (*value, *value.values()))),
)

_OF_SCHEMA: Final[Mapping[str, _Test]] = {
    "rules": _ANY,
    "pairings": _ANY,
    "strict_schemas": _ANY,
    "replacement": _TEXT,
    "replacements": _ANY,
    "deprecated_values": _ANY,
    "models": _ANY,
    "tool_choices": _ANY,
    "unsent": _TRUTH,
    "mistaken": _FIELDS,
    "json": ("object or value", lambda value: value in ("object", "value")),
}
VOCABULARY: Final[Mapping[str, Mapping[str, _Test]]] = {
    "the description": {
        "query_style": ("brackets or plain", lambda value: value in ("brackets", "plain")),
        "group_by": ("path or tag", lambda value: value in ("path", "tag")),
        "undeclared": ("any or none", lambda value: value in ("any", "none")),
        "reference": _TEXT,
        "groups": ("a mapping of groups to mappings", lambda value: isinstance(value, Mapping)),
    },
    "a group": {"headers": _HEADERS, "beta": _TRUTH},
    "an operation": {
        "name": _TEXT,
        "group": _TEXT,
        "aliases": _ANY,
        "former_ids": _TEXTS,
        "positional": _ANY,
        "headers": _HEADERS,
        "variants": _ANY,
        "beta": _TRUTH,
        "paging": _ANY,
        "gen_ai": _SNAKE,
        "waiting": _ANY,
    },
    "a parameter": {"replacement": _TEXT},
    "a media type": {"argument": _NAME},
    "a security scheme": {"key": ("admin", lambda value: value == "admin")},
    "a schema": _OF_SCHEMA,
    "a component": {
        **_OF_SCHEMA,
        "aliases": _ANY,
        "terminal_events": _ANY,
        "text": _ANY,
        "accumulation": _ANY,
    },
}
"""The keys at each level of the description, with a test for their values."""

# The level of the entries below these keys, and the keys whose content is data, not description.
_HELD: Final = {
    "paths": "a path",
    "pathItems": "a path",
    "webhooks": "a path",
    "schemas": "a component",
    "parameters": "a parameter",
    "content": "a media type",
    "securitySchemes": "a security scheme",
    "properties": "a schema",
    **dict.fromkeys(("responses", "requestBodies", "headers", "callbacks", "links"), "this"),
}
_VALUES: Final = frozenset(
    {"const", "default", "enum", "example", "examples", "scopes", "variables", "mapping"}
)
_SCHEMAS: Final = frozenset({"a schema", "a component"})
_NO_OPERATIONS: Final = frozenset({"parameters", "servers"})

_Said: TypeAlias = tuple[str, str, Mapping[str, Any]]
"""A place, its level, and the mapping there."""


def telemetry_name(typed: Mapping[str, Any]) -> str:
    """Return the name of an operation in telemetry; empty if it has none, or an unusable one."""
    name = typed.get("gen_ai")
    return str(name) if _SNAKE[1](name) else ""


def former_ids(typed: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the former operationIds of an operation; none if they are unusable."""
    said = typed.get("former_ids", [])
    return tuple(said) if _TEXTS[1](said) else ()


def check_words(document: Mapping[str, Any], groups: Collection[str], report: Report) -> None:
    """Report the keys of ``x-typed`` that are never read; ``groups`` holds the groups of the API."""
    for place, level, holder in _said(document):
        here, said = pointer(place, WORD), holder[WORD]
        if not _check(said, level, here, report):
            continue
        if "replacement" in said and not _is_deprecated(holder):
            report(pointer(here, "replacement"), 'expected "deprecated: true" beside it', "it is ignored")
        listed = mapping(said.get("groups")) if level == "the description" else {}
        for name, one in listed.items():
            where = pointer(here, "groups", name)
            if name not in groups:
                report(where, f'no group "{name}"{hint(name, groups)}', "it is ignored")
            _check(one, "a group", where, report)


def _check(said: Any, level: str, place: str, report: Report) -> bool:
    """Check the keys of a level; return True if the value is a mapping and allowed at this level."""
    if not isinstance(said, Mapping):
        report(place, f"expected a mapping, found {said!r:.60}", "it is ignored")
        return False
    if level not in VOCABULARY:
        report(place, f"{WORD} is not supported here", "it is ignored")
        return False
    known = VOCABULARY[level]
    for word, value in said.items():
        here = pointer(place, word)
        if word not in known:
            report(here, f'unknown key "{word}" for {level}{hint(word, known)}', "it is ignored")
        elif not known[word][1](value):
            report(here, f"expected {known[word][0]}, found {value!r:.60}", "it is ignored")
    return True


def _is_deprecated(holder: Mapping[str, Any]) -> bool:
    return is_deprecated(holder) or is_deprecated(holder.get("schema"))


def _said(document: Mapping[str, Any]) -> Iterator[_Said]:
    """Yield every place of the description with the extension."""
    waiting: list[_Said] = [("", "the description", document)]
    while waiting:
        place, level, holder = waiting.pop()
        if WORD in holder:
            yield place, level, holder
        for key, value in holder.items():
            if isinstance(value, (Mapping, list)) and key not in _VALUES and not key.startswith("x-"):
                waiting.extend(_below(pointer(place, key), level, key, value))


def _below(place: str, level: str, key: str, value: Any) -> Iterator[_Said]:
    """Yield the mappings below a key, each with its level."""
    if isinstance(value, list):
        of = "a parameter" if key == "parameters" else _of(level, key)
        listed = enumerate(value)
        yield from ((pointer(place, n), of, one) for n, one in listed if isinstance(one, Mapping))
    elif key in _HELD and (key == "properties") == (level in _SCHEMAS):
        named = value.items()
        yield from (
            (pointer(place, name), _HELD[key], one) for name, one in named if isinstance(one, Mapping)
        )
    else:
        yield place, _of(level, key), value


def _of(level: str, key: str) -> str:
    if level in _SCHEMAS or key == "schema":
        return "a schema"
    return "an operation" if level == "a path" and key not in _NO_OPERATIONS else "this"
