"""Messages about methods that override one of a client package."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.types import Type

from typed_openai_mypy.messages.fragments import clipped
from typed_openai_mypy.messages.type_names import type_text


def other_parameters(method: str, owner: str, names: Sequence[str]) -> str:
    return clipped(f"{method} must take the parameters of {owner}.{method}: {', '.join(names)}")


def parameter_of_override(method: str, name: str, given: Type, taken: Type) -> str:
    return clipped(f'{method} is called with "{type_text(given)}" as {name}, not "{type_text(taken)}"')


def result_of_override(method: str, expected: Type, found: Type) -> str:
    return clipped(f'{method} must return "{type_text(expected)}", not "{type_text(found)}"')
