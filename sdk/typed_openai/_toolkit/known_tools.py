"""The tools of a run, the calls of them with their arguments read, and the limits of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from typed_openai._shapes.unfit_values import Unfit, shown_path
from typed_openai._toolkit.conversations import AskedCall
from typed_openai_spec.spelling import nearest


@dataclass(frozen=True, slots=True)
class ReadCall:
    """A call with its arguments as Python values; ``problem`` says why they could not be read."""

    id: str
    name: str
    text: str
    arguments: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A tool of the loop: its name, the reader of its arguments, and its function.

    A ``repeatable`` one may run twice.
    """

    name: str
    read: Callable[[str], dict[str, Any]]
    call: Callable[..., Any]
    repeatable: bool
    is_async: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a run, and the functions that approve calls, and settle those of a crashed run."""

    max_turns: int
    max_tokens: int | None
    max_parallel: int
    approve: Callable[[Any], Any] | None
    settle: Callable[[Any], Any] | None


def read_call(asked: AskedCall, tools: Mapping[str, Known]) -> ReadCall:
    """Return a call with its arguments read."""
    if asked.is_cut:
        problem = "the call was cut off before its end"
        return ReadCall(asked.id, asked.name, asked.arguments, {}, problem)
    known = tools.get(asked.name)
    if known is None:
        near = nearest(asked.name, [*tools])
        problem = f'there is no tool "{asked.name}"' + (f'; did you mean "{near}"?' if near else "")
        return ReadCall(asked.id, asked.name, asked.arguments, {}, problem)
    try:
        return ReadCall(asked.id, asked.name, asked.arguments, known.read(asked.arguments or "{}"))
    except Unfit as error:
        place = shown_path(error.path)
        problem = ": ".join(one for one in ("invalid arguments", place, error.text) if one)
        return ReadCall(asked.id, asked.name, asked.arguments, {}, problem)
