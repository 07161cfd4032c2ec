"""How arrays and objects are written in parameters and forms, in the words of OpenAPI and of the model.

The model's styles, with what they make of a parameter ``p`` that is ``[3, 4]`` or ``{"a": 5, "b": 6}``::

    brackets   p[]=3&p[]=4   p[a]=5&p[b]=6      the style of the API's own queries and forms
    plain      p=3&p=4       a=5&b=6            in a path neither: a text, a number or a boolean
    comma      p=3,4         p=a,5,b,6          in headers and paths without the name
    comma*     3,4           a=5,b=6            of headers and paths
    space      p=3 4         p=a 5 b 6
    pipe       p=3|4         p=a|5|b|6
    label      .3,4          .a,5,b,6           of paths, as the next three
    label*     .3.4          .a=5.b=6
    matrix     ;p=3,4        ;p=a,5,b,6
    matrix*    ;p=3;p=4      ;a=5;b=6
    json       p=[3,4]       p={"a":5,"b":6}    a document in JSON

A star is what OpenAPI calls exploded (and RFC 6570 marks with one).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from typed_openai_spec.model import Location

# By location and OpenAPI's style: the model's style, and that of what is exploded. An empty one is the
# style in which the whole API writes its queries.
_STYLES: Final[dict[tuple[Location, str], tuple[str, str]]] = {
    ("query", "form"): ("comma", ""),
    ("query", "spaceDelimited"): ("space", "plain"),
    ("query", "pipeDelimited"): ("pipe", "plain"),
    ("query", "deepObject"): ("brackets", "brackets"),
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
    """The style of a parameter, or of a form's field as one in the query; None where it is not understood."""
    given = raw.get("style", _DEFAULTS[location])
    exploded = raw.get("explode", given == "form") is True
    known = _STYLES.get((location, given)) if isinstance(given, str) else None
    return None if known is None else known[exploded] or query_style


def usual_style(location: Location, query_style: str) -> str:
    """The style of a parameter that says nothing of it."""
    return style_of({}, location, query_style) or query_style
