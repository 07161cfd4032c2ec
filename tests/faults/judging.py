"""The rules for every case: the error, its text, the key, the time, and the resources that are left."""

from __future__ import annotations

import gc
import os
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from tests.faults.faulty import Faulty, Script
from tests.faults.kinds import ALL, BOUND, KEY, QUICK, UPLOADED, Kind

from typed_openai import APIConnectionError, APIError, Client

_DESCRIPTORS = Path("/proc/self/fd")


@dataclass(frozen=True)
class Fault:
    """A fault, and the error that each kind of call must raise for it.

    ``tries`` is the number of connections that the server sees, None if it may vary. ``again`` are the
    kinds that are tried twice, because they change nothing. ``streams`` is the error of streams if it is a
    different one.
    """

    name: str
    scripts: tuple[Script, ...]
    error: type[APIError]
    words: tuple[str, ...]
    tries: int | None = 1
    again: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ALL
    timeout: Any = 5.0
    scheme: str = "http"
    streams: tuple[type[APIError], tuple[str, ...]] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    was_sent: bool | None = True
    """The attribute of a connection error; None if it may vary."""


@dataclass(frozen=True)
class Odd:
    """An unusual reply that must be accepted: each kind returns its value, or ``value``."""

    name: str
    scripts: tuple[Script, ...]
    kinds: tuple[str, ...] = ALL
    value: object = None
    tries: int = 1


SLOW: Final = pytest.mark.slow(seconds=5)


def on_each_kind(*tables: tuple[Any, ...]) -> pytest.MarkDecorator:
    """Parametrize a test by each case of the tables and each kind of call that it concerns.

    The fast loop has one kind of each sort of result.
    """
    cases = [
        pytest.param(
            case,
            name,
            id=f"{case.name}-{name}".replace(" ", "_"),
            marks=() if name in QUICK or not set(QUICK) & set(case.kinds) else SLOW,
        )
        for table in tables
        for case in table
        for name in case.kinds
    ]
    return pytest.mark.parametrize(("case", "kind_name"), cases)


def client_of(
    server: Faulty, *, scheme: str = "http", client_type: Callable[..., Any] = Client, **options: Any
) -> Any:
    """Return a client of the server with one retry."""
    return client_type(
        api_key=KEY,
        **{"base_url": server.url(scheme), "max_retries": 1, "timeout": 5.0, **options},
    )


def failure(call: Callable[[], object]) -> APIError:
    """Return the error of a call, which must be raised within the time bound."""
    began = time.monotonic()
    with pytest.raises(APIError) as caught:
        call()
    assert time.monotonic() - began < BOUND
    return caught.value


def judge(fault: Fault, kind: Kind, folder: Path) -> APIError:
    """Make the call, check its error and its remaining resources against all rules, and return the error."""
    before = snapshot()
    (folder / UPLOADED).write_bytes(bytes(300_000))
    with Faulty(*fault.scripts, media_type=kind.media_type, body=kind.body) as server:
        client = client_of(
            server,
            scheme=fault.scheme,
            client_type=kind.client_type,
            timeout=fault.timeout,
            **fault.options,
        )
        error = failure(lambda: kind.run(client, folder))
        tries = server.connections
    expected, words = fault.streams if fault.streams and kind.streams else (fault.error, fault.words)
    assert type(error) is expected, repr(error)
    assert str(error).startswith(f"{kind.operation}: "), repr(error)
    for word in words:
        assert word in str(error), f"{word!r} is not in {error}"
    wanted = 2 if kind.name in fault.again and fault.tries is not None else fault.tries
    assert wanted is None or tries == wanted, f"{tries} tries instead of {wanted}: {error!r}"
    assert sorted(path.name for path in folder.iterdir()) == [UPLOADED]
    if isinstance(error, APIConnectionError) and fault.was_sent is not None:
        assert error.was_sent is fault.was_sent, repr(error)
    # The bytes of a reply may be in a frame unchanged.
    hold_no_key(error, also_in_frames=KEY.encode() not in server.said)
    client.close()
    if "http_client" in fault.options:
        # The session closes its idle connections once nothing refers to their replies.
        fault.options["http_client"].close()
    else:
        # The error still exists, and with it the frames of its traceback.
        hold_nothing_left(before)
    return error


def hold_no_key(error: APIError, *, also_in_frames: bool = True) -> None:
    """Check that neither the error's texts nor its frames show the key, and that it can be pickled."""
    shown = ["".join(traceback.format_exception(error)), repr(vars(error))]
    inner: BaseException | None = error
    while inner is not None:
        shown += [str(inner), repr(inner), *(_frames(inner) if also_in_frames else ())]
        inner = inner.__cause__ or inner.__context__
    for text in shown:
        assert KEY not in text, f"the key is told: {text[:2000]}"
    pickled = pickle.dumps(error)
    assert KEY.encode() not in pickled
    again = pickle.loads(pickled)
    assert (type(again), str(again)) == (type(error), str(error))


def _frames(error: BaseException) -> Iterator[str]:
    """Yield the local variables of each frame of the traceback, without this suite's own frames."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True, lookup_lines=False)
    for frame in told.stack:
        if f"{os.sep}faults{os.sep}" not in frame.filename:
            yield f"{frame.filename} {frame.name} {frame.locals}"


def snapshot() -> frozenset[str]:
    """Return the threads and the open files of this process."""
    threads = {f"{thread.name} {thread.ident}" for thread in threading.enumerate()}
    return frozenset(threads | set(_open_files()))


def _open_files() -> Iterator[str]:
    if not _DESCRIPTORS.exists():
        yield from (f"descriptor {name}" for name in Path("/dev/fd").iterdir())
        return
    for path in list(_DESCRIPTORS.iterdir()):
        # The listing's own descriptor has been closed.
        with suppress(OSError):
            yield f"descriptor {path.name} of {path.readlink()}"


def hold_nothing_left(before: frozenset[str]) -> None:
    """Check that no new thread or file exists, without a garbage collection."""
    deadline = time.monotonic() + 2
    while (left := snapshot() - before) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not left, sorted(left)


@contextmanager
def without_collection() -> Iterator[None]:
    """Disable garbage collection inside the block.

    What exists before it is left out of later collections, so that each has little to search.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
