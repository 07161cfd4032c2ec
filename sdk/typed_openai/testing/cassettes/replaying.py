"""A reply from a cassette: at once, or with the pace of the recorded one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from typed_openai._transport.deadlines import Limits, PhaseName
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import APIConnectionError
from typed_openai.testing.cassettes.cassette_errors import at
from typed_openai.testing.cassettes.cassette_files import Interaction
from typed_openai.testing.cassettes.stored_replies import replayed_headers


class ReplayedReply:
    """A recorded reply. With ``paced``, its headers and pieces arrive with the recorded pauses.

    The time limits of the call apply to these pauses, and cancelling the call ends them.
    """

    def __init__(
        self, path: Path, interaction: Interaction, request: HttpRequest, limits: Limits, *, paced: bool
    ) -> None:
        self._path = path
        self._interaction = interaction
        self._request = request
        self._limits = limits
        self._paced = paced
        self._ended = threading.Event()
        self._pieces = interaction.reply.pieces()
        self.status: int = interaction.reply.head["status"]
        self.headers = replayed_headers(interaction.reply, self._pieces)
        if limits.cancellation is not None:
            limits.cancellation.watch(self.abort)
        self._pause(float(interaction.reply.head.get("after", 0.0)), "first_byte")

    @property
    def aborted(self) -> bool:
        """True after :meth:`abort`."""
        return self._ended.is_set()

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in its recorded pieces."""
        while self._pieces and not self.aborted:
            piece = self._pieces[0]
            self._pause(piece.after, "idle")
            if self.aborted:
                return
            del self._pieces[0]
            yield piece.data
        if not self.aborted:
            self._check_end()

    def read(self, most: int | None = None) -> bytes:
        """Return the rest of the body, or at least ``most`` bytes of it."""
        read, size = [], 0
        for piece in self.chunks():
            read.append(piece)
            size += len(piece)
            if most is not None and size >= most:
                break
        return b"".join(read)

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def abort(self) -> None:
        """End a pause of another thread, and the reply."""
        self._ended.set()

    def _pause(self, seconds: float, phase: PhaseName) -> None:
        if not self._paced or not seconds:
            return
        allowed = self._limits.least(phase)
        if allowed is None or seconds <= allowed:
            self._ended.wait(seconds)
        elif not self._ended.wait(allowed):
            # Imported here because a replay needs no HTTP library otherwise.
            from typed_openai._transport.failures import our_error  # noqa: PLC0415

            passed = self._limits.passed(phase) or TimeoutError()
            raise our_error(passed, self._request, self._limits, answered=phase == "idle", was_sent=True)

    def _check_end(self) -> None:
        """Raise the error of a body that did not arrive as a whole when it was recorded."""
        if self._interaction.reply.end == "cut":
            raise APIConnectionError(
                f"{self._request.operation}: the connection broke when this reply was recorded",
                operation=self._request.operation,
            )
        if self._interaction.reply.end == "left":
            raise at(
                self._path,
                self._interaction.reply_line,
                "the program reads more of this reply than when it was recorded; record it again",
            )
