"""The TypedDicts of call options and client settings, made from their tables as at run time."""

from __future__ import annotations

from collections.abc import Iterator

from typed_openai_spec.option_tables import (
    OptionType,
    call_options_type,
    client_options_type,
    names_in,
    short_type,
)
from typed_openai_stubgen.safe_text import docstring

PLACE = "typed_openai.client"
"""The module that they are in."""


def option_types(*types: OptionType) -> str:
    """Return Python text that defines the types, with imports; by default both types of the client."""
    listed = types or (call_options_type(), client_options_type())
    imports = {"from typing import TypedDict", *(line for one in listed for line in _imports(one))}
    return "\n".join([*sorted(imports), "", *(line for one in listed for line in _class(one)), ""])


def _class(options: OptionType) -> Iterator[str]:
    yield f"class {options.name}(TypedDict, total=False):"
    yield from docstring([options.doc], "    ")
    yield from (f"    {name}: {short_type(one)}" for name, one in options.fields.items())


def _imports(options: OptionType) -> Iterator[str]:
    for name in (name for annotation in options.fields.values() for name in names_in(annotation)):
        module, _, short = name.rpartition(".")
        if module and module != PLACE:
            yield f"from {module} import {short}"
