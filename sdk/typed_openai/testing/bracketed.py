"""Convert parameters in the styles of OpenAPI to names with brackets, as in forms.

``color=blue,black`` in the style ``comma`` becomes ``color[]=blue`` and ``color[]=black``, which the reader
of forms understands. ``typed_openai_spec.model.parameter_styles`` shows an example of each style.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from typed_openai_spec.model import Argument

Pair = tuple[str, str]

_DELIMITERS: Final = {"comma": ",", "comma*": ",", "space": " ", "pipe": "|"}
_MARKS: Final = {"label": ".", "matrix": ";"}


def apart(argument: Argument, text: str, kinds: Collection[str]) -> Iterator[Pair]:
    """Yield the pairs of one text; ``kinds`` are the kinds of values that it may be."""
    wire, style = argument.wire, argument.style
    kind, exploded = style.removesuffix("*"), style.endswith("*")
    delimiter = _DELIMITERS.get(style, ",")
    if kind in _MARKS:
        text = text.removeprefix(_MARKS[kind])
        delimiter = _MARKS[kind] if exploded else ","
        is_plain = not {"array", "object"} & set(kinds)
        if kind == "matrix" and (is_plain or not exploded or "array" in kinds):
            text = delimiter.join(one.removeprefix(f"{wire}=") for one in text.split(delimiter))
    elif style not in _DELIMITERS:
        yield wire, text
        return
    if "array" in kinds and not (delimiter not in text and "string" in kinds):
        yield from ((f"{wire}[]", one.strip()) for one in text.split(delimiter))
    elif "object" in kinds and "string" not in kinds:
        yield from ((f"{wire}[{key}]", value) for key, value in _entries(text, delimiter, exploded))
    else:
        yield wire, text


def with_properties(pairs: Iterable[Pair], argument: Argument, properties: Collection[str]) -> Iterator[Pair]:
    """Yield the pairs; properties of an argument whose object is exploded get brackets."""
    for name, text in pairs:
        yield (f"{argument.wire}[{name}]" if name in properties else name), text


def _entries(text: str, delimiter: str, exploded: bool) -> Iterator[Pair]:
    parts = text.split(delimiter)
    if exploded:
        for part in parts:
            key, _, value = part.partition("=")
            yield key, value
    else:
        yield from zip(parts[::2], parts[1::2], strict=False)
