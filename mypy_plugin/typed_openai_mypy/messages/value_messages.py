"""Messages about values: of another type, not among those allowed, or deprecated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mypy.types import LiteralType, NoneType, Type, get_proper_type

from typed_openai_mypy.api import shapes
from typed_openai_mypy.messages.fragments import LONGEST_NAME, at, choice, clipped, literal
from typed_openai_mypy.messages.type_names import expected_text, type_text, uncut_type_text
from typed_openai_spec import spelling


def inside(path: str, text: str) -> str:
    """Text of mypy about a part of the value at ``path``."""
    short = re.sub(r'"([^"]+)"', lambda found: f'"{clipped(found[1], LONGEST_NAME)}"', text)
    return clipped(f"{at(path)}{short}")


def not_one_of(path: str, values: Sequence[shapes.Value], found: Type, others: Sequence[Type] = ()) -> str:
    """A value that is none of the listed ones (nor fits one of the ``others``)."""
    got = shapes.exact(found)
    rest = f" or {uncut_type_text(others[0])}" if others else ""
    rest += f", ... ({len(others) - 1} more)" if len(others) > 1 else ""
    if not isinstance(got, LiteralType):
        text = "None" if isinstance(got, NoneType) else _none_of(values, found)
        return clipped(f"{at(path)}expected {choice(values)}{rest}; got {text}")
    close = (
        spelling.nearest(str(got.value), [one for one in values if isinstance(one, str)])
        if _is_text(got)
        else None
    )
    hint = f"; did you mean {literal(close)}?" if close is not None and len(values) > 1 else ""
    return clipped(f"{at(path)}expected {choice(values)}{rest}; got {literal(got.value)}{hint}")


def _none_of(values: Sequence[shapes.Value], found: Type) -> str:
    """A type; of one that is several literals, those that are wrong."""
    given = shapes.literals(found) or ()
    wrong = [one for one in given if one not in values]
    if not wrong or len(wrong) == len(given) or None in wrong:
        return f'"{type_text(found)}"'
    return f'{choice(wrong)} in "{type_text(found)}"'


def several_members(path: str, found: Type) -> str:
    return clipped(f'{at(path)}"{type_text(found)}" leaves several members; narrow it to one value first')


def mismatch(path: str, expected: Type, found: Type, hint: str = "") -> str:
    """A value of another type than expected."""
    values, others = shapes.literal_members(expected)
    got = shapes.exact(found)
    if shapes.literals(expected) is not None:
        return clipped(f"{not_one_of(path, shapes.literals(expected) or (), found)}{hint}")
    if isinstance(got, LiteralType) and any(type(one) is type(got.value) for one in values):
        return not_one_of(path, values, found, [one for one in others if not isinstance(one, NoneType)])
    return at_place(path, different(expected, found, hint))


def at_place(path: str, text: str) -> str:
    """The text of a mistake after the path of the value."""
    return clipped(f"{at(path)}{text}")


def different(expected: Type, found: Type, hint: str) -> str:
    """A value of another type than expected, without its path."""
    got = shapes.exact(found)
    found = got.fallback if isinstance(got, LiteralType) else found
    wanted, given = expected_text(expected), type_text(found)
    if wanted == given:
        wanted, given = str(get_proper_type(expected)), str(get_proper_type(found))
    return f'expected "{wanted}", got "{given}"{hint}'


def limited(path: str, expected: Type, found: Type, other: str) -> str:
    """A value that would fit, were it not for the keyword ``other``."""
    return f'{mismatch(path, expected, found)}; with "{other}", leave out "{path}"'


def outdated(name: str, replacement: str) -> str:
    """A deprecation, with the replacement if it is known; ``name`` is empty for a field."""
    verb = "" if replacement.startswith("no ") else "use "
    told = f"{name} is deprecated" if name else "deprecated"
    return clipped(f"{told}; {verb}{replacement}" if replacement else told)


def _is_text(value: LiteralType) -> bool:
    return isinstance(value.value, str)
