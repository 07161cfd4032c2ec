"""Compare this client with the official one on the cases of the fault suite.

Each case starts a server that breaks HTTP, and makes the same call with five clients: ours, synchronous and
asynchronous, and the official one, synchronous and asynchronous with both of its HTTP libraries. All have to
return the value of the reply, or to raise an error of their own, in time, of the right sort, and without the
key. Prints the cases in which a client does not, and exits with status 1 if ours fails where an official one
does not.

Needs ``pip install "openai[aiohttp]"``, in the checkout: ``python -m benchmarks.faults --only gzip``.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import tests.faults.test_faults_before_reply as before_reply
import tests.faults.test_faults_in_reply as in_reply
import tests.faults.test_faults_odd_replies as odd_replies
import tests.faults.test_faults_redirections as redirections
import tests.faults.test_faults_told_errors as told_errors
import tests.faults.test_faults_tries as tries
from tests.faults.async_kinds import ASYNC_KINDS
from tests.faults.faulty import Faulty, Send
from tests.faults.judging import Fault, Odd, client_of
from tests.faults.kinds import KEY, KINDS, MESSAGES, UPLOADED, Kind

import openai
import typed_openai

_TABLES: tuple[tuple[Fault | Odd, ...], ...] = (
    *before_reply.TABLES,
    *in_reply.TABLES,
    in_reply.CUT_TLS,
    *odd_replies.TABLES,
    tries.STORMS,
    redirections.CIRCLES,
    redirections.NOT_FOLLOWED,
    told_errors.OBJECTS,
    told_errors.IN_STREAMS,
)

_SAME = {"stream_to": "stream", "iterate": "read", "raw": "post"}
"""Kinds of call that only this client has, with the kind that replaces them."""

_PATIENCE = 6.0
"""Seconds after which a call counts as hanging. The time limits of all cases are much shorter."""


class Outcome(NamedTuple):
    """``problem`` is empty if the client did as expected."""

    problem: str
    shown: str


def _official(call: Callable[[Any, Path], Any], make: Callable[..., Any]) -> Callable[..., Any]:
    def run(server: Faulty, case: Fault | Odd, folder: Path) -> Any:
        timeout = getattr(case, "timeout", 5.0)
        if isinstance(timeout, typed_openai.Timeout):
            timeout = timeout.first_byte or timeout.connect
        options = getattr(case, "options", {})
        verify = options.get("http_options", {}).get("verify", True)
        base_url = server.url(getattr(case, "scheme", "http"))
        client = make(verify, api_key=KEY, base_url=base_url, max_retries=0, timeout=timeout)
        return call(client, folder)

    return run


def _sync(verify: bool, **settings: Any) -> Any:
    return openai.OpenAI(**settings, http_client=openai.DefaultHttpxClient(verify=verify))


def _post(client: Any, folder: Path) -> Any:
    return client.post("/chat/completions", cast_to=object, body={"messages": MESSAGES, "model": "m"})


def _get(client: Any, folder: Path) -> Any:
    return client.get("/models", cast_to=object)


def _upload(client: Any, folder: Path) -> Any:
    return client.post(
        "/files",
        cast_to=object,
        body={"purpose": "user_data"},
        files={"file": folder / UPLOADED},
        options={"headers": {"Content-Type": "multipart/form-data"}},
    )


def _stream(client: Any, kind: Any) -> Any:
    body = {"messages": MESSAGES, "model": "m", "stream": True}
    return client.post("/chat/completions", cast_to=object, body=body, stream=True, stream_cls=kind[object])


def _speech(client: Any, folder: Path) -> Any:
    return client.audio.speech.create(input="Hello", model="m", voice="alloy")


SYNC: dict[str, Callable[[Any, Path], Any]] = {
    "get": _get,
    "post": _post,
    "upload": _upload,
    "stream": lambda client, _: list(_stream(client, openai.Stream)),
    "read": lambda client, folder: _speech(client, folder).read(),
    "save": lambda client, folder: client.files.content("file-1").read(),
}


async def _all_events(client: Any, folder: Path) -> Any:
    return [event async for event in await _stream(client, openai.AsyncStream)]


async def _content(client: Any, folder: Path) -> Any:
    return (await _speech(client, folder)).read()


async def _file(client: Any, folder: Path) -> Any:
    return (await client.files.content("file-1")).read()


ASYNC: dict[str, Callable[[Any, Path], Any]] = {
    "get": _get,
    "post": _post,
    "upload": _upload,
    "stream": _all_events,
    "read": _content,
    "save": _file,
}


def _asynchronous(transport: Callable[..., Any]) -> Callable[[str], Callable[..., Any]]:
    def make(verify: bool, **settings: Any) -> Any:
        return openai.AsyncOpenAI(**settings, http_client=transport(verify=verify))

    def of_kind(name: str) -> Callable[..., Any]:
        async def call(client: Any, folder: Path) -> Any:
            async with client:
                return await ASYNC[name](client, folder)

        async def begin(server: Faulty, case: Fault | Odd, folder: Path) -> Any:
            return await _official(call, make)(server, case, folder)

        return lambda server, case, folder: asyncio.run(begin(server, case, folder))

    return of_kind


def _closing(name: str) -> Callable[[Any, Path], Any]:
    def call(client: Any, folder: Path) -> Any:
        with client:
            return SYNC[name](client, folder)

    return call


def _ours(kinds: dict[str, Kind]) -> Callable[[str], Callable[..., Any]]:
    def of_kind(name: str) -> Callable[..., Any]:
        def run(server: Faulty, case: Fault | Odd, folder: Path) -> Any:
            kind = kinds[name]
            options = {**getattr(case, "options", {}), "timeout": getattr(case, "timeout", 5.0)}
            client = client_of(
                server,
                client_type=kind.client_type,
                scheme=getattr(case, "scheme", "http"),
                max_retries=0,
                **options,
            )
            try:
                return kind.run(client, folder)
            finally:
                client.close()

        return run

    return of_kind


CLIENTS: dict[str, Callable[[str], Callable[..., Any]]] = {
    "ours": _ours(KINDS),
    "ours async": _ours(ASYNC_KINDS),
    "official": lambda name: _official(_closing(name), _sync),
    "official async": _asynchronous(openai.DefaultAsyncHttpxClient),
    "official aiohttp": _asynchronous(openai.DefaultAioHttpClient),
}


def _kinds_of(case: Fault | Odd) -> list[str]:
    return list(dict.fromkeys(_SAME.get(name, name) for name in case.kinds))


def _patience(case: Fault | Odd) -> float:
    # A client that never stops reading must not fill the memory.
    endless = any(
        isinstance(step, Send) and step.times is None and not step.pause
        for script in case.scripts
        for step in script
    )
    return 1.5 if endless else _PATIENCE


def outcome(case: Fault | Odd, kind_name: str, run: Callable[..., Any]) -> Outcome:
    """Make the call and compare its result with the expectation."""
    kind = KINDS[kind_name]
    found: list[Any] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / UPLOADED).write_bytes(bytes(300_000))

        def call() -> None:
            try:
                found.append(run(server, case, folder))
            except BaseException as error:
                found.append(error)

        with Faulty(*case.scripts, media_type=kind.media_type, body=kind.body) as server:
            thread = threading.Thread(target=call, daemon=True)
            began = time.monotonic()
            thread.start()
            thread.join(_patience(case))
            hung = thread.is_alive()
        thread.join(5)
    if hung:
        return Outcome("hangs", f"{time.monotonic() - began:.1f} s")
    return _judged(case, kind, found[0])


def _judged(case: Fault | Odd, kind: Kind, value: Any) -> Outcome:
    shown = (
        f"{type(value).__name__}: {value}"[:150] if isinstance(value, BaseException) else repr(value)[:150]
    )
    if isinstance(case, Odd):
        wanted = kind.value if case.value is None else case.value
        if isinstance(value, BaseException):
            return Outcome("raises", shown)
        return Outcome("" if value == wanted else "wrong value", shown)
    expected = (case.streams if case.streams and kind.streams else (case.error, ()))[0]
    if not isinstance(value, BaseException):
        return Outcome("no error", shown)
    if not isinstance(value, (openai.OpenAIError, typed_openai.OpenAIError)):
        return Outcome("foreign error", shown)
    if KEY in "".join(traceback.format_exception(value)) + repr(vars(value)):
        return Outcome("shows the key", shown)
    if _sort(expected) != _sort(type(value)):
        return Outcome("wrong sort of error", shown)
    return Outcome("", shown)


def _sort(kind: type[BaseException]) -> str:
    """Return the sort of an error: about time, with a status, or of another sort."""
    if issubclass(kind, (openai.APITimeoutError, typed_openai.APITimeoutError)):
        return "time"
    if issubclass(kind, (openai.APIStatusError, typed_openai.APIStatusError)):
        return "status"
    return "other"


def _cases(only: str) -> Iterator[tuple[Fault | Odd, str]]:
    for table in _TABLES:
        for case in table:
            for kind_name in _kinds_of(case):
                if only in f"{case.name} {kind_name}":
                    yield case, kind_name


def main() -> int:
    """Run the cases, and print those on which the clients differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--only", default="", help="a part of the names of the cases to run")
    parser.add_argument("--kinds", nargs="*", default=list(SYNC), help="the kinds of call")
    parser.add_argument("--clients", nargs="*", default=list(CLIENTS))
    arguments = parser.parse_args()
    failures: Counter[str] = Counter()
    worse = total = 0
    for case, kind_name in _cases(arguments.only):
        if kind_name not in arguments.kinds:
            continue
        total += 1
        results = {name: outcome(case, kind_name, CLIENTS[name](kind_name)) for name in arguments.clients}
        gc.collect()
        failures.update(name for name, one in results.items() if one.problem)
        mine = any(one.problem for name, one in results.items() if name.startswith("ours"))
        theirs = [one for name, one in results.items() if name.startswith("official")]
        is_worse = mine and any(not one.problem for one in theirs)
        worse += is_worse
        if any(one.problem for one in results.values()):
            mark = "WORSE" if is_worse else "ours fails" if mine else "better"
            problems = "; ".join(
                f"{name}: {one.problem} ({one.shown})" for name, one in results.items() if one.problem
            )
            print(f"{mark} | {case.name} | {kind_name} | {problems}", flush=True)
    print(f"\n{total} cases")
    for name in arguments.clients:
        print(f"  {name}: {failures[name]} fail")
    print(f"{worse} in which ours fails and an official one does not")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
