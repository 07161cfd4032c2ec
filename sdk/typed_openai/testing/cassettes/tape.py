"""The cassette in use: it replays and records the requests of all clients."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from typed_openai._calls.facts import request_info
from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import Limits
from typed_openai._transport.interception import SendOnward, intercepted_by
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.observing import RequestInfo
from typed_openai.testing.cassettes.cassette_errors import CassetteError, at, shown
from typed_openai.testing.cassettes.cassette_files import (
    Interaction,
    read_cassette,
    test_of,
    write_cassette,
)
from typed_openai.testing.cassettes.cassette_owners import (
    begin_recording,
    check_reader,
    current_test,
    end_recording,
)
from typed_openai.testing.cassettes.matching import (
    checked_places,
    is_match,
    nearest,
    shown_differences,
)
from typed_openai.testing.cassettes.modes import VARIABLE, CassetteMode, chosen_mode
from typed_openai.testing.cassettes.recording import RecordedReply, Recording
from typed_openai.testing.cassettes.replaying import ReplayedReply
from typed_openai.testing.cassettes.reply_forms import json_values, stored_reply
from typed_openai.testing.cassettes.request_forms import content_of, stored_request
from typed_openai.testing.cassettes.scrubbing import Scrubber


class Cassette:
    """A cassette in use, as :func:`cassette` returns it.

    ``path`` is its file, and ``mode`` the mode in use.

    >>> with cassette("models.jsonl") as tape:
    ...     models = Client().models.list_models()
    >>> print(tape)
    <Cassette models.jsonl once: 1 recorded, 0 replayed, 0 unused>
    """

    def __init__(
        self,
        path: Path,
        mode: str,
        *,
        paced: bool,
        ignore: frozenset[str],
        only: Callable[[RequestInfo], bool] | None,
        test: str,
    ) -> None:
        self.path = path
        self.mode = mode
        self._paced = paced
        self._ignore = ignore
        self._only = only
        self._test = test
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._scrubber = Scrubber()
        self._content = path.read_bytes() if path.exists() else None
        self._recorded_by = ""
        self._known: tuple[Interaction, ...] = ()
        if self._content is not None and mode != "record":
            found = read_cassette(path)
            self._known, self._recorded_by = found.interactions, found.test
        elif self._content is not None:
            self._recorded_by = test_of(path)
        self._left = list(self._known)
        self._recordings: list[Recording] = []
        self._unexpected: list[CassetteError] = []

    @property
    def records(self) -> bool:
        """True if requests that the cassette does not have are sent to the server, and recorded.

        >>> with cassette("models.jsonl") as tape:
        ...     tape.records  # it does not exist yet
        True
        """
        return self.mode in ("record", "extend") or (self.mode == "once" and self._content is None)

    @property
    def recorded(self) -> int:
        """The number of requests that were sent and recorded.

        >>> with cassette("models.jsonl") as tape:
        ...     models = Client().models.list_models()
        >>> tape.recorded
        1
        """
        return len(self._recordings)

    @property
    def replayed(self) -> int:
        """The number of requests that were answered from the cassette.

        >>> for _ in range(2):
        ...     with cassette("models.jsonl") as tape:
        ...         models = Client().models.list_models()
        >>> tape.replayed
        1
        """
        return len(self._known) - len(self._left)

    @property
    def unused(self) -> tuple[str, ...]:
        """The recorded requests that were not made, as ``file:line: operation``.

        >>> with cassette("models.jsonl"):
        ...     models = Client().models.list_models()
        >>> with cassette("models.jsonl") as tape:
        ...     pass
        >>> tape.unused
        ('models.jsonl:2: models.list_models',)
        """
        with self._lock:
            left = [*self._left]
        return tuple(str(at(self.path, one.line, _named(one.request))) for one in left)

    def __repr__(self) -> str:
        counts = f"{self.recorded} recorded, {self.replayed} replayed, {len(self._left)} unused"
        return f"<Cassette {self.path.name} {self.mode}: {counts}>"

    def send(
        self, request: HttpRequest, limits: Limits, onward: SendOnward, options: Mapping[str, Any]
    ) -> HttpReply:
        """Answer a request of a client: the clients call this."""
        if self._only is not None and not self._only(request_info(request, 1)):
            return onward(request, limits)
        self._scrubber.learn(request, options)
        content = content_of(request)
        sent = stored_request(request, content)
        if (found := self._taken(sent)) is not None:
            return ReplayedReply(self.path, found, request, limits, paced=self._paced)
        if not self.records:
            raise self._unexpected_call(sent)
        return self._recorded(_with_body(request, content), sent, limits, onward)

    def pause(self, seconds: float) -> float:
        """Return the pause before another try: none while replaying, unless the pace is kept."""
        return 0.0 if not self._paced and not self.records else seconds

    def _taken(self, sent: Mapping[str, Any]) -> Interaction | None:
        """Return the first recording of a request that was not used yet, and mark it as used."""
        with self._lock:
            for number, one in enumerate(self._left):
                if is_match(one.request, sent, self._ignore):
                    return self._left.pop(number)
        return None

    def _recorded(
        self, request: HttpRequest, sent: Mapping[str, Any], limits: Limits, onward: SendOnward
    ) -> HttpReply:
        if os.getpid() != self._process:
            raise at(self.path, 0, "a forked process cannot record; record without forking, then replay")
        begun = now()
        reply = onward(request, limits)
        recording = Recording(sent, reply, now() - begun)
        with self._lock:
            self._recordings.append(recording)
        return RecordedReply(reply, recording)

    def _unexpected_call(self, sent: Mapping[str, Any]) -> CassetteError:
        """Return the error for a request that is not recorded, with the difference to the nearest one."""
        shown = self._scrubber.json(sent)
        call = f"{shown['method']} {shown['url']} ({shown['operation']})"
        # Those that are left are preferred: of two equal ones, the first is the nearest.
        found = nearest((*self._left, *self._known), sent, self._ignore)
        if found is None:
            text = f"no recording of {call}: the cassette is empty"
        elif not found.differences:
            text = f"{call} is recorded, but was already replayed"
        else:
            lines = shown_differences(found.differences, self._scrubber.json)
            text = f"no recording of {call}; the nearest, with - as recorded and + as sent:\n{lines}"
        line = 0 if found is None else found.interaction.line
        error = at(self.path, line, f'{text}\nto record it, use mode="extend" or {VARIABLE}=extend')
        self._unexpected.append(error)
        return error

    @property
    def unexpected(self) -> tuple[CassetteError, ...]:
        """The errors of the requests that were neither recorded nor sent; a program may have caught them.

        >>> with cassette("models.jsonl") as tape:
        ...     models = Client().models.list_models()
        >>> tape.unexpected
        ()
        """
        return tuple(self._unexpected)

    def _check(self) -> None:
        """Raise ``CassetteError`` if the requests were not exactly those that are recorded."""
        if self._unexpected:
            raise self._unexpected[0]
        if self.unused and self.mode != "record":
            listed = "".join(f"\n  {one}" for one in self.unused)
            raise at(self.path, 0, f"recorded requests that were not made:{listed}")

    def _write(self) -> None:
        """Write what was recorded, without credentials. Raises ``CassetteError`` if another test did so."""
        heard = [(one.request, one.heard()) for one in self._recordings]
        for request, reply in heard:
            self._scrubber.learn_values([request, *json_values(reply)])
            self._scrubber.learn_cookies(reply.headers.get("set-cookie", ""))
        fresh = [
            Interaction(self._scrubber.json(request), stored_reply(reply, self._scrubber))
            for request, reply in heard
        ]
        content = self.path.read_bytes() if self.path.exists() else None
        if content != self._content:
            other = test_of(self.path) or "another program"
            raise at(
                self.path, 1, f"{other} has written this cassette; {self._test} must have one of its own"
            )
        write_cassette(self.path, self._test, (*self._known, *fresh))


def _named(request: Mapping[str, Any]) -> str:
    return str(request.get("operation") or f"{request['method']} {request['url']}")


def _with_body(request: HttpRequest, content: bytes) -> HttpRequest:
    """Return the request with the body that was read, which can be sent again."""
    return request if request.body is None else replace(request, body=content)


@contextmanager
def cassette(
    path: str | os.PathLike[str],
    *,
    mode: CassetteMode | None = None,
    paced: bool = False,
    ignore: Iterable[str] = (),
    only: Callable[[RequestInfo], bool] | None = None,
    strict: bool = False,
    test: str | None = None,
) -> Generator[Cassette, None, None]:
    """Record the requests of all clients to a file, or replay them from it, for the duration of the context.

    ``path`` is the file. ``mode`` is a :data:`CassetteMode`; the default is that of the environment variable
    ``TYPED_OPENAI_CASSETTES``, or else ``once``. With ``paced``, replies arrive with the recorded pauses, and
    retries wait; otherwise, all of it happens at once.

    A request is answered by a recording with the same method, URL and body. Headers, the order of keys and
    the boundaries of forms do not matter, and on loopback the port does not. ``ignore`` names places of the
    body or the query that may differ, too: ``metadata.run_id``, ``input[].id`` or ``query.after``. Each
    recording is used once.

    ``only`` limits the cassette to requests for which it returns True; others are sent as usual. ``strict``
    raises at the end if a recorded request was not made, and if an unexpected one was made whose error the
    program caught. ``test`` is the test that the cassette belongs to; the default is the running test of
    pytest, or the function that opens the cassette.

    The file is written at the end, unless the block raises. It contains no credentials.

    Raises :class:`CassetteError` for a cassette that is damaged, missing or another test's, and for a
    request that it does not have, with the difference to the nearest one that it has.

    >>> for _ in range(2):
    ...     with cassette("hello.jsonl") as tape:
    ...         reply = Client().responses.create_response("Hello", "gpt-4o-mini")
    >>> tape.recorded, tape.replayed
    (0, 1)
    """
    file, owner = Path(path), test or current_test()
    tape = Cassette(
        file,
        chosen_mode(mode, file),
        paced=paced,
        ignore=checked_places(ignore),
        only=only,
        test=owner,
    )
    with _reserved(tape, owner), intercepted_by(tape):
        yield tape
    if strict:
        tape._check()


@contextmanager
def _reserved(tape: Cassette, owner: str) -> Generator[None, None, None]:
    """Keep the file for this test while it may be recorded, and write it at the end."""
    if not tape.records:
        check_reader(tape.path, owner)
        yield
        return
    begin_recording(tape.path, owner, tape._recorded_by)
    is_written = False
    try:
        yield
        if tape.recorded:
            tape._write()
            is_written = True
    except BaseException as error:
        if tape.recorded:
            error.add_note(f"{shown(tape.path)} was not written: the block that records it did not succeed")
        raise
    finally:
        end_recording(tape.path, written=is_written)
