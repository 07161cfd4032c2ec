"""Text for places, schemas and values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from typed_openai_spec.model import (
    Anything,
    Array,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    ScalarKind,
    Schema,
    Union,
)
from typed_openai_spec.validation.value_places import join
from typed_openai_spec.validation.wording import show

_SHOWN: Final = 6
_SCALARS: Final[dict[ScalarKind, str]] = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a description; ``end`` closes it, as in ``chat.create_chat_completion(messages[].role)``."""

    start: str
    end: str = ""

    def __str__(self) -> str:
        return self.start + self.end

    def key(self, name: str) -> Place:
        """Return the place of a field."""
        return replace(self, start=join(self.start, name))

    def inside(self, brackets: str = "[]") -> Place:
        """Return the place of an array's items (``[]``), or of a map's values or keys."""
        return replace(self, start=self.start + brackets)


def type_text(schema: Schema) -> str:
    """Return a schema as a Python type without bounds: ``list[str] | None``."""
    match schema:
        case Ref(name=name):
            return name
        case Null():
            return "None"
        case Anything():
            return "object"
        case Scalar(kind=kind):
            return "file" if schema.is_binary else _SCALARS[kind]
        case Literals(values=values):
            return " | ".join(_some([show(one) for one in values]))
        case Array(places=(_, *_) as places, rest=rest):
            more = "" if rest is None else f", *list[{type_text(rest)}]"
            return f"tuple[{', '.join(map(type_text, places))}{more}]"
        case Array(items=items):
            return f"list[{type_text(items)}]"
        case Object(extra=extra):
            return f"dict[str, {type_text(extra or Anything())}]"
        case Union(members=members):
            return " | ".join(_some([type_text(one) for one in members]))


def _some(texts: list[str]) -> list[str]:
    return [*texts[:_SHOWN], "..."] if len(texts) > _SHOWN else texts


def listed(values: Iterable[object]) -> str:
    """Return the values, separated by commas."""
    return ", ".join(show(one) for one in values)


def number(value: float) -> str:
    """Return a number without needless decimals."""
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def moved(old: str, new: str) -> str:
    """Return the text of a change from one value to another."""
    return f"{old} became {new}"
