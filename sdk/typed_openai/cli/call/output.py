"""Write the result of a call: JSON, text, the events of a stream, a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Final

from typed_openai._encoding.saving import save
from typed_openai.binary import BinaryReply
from typed_openai.cli.call.command_line import UsageError
from typed_openai.cli.progress_bar import progress_bar
from typed_openai.streaming import Stream

_STANDARD: Final = "-"
# In addition to line breaks: joiners, which some scripts and emoji need.
_ALLOWED: Final = frozenset("\n\t\u200c\u200d")


class Output:
    """The destination of the result: the file at ``place``, or standard output."""

    def __init__(self, place: str | None) -> None:
        self._place = None if place == _STANDARD else place
        self._wanted = place is not None
        self._to_terminal = self._place is None and sys.stdout.isatty()

    def check(self, kind: str) -> None:
        """Reject a destination that does not suit results of this kind, before anything is sent."""
        if kind == "binary" and self._to_terminal and not self._wanted:
            raise UsageError("the result is a file: give --output FILE, or redirect the output")
        if self._place is not None:
            path = Path(self._place)
            if path.is_dir() or not path.parent.is_dir():
                reason = "is a directory" if path.is_dir() else f"there is no directory {str(path.parent)!r}"
                raise UsageError(f"--output: {self._place!r}: {reason}")

    def write(self, result: object) -> None:
        """Write a whole result."""
        if isinstance(result, BinaryReply):
            self._write_file(result)
        elif isinstance(result, str):
            self._write_pieces([self._shown(result)])
        elif result is not None:
            indent, separators = (2, None) if self._to_terminal else (None, (",", ":"))
            text = json.dumps(result, ensure_ascii=False, indent=indent, separators=separators)
            self._write_pieces([_encoded(self._harmless(text, _escaped) + "\n")])

    def write_events(self, events: Stream[object]) -> None:
        """Write each event as a line of JSON, as it arrives."""
        lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in events)
        with events:
            self._write_pieces(_encoded(self._harmless(line, _escaped)) for line in lines)

    def write_texts(self, events: Stream[object], texts: Iterable[str]) -> None:
        """Write the texts as they arrive with the events, and a line break."""
        with events:
            pieces = (_encoded(self._harmless(one, _replaced)) for one in texts)
            self._write_pieces(chain(pieces, [b"\n"]))

    def _write_pieces(self, pieces: Iterable[bytes]) -> None:
        """Write the pieces as they arrive; a file is written completely or not at all."""
        if self._place is not None:
            save(pieces, self._place)
            return
        last = b"\n"
        try:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
                sys.stdout.buffer.flush()
                last = piece or last
        except Exception:
            if self._to_terminal and not last.endswith(b"\n"):
                # The error message begins on a new line.
                sys.stdout.buffer.write(b"\n")
                sys.stdout.buffer.flush()
            raise

    def _write_file(self, reply: BinaryReply) -> None:
        with progress_bar("download") as tell:
            if self._place is not None:
                reply.save(self._place, on_progress=tell)
                return
            self._write_pieces(reply.iterate(on_progress=tell))

    def _shown(self, text: str) -> bytes:
        end = "\n" if self._to_terminal and not text.endswith("\n") else ""
        return _encoded(self._harmless(text, _replaced) + end)

    def _harmless(self, text: str, instead: Callable[[str], str]) -> str:
        """Return the text; on a terminal, control characters are replaced."""
        if not self._to_terminal or text.isprintable():
            return text
        return "".join(one if one.isprintable() or one in _ALLOWED else instead(one) for one in text)


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]


def _replaced(char: str) -> str:
    return "\N{REPLACEMENT CHARACTER}"


def _encoded(text: str) -> bytes:
    # A lone surrogate has no UTF-8; its escape is valid JSON.
    return text.encode("utf-8", "backslashreplace")
