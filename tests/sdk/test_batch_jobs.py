"""Batch jobs: files that are split and checked, batches that fail, expire or get lost, killed processes."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from typed_openai import (
    APITimeoutError,
    BadRequestError,
    BatchFailure,
    BatchJob,
    BatchReply,
    CallError,
    Client,
    JobError,
    NotFoundError,
    batch_jobs,
    upload_file,
)
from typed_openai._batches import course, request_files
from typed_openai._batches.batch_limits import BatchLimits
from typed_openai._batches.id_table import ADDED, IdTable, digest_of
from typed_openai._durable.entry_log import EntryLog
from typed_openai.testing import BatchScript, Server
from typed_openai_spec.index.reader import packaged

HEAD = b'{"typed-openai":"batch job","format":1}\n'
MODEL = "text-embedding-3-small"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of ten requests."""
    monkeypatch.setattr(batch_jobs, "_LIMITS", BatchLimits(requests=10))


@pytest.fixture(autouse=True)
def no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "_delays", lambda: iter(lambda: 0.0, 1.0))
    monkeypatch.setattr(course, "_SETTLED", 0.05)


def embeddings(client: Client, folder: Path, rows: int = 0, **options: Any) -> Any:
    job: Any = BatchJob(folder, client.embeddings.create_embedding, **options)
    for number in range(rows):
        job.add(f"row-{number}", f"text {number}", MODEL)
    return job


def finished(job: Any, client: Client) -> Any:
    job.send(client)
    return job.wait(client, poll_seconds=0.001)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def done(fake: Server) -> Counter[str]:
    return Counter(one.operation.partition(".")[2] for one in fake.requests if one.status == 200)


def paid(fake: Server) -> Counter[str]:
    """Return how often each request was executed with success, by the books of the server."""
    ran = [json.loads(line) for one in fake._service.work.batches.ended for line in one]
    return Counter(one["custom_id"] for one in ran if (one["response"] or {}).get("status_code") == 200)


# What is written


def test_a_line_is_what_the_call_would_send(client: Client, fake: Server, tmp_path: Path) -> None:
    messages = [{"role": "user", "content": "é\u2028\n"}]
    tool = {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}
    schema = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
    call = client.chat.create_chat_completion
    given: dict[str, Any] = {"tools": [tool], "response_format": schema, "temperature": 0}
    with BatchJob(tmp_path / "job", call, check=False) as job:
        job.add("1", messages, "gpt-5.5", **given)
        job.add("2", messages=messages, model="gpt-5.5", extra_body={"new": 1})
        job.add("3", iter(messages), "gpt-5.5")
    call(messages, "gpt-5.5", **given)
    (first, second, third) = lines(tmp_path / "job/requests/0001.jsonl")
    assert (first["custom_id"], first["method"], first["url"]) == ("1", "POST", "/v1/chat/completions")
    assert first["body"] == fake.requests[-1].body
    assert second["body"] == {"messages": messages, "model": "gpt-5.5", "new": 1}
    assert third["body"] == {"messages": messages, "model": "gpt-5.5"}


def test_every_operation_that_batches_support_is_accepted(client: Client, tmp_path: Path) -> None:
    argument = packaged().operation("batches", "create_batch").argument("endpoint")
    paths = getattr(argument and argument.schema, "values", ())
    accepted, refused = list[str](), list[str]()
    for one in packaged().operations():
        if f"/v1{one.path}" in paths and one.method == "POST":
            try:
                job: Any = BatchJob(tmp_path / one.name, getattr(getattr(client, one.group), one.name))
            except CallError as error:
                refused.append(str(error))
            else:
                accepted.append(job._folder.url)
    assert {"/v1/responses", "/v1/chat/completions", "/v1/embeddings", "/v1/moderations"} <= set(accepted)
    assert all("sends no JSON" in one for one in refused)


def test_another_operation_is_refused(client: Client, tmp_path: Path) -> None:
    with pytest.raises(
        CallError, match=r"batches do not support models.list_models \(/v1/models\); expected"
    ):
        BatchJob(tmp_path, client.models.list_models)
    with pytest.raises(CallError, match=r'expected a method of a client, such as .*, got "builtin_'):
        BatchJob(tmp_path, print)


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, 'missing required arguments "input", "model" for embeddings.create_embedding'),
        (("x",), {}, 'missing required argument "model"'),
        (("x", MODEL), {"modle": "x"}, 'unexpected keyword "modle" for embeddings.create_embedding; did you'),
        (("x", MODEL), {"input": "y"}, 'argument "input" for embeddings.create_embedding is passed twice'),
        (("x", MODEL), {"timeout": 5}, "timeout: the requests of a batch have no such option"),
        (("x", MODEL), {"dimensions": "x"}, "id 'row': dimensions: expected"),
        (("x", MODEL), {"extra_body": {"dimension": 5}}, "id 'row': dimension"),
        (({1, 2}, MODEL), {}, 'input: expected a JSON value, got "set"'),
        ((float("nan"), MODEL), {}, "input: JSON cannot hold nan"),
        (("\ud800", MODEL), {}, "input: the text contains a lone surrogate"),
    ],
)
def test_a_wrong_call_is_refused_when_it_is_added(
    client: Client, tmp_path: Path, args: Any, kwargs: Any, message: str
) -> None:
    with embeddings(client, tmp_path) as job:
        with pytest.raises(CallError) as caught:
            job.add("row", *args, **kwargs)
        assert message in str(caught.value)
        job.add("row", "right", MODEL)
    assert [one["body"]["input"] for one in lines(tmp_path / "requests/0001.jsonl")] == ["right"]


@pytest.mark.parametrize("line_id", ["", "x" * 513, 5, None])
def test_a_wrong_id_is_refused(client: Client, tmp_path: Path, line_id: Any) -> None:
    with embeddings(client, tmp_path) as job, pytest.raises(CallError, match=r"^id: expected"):
        job.add(line_id, "x", MODEL)


def test_streaming_is_refused(client: Client, tmp_path: Path) -> None:
    with BatchJob(tmp_path, client.responses.create_response) as job:
        with pytest.raises(CallError, match="stream: the requests of a batch cannot stream"):
            job.add("1", "Hi", "gpt-5.5", stream=True)
        job.add("1", "Hi", "gpt-5.5", stream=False)


def test_only_the_first_requests_are_checked_by_default(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "_CHECKED", 2)
    with embeddings(client, tmp_path, 2) as job:
        job.add("unchecked", "x", MODEL, dimensions="many")
    checked = embeddings(client, tmp_path / "checked", 2, check=True)
    with checked as job, pytest.raises(CallError, match="dimensions"):
        job.add("checked", "x", MODEL, dimensions="many")


def test_files_are_split_by_requests_size_model_and_inputs(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "_LIMITS", BatchLimits(requests=4, size=2000, inputs=6))
    with embeddings(client, tmp_path) as job:
        for number in range(9):
            job.add(f"few-{number}", "x", MODEL)
        for number in range(4):
            job.add(f"big-{number}", "x" * 700, "text-embedding-3-large")
        for number in range(3):
            job.add(f"many-{number}", ["x", "y", "z", "u"][: number + 2], "text-embedding-ada-002")
        with pytest.raises(CallError, match="a file can have 2000"):
            job.add("huge", "x" * 2000, MODEL)
        job.send(client)
    files = sorted((tmp_path / "requests").iterdir())
    for path in files:
        found = lines(path)
        assert len({one["body"]["model"] for one in found}) == 1
        assert len(found) <= 4
        assert path.stat().st_size <= 2000
        assert sum(len(one["body"]["input"]) for one in found if isinstance(one["body"]["input"], list)) <= 6
    assert sum(len(lines(path)) for path in files) == 16
    assert len(files) == 3 + 2 + 2


def test_an_id_is_used_once(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 3) as job, pytest.raises(CallError, match="id: 'row-1' is used twice"):
        job.add("row-1", "text 1", MODEL)
    again = embeddings(client, tmp_path, 5)  # a program that is run again
    with again as job, pytest.raises(CallError, match="id: 'row-1' is used twice"):
        job.add("row-1", "text 1", MODEL)
    with embeddings(client, tmp_path) as job, pytest.raises(CallError, match="used for another request"):
        job.add("row-1", "another text", MODEL)
    assert [one["custom_id"] for one in lines(tmp_path / "requests/0001.jsonl")] == [
        f"row-{number}" for number in range(5)
    ]


def test_several_threads_can_add_to_a_job(client: Client, tmp_path: Path) -> None:
    job: Any = embeddings(client, tmp_path, check=False)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda number: job.add(str(number), "x" * 500, f"m{number % 3}"), range(6_000)))
    finally:
        sys.setswitchinterval(interval)
    job.close()
    ids = [line["custom_id"] for path in (tmp_path / "requests").iterdir() for line in lines(path)]
    assert sorted(ids, key=int) == [str(number) for number in range(6_000)]


def test_nothing_is_added_while_a_job_is_being_sent(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "_ENDING", 0.01)
    with embeddings(client, tmp_path, 1) as job:
        job.send(client)
        with pytest.raises(JobError, match="another call of the same job is in progress"):
            job.wait(client, poll_seconds=0.0, on_progress=lambda _: job.add("late", "x", MODEL))
        assert job.wait(client, poll_seconds=0.0).total == 1
        job.add("late", "x", MODEL)


def test_the_table_of_ids_finds_each_id() -> None:
    table = IdTable()
    for number in range(20_000):
        assert table.add(f"row-{number}", digest_of(b"%d" % number)) == 0
    assert len(table) == 20_000
    for number in range(20_000):
        assert table.add(f"row-{number}", 1) == digest_of(b"%d" % number)
        assert table.add(f"row-{number}", 1) == digest_of(b"%d" % number) | ADDED


# Results


def test_a_job_is_sent_and_its_results_are_joined(client: Client, fake: Server, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 25) as job:
        progress = finished(job, client)
        assert dataclasses.astuple(progress) == (25, 25, 0, 1, 1)
        results = list(job.results())
    assert [one.id for one in results] == [f"row-{number}" for number in range(25)]
    assert all(isinstance(one, BatchReply) for one in results)
    assert results[7].request == {"input": "text 7", "model": MODEL}
    assert results[7].reply["object"] == "list"
    written = [one["custom_id"] for one in lines(tmp_path / "output/0001.jsonl")]
    assert written != sorted(written, key=lambda one: int(one[4:]))  # the output has no order
    assert done(fake)["create_file"] == done(fake)["create_batch"] == 1


def test_results_of_many_files_are_in_order(client: Client, small: None, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 35) as job:
        assert finished(job, client).batches == 4
        assert [one.id for one in job.results()] == [f"row-{number}" for number in range(35)]


def test_failures_have_the_status_and_the_message(client: Client, fake: Server, tmp_path: Path) -> None:
    fake.script_batches(BatchScript(failures={"row-1": 500, "row-2": 429}))
    with embeddings(client, tmp_path, 4) as job:
        assert finished(job, client).failed == 2
        results = list(job.results())
    assert [type(one) for one in results] == [BatchReply, BatchFailure, BatchFailure, BatchReply]
    assert (results[1].status, results[1].message) == (500, "scripted failure 500")
    assert results[2].request["input"] == "text 2"
    assert len(lines(tmp_path / "errors/0001.jsonl")) == 2


def test_an_expired_batch_keeps_what_is_done_and_the_rest_is_sent_again(
    client: Client, fake: Server, small: None, tmp_path: Path
) -> None:
    fake.script_batches(BatchScript(expire_after=6, failures={"row-11": 500}))
    with embeddings(client, tmp_path, 20) as job:
        assert dataclasses.astuple(finished(job, client)) == (20, 20, 9, 2, 2)
        failed = [one for one in job.results() if isinstance(one, BatchFailure)]
        assert Counter(one.code for one in failed) == {"batch_expired": 8, None: 1}
        fake.script_batches(BatchScript(failures={"row-7": 500}))
        assert job.again(client).batches == 4
        assert dataclasses.astuple(job.wait(client, poll_seconds=0.001)) == (20, 20, 1, 4, 4)
        sent = [one["custom_id"] for one in lines(tmp_path / "requests/0003.jsonl")]
        assert sent == ["row-6", "row-7", "row-8", "row-9"]
        results = list(job.results())
        assert [one.id for one in results if isinstance(one, BatchFailure)] == ["row-7"]
        assert [one.id for one in results] == [f"row-{number}" for number in range(20)]
        fake.script_batches(BatchScript())
        job.again(client)
        assert job.wait(client, poll_seconds=0.001).failed == 0
        assert job.again(client).batches == 5  # nothing is left to be sent


def test_a_cancelled_job_keeps_what_is_done(client: Client, fake: Server, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 10) as job:
        job.send(client)
        job.cancel(client)
        assert job.wait(client, poll_seconds=0.001).failed == 5
        assert Counter(type(one) for one in job.results()) == {BatchReply: 5, BatchFailure: 5}


def test_nothing_is_sent_after_a_job_was_cancelled(
    client: Client, fake: Server, small: None, tmp_path: Path
) -> None:
    fake.script_batches(BatchScript(token_limit=10, polls=100))
    with embeddings(client, tmp_path, 30) as job:
        job.send(client)
        job.cancel(client)
        created = done(fake)["create_batch"]
        assert job.wait(client, poll_seconds=0.0).is_complete
        assert done(fake)["create_batch"] == created
        assert len([one for one in job.results() if isinstance(one, BatchFailure)]) == 25
        fake.script_batches(BatchScript())
        job.again(client)
        assert job.wait(client, poll_seconds=0.0).failed == 0
    assert set(paid(fake).values()) == {1}


def test_a_batch_that_has_ended_does_not_hold_up_a_cancellation(
    client: Client, fake: Server, small: None, tmp_path: Path
) -> None:
    fake.script_batches(BatchScript(polls=100))
    with embeddings(client, tmp_path, 20) as job:
        job.send(client)
        fake.fail(409, client.batches.cancel_batch)
        job.cancel(client)
        assert done(fake)["cancel_batch"] == 1


def test_a_refused_batch_fails_each_request(client: Client, fake: Server, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 2) as job:
        pass
    path = tmp_path / "requests/0001.jsonl"
    path.write_bytes(path.read_bytes().replace(b"/v1/embeddings", b"/v1/embeddingz"))
    with embeddings(client, tmp_path) as job:
        assert finished(job, client).failed == 2
        assert {one.message for one in job.results()} == {"url: expected /v1/embeddings, got /v1/embeddingz"}


def test_results_are_left_out_while_a_batch_is_in_progress(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 2) as job:
        job.send(client)
        assert list(job.results()) == []
        assert dataclasses.astuple(job.progress()) == (2, 0, 0, 1, 0)


def test_more_can_be_added_after_a_job_was_sent(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 2) as job:
        finished(job, client)
        job.add("later", "x", MODEL)
        finished(job, client)
        assert [one.id for one in job.results()] == ["row-0", "row-1", "later"]


# Limits and delays of the server


def test_a_file_that_is_not_visible_yet_is_waited_for(client: Client, fake: Server, tmp_path: Path) -> None:
    fake.script_batches(BatchScript(invisible=3))
    with embeddings(client, tmp_path, 2) as job:
        assert finished(job, client).failed == 0
    assert done(fake)["create_batch"] == 1
    assert [one.status for one in fake.requests if one.operation == "batches.create_batch"] == [400] * 3 + [
        200
    ]


@pytest.mark.parametrize("killed_after", ["", "lost", "uploading"])
def test_a_file_that_the_server_has_deleted_is_uploaded_again(
    client: Client, fake: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_after: str
) -> None:
    fake.fail(429, client.batches.create_batch)
    with embeddings(client, tmp_path, 2) as job:
        assert job.send(client).batches == 1
    (queued,) = client.files.list_files()["data"]
    client.files.create_file(("other.jsonl", b"{}"), "batch")
    client.files.delete_file(queued["id"])
    fake.fail(404, client.files.retrieve_file, times=None, when={"file_id": queued["id"]})
    gone = {"error": {"message": "no such file", "type": "x", "code": None, "param": "input_file_id"}}
    fake.fail(400, client.batches.create_batch, times=None, when={"input_file_id": queued["id"]}, body=gone)
    monkeypatch.setattr(course, "_VISIBLE_WITHIN", 0.0)
    append = EntryLog.append

    def killed(log: EntryLog, entry: Any) -> None:
        append(log, entry)
        if next(iter(entry)) == killed_after:
            raise KeyboardInterrupt

    if killed_after:
        monkeypatch.setattr(EntryLog, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            job.wait(client, poll_seconds=0.0)
        monkeypatch.setattr(EntryLog, "append", append)
    assert finished(job, client).failed == 0
    assert done(fake)["create_file"] == 3
    assert paid(fake) == {"row-0": 1, "row-1": 1}


def test_a_file_that_the_server_refuses_and_has_is_not_uploaded_again(
    client: Client, fake: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"error": {"message": "wrong purpose", "type": "x", "code": None, "param": "input_file_id"}}
    fake.fail(400, client.batches.create_batch, times=None, body=wrong)
    monkeypatch.setattr(course, "_VISIBLE_WITHIN", 0.0)
    with embeddings(client, tmp_path, 2) as job, pytest.raises(BadRequestError, match="wrong purpose"):
        job.send(client)
    assert done(fake)["create_file"] == 1


def test_a_batch_beyond_the_token_limit_is_created_again_later(
    client: Client, fake: Server, small: None, tmp_path: Path
) -> None:
    fake.script_batches(BatchScript(token_limit=20, polls=3))
    with embeddings(client, tmp_path, 50) as job:
        assert dataclasses.astuple(finished(job, client)) == (50, 50, 0, 5, 5)
        assert all(isinstance(one, BatchReply) for one in job.results())
    assert done(fake)["create_file"] == 5


def test_a_rate_limit_queues_the_batch(client: Client, fake: Server, tmp_path: Path) -> None:
    def limit(request: Any) -> None:
        if request.operation == "batches.create_batch" and not limited:
            limited.append(request)
            fake.fail_next(429)

    limited: list[Any] = []
    with embeddings(client, tmp_path, 2) as job:
        job.send(client.with_options(on_request=limit))
        assert job.wait(client, poll_seconds=0.001).failed == 0
    assert done(fake)["create_batch"] == 1


def test_a_lost_reply_does_not_create_a_second_batch(client: Client, fake: Server, tmp_path: Path) -> None:
    def lose(response: Any) -> None:
        if response.operation == "batches.create_batch" and not lost:
            lost.append(response)
            raise APITimeoutError("the reply was lost")

    lost: list[Any] = []
    with embeddings(client, tmp_path, 2) as job:
        finished(job, client.with_options(on_response=lose))
    assert len(lost) == 1
    assert done(fake)["create_batch"] == 1


def test_waiting_ends_after_its_time(client: Client, fake: Server, tmp_path: Path) -> None:
    fake.script_batches(BatchScript(polls=10_000))
    with embeddings(client, tmp_path, 2) as job:
        job.send(client)
        with pytest.raises(TimeoutError, match=r"batches are in progress after 0.05 s"):
            job.wait(client, poll_seconds=0.01, timeout=0.05)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "1", True])
@pytest.mark.parametrize("name", ["poll_seconds", "timeout"])
def test_a_wrong_number_of_seconds_is_refused(
    client: Client, tmp_path: Path, name: str, seconds: Any
) -> None:
    with (
        embeddings(client, tmp_path, 1) as job,
        pytest.raises(CallError, match=rf"{name}: expected a number"),
    ):
        job.wait(client, **{name: seconds})


# Killed processes

KILLED = """
import os, random, sys
from typed_openai import BatchJob, Client, batch_jobs
from typed_openai._batches import course
from typed_openai._batches.batch_limits import BatchLimits
batch_jobs._LIMITS = BatchLimits(requests=10)
course._SETTLED = 0.05
url, folder, seed, rows = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
left = random.Random(seed).randrange(1, 60) if seed else -1
def step(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)
write = os.fsync
os.fsync = lambda descriptor: (step(), write(descriptor), step())
client = Client(api_key="test", base_url=url, on_request=step, on_response=step)
with BatchJob(folder, client.embeddings.create_embedding) as job:
    for number in range(rows):
        job.add(f"row-{number}", f"text {number}", "text-embedding-3-small")
    job.send(client)
    if job.wait(client, poll_seconds=0.001).failed:
        job.again(client)
        job.wait(client, poll_seconds=0.001)
"""


def run(fake: Server, folder: Path, seed: int, rows: int = 35) -> int:
    command = [sys.executable, "-c", KILLED, fake.base_url, str(folder), str(seed), str(rows)]
    return subprocess.run(command, check=False).returncode


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize("seed", range(1, 4))
def test_a_job_that_is_killed_again_and_again_loses_nothing_and_pays_once(
    client: Client, fake: Server, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    fake.script_batches(BatchScript(polls=2, failures={"row-3": 500}, token_limit=25))
    kills = 0
    while (status := run(fake, tmp_path / "job", chance.randrange(1, 10**6))) == -signal.SIGKILL:
        kills += 1
        assert kills < 60
    assert status == 0
    assert kills > 0
    results = list(embeddings(client, tmp_path / "job").results())
    assert [one.id for one in results] == [f"row-{number}" for number in range(35)]
    paid = Counter(
        json.loads(line)["custom_id"]
        for one in fake._service.work.batches.ended
        for line in one
        if json.loads(line)["response"]
    )
    assert paid.pop("row-3") >= 2  # it fails each time, and a program that is run again sends it again
    assert paid == Counter({f"row-{number}": 1 for number in range(35) if number != 3})


def test_a_request_that_was_cut_off_is_added_again(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 3):
        pass
    path = tmp_path / "requests/0001.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    with embeddings(client, tmp_path, 3):
        pass
    assert [one["custom_id"] for one in lines(path)] == ["row-0", "row-1", "row-2"]


# Two processes, a full disk, and files of others


def test_a_folder_belongs_to_one_process_at_a_time(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 1) as job:
        other = embeddings(client, tmp_path)
        steps: list[Any] = [(other.add, "x", "x", MODEL), (other.send, client), (other.wait, client)]
        for step, *arguments in steps:
            with pytest.raises(JobError, match=rf"in use by process {os.getpid()} on ") as caught:
                step(*arguments)
            assert caught.value.reason == "locked"
        assert list(other.results()) == []
        job.close()
        other.add("x", "x", MODEL)
        other.close()


def test_a_full_disk_loses_nothing(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(FileIO):
        def write(self, data: Any, /) -> int:
            if full:
                super().write(bytes(data)[:30])
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    full = True
    monkeypatch.setattr(request_files, "opened", lambda path: Full(path, "ab"))
    job = embeddings(client, tmp_path, 5)
    with pytest.raises(OSError, match="No space left on device") as caught:
        job.send(client)
    assert caught.value.filename == str(tmp_path / "requests/0001.jsonl")
    full = False
    finished(job, client)
    assert [one.id for one in job.results()] == [f"row-{number}" for number in range(5)]


def test_a_folder_with_other_files_is_not_touched(client: Client, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(JobError, match="has other files, and no journal of a job; nothing was changed"):
        embeddings(client, tmp_path, 1)
    assert [one.name for one in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(JobError, match="is not a folder"):
        embeddings(client, tmp_path / "notes.txt", 1)


def test_a_folder_of_another_operation_is_refused(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 1):
        pass
    job = BatchJob(tmp_path, client.responses.create_response)
    for step in (lambda: job.add("x", "x", "gpt-5.5"), job.results, job.progress):
        with pytest.raises(
            JobError, match=r"is the folder of a job of embeddings.create_embedding, not of resp"
        ):
            step()


@pytest.mark.parametrize(
    "line", [b"nonsense\n", b'{"closed": 7, "lines": 1, "size": 2}\n', b'{"strange": 1}\n']
)
def test_a_damaged_journal_is_reported(client: Client, tmp_path: Path, line: bytes) -> None:
    with embeddings(client, tmp_path, 1):
        pass
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(line)
    before = (tmp_path / "journal.jsonl").read_bytes()
    with pytest.raises(JobError) as caught:
        embeddings(client, tmp_path).send(client)
    assert caught.value.reason == "damaged"
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_an_empty_journal_beside_requests_is_damaged(client: Client, fake: Server, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 2) as job:
        finished(job, client)
    content = (tmp_path / "requests/0001.jsonl").read_bytes()
    (tmp_path / "journal.jsonl").write_bytes(b"")
    with pytest.raises(
        JobError, match=r"journal.jsonl is empty, and there are requests or results"
    ) as caught:
        embeddings(client, tmp_path, 3)
    assert caught.value.reason == "damaged"
    assert (tmp_path / "requests/0001.jsonl").read_bytes() == content
    assert (tmp_path / "journal.jsonl").read_bytes() in (b"", HEAD)


def test_a_file_that_the_journal_does_not_know_is_not_touched(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path / "job", 0) as job:
        job.send(client)
        (tmp_path / "job/requests/0001.jsonl").write_bytes(b"mine")
        with pytest.raises(JobError, match=r"0001.jsonl: the journal does not know this file"):
            job.add("row-1", "text", MODEL)
    assert (tmp_path / "job/requests/0001.jsonl").read_bytes() == b"mine"


def test_an_id_that_is_in_the_folder_twice_is_reported(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 2):
        pass
    path = tmp_path / "requests/0001.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(JobError, match=r"0001.jsonl:3: expected an id that is not used before"):
        embeddings(client, tmp_path, 3)


def test_results_that_were_lost_are_reported_and_downloaded_again(
    client: Client, fake: Server, tmp_path: Path
) -> None:
    with embeddings(client, tmp_path, 2) as job:
        finished(job, client)
    path = tmp_path / "output/0001.jsonl"
    content = path.read_bytes()
    path.write_bytes(first := content.splitlines(keepends=True)[0])
    with pytest.raises(JobError, match=rf"has {len(first)} bytes, expected the {len(content)} bytes"):
        list(job.results())
    path.unlink()
    with pytest.raises(JobError, match=r"output/0001.jsonl is missing"):
        job.again(client)  # would pay twice
    job.wait(client)
    assert path.read_bytes() == content
    assert done(fake)["create_batch"] == 1


def test_results_that_the_server_has_deleted_do_not_hold_up_the_others(
    client: Client, fake: Server, small: None, tmp_path: Path
) -> None:
    with embeddings(client, tmp_path, 20) as job:
        job.send(client)
        fake.fail(404, client.files.download_file, times=1)
        with pytest.raises(NotFoundError):
            job.wait(client, poll_seconds=0.0)
        assert [one.id for one in job.results()] == [f"row-{number}" for number in range(10, 20)]
        assert finished(job, client).failed == 0


def test_a_changed_file_of_requests_is_not_sent(client: Client, fake: Server, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 2) as job:
        fake.fail_next(500)
        with pytest.raises(Exception, match="scripted failure"):
            job.send(client)
    with (tmp_path / "requests/0001.jsonl").open("ab") as file:
        file.write(b"more\n")
    with pytest.raises(JobError, match=r"0001.jsonl has \d+ bytes, expected the \d+ bytes that were written"):
        job.send(client)
    assert done(fake) == {}


@pytest.mark.parametrize("folder", ["output", "errors"])
def test_results_of_another_job_are_reported(client: Client, tmp_path: Path, folder: str) -> None:
    with embeddings(client, tmp_path, 2) as job:
        finished(job, client)
    other = b'{"id":"x","custom_id":"strange","response":null,"error":null}\n'
    (tmp_path / folder / "0001.jsonl").write_bytes(other)
    with pytest.raises(JobError, match=r"0001.jsonl:1: the id 'strange' is not in .*results of another job"):
        list(job.results())


def test_a_foreign_file_in_the_place_of_results_is_kept(client: Client, tmp_path: Path) -> None:
    with embeddings(client, tmp_path, 2) as job:
        job.send(client)
        (tmp_path / "output/0001.jsonl").write_text("mine")
        with pytest.raises(JobError, match="found another file; nothing was changed"):
            job.wait(client, poll_seconds=0.001)
    assert (tmp_path / "output/0001.jsonl").read_text() == "mine"


def test_a_wrong_request_does_not_hold_up_the_others(
    client: Client, fake: Server, small: None, tmp_path: Path
) -> None:
    with embeddings(client, tmp_path, 5):
        pass
    path = tmp_path / "requests/0001.jsonl"
    whole = path.read_bytes().splitlines(keepends=True)
    whole[2] = whole[2].replace(b"/v1/embeddings", b"/v1/embeddingz")
    path.write_bytes(b"".join(whole))
    with embeddings(client, tmp_path) as job:
        assert dataclasses.astuple(finished(job, client)) == (5, 5, 5, 1, 1)
        failed = list(job.results())
        assert failed[2].message == "url: expected /v1/embeddings, got /v1/embeddingz"
        assert {one.code for one in failed} == {"batch_failed", "invalid_request"}
        assert failed[0].message.endswith("is failed, because of line 3: " + failed[2].message)
        job.again(client)
        assert dataclasses.astuple(job.wait(client, poll_seconds=0.001)) == (5, 5, 1, 3, 3)
        assert [one.id for one in job.results() if isinstance(one, BatchFailure)] == ["row-2"]
        assert job.again(client).batches == 4  # the wrong one alone
    assert [one["custom_id"] for one in lines(tmp_path / "requests/0004.jsonl")] == ["row-2"]


# What the journal does not know


def test_a_copied_folder_finds_the_batches_of_the_original(
    client: Client, fake: Server, small: None, tmp_path: Path
) -> None:
    fake.script_batches(BatchScript(token_limit=20, polls=2))
    with embeddings(client, tmp_path / "job", 25):
        pass
    shutil.copytree(tmp_path / "job", tmp_path / "copy")
    with embeddings(client, tmp_path / "job") as job:
        finished(job, client)
    with embeddings(client, tmp_path / "copy") as copy:
        assert finished(copy, client).failed == 0
        assert len(list(copy.results())) == 25
    assert max(paid(fake).values()) == 1


def test_a_copied_folder_with_other_requests_is_another_batch(
    client: Client, fake: Server, tmp_path: Path
) -> None:
    with embeddings(client, tmp_path / "job", 1):
        pass
    shutil.copytree(tmp_path / "job", tmp_path / "copy")
    with embeddings(client, tmp_path / "job", 2) as job:
        finished(job, client)
    with embeddings(client, tmp_path / "copy", 3) as copy:
        finished(copy, client)
        assert [one.id for one in copy.results()] == ["row-0", "row-1", "row-2"]


def test_a_copied_folder_does_not_take_the_file_of_the_original(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with embeddings(client, tmp_path / "job", 1):
        pass
    shutil.copytree(tmp_path / "job", tmp_path / "copy")
    with embeddings(client, tmp_path / "job") as job:
        job.add("row-1", "original", MODEL)
        finished(job, client)
    with embeddings(client, tmp_path / "copy") as copy:
        copy.add("row-2", "the copy", MODEL)  # of the same size
        monkeypatch.setattr(course, "upload_file", interrupted)
        with pytest.raises(KeyboardInterrupt):
            copy.send(client)
        monkeypatch.setattr(course, "upload_file", upload_file)
        finished(copy, client)
        assert [one.id for one in copy.results()] == ["row-0", "row-2"]


def test_a_lost_batch_is_looked_for_until_lists_must_have_it(
    client: Client, fake: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = fake._service.work.batches.listed
    times = iter([0.0, 0.0, 0.0])

    def late(arguments: Any, made: Any) -> Any:
        page = listed(arguments, made)
        return {**page, "data": []} if next(times, None) is not None else page

    def lose(response: Any) -> None:
        if response.operation == "batches.create_batch" and not lost:
            lost.append(response)
            raise APITimeoutError("the reply was lost")

    lost: list[Any] = []
    monkeypatch.setitem(fake._service.work._handlers, "listBatches", late)
    monkeypatch.setattr(course, "_SETTLED", 30.0)
    with embeddings(client, tmp_path, 2) as job:
        finished(job, client.with_options(on_response=lose))
    assert next(times, None) is None
    assert set(paid(fake).values()) == {1}


def test_a_full_disk_is_reported_with_the_name_of_the_journal(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        embeddings(client, tmp_path, 1)
    assert caught.value.filename == str(tmp_path / "journal.jsonl")


def test_a_full_disk_while_a_file_is_closed_loses_nothing(
    client: Client, fake: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = EntryLog.append

    def full(log: EntryLog, entry: Any) -> None:
        if "closed" in entry and not failed:
            failed.append(entry)
            raise OSError(errno.ENOSPC, "No space left on device")
        append(log, entry)

    failed: list[Any] = []
    monkeypatch.setattr(EntryLog, "append", full)
    with embeddings(client, tmp_path, 3) as job:
        with pytest.raises(OSError, match="No space left on device"):
            job.send(client)
        assert finished(job, client).failed == 0
    assert set(paid(fake).values()) == {1}


def test_a_job_that_a_full_disk_kept_open_can_be_closed_later(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any, **options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    job, other = embeddings(client, tmp_path, 2), embeddings(client, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(EntryLog, "append", full)
        patch.setattr(request_files.RequestWriter, "flush", full)
        for step in (job.close, lambda: job.send(client)):
            with pytest.raises(OSError, match="No space left on device"):
                step()
            with pytest.raises(JobError, match="in use by process"):
                other.add("row-2", "text", MODEL)
    job.close()
    assert len(lines(tmp_path / "requests/0001.jsonl")) == 2
    other.add("row-2", "text", MODEL)
    other.close()


def test_two_machines_can_begin_the_same_job_at_the_same_time(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with embeddings(client, tmp_path / "job", 1) as first:
        # The first one has the journal, and its other files are not there when the second one looks.
        shutil.rmtree(tmp_path / "job/output")
        with pytest.raises(JobError) as caught:
            embeddings(client, tmp_path / "job", 1)
        assert caught.value.reason == "locked"
        first.close()
    (tmp_path / "new").mkdir()
    exists = Path.exists

    def begun(path: Path) -> bool:
        if path.parent.name == "new" and not made:
            made.append(path)
            with embeddings(client, tmp_path / "new", 1):
                pass
        return exists(path)

    made: list[Path] = []
    monkeypatch.setattr(Path, "exists", begun)
    with embeddings(client, tmp_path / "new", 1) as second:
        assert [one.name for one in tmp_path.glob("new/requests/*")] == ["0001.jsonl"]
        second.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line[:-30] + b"\n",
        lambda line: b'{"custom_id": "row-0", "response": 5}\n',
        lambda line: line.replace(b'"row-0"', b'"row-\xff"'),
        lambda line: b"\x00" * len(line),
    ],
)
def test_damaged_results_are_reported_with_file_and_line(client: Client, tmp_path: Path, damage: Any) -> None:
    with embeddings(client, tmp_path, 2) as job:
        finished(job, client)
    path = tmp_path / "output/0001.jsonl"
    whole = sorted(path.read_bytes().splitlines(keepends=True), key=lambda line: b'"row-0"' in line)
    size = len(whole[1]) - 1
    path.write_bytes(whole[0] + damage(whole[1]).rstrip()[:size].ljust(size) + b"\n")
    with pytest.raises(JobError, match=r"output/0001.jsonl:2: expected .*; the file is damaged") as caught:
        list(job.results())
    assert caught.value.reason == "damaged"


@pytest.mark.parametrize("line", [b'{"custom_id":"row-1","body\n', b'{"custom_id":"row-1"}\n', b"mine\n"])
def test_damaged_requests_are_reported_with_file_and_line(
    client: Client, tmp_path: Path, line: bytes
) -> None:
    with embeddings(client, tmp_path, 1):
        pass
    with (tmp_path / "requests/0001.jsonl").open("ab") as file:
        file.write(line)
    with pytest.raises(JobError, match=r"requests/0001.jsonl:2: expected .*; the file is damaged"):
        embeddings(client, tmp_path).send(client)


def test_a_full_disk_during_a_download_loses_nothing(
    client: Client, fake: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def full(path: Path, target: Path) -> Path:
        if not failed:
            failed.append(path)
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(path, target)

    failed: list[Path] = []
    monkeypatch.setattr(Path, "replace", full)
    with embeddings(client, tmp_path, 3) as job:
        with pytest.raises(OSError, match="No space left on device"):
            finished(job, client)
        assert list(job.results()) == []
        assert job.wait(client, poll_seconds=0.001).done == 3
        assert len(list(job.results())) == 3
    assert [one.name for one in (tmp_path / "output").iterdir()] == ["0001.jsonl"]
    assert set(paid(fake).values()) == {1}


def test_another_process_is_named_by_machine_and_number(client: Client, tmp_path: Path) -> None:
    program = (
        "import socket, sys, time\n"
        "socket.gethostname = lambda: 'other-machine'\n"
        "from typed_openai import BatchJob, Client\n"
        "job = BatchJob(sys.argv[1], Client(api_key='k').embeddings.create_embedding)\n"
        "job.add('x', 'x', 'text-embedding-3-small')\n"
        "print('added', flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "job")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"added\n"
        with pytest.raises(JobError, match=rf"in use by process {other.pid} on other-machine"):
            embeddings(client, tmp_path / "job").send(client)
        other.kill()
    assert embeddings(client, tmp_path / "job").progress().total == 0  # it was killed before it was written
    with embeddings(client, tmp_path / "job", 1) as job:
        assert job.send(client).total == 1
