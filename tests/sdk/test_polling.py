"""``poll``: waiting for work until it is over, over a real socket."""

from __future__ import annotations

import math
import time
import warnings
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

import typed_openai
from typed_openai import (
    CallError,
    Client,
    InternalServerError,
    InvalidReplyError,
    NotFoundError,
    PollTimeoutError,
    poll,
    poller,
)
from typed_openai._dynamic import watching
from typed_openai._dynamic.watching import Pace, Watch
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Literals, Object, Operation, Union, Waiting

API = packaged()
ALL = list(API.operations())
WAITING = [one for one in ALL if one.waiting is not None]


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="k", admin_api_key="k", base_url=server.base_url, max_retries=0, timeout=20)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the pauses, and skip them."""
    made: list[float] = []
    monkeypatch.setattr("typed_openai.polling.time.sleep", made.append)
    return made


def states(server: Any, *names: str, **headers: str) -> None:
    for name in names:
        server.reply({"id": "batch_1", "status": name}, **headers)


def method_of(client: Client, operation: Operation) -> Any:
    return getattr(getattr(client, operation.group), operation.name)


def constants(operation: Operation, field: str) -> list[str]:
    """Return the states that the description lists."""
    schema = operation.result.schema
    assert schema is not None
    reply = API.api().resolve(schema)
    assert isinstance(reply, Object)
    found = reply.field(field)
    assert found is not None
    node = API.api().resolve(found.schema)
    nodes = node.members if isinstance(node, Union) else (node,)
    return [str(value) for one in nodes if isinstance(one, Literals) for value in one.values]


@pytest.mark.slow(seconds=5)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("operation", WAITING, ids=lambda one: one.qualified_name)
def test_work_is_over_when_its_state_is_none_of_those_in_which_it_goes_on(
    operation: Operation, server: Any, client: Client, pauses: list[float]
) -> None:
    waiting = operation.waiting
    assert waiting is not None
    for end in constants(operation, waiting.field) or ["completed"]:
        if end in waiting.pending:
            continue
        server.seen.clear()
        server.answers.clear()
        for state in (*waiting.pending, end):
            server.reply({waiting.field: state})
        path = [one.name for one in operation.arguments if one.location == "path"]
        reply = poll(method_of(client, operation), *path)
        assert reply[waiting.field] == end
        assert len(server.seen) == len(waiting.pending) + 1


def test_the_states_of_known_work_are_these() -> None:
    found = {one.qualified_name: one.waiting for one in WAITING}
    assert found["batches.retrieve_batch"] == Waiting(
        "status", ("validating", "in_progress", "finalizing", "cancelling"), "cancelBatch"
    )
    assert found["threads.get_run"] == Waiting("status", ("queued", "in_progress", "cancelling"), "cancelRun")
    assert found["responses.get_response"] == Waiting("status", ("in_progress", "queued"), "cancelResponse")
    assert found["evals.get_eval_run"] == Waiting("status", ("queued", "in_progress"), "cancelEvalRun")
    assert {"videos.get_video", "vector_stores.get_vector_store_file"} <= found.keys()
    assert "organization.retrieve_invite" not in found


def test_a_state_that_is_new_or_missing_ends_the_wait(server: Any, client: Client) -> None:
    for reply in ({"status": "paused"}, {"status": None}, {}):
        server.answers.clear()
        server.reply(reply)
        assert poll(client.batches.retrieve_batch, "batch_1") == reply


def test_arguments_are_those_of_the_method(server: Any, client: Client) -> None:
    states(server, "in_progress", "completed", openai_poll_after_ms="1")
    poll(client.responses.get_response, "resp_1", include=["reasoning.encrypted_content"], max_retries=3)
    assert len(server.seen) == 2
    assert {one.path for one in server.seen} == {
        "/v1/responses/resp_1?include%5B%5D=reasoning.encrypted_content"
    }
    with pytest.raises(CallError, match='missing required argument "batch_id"'):
        poll(client.batches.retrieve_batch)


def test_pauses_grow_with_jitter(server: Any, client: Client, pauses: list[float]) -> None:
    states(server, *["in_progress"] * 12, "completed")
    poll(client.batches.retrieve_batch, "batch_1")
    expected = [min(1.5**one, 30.0) for one in range(12)]
    assert len(pauses) == 12
    assert all(0.75 * want <= got <= 1.25 * want for want, got in zip(expected, pauses, strict=True))
    assert pauses != expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [("2500", 2.5), ("0", 0.0), ("1e9", 3600.0), ("-5", None), ("soon", None), ("nan", None), ("inf", None)],
)
def test_the_server_may_set_the_pause(
    header: str, expected: float | None, server: Any, client: Client, pauses: list[float]
) -> None:
    states(server, "in_progress", "completed", openai_poll_after_ms=header)
    poll(client.batches.retrieve_batch, "batch_1")
    (pause,) = pauses
    assert pause == expected if expected is not None else 0.75 <= pause <= 1.25


def test_progress_is_told_of_every_reply(server: Any, client: Client, pauses: list[float]) -> None:
    states(server, "validating", "in_progress", "completed")
    seen: list[str] = []
    poller(client.batches.retrieve_batch, on_progress=lambda one: seen.append(one["status"]))("batch_1")
    assert seen == ["validating", "in_progress", "completed"]


def test_the_deadline_is_for_the_whole_wait(server: Any, client: Client) -> None:
    states(server, "in_progress")
    wait = poller(client.batches.retrieve_batch, deadline=0.5, first_interval=0.1, longest_interval=0.1)
    begin = time.monotonic()
    with pytest.raises(PollTimeoutError) as raised:
        wait("batch_1")
    assert 0.4 < time.monotonic() - begin < 5
    assert len(server.seen) > 2
    assert str(raised.value) == (
        "batches.retrieve_batch: not done after 0.5 seconds; the last status is 'in_progress'"
    )
    assert raised.value.operation == "batches.retrieve_batch"
    assert raised.value.reply["status"] == "in_progress"
    assert isinstance(raised.value, TimeoutError)


def test_the_deadline_ends_a_call_that_hangs(server: Any, client: Client) -> None:
    def hang(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(2)
        handler.close_connection = True

    states(server, "in_progress", openai_poll_after_ms="1")
    server.answer(hang)
    wait = poller(client.batches.retrieve_batch, deadline=0.5)
    begin = time.monotonic()
    with pytest.raises(PollTimeoutError) as raised:
        wait("batch_1", max_retries=5)
    assert time.monotonic() - begin < 1.8
    assert raised.value.reply["status"] == "in_progress"


def test_a_time_out_of_a_call_is_its_own_error(server: Any, client: Client) -> None:
    def hang(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(1)
        handler.close_connection = True

    server.answer(hang)
    with pytest.raises(typed_openai.APITimeoutError):
        poller(client.batches.retrieve_batch, deadline=60)("batch_1", timeout=0.2)


def test_until_takes_the_place_of_the_state(server: Any, client: Client, pauses: list[float]) -> None:
    for number in range(3):
        server.reply({"id": "file_1", "bytes": number})
    wait = poller(client.files.retrieve_file, until=lambda one: one["bytes"] == 2)
    assert wait("file_1")["bytes"] == 2
    assert len(pauses) == 2


def test_work_is_cancelled_only_when_asked(server: Any, client: Client) -> None:
    states(server, "in_progress")
    for asked in (False, True):
        server.seen.clear()
        wait = poller(client.batches.retrieve_batch, deadline=0.1, cancel=asked)
        with pytest.raises(PollTimeoutError):
            wait("batch_1", extra_headers={"X-Team": "a"})
        posts = [one for one in server.seen if one.method == "POST"]
        assert [one.path for one in posts] == ["/v1/batches/batch_1/cancel"] * asked
        assert all(one.headers["x-team"] == "a" for one in posts)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_interrupted_wait_cancels_the_work_with_its_path(
    server: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("typed_openai.polling.time.sleep", interrupt)
    states(server, "in_progress")
    with pytest.raises(KeyboardInterrupt):
        poller(client.threads.get_run, cancel=True)("thread_1", "run_1")
    assert server.seen[-1].method == "POST"
    assert server.seen[-1].path == "/v1/threads/thread_1/runs/run_1/cancel"


def test_a_failure_of_the_cancellation_is_a_note(server: Any, client: Client) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = b'{"status": "in_progress"}' if handler.command == "GET" else b"{}"
        handler.send_response(200 if handler.command == "GET" else 500)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(body)

    server.answer(answer)
    with pytest.raises(PollTimeoutError) as raised:
        poller(client.batches.retrieve_batch, deadline=0.1, cancel=True)("batch_1")
    (note,) = raised.value.__notes__
    assert note.startswith("The work could not be cancelled: batches.cancel_batch: 500")


def test_an_error_of_a_call_is_raised_and_cancels_nothing(server: Any, client: Client) -> None:
    for status, error in ((404, NotFoundError), (500, InternalServerError)):
        server.answers.clear()
        server.seen.clear()
        server.reply({}, status)
        with pytest.raises(error):
            poller(client.batches.retrieve_batch, cancel=True)("batch_1")
        assert [one.method for one in server.seen] == ["GET"]


def test_a_call_is_retried_as_its_options_say(server: Any, client: Client) -> None:
    server.reply({}, 503, retry_after="0")
    states(server, "completed")
    assert poll(client.batches.retrieve_batch, "batch_1", max_retries=1)["status"] == "completed"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda client: poll(print), "poll: expected a method of a client, as client.batches.retrieve_batch"),
        (lambda client: poll(client.batches.create_batch), "pass the method that retrieves it"),
        (lambda client: poll(client.models.retrieve_model, "m"), "has no status that says when it is over"),
        (
            lambda client: poll(client.batches.retrieve_batch, "b", deadline=3),
            "deadline is an option of poller",
        ),
        (
            lambda client: poller(client.videos.get_video, cancel=True),
            "cannot cancel the work of videos.get_video",
        ),
        (lambda client: poller(client.videos.get_video, until=3), "until: expected a callable or None"),
        (lambda client: poller(client.videos.get_video, on_progress=3), "on_progress: expected a callable"),
        (
            lambda client: poller(client.videos.get_video, deadline=0),
            "deadline: expected a positive number of",
        ),
        (
            lambda client: poller(client.videos.get_video, first_interval=None),
            "first_interval: expected a posi",
        ),
        (
            lambda client: poller(client.videos.get_video, longest_interval=math.inf),
            "longest_interval: expec",
        ),
        (
            lambda client: poller(client.videos.get_video, deadline=True),
            "deadline: expected a positive number",
        ),
    ],
)
def test_mistakes_are_named_at_once(make: Any, expected: str, server: Any, client: Client) -> None:
    with pytest.raises(CallError) as raised:
        make(client)
    assert expected in str(raised.value)
    assert server.seen == []


def test_a_stream_is_no_state(server: Any, client: Client) -> None:
    server.events(b"data: {}\n\n")
    with pytest.raises(InvalidReplyError, match='expected an object with a status, got "Stream"'):
        poll(client.responses.get_response, "resp_1", stream=True)


def test_a_deprecated_method_warns_once_where_it_is_waited_for(
    server: Any, client: Client, pauses: list[float]
) -> None:
    states(server, "queued", "in_progress", "completed")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        poll(client.threads.get_run, "thread_1", "run_1")
    assert [one.filename for one in caught] == [__file__]


def test_the_function_looks_like_the_method(client: Client) -> None:
    wait = poller(client.batches.retrieve_batch)
    assert wait.__name__ == "retrieve_batch"


def test_limits_of_a_call_are_kept_if_they_are_shorter_than_the_deadline() -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0]).__next__
    watch = Watch("x", None, Pace(deadline=100), None, clock=clock)
    usual = typed_openai.Timeout(total=50)
    assert watch.limited({}, usual)["timeout"].total == 50
    assert watch.limited({"timeout": typed_openai.Timeout()}, usual)["timeout"].total == 98
    assert watch.limited({"timeout": 7}, usual)["timeout"].total == 7


def test_the_longest_pause_is_bounded() -> None:
    assert watching.LONGEST_PAUSE == 3600
