"""The options of ``typed-openai call``, apart from the arguments of operations.

Completion reads them too, so nothing that is slow to import belongs here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from typed_openai.timeouts import LONGEST
from typed_openai_spec.option_tables import CALL_OPTION_TABLE, CallOption, OptionKind


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= LONGEST:
        raise ValueError(text)
    return seconds


def _times(text: str) -> int:
    times = int(text)
    if times < 0:
        raise ValueError(text)
    return times


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the command itself, with the parser of its value; flags have no ``metavar``."""

    name: str
    metavar: str
    doc: str
    read: Callable[[str], object] = str

    @property
    def keyword(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")


_READING: Final[Mapping[OptionKind, tuple[str, Callable[[str], object]]]] = {
    "count": ("N", _times),
    "fields": ("JSON", json.loads),
    "headers": ("JSON", json.loads),
    "query": ("JSON", json.loads),
    "timeout": ("SECONDS", _seconds),
    "url": ("URL", str),
}
"""The placeholder and the parser for the value of a call's option, by the option's kind."""


def _of_calls(option: CallOption) -> Option:
    metavar, read = _READING[option.kind]
    return Option(option.name.replace("_", "-"), metavar, option.help, read)


OPTIONS: Final[Mapping[str, Option]] = {
    one.name: one
    for one in (
        Option("spec", "FILE", "the description of another API: an OpenAPI file, or a compiled index"),
        Option("key-from", "VARIABLE", "with --spec: the environment variable that holds the key"),
        Option("output", "FILE", "write the result to FILE; - is standard output"),
        Option("only-text", "", "stream, and print only the text as it arrives"),
        Option("dry-run", "", "print the request as a curl command, and send nothing"),
        Option("no-check", "", "also send arguments that are not in the description"),
        *(_of_calls(one) for one in CALL_OPTION_TABLE if one.help),
        Option("help", "", "show this, or an operation's arguments"),
    )
}
"""The options of the command, by name. No operation has an argument of such a name."""

CALL_KEYWORDS: Final = tuple(one.name for one in CALL_OPTION_TABLE if one.help)
"""The options that are passed to the client's call."""
