"""The accepted kinds of files, and files that change during the upload."""

from __future__ import annotations

import io
import mimetypes
import mmap
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from typed_openai import CallError, Client, InternalServerError
from typed_openai._encoding.content_types import CONTENT_TYPES, content_type_of
from typed_openai._encoding.form_data import MultipartBody, SizedMultipartBody, multipart_body
from typed_openai._encoding.uploads import CHUNK

RECORDED_TYPES = Path(__file__).parents[1] / "fixtures" / "content_types.tsv"
"""The content type of every extension that a supported Python knows, as uploads send it."""

NOT_AGAIN = ["Not retried: the body was read from a source that cannot be read twice."]


@pytest.fixture
def client(server: Any) -> Client:
    server.reply({})
    return Client(api_key="k", base_url=server.base_url)


def form(file: Any) -> MultipartBody:
    return multipart_body({"file": file}, frozenset({"file"}))


def test_an_iterator_with_a_name_is_sent_in_chunks_and_never_again(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply({}, status=500)

    def pieces() -> Iterator[bytes]:
        yield b"first, "
        yield b""
        yield b"second"

    with pytest.raises(InternalServerError) as caught:
        client.files.create_file(("notes.md", pieces()), "assistants")
    assert len(server.seen) == 1
    assert server.seen[0].headers["transfer-encoding"] == "chunked"
    assert (
        b'filename="notes.md"\r\nContent-Type: text/markdown\r\n\r\nfirst, second\r\n' in server.seen[0].body
    )
    assert caught.value.__notes__ == NOT_AGAIN


def test_many_files_are_sent_one_after_the_other(server: Any, client: Client, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(300)]
    for path in paths:
        path.write_bytes(path.name.encode())
    client.images.create_image_edit(prompt="p", image=paths)
    body = server.seen[0].body
    assert body.count(b'name="image[]"; filename=') == 300
    assert b'filename="299.png"\r\nContent-Type: image/png\r\n\r\n299.png\r\n' in body


def test_a_named_pipe_is_read_as_its_content_comes(server: Any, client: Client, tmp_path: Path) -> None:
    pipe = tmp_path / "log.txt"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"a" * 200_000,), daemon=True)
    writer.start()
    client.files.create_file(pipe, "batch")
    writer.join(10)
    assert server.seen[0].headers["transfer-encoding"] == "chunked"
    assert b'filename="log.txt"\r\nContent-Type: text/plain\r\n\r\n' + b"a" * 200_000 in server.seen[0].body


def test_a_directory_is_no_file(server: Any, client: Client, tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"file: expected a file, '.*' is a directory"):
        client.files.create_file(tmp_path, "batch")
    assert server.seen == []


@pytest.mark.parametrize(
    "opened",
    [
        lambda path: path.open(),
        lambda path: tempfile.NamedTemporaryFile("w+"),  # noqa: SIM115  # the test closes it
        lambda path: tempfile.SpooledTemporaryFile(mode="w+"),  # noqa: SIM115
    ],
    ids=["text", "temporary", "spooled"],
)
def test_a_file_open_in_text_mode_is_refused(
    server: Any, client: Client, tmp_path: Path, opened: Callable[[Path], Any]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    with opened(path) as file, pytest.raises(CallError, match='text mode; open it with mode "rb"'):
        client.files.create_file(file, "batch")
    assert server.seen == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: "text", 'expected bytes, got "str"'),
        (lambda: None, "the file is non-blocking and has no data yet"),
    ],
)
def test_a_source_that_gives_no_bytes_is_an_error_of_its_own(
    server: Any, client: Client, given: Callable[[], object], said: str
) -> None:
    class Source:
        def read(self, size: int = -1) -> object:
            return given()

    with pytest.raises(CallError, match=f"a.txt: the file cannot be read while it is sent: {said}"):
        client.files.create_file(("a.txt", Source()), "batch")


def test_temporary_files_are_sent_from_where_they_stand(server: Any, client: Client) -> None:
    for opened in (tempfile.TemporaryFile, tempfile.SpooledTemporaryFile):
        with opened() as file:
            file.write(b"skipped, sent")
            file.seek(9)
            client.files.create_file(("a.txt", file), "batch")
    assert [b"\r\n\r\nsent\r\n" in seen.body for seen in server.seen] == [True, True]
    assert all("content-length" in seen.headers for seen in server.seen)


class SilentFile(io.BytesIO):
    """A file whose ``seek`` returns nothing, as that of mmap before Python 3.13, and of some wrappers."""

    def seek(self, *args: int) -> Any:
        super().seek(*args)


@pytest.mark.parametrize("start", [0, 3])
def test_a_file_whose_seek_returns_nothing_is_sent_whole(server: Any, client: Client, start: int) -> None:
    file = SilentFile(bytes(range(200)))
    file.seek(start)
    server.reply({"id": "f"})
    client.files.create_file(("a.bin", file), "assistants")
    assert bytes(range(start, 200)) in server.seen[0].body
    assert "content-length" in server.seen[0].headers


@pytest.mark.skipif(sys.platform == "darwin", reason="its file names are UTF-8")
@pytest.mark.parametrize("as_open_file", [False, True])
def test_a_file_whose_name_is_not_utf_8_is_sent(
    server: Any, client: Client, tmp_path: Path, as_open_file: bool
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/n\xff\xfe.txt"))
    path.write_bytes(b"content")
    server.reply({"id": "f"})
    with path.open("rb") as file:
        client.files.create_file(file if as_open_file else path, "assistants")
    assert 'filename="n\ufffd\ufffd.txt"'.encode() in server.seen[0].body
    assert b"content" in server.seen[0].body


def test_a_mapped_file_is_sent_whole(server: Any, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "mapped.bin"
    path.write_bytes(bytes(range(200)))
    server.reply({"id": "f"})
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        client.files.create_file(("a.bin", mapped), "assistants")
    assert bytes(range(200)) in server.seen[0].body


def test_a_file_that_grows_while_it_is_sent_is_an_error(server: Any, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(bytes(2 * CHUNK))

    def grow(progress: Any) -> None:
        if progress.done > CHUNK and path.stat().st_size == 2 * CHUNK:
            with path.open("ab") as file:
                file.write(b"more")

    said = rf"log\.txt: .* while it is sent: the file became longer than the announced {2 * CHUNK} bytes"
    with pytest.raises(CallError, match=said):
        client.files.create_file(path, "batch", on_progress=grow)
    with path.open("rb") as file:
        body = form(file)
        path.write_bytes(path.read_bytes() + b"more")
        with pytest.raises(CallError, match="became longer"):
            list(body)


def test_a_file_that_is_gone_at_the_second_try_does_not_hide_what_the_server_said(
    server: Any, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"content")

    def fail(handler: Any) -> None:
        path.unlink()
        handler.send_response(500)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answers.clear()
    server.answer(fail)
    with pytest.raises(InternalServerError) as caught:
        client.files.create_file(path, "batch")
    said = "log.txt: the file cannot be read while it is sent: No such file or directory"
    assert caught.value.__notes__ == [f"Not retried: {said}"]


def test_big_bytes_are_handed_on_in_pieces() -> None:
    body = form(bytes(3 * CHUNK))
    assert isinstance(body, SizedMultipartBody)
    assert max(map(len, body)) == CHUNK
    assert b"".join(body).count(b"\0") == 3 * CHUNK


def test_an_empty_file_is_sent_as_such(server: Any, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "empty.bin"
    path.touch()
    client.files.create_file(path, "batch")
    assert b"octet-stream\r\n\r\n\r\n--" in server.seen[0].body


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.JSONL", "application/jsonl"),
        ("a.m4a", "audio/mp4"),
        ("a.tar.gz", "application/octet-stream"),
        ("a.pdf", "application/pdf"),
        ("noextension", "application/octet-stream"),
    ],
)
def test_the_content_type_follows_the_name(name: str, content_type: str) -> None:
    assert f"Content-Type: {content_type}\r\n".encode() in b"".join(form((name, b"x")))
    assert b"Content-Type: a/b\r\n" in b"".join(form((name, b"x", "a/b")))


def test_the_content_type_is_the_same_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mimetypes.types_map, ".xyzzy", "chemical/x-xyz")
    assert b"Content-Type: application/octet-stream\r\n" in b"".join(form(("a.xyzzy", b"x")))


def test_the_content_types_are_the_same_on_every_python() -> None:
    recorded = [line.split("\t") for line in RECORDED_TYPES.read_text(encoding="utf-8").splitlines()]
    assert len(recorded) > 100
    sent = [(name, content_type_of(f"a.{name}")) for name, _ in recorded]
    assert sent == [(name, kind) for name, kind in recorded]
    assert {f".{name}" for name, kind in recorded if kind != content_type_of("a")} == set(CONTENT_TYPES)
