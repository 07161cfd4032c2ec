"""The use of a cassette: it is opened, intercepts the requests of all clients, and is written at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from typed_openai._transport.interception import intercepted_by
from typed_openai.observing import RequestInfo
from typed_openai.testing.cassettes.cassette_errors import shown
from typed_openai.testing.cassettes.cassette_owners import (
    begin_recording,
    check_reader,
    current_test,
    end_recording,
)
from typed_openai.testing.cassettes.matching import checked_places
from typed_openai.testing.cassettes.modes import CassetteMode, chosen_mode
from typed_openai.testing.cassettes.player import Player
from typed_openai.testing.cassettes.tape import Cassette


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
    tape = Player(
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
        tape.check()


@contextmanager
def _reserved(tape: Player, owner: str) -> Generator[None, None, None]:
    """Keep the file for this test while it may be recorded, and write it at the end."""
    if not tape.records:
        check_reader(tape.path, owner)
        yield
        return
    begin_recording(tape.path, owner, tape.recorded_by)
    is_written = False
    try:
        yield
        if tape.recorded:
            tape.write()
            is_written = True
    except BaseException as error:
        if tape.recorded:
            error.add_note(f"{shown(tape.path)} was not written: the block that records it did not succeed")
        raise
    finally:
        end_recording(tape.path, written=is_written)
