"""Python types that a strict JSON Schema cannot describe, and what to use in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PAIRS: Final = "use a list of {key, value}"
_NAMED: Final = "name the type of its values"
_FIELDS: Final = "use a class with fields, such as a dataclass"
_TEXT: Final = "use str, for example with base64"

HINTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("builtins.dict", "collections.abc.Mapping", "collections.abc.MutableMapping"),
            *("typing.Mapping", "typing.MutableMapping", "collections.OrderedDict"),
            *("collections.defaultdict", "collections.Counter", "types.MappingProxyType"),
        ),
        _PAIRS,
    ),
    **dict.fromkeys(("typing.Any", "builtins.object", "typing_extensions.Any"), _NAMED),
    **dict.fromkeys(("builtins.bytes", "builtins.bytearray", "builtins.memoryview"), _TEXT),
    "builtins.tuple": "use a NamedTuple, or tuple[X, ...] for any number of items",
    **dict.fromkeys(("pathlib.Path", "pathlib.PurePath", "pathlib._local.Path"), "use str"),
    "builtins.complex": "use a class with two fields of type float",
    "enum.Flag": "use a list of an Enum",
    "enum.IntFlag": "use a list of an Enum",
}
"""The type to use in place of a class, by its full name. Other classes need fields."""

EXTRA_ITEMS: Final = "it has extra items; declare its keys"
UNTYPED: Final = "give its fields types"
UNTYPED_PARAMETER: Final = "the parameter has no type; annotate it"
RECEIVER: Final = "the model cannot pass the object of a method; make a tool of the bound method"
CONSTANTS: Final = "use values of type str or int"


def no_strict_schema(place: str, type_text: str, hint: str) -> str:
    """Return the message about a type without a strict schema; ``place`` is its field, if it has one."""
    return f"{place}: {type_text} has no strict schema; {hint}".removeprefix(": ")


def hint_for(fullname: str) -> str:
    """Return the hint for a class by its full name."""
    return HINTS.get(fullname, _FIELDS)
