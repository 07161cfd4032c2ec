"""Parts of messages: names, values, lists and paths, each clipped so that a message stays one line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from mypy.nodes import Expression, IndexExpr, IntExpr, MemberExpr, NameExpr, StrExpr

from typed_openai_mypy.api import shapes
from typed_openai_spec.problems import printable

LONGEST: Final = 380
"""The most characters that a message may have, mypy's own addition of the code left out."""

ELLIPSIS: Final = "..."
"""The text of an expression that is not written out."""

LONGEST_NAME: Final = 64
MOST_VALUES: Final = 6
_LONGEST_CHOICE: Final = 100


def key_path(path: str, key: str) -> str:
    """The path of a key inside the value at ``path``."""
    if not key.isidentifier():
        return f"{path}[{literal(key)}]"
    return f"{path}.{clipped(key, LONGEST_NAME)}" if path else clipped(key, LONGEST_NAME)


def literal(value: shapes.Value) -> str:
    """A value as it is written in code, clipped."""
    text = repr(value)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 4]}...{text[-1]}"


def choice(values: Sequence[shapes.Value]) -> str:
    """``'a'`` or ``one of 'a', 'b', ... (7 more)``: as many as fit."""
    distinct = list(dict.fromkeys(map(literal, values)))
    if len(distinct) == 1:
        return distinct[0]
    ends = accumulate(len(one) + 2 for one in distinct)
    room = max(2, sum(end <= _LONGEST_CHOICE for end in ends))
    shown = distinct if len(distinct) <= min(room, MOST_VALUES) else distinct[: min(room, MOST_VALUES - 1)]
    more = f", ... ({len(distinct) - len(shown)} more)" if len(shown) < len(distinct) else ""
    return f"one of {', '.join(shown)}{more}"


def written(expression: Expression) -> str:
    """A name, or attributes and items of one, as it is written in code; of anything else, dots."""
    if isinstance(expression, NameExpr):
        return expression.name
    if isinstance(expression, MemberExpr) and (owner := written(expression.expr)) != ELLIPSIS:
        return f"{owner}.{expression.name}"
    if isinstance(expression, IndexExpr) and isinstance(expression.index, (IntExpr, StrExpr)):
        owner, index = written(expression.base), expression.index.value
        key = f'"{index}"' if isinstance(index, str) and index.isidentifier() else repr(index)
        return owner if owner == ELLIPSIS else f"{owner}[{key}]"
    return ELLIPSIS


def clipped(text: str, longest: int = LONGEST) -> str:
    """The text on one line, cut where it is too long; what a description brings is not to be trusted."""
    text = " ".join(text.split("\n"))
    text = text if text.isprintable() else printable(text)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def suggestion(near: str | None, missing: str | None, what: str) -> str:
    if near is not None:
        return f"; did you mean {quoted(near)}?"
    return f"; the missing {what} is {quoted(missing)}" if missing is not None else ""


def several(what: str, names: Sequence[str]) -> str:
    return f"{what}{'s' if len(names) > 1 else ''} {listed(names)}"


def listed(names: Sequence[str]) -> str:
    """As many names as fit in a line."""
    shown = names if len(names) <= MOST_VALUES else names[: MOST_VALUES - 1]
    more = f", ... ({len(names) - len(shown)} more)" if len(shown) < len(names) else ""
    return f"{', '.join(map(quoted, shown))}{more}"


def quoted(name: str) -> str:
    return f'"{clipped(name, LONGEST_NAME)}"'


def at(path: str) -> str:
    return f"{path}: " if path else ""
