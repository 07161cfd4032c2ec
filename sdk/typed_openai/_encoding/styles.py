"""Serialize arrays and objects in URLs, headers and forms, in the styles of the description.

:mod:`typed_openai_spec.model.parameter_styles` shows an example of each style.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from typed_openai._encoding import json_text
from typed_openai._encoding.plain_text import is_array, plain_text
from typed_openai._encoding.urls import bracketed, is_dots, path_segment, quoted_segment
from typed_openai.errors import CallError
from typed_openai_spec.model.media import is_json, is_json_lines

# The separators of styles that join the parts of a value to one text.
_DELIMITERS: Final[Mapping[str, str]] = {"space": " ", "pipe": "|"}
_COOKIE_AS_IS: Final = "!#$&'()*+-./:<=>?@[]^_`{|}~"
_NAME_AS_IS: Final = "!#$&'*+-.^_`|~"

Text = Callable[[object], str]


def is_compound(value: object) -> bool:
    """Return True if ``value`` is serialized as an array or an object."""
    return isinstance(value, Mapping) or is_array(value)


def styled_pairs(name: str, value: object, style: str) -> list[tuple[str, str]]:
    """Return the name-value pairs of a query parameter, form field or cookie in its style."""
    if value is None:
        return []
    if style == "json":
        return [(name, json_text.encoded(value, name).decode())]
    if style in ("brackets", "deep") or not is_compound(value):
        pairs = bracketed(name, value, numbered=style == "deep")
        return [(wire, plain_text(one, wire)) for wire, one in pairs]
    if style == "plain" and isinstance(value, Mapping):
        return [(plain_text(key, name), _part(one, name)) for key, one in _entries(value)]
    items = _items(value.values() if isinstance(value, Mapping) else value)
    if style == "plain":
        return [(name, _part(one, name)) for one in items]
    if any(map(is_compound, items)):
        # OpenAPI leaves this undefined; servers with such parameters read JSON.
        return [(name, json_text.encoded(items if is_array(value) else value, name).decode())]
    text = joined(value, style, partial(plain_text, place=name))
    return [(name, text)] if text else []


def _part(value: object, name: str) -> str:
    """Return an item of an array or a property of an object as text; compound values become JSON."""
    return json_text.encoded(value, name).decode() if is_compound(value) else plain_text(value, name)


def joined(value: object, style: str, text: Text) -> str:
    """Return an array or object as one text; ``text`` converts each part."""
    delimiter = _DELIMITERS.get(style, ",")
    if isinstance(value, Mapping):
        between = "=" if style.endswith("*") else delimiter
        return delimiter.join(f"{text(key)}{between}{text(one)}" for key, one in _entries(value))
    return delimiter.join(map(text, _items(value)))


def header_text(name: str, value: object, style: str) -> object:
    """Convert arrays, objects and JSON documents to a header's text; return other values as they are."""
    if style == "json" and value is not None:
        # Headers are limited to ASCII, which JSON escapes can always satisfy.
        return json_text.encoded(value, name).decode().encode("ascii", "namereplace").decode()
    return joined(value, style, partial(plain_text, place=name)) if is_compound(value) else value


def cookies(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the value of the header Cookie (RFC 6265, section 4.1.1)."""
    named = ((quote(name, safe=_NAME_AS_IS), quote(text, safe=_COOKIE_AS_IS)) for name, text in pairs)
    return "; ".join(f"{name}={text}" for name, text in named)


def styled_segment(value: object, wire: str, style: str, place: str) -> str:
    """Return one path parameter, quoted as a single segment. Raises :class:`CallError`."""
    if style == "plain":
        return path_segment(value, place)
    if value is None or (is_compound(value) and not value):
        raise CallError(f"{place}: expected a path parameter, got {value!r}")
    text = _expanded(value, wire, style, partial(quoted_segment, place=place))
    if is_dots(text):
        raise CallError(f"{place}: a path parameter cannot be {text!r}, which leads to another endpoint")
    return text


def _expanded(value: object, wire: str, style: str, text: Text) -> str:
    """Expand ``{wire}``, ``{.wire}``, ``{;wire}``, or one of these with a star (RFC 6570, section 3.2)."""
    kind, exploded = style.removesuffix("*"), style.endswith("*")
    if style == "json":
        return text(json_text.encoded(value, wire).decode())
    mark = {"label": ".", "matrix": ";"}.get(kind, "")
    if isinstance(value, Mapping) and exploded:
        return mark + (mark or ",").join(f"{text(key)}={text(one)}" for key, one in _entries(value))
    named = f"{text(wire)}=" if kind == "matrix" else ""
    if is_array(value) and exploded and mark:
        return mark + mark.join(f"{named}{text(one)}" for one in _items(value))
    return f"{mark}{named}{joined(value, 'comma', text) if is_compound(value) else text(value)}"


@dataclass(frozen=True)
class FormStyle:
    """The styles of a form's values: ``usual``, and those of fields with a style of their ``own``, by name.

    ``encodings`` holds the content types that some of them must have. The texts of ``reserved`` fields are
    sent as they are, as far as a form allows it.
    """

    usual: str = "brackets"
    own: Mapping[str, str] = field(default_factory=dict)
    encodings: Mapping[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()

    def fields(self, name: str, value: object) -> Iterator[tuple[str, str, str | None]]:
        """Yield the fields of a value: names, texts, and content types if required.

        Objects become JSON documents, except in the style with brackets (OpenAPI, section 4.8.14.4).
        """
        if value is None:
            return
        if (media_type := self.encodings.get(name)) is not None and not self._is_list_of(media_type, value):
            text = (
                json_text.encoded(value, name).decode() if _is_json(media_type) else plain_text(value, name)
            )
            yield name, text, media_type
        elif (style := self.own.get(name, self.usual)) != "plain" or name in self.own:
            yield from ((wire, text, None) for wire, text in styled_pairs(name, value, style))
        else:
            for one in _items(value) if is_array(value) else (value,):
                if is_compound(one):
                    yield name, json_text.encoded(one, name).decode(), "application/json"
                else:
                    yield name, plain_text(one, name), self.encodings.get(name)

    def _is_list_of(self, media_type: str, value: object) -> bool:
        return self.usual == "plain" and is_array(value) and not _is_json(media_type)


BRACKETS: Final = FormStyle()
"""All values in brackets, as in the API's own forms."""


def _is_json(media_types: str) -> bool:
    """Return True if a value is sent as JSON according to its encoding: media types, separated by commas."""
    named = [one for one in media_types.split(",") if "*" not in one]
    return any(is_json(one) or is_json_lines(one) for one in named)


def _items(value: Any) -> list[object]:
    return [one for one in value if one is not None]


def _entries(value: Mapping[Any, object]) -> list[tuple[Any, object]]:
    return [(key, one) for key, one in value.items() if one is not None]
