"""The TypedDicts of call options and client settings, made from their tables as at run time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from typed_openai_spec.option_tables import (
    OTHER_CALL_OPTION_TABLE,
    OptionType,
    async_client_options_type,
    call_options_type,
    client_options_type,
    names_in,
    short_type,
)
from typed_openai_stubgen.safe_text import docstring

CLIENT: Final = "typed_openai.client"

OF_MODULE: Final[Mapping[str, tuple[OptionType, ...]]] = {
    CLIENT: (call_options_type(), client_options_type()),
    "typed_openai.aio.async_client": (async_client_options_type(),),
}
"""The types of each module that has some."""

OF_OTHER_APIS: Final[Mapping[str, tuple[OptionType, ...]]] = {
    **OF_MODULE,
    CLIENT: (call_options_type(OTHER_CALL_OPTION_TABLE), client_options_type()),
}
"""The same in packages of other APIs."""


def option_types(*types: OptionType, place: str = CLIENT) -> str:
    """Return Python text that defines the types in the module ``place``, with imports; none without types."""
    if not types:
        return ""
    imports = {"from typing import TypedDict", *(line for one in types for line in _imports(one, place))}
    return "\n".join([*sorted(imports), "", *(line for one in types for line in _class(one)), ""])


def _class(options: OptionType) -> Iterator[str]:
    yield f"class {options.name}(TypedDict, total=False):"
    yield from docstring([options.doc], "    ")
    yield from (f"    {name}: {short_type(one)}" for name, one in options.fields.items())


def _imports(options: OptionType, place: str) -> Iterator[str]:
    for name in (name for annotation in options.fields.values() for name in names_in(annotation)):
        module, _, short = name.rpartition(".")
        if module and module != place:
            yield f"from {module} import {short}"
