"""Uploads in parts: by size, in parallel, continued after a crash, cancelled after a failure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
import requests

from typed_openai import (
    APIConnectionError,
    BadRequestError,
    CallError,
    Client,
    FilePurpose,
    JobError,
    Progress,
    RequestInfo,
    upload_file,
)
from typed_openai._durable.entry_log import opened_log
from typed_openai.testing import Server
from typed_openai_spec.index.reader import packaged

KIB = 1024
CONTENT = os.urandom(100 * KIB)


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.jsonl"
    path.write_bytes(CONTENT)
    return path


def forget_requests(fake: Server) -> None:
    """Forget the requests so far, and keep the uploads that they began."""
    fake._requests.clear()


def in_parts(client: Client, path: Path, purpose: Any = "batch", **options: Any) -> Any:
    return upload_file(client, path, purpose, **{"parts_above": 10 * KIB, "part_size": 16 * KIB, **options})


def done(fake: Server) -> Counter[str]:
    return Counter(one.operation.partition(".")[2] for one in fake.requests if one.status == 200)


def stored(client: Client, file: Any) -> bytes:
    content: bytes = client.files.download_file(file["id"]).read()
    return content


# By size


def test_a_small_file_is_sent_whole(client: Client, fake: Server, big: Path) -> None:
    file = upload_file(client, big, "batch")
    assert stored(client, file) == CONTENT
    assert done(fake) == {"create_file": 1, "download_file": 1}
    assert [one.name for one in big.parent.iterdir()] == [big.name]


def test_a_big_file_is_sent_in_parts(client: Client, fake: Server, big: Path) -> None:
    file = in_parts(client, big)
    assert (file["filename"], file["bytes"], file["purpose"]) == ("big.jsonl", len(CONTENT), "batch")
    assert stored(client, file) == CONTENT
    assert done(fake) == {
        "create_upload": 1,
        "add_upload_part": 7,
        "complete_upload": 1,
        "download_file": 1,
    }
    assert [one.name for one in big.parent.iterdir()] == [big.name]  # no journal is left


@pytest.mark.parametrize("size", [10 * KIB, 10 * KIB + 1, 16 * KIB, 16 * KIB + 1, 32 * KIB])
def test_each_size_arrives_whole(client: Client, fake: Server, big: Path, size: int) -> None:
    big.write_bytes(CONTENT[:size])
    assert stored(client, in_parts(client, big)) == CONTENT[:size]
    assert ("create_upload" in done(fake)) is (size > 10 * KIB)


def test_an_empty_file_is_sent_whole(client: Client, fake: Server, big: Path) -> None:
    big.write_bytes(b"")
    assert stored(client, upload_file(client, big, "assistants", parts_above=0)) == b""


def test_a_purpose_without_uploads_in_parts_is_sent_whole(client: Client, fake: Server, big: Path) -> None:
    assert stored(client, in_parts(client, big, "user_data")) == CONTENT
    assert "create_upload" not in done(fake)


def test_the_purposes_are_those_of_the_description() -> None:
    argument = packaged().operation("files", "create_file").argument("purpose")
    assert argument is not None
    assert set(get_args(FilePurpose)) == set(getattr(argument.schema, "values", ()))


def test_an_expiry_is_passed_on(client: Client, fake: Server, big: Path) -> None:
    in_parts(client, big, expires_after={"anchor": "created_at", "seconds": 3600})
    in_parts(client, big, parts_above=len(CONTENT), expires_after={"anchor": "created_at", "seconds": 7200})
    sent = [one.arguments["expires_after"] for one in fake.requests if "expires_after" in one.arguments]
    assert [one["seconds"] for one in sent if isinstance(one, dict)] == [3600, 7200]


def test_parts_are_sent_at_the_same_time(client: Client, fake: Server, big: Path) -> None:
    together = threading.Barrier(3, timeout=20)

    def meet(request: RequestInfo) -> None:
        if request.operation == "uploads.add_upload_part" and len(met) < 3:
            met.append(request.operation)
            together.wait()

    met: list[str] = []
    meeting = client.with_options(on_request=meet)
    assert stored(client, in_parts(meeting, big, parts_at_once=3)) == CONTENT


def test_progress_counts_the_bytes_of_the_file(client: Client, big: Path) -> None:
    seen: list[Progress] = []
    in_parts(client, big, on_progress=seen.append, parts_at_once=1)
    assert {one.total for one in seen} == {len(CONTENT)}
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert (seen[0].done, seen[-1].done) == (0, len(CONTENT))


# After a crash

KILLED = """
import os, sys
from typed_openai import Client, upload_file
def die(request):
    if request.operation == sys.argv[3]:
        left.pop()
        if not left:
            os.kill(os.getpid(), 9)
left = [None] * int(sys.argv[4])
client = Client(api_key="test", base_url=sys.argv[1], on_request=die)
upload_file(client, sys.argv[2], "batch", parts_above=1024, part_size=16384, parts_at_once=1)
"""


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    ("operation", "nth", "sent_again"),
    [
        ("uploads.create_upload", 1, 7),
        ("uploads.add_upload_part", 1, 7),
        ("uploads.add_upload_part", 4, 4),
        ("uploads.add_upload_part", 7, 1),
        ("uploads.complete_upload", 1, 0),
    ],
)
def test_a_killed_upload_is_continued(
    client: Client, fake: Server, big: Path, operation: str, nth: int, sent_again: int
) -> None:
    command = [sys.executable, "-c", KILLED, fake.base_url, str(big), operation, str(nth)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    forget_requests(fake)
    file = in_parts(client, big)
    assert stored(client, file) == CONTENT
    assert done(fake)["add_upload_part"] == sent_again
    assert done(fake)["create_upload"] == (operation == "uploads.create_upload" or 0)


def complete_unnoticed(client: Client, path: Path) -> None:
    """Upload a file, and be interrupted before the server's last reply is there."""

    def lose(response: Any) -> None:
        if response.operation == "uploads.complete_upload":
            raise KeyboardInterrupt  # the server has done it

    with pytest.raises(KeyboardInterrupt):
        in_parts(client.with_options(on_response=lose), path)


def test_an_upload_that_was_completed_unnoticed_is_not_sent_again(
    client: Client, fake: Server, big: Path
) -> None:
    complete_unnoticed(client, big)
    forget_requests(fake)
    file = in_parts(client, big)
    assert stored(client, file) == CONTENT
    assert "add_upload_part" not in done(fake)
    assert "create_upload" not in done(fake)
    assert len(client.files.list_files()["data"]) == 1


def test_an_upload_that_was_completed_unnoticed_is_sent_again_for_another_content(
    client: Client, fake: Server, big: Path
) -> None:
    complete_unnoticed(client, big)
    times = big.stat()
    big.write_bytes(CONTENT[::-1])
    os.utime(big, ns=(times.st_atime_ns, times.st_mtime_ns))  # as some tools for copies do
    assert stored(client, in_parts(client, big)) == CONTENT[::-1]


def test_an_upload_continues_after_a_broken_connection(client: Client, fake: Server, big: Path) -> None:
    with pytest.raises(APIConnectionError):
        in_parts(client.with_options(http_client=_Cut(3)), big, parts_at_once=1)
    assert (big.parent / "big.jsonl.upload").is_file()
    assert "cancel_upload" not in done(fake)
    forget_requests(fake)
    assert stored(client, in_parts(client, big)) == CONTENT
    assert done(fake)["add_upload_part"] == 4


class _Cut(requests.Session):
    """A session whose connection breaks after some parts."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self._left = parts

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        if str(url).endswith("/parts"):
            self._left -= 1
            if self._left < 0:
                raise requests.ConnectionError("the cable was cut")
        return super().request(method, url, *args, **kwargs)


def test_an_upload_that_the_server_forgot_begins_again(client: Client, fake: Server, big: Path) -> None:
    command = [sys.executable, "-c", KILLED, fake.base_url, str(big), "uploads.add_upload_part", "4"]
    subprocess.run(command, check=False)
    fake._service.work.uploads.expire()
    forget_requests(fake)
    assert stored(client, in_parts(client, big)) == CONTENT
    assert done(fake) == {
        "create_upload": 1,
        "add_upload_part": 7,
        "complete_upload": 1,
        "download_file": 1,
    }


def test_another_content_begins_another_upload(client: Client, fake: Server, big: Path) -> None:
    command = [sys.executable, "-c", KILLED, fake.base_url, str(big), "uploads.add_upload_part", "4"]
    subprocess.run(command, check=False)
    big.write_bytes(CONTENT[::-1])
    forget_requests(fake)
    assert stored(client, in_parts(client, big)) == CONTENT[::-1]
    assert (done(fake)["add_upload_part"], done(fake)["cancel_upload"]) == (7, 1)


# After a failure


def test_a_refused_part_cancels_the_upload(client: Client, fake: Server, big: Path) -> None:
    def refuse(request: RequestInfo) -> None:
        if request.operation == "uploads.add_upload_part" and not refused:
            refused.append(request)
            fake.fail_next(400)

    refused: list[RequestInfo] = []
    with pytest.raises(BadRequestError):
        in_parts(client.with_options(on_request=refuse), big, parts_at_once=1)
    assert done(fake)["cancel_upload"] == 1
    fake.clear()
    assert stored(client, in_parts(client, big)) == CONTENT
    assert done(fake)["add_upload_part"] == 7


def test_a_file_that_changes_cancels_the_upload(client: Client, fake: Server, big: Path) -> None:
    def change(request: RequestInfo) -> None:
        if request.operation == "uploads.add_upload_part":
            os.utime(big, ns=(0, 5))

    with pytest.raises(CallError, match="was changed while it was uploaded"):
        in_parts(client.with_options(on_request=change), big)
    assert (done(fake)["cancel_upload"], done(fake)["complete_upload"]) == (1, 0)


def test_an_exception_of_the_callback_ends_and_cancels_the_upload(
    client: Client, fake: Server, big: Path
) -> None:
    def stop(progress: Progress) -> None:
        if progress.done > 30 * KIB:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        in_parts(client, big, on_progress=stop)
    assert done(fake)["cancel_upload"] == 1


def test_a_failed_cancellation_is_noted(client: Client, fake: Server, big: Path) -> None:
    def refuse(request: RequestInfo) -> None:
        if request.operation in ("uploads.add_upload_part", "uploads.cancel_upload"):
            fake.fail_next(400)

    with pytest.raises(BadRequestError) as caught:
        in_parts(client.with_options(on_request=refuse), big, parts_at_once=1)
    assert "could not be cancelled: uploads.cancel_upload: 400" in caught.value.__notes__[0]


# Wrong calls, and journals of others


def test_two_processes_do_not_upload_the_same_file(client: Client, big: Path) -> None:
    with opened_log(big.with_name("big.jsonl.upload"), "upload") as log:
        log.sign()
        with pytest.raises(JobError, match=rf"in use by process {os.getpid()} on ") as caught:
            in_parts(client, big)
        assert caught.value.reason == "locked"


@pytest.mark.parametrize("content", [b"something", b'{"id": 1}\n', b"\n", b"\xff\x00\n{}\n"])
def test_a_file_that_is_no_journal_is_not_touched(client: Client, big: Path, content: bytes) -> None:
    other = big.with_name("notes.txt")
    other.write_bytes(content)
    with pytest.raises(JobError) as caught:
        in_parts(client, big, journal=other)
    assert (caught.value.reason, caught.value.path) == ("foreign", str(other))
    assert other.read_bytes() == content


@pytest.mark.parametrize("line", [b'{"part": 1, "id": "x"}\n', b"[]\n", b"nonsense\n", b'{"upload": 5}\n'])
def test_a_damaged_journal_is_reported(client: Client, big: Path, line: bytes) -> None:
    journal = big.with_name("journal")
    journal.write_bytes(b'{"typed-openai":"upload","format":1}\n' + line)
    with pytest.raises(JobError) as caught:
        in_parts(client, big, journal=journal)
    assert caught.value.reason == "damaged"


def test_a_journal_that_cannot_be_written_is_named(client: Client, big: Path) -> None:
    with pytest.raises(CallError, match=r"journal: .*nowhere.* cannot be written: .*; pass the path"):
        in_parts(client, big, journal=big.parent / "nowhere" / "journal")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"path": b"content"},
            'path: expected the path of a file, got "bytes"; files.create_file takes others',
        ),
        ({"path": "/no/such/file"}, "path: no such file: '/no/such/file'"),
        (
            {"path": os.devnull},
            f"path: expected a regular file, got {os.devnull!r}; files.create_file takes a pipe",
        ),
        ({"part_size": 65 << 20}, "part_size: expected at most 67108864 bytes, got 68157440"),
        ({"part_size": 0}, "part_size: expected an integer of at least 1, got 0"),
        ({"parts_at_once": True}, "parts_at_once: expected an integer of at least 1, got True"),
        ({"parts_above": -1}, "parts_above: expected an integer of at least 0, got -1"),
    ],
)
def test_a_wrong_argument_is_a_call_error(
    client: Client, big: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CallError) as caught:
        upload_file(client, **{"path": big, "purpose": "batch", **options})
    assert str(caught.value) == message
