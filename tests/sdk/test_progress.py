"""The progress of transfers: uploads, their retries, and downloads."""

from __future__ import annotations

import gzip
import io
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from typed_openai import APIConnectionError, BinaryReply, CallError, Client, Progress
from typed_openai._encoding.uploads import CHUNK

CONTENT = bytes(range(256)) * 4096


@pytest.fixture
def client(server: Any) -> Client:
    server.reply({})
    return Client(api_key="k", base_url=server.base_url)


def saved(server: Any, content: bytes = CONTENT, **headers: str) -> None:
    server.answers.clear()
    server.reply(content, content_type="application/octet-stream", **headers)


def test_an_upload_tells_each_piece_from_nothing_to_the_whole_body(
    server: Any, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(CONTENT)
    told: list[Progress] = []
    threads = set()

    def tell(progress: Progress) -> None:
        told.append(progress)
        threads.add(threading.get_ident())

    client.files.create_file(path, "batch", on_progress=tell)
    size = len(server.seen[0].body)
    assert int(server.seen[0].headers["content-length"]) == size
    assert (told[0], told[-1]) == (Progress(0, size), Progress(size, size))
    done = [one.done for one in told]
    assert done == sorted(set(done))
    assert max(after - before for before, after in pairwise(done)) <= CHUNK
    assert threads == {threading.get_ident()}


def test_each_try_begins_again_at_nothing(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply({}, status=500)
    server.reply({})
    told: list[Progress] = []
    client.files.create_file(("a.bin", CONTENT), "batch", on_progress=told.append)
    size = len(server.seen[0].body)
    begins = [position for position, one in enumerate(told) if one == Progress(0, size)]
    assert len(begins) == 2
    assert told[begins[1] - 1] == told[-1] == Progress(size, size)


def test_a_total_that_nobody_knows_is_told_when_it_is_reached(server: Any, client: Client) -> None:
    told: list[Progress] = []
    pieces = iter([CONTENT, b"", CONTENT])
    client.files.create_file(("a.bin", pieces), "batch", on_progress=told.append)
    size = len(server.seen[0].body)
    assert server.seen[0].headers["transfer-encoding"] == "chunked"
    assert (told[0], told[-1]) == (Progress(0, None), Progress(size, size))
    assert {one.total for one in told[:-1]} == {None}


@pytest.mark.parametrize(
    "error", [RuntimeError("enough"), BrokenPipeError("mine"), TimeoutError("mine"), KeyboardInterrupt()]
)
def test_what_the_callback_raises_ends_the_upload_and_comes_out_as_it_is(
    server: Any, client: Client, error: BaseException
) -> None:
    cause = ValueError("why")

    def tell(progress: Progress) -> None:
        if progress.done > CHUNK:
            raise error from cause

    with pytest.raises(type(error)) as caught:
        client.files.create_file(("a.bin", CONTENT), "batch", on_progress=tell)
    assert caught.value is error
    assert (error.__cause__, error.__context__) == (cause, None)
    client.files.create_file(("b.bin", b"b"), "batch")
    whole = [seen for seen in server.seen if len(seen.body) == int(seen.headers["content-length"])]
    assert len(whole) == 1, "the first body was cut, and its connection is not used again"
    assert b'filename="b.bin"' in whole[0].body


def test_a_body_without_a_file_and_a_raw_request_tell_too(server: Any, client: Client) -> None:
    told: list[Progress] = []
    client.images.create_image_edit(prompt="p", images=[{"file_id": "f"}], on_progress=told.append)
    client.request("POST", "/files", files={"file": b"x"}, data={"purpose": "batch"}, on_progress=told.append)
    sizes = [len(seen.body) for seen in server.seen]
    assert [one for one in told if one.done == one.total] == [Progress(size, size) for size in sizes]


def test_progress_is_an_option_of_operations_that_send_files_alone(client: Client) -> None:
    with pytest.raises(CallError, match=r'unexpected keyword "on_progress" for models\.list_models'):
        client.call("models.list_models", on_progress=print)
    with pytest.raises(CallError, match='on_progress: expected a callable, got "int"'):
        client.call("files.create_file", b"x", "batch", on_progress=3)


def test_a_download_tells_how_far_it_is(server: Any, client: Client, tmp_path: Path) -> None:
    saved(server)
    told: list[Progress] = []
    reply = client.files.download_file("f")
    assert reply.size == len(CONTENT)
    reply.save(tmp_path / "a.bin", on_progress=told.append)
    assert (told[0], told[-1]) == (Progress(0, len(CONTENT)), Progress(len(CONTENT), len(CONTENT)))
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_compressed_download_has_no_total_until_its_end(server: Any, client: Client) -> None:
    saved(server, gzip.compress(CONTENT), Content_Encoding="gzip")
    told: list[Progress] = []
    reply = client.files.download_file("f")
    assert reply.size is None
    assert b"".join(reply.iterate(on_progress=told.append)) == CONTENT
    assert (told[0], told[-1]) == (Progress(0, None), Progress(len(CONTENT), len(CONTENT)))


@pytest.mark.parametrize("size", [1000, 1 << 16, 1 << 22])
def test_a_download_comes_in_pieces_of_the_size_that_is_asked_for(
    server: Any, client: Client, size: int
) -> None:
    saved(server)
    pieces = list(client.files.download_file("f").iterate(size))
    assert b"".join(pieces) == CONTENT
    assert {len(one) for one in pieces[:-1]} <= {size}
    assert 0 < len(pieces[-1]) <= size


def test_pieces_have_at_least_one_byte(server: Any, client: Client) -> None:
    saved(server)
    reply = client.files.download_file("f")
    with pytest.raises(ValueError, match="expected at least 1 byte, got 0"):
        reply.iterate(0)
    assert reply.read() == CONTENT


@pytest.mark.parametrize("error", [RuntimeError("enough"), OSError(5, "mine")])
def test_what_the_callback_raises_ends_the_download_and_nothing_is_saved(
    server: Any, client: Client, tmp_path: Path, error: Exception
) -> None:
    saved(server)

    def tell(progress: Progress) -> None:
        if progress.done:
            raise error

    with pytest.raises(type(error)) as caught:
        client.files.download_file("f").save(tmp_path / "a.bin", on_progress=tell)
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def cut(*, chunked: bool) -> Any:
    """Return an answer that ends before its announced end."""

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/octet-stream")
        handler.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", "100")))
        handler.end_headers()
        handler.wfile.write(b"4\r\nhalf\r\n" if chunked else b"half")
        handler.close_connection = True

    return answer


@pytest.mark.parametrize("chunked", [True, False])
def test_a_download_that_is_cut_is_an_error_however_it_is_taken(
    server: Any, client: Client, tmp_path: Path, chunked: bool
) -> None:
    server.answers.clear()
    server.answer(cut(chunked=chunked))
    target = tmp_path / "kept.bin"
    target.write_bytes(b"old")
    with pytest.raises(APIConnectionError, match=r"files\.download_file"):
        client.files.download_file("f").save(target)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("kept.bin", b"old")]
    with pytest.raises(APIConnectionError, match=r"files\.download_file"):
        client.files.download_file("f").read()
    with pytest.raises(APIConnectionError, match=r"files\.download_file"):
        list(client.files.download_file("f").iterate(2))


class Shortened:
    """A source whose library does not notice that the content was cut."""

    def __init__(self) -> None:
        self._content = io.BytesIO(b"half")

    def chunks(self) -> Any:
        return iter([self._content.read()])

    def read(self) -> bytes:
        return self._content.read()

    def close(self) -> None:
        pass

    abort = close


def test_the_announced_size_is_held_against_what_came() -> None:
    for take in (BinaryReply.read, list):
        reply = BinaryReply(Shortened(), "audio/mpeg", 100, "files.download_file")
        with pytest.raises(APIConnectionError, match="ended after 4 of 100 bytes"):
            take(reply)
