"""Text for a terminal or a pipe, wrapped to the terminal's width, with colours if they are enabled.

In a pipe nothing is wrapped or coloured, so that programs can search single lines. Texts of a description
are untrusted: their control characters never reach a terminal.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Final, Literal, TextIO, TypeAlias

Style: TypeAlias = Literal["name", "title", "note", "warning"]

_CODES: Final[Mapping[Style, str]] = {"name": "1", "title": "1;4", "note": "2", "warning": "33"}
_NARROWEST: Final = 40
_WIDEST: Final = 120
# In addition to printable characters: joiners, which some scripts and emoji need.
_ALLOWED: Final = frozenset("\n\u200c\u200d")
_FENCE: Final = re.compile(r"\s*(```|~~~)")
# Lines that are not joined: items of lists, rows of tables, headings, quotations, code.
_OWN_LINE: Final = re.compile(r"\s*([-*+]\s|[|>#]|\d+[.)]\s|\s{4})")


def harmless(text: str) -> str:
    """Return the text without control characters for terminals, and with plain tabs and line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    if text.isprintable():
        return text
    return "".join(one for one in text if one.isprintable() or one in _ALLOWED)


def counted(count: int, one: str, many: str) -> str:
    """Return the number and its unit: ``1 entry``, ``2 entries``."""
    return f"{count} {one if count == 1 else many}"


def counted_problems(lines: Sequence[str]) -> str:
    """Return the number of problems and of each kind: ``3 problems (1 lost, 2 renamed)``.

    A line begins with its kind and a colon.
    """
    kinds = Counter(one.partition(":")[0] for one in lines)
    each = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"{counted(len(lines), 'problem', 'problems')} ({each})"


def one_line(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join(harmless(text).split())


@dataclass(frozen=True, slots=True)
class Paper:
    """The properties of an output: ``width`` in characters, or None for lines of any length; colours."""

    width: int | None = None
    coloured: bool = False

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str] = os.environ) -> Paper:
        """Return the properties that suit a stream: see no-color.org and force-color.org."""
        terminal = stream.isatty()
        forced = environment.get("FORCE_COLOR", "") not in ("", "0")
        wanted = forced or (terminal and environment.get("TERM") != "dumb")
        coloured = wanted and not environment.get("NO_COLOR")
        if not terminal:
            return cls(None, coloured)
        columns = shutil.get_terminal_size().columns
        return cls(max(min(columns, _WIDEST), _NARROWEST), coloured)

    def styled(self, text: str, style: Style) -> str:
        """Return the text in a style's colours, if colours are enabled."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.coloured and text else text

    def filled(self, text: str, indent: int = 0, more: int = 0, style: Style | None = None) -> str:
        """Return a paragraph; lines after the first one are indented by ``more``."""
        first, rest = " " * indent, " " * (indent + more)
        line = one_line(text)
        if self.width is not None:
            line = fill(
                line,
                width=self.width,
                initial_indent=first,
                subsequent_indent=rest,
                break_on_hyphens=False,
                break_long_words=False,
            )
        else:
            line = first + line
        if style is None or not self.coloured:
            return line
        return "\n".join(
            f"{' ' * (len(one) - len(one.lstrip()))}{self.styled(one.lstrip(), style)}"
            for one in line.split("\n")
        )

    def prose(self, text: str, indent: int = 0) -> Iterator[str]:
        """Yield the lines of a Markdown text: paragraphs are wrapped, code and lists are kept."""
        paragraph: list[str] = []
        code = False
        for line in (*harmless(text).strip().split("\n"), ""):
            fence = _FENCE.match(line) is not None
            if paragraph and (code or fence or not line.strip() or _OWN_LINE.match(line)):
                yield self.filled(" ".join(paragraph), indent)
                paragraph = []
            if fence or code:
                code = code is not fence
                yield f"{' ' * indent}{line.rstrip()}"
            elif _OWN_LINE.match(line):
                depth = len(line) - len(line.lstrip())
                yield self.filled(line, indent + depth, 2)
            elif line.strip():
                paragraph.append(line)
            else:
                yield ""
