"""The serialization of arrays and objects in parameters and forms, in the terms of OpenAPI and of the model.

The model's styles, with the text for a parameter ``p`` that is ``[3, 4]`` or ``{"a": 5, "b": 6}``::

    brackets   p[]=3&p[]=4   p[a]=5&p[b]=6    the style of the API's own queries and forms
    deep       p[]=3&p[]=4   p[a]=5&p[b]=6    with p[0][a]=5&p[1][a]=6 for an array of objects or arrays
    plain      p=3&p=4       a=5&b=6          a scalar in a path has this style, too
    comma      p=3,4         p=a,5,b,6        in headers and paths without the name
    comma*     3,4           a=5,b=6          only in headers and paths
    space      p=3 4         p=a 5 b 6
    pipe       p=3|4         p=a|5|b|6
    label      .3,4          .a,5,b,6         only in paths, like the next three
    label*     .3.4          .a=5.b=6
    matrix     ;p=3,4        ;p=a,5,b,6
    matrix*    ;p=3;p=4      ;a=5;b=6
    json       p=[3,4]       p={"a":5,"b":6}  a JSON document

A star marks the styles that OpenAPI calls exploded (as in RFC 6570).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from typed_openai_spec.model import Location

# The model's style by location and OpenAPI's style, without and with "explode". An empty string stands for
# the API-wide query style.
_STYLES: Final[dict[tuple[Location, str], tuple[str, str]]] = {
    ("query", "form"): ("comma", ""),
    ("query", "spaceDelimited"): ("space", "plain"),
    ("query", "pipeDelimited"): ("pipe", "plain"),
    ("query", "deepObject"): ("deep", "deep"),
    ("header", "simple"): ("comma", "comma*"),
    ("path", "simple"): ("comma", "comma*"),
    ("path", "label"): ("label", "label*"),
    ("path", "matrix"): ("matrix", "matrix*"),
    ("cookie", "form"): ("comma", "plain"),
}
_DEFAULTS: Final[Mapping[Location, str]] = {
    "query": "form",
    "header": "simple",
    "path": "simple",
    "cookie": "form",
}


def style_of(raw: Mapping[str, Any], location: Location, query_style: str) -> str | None:
    """Return the style of a parameter, or None if it is unknown. Fields of forms use the location "query"."""
    given = raw.get("style", _DEFAULTS[location])
    exploded = raw.get("explode", given == "form") is True
    known = _STYLES.get((location, given)) if isinstance(given, str) else None
    found = None if known is None else known[exploded] or query_style
    # An API that uses brackets everywhere has its own way for arrays of objects.
    return "brackets" if found == "deep" and query_style == "brackets" else found


def usual_style(location: Location, query_style: str) -> str:
    """Return the style of a parameter that specifies none."""
    return style_of({}, location, query_style) or query_style
